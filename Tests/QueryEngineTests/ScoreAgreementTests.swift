import Foundation
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

/// The scores of the engine against the formula of DESIGN.md in 64-bit arithmetic, from token counts.
@Suite struct ScoreAgreementTests {
  /// Token counts of every entry, and the formula over them.
  private struct Oracle {
    private struct Counts {
      var title: [String: Int] = [:]
      var body: [String: Int] = [:]
      var titleLength = 0
      var bodyLength = 0
    }

    private var counts: [String: Counts] = [:]
    private var documentFrequency: [String: Int] = [:]
    private var averageTitle = 0.0
    private var averageBody = 0.0
    private let analyzer: Analyzer
    private let words: ([UInt32]) -> [Range<Int>]
    /// Tokens with positions of every entry: term or stem, as its key, and whether it is in the title.
    private var places: [String: [(position: Int, keys: [String], isTitle: Bool)]] = [:]

    init(_ index: TestIndex) throws {
      let entries = index.entries
      analyzer = try Analyzer()
      words = { characters in (try? index.searcher.words(in: characters).map(\.range)) ?? [] }
      for entry in entries {
        var count = Counts()
        add(entry.title, to: &count.title, length: &count.titleLength)
        let rest =
          [entry.text] + entry.path + entry.tags + [entry.description, entry.author]
          + entry.keywords
        for text in rest { add(text, to: &count.body, length: &count.bodyLength) }
        for term in Set(count.title.keys).union(count.body.keys) {
          documentFrequency[term, default: 0] += 1
        }
        var tokens = place(entry.title, isTitle: true, from: 0)
        for text in rest {
          tokens += place(text, isTitle: false, from: (tokens.last?.position ?? 0) + 10)
        }
        places[entry.id] = tokens
        averageTitle += Double(count.titleLength) / Double(entries.count)
        averageBody += Double(count.bodyLength) / Double(entries.count)
        counts[entry.id] = count
      }
    }

    private func add(_ text: String, to counts: inout [String: Int], length: inout Int) {
      var buffer = TokenBuffer()
      analyzer.analyze(text, into: &buffer)
      for token in buffer.tokens {
        counts[
          "\(token.kind.rawValue)" + String(decoding: buffer.term(of: token), as: UTF8.self),
          default: 0] += 1
        if token.kind == .han || token.kind == .latin { length += 1 }
      }
    }

    private func place(
      _ text: String, isTitle: Bool, from start: Int
    ) -> [(position: Int, keys: [String], isTitle: Bool)] {
      var buffer = TokenBuffer()
      analyzer.analyze(text, into: &buffer)
      var places: [Int: [String]] = [:]
      for token in buffer.tokens where [.han, .latin, .stem].contains(token.kind) {
        places[start + Int(token.position), default: []].append(
          "\(token.kind.rawValue)" + String(decoding: buffer.term(of: token), as: UTF8.self))
      }
      return places.sorted { $0.key < $1.key }.map { ($0.key, $0.value, isTitle) }
    }

    /// What should stand together, with weights.
    func adjacencies(_ text: String) -> [(keys: [String], weight: Double)] {
      var found: [(keys: [String], weight: Double)] = []
      var previous: String?
      for chunk in analyzer.chunks(of: text) {
        switch chunk {
        case .han(let run):
          previous = nil
          for word in words(run.characters) where word.count > 2 {
            found.append((word.map { "1" + run.text($0..<$0 + 1) }, 0.45))
          }
        case .latin(let latin):
          for part in latin.parts {
            let key = part.stem.map { "4" + $0 } ?? "3" + part.text
            if let previous { found.append(([previous, key], 0.4)) }
            previous = key
          }
        }
      }
      return found.enumerated().filter { i, a in !found[..<i].contains { $0.keys == a.keys } }.map(
        \.element)
    }

    /// Entries with the rarest of the words or pairs that stand together.
    private func rarest(_ keys: [String]) -> Int {
      var terms = keys
      if keys[0].hasPrefix("1") {
        terms += zip(keys, keys.dropFirst()).map { "2" + $0.dropFirst() + $1.dropFirst() }
      }
      return terms.map { documentFrequency[$0] ?? 0 }.min() ?? 0
    }

    private func share(_ keys: [String], id: String) -> Double {
      let tokens = places[id] ?? []
      var title = 0.0
      var body = 0.0
      for i in tokens.indices {
        let stands = keys.indices.allSatisfy { k in
          i + k < tokens.count && tokens[i + k].position == tokens[i].position + k
            && tokens[i + k].keys.contains(keys[k])
        }
        if stands { if tokens[i].isTitle { title += 1 } else { body += 1 } }
      }
      let n = rarest(keys)
      guard n > 0, let count = counts[id] else { return 0 }
      return saturated(title, body, n, count)
    }

    /// More than any text can score: what an entry has on top whose title is the query.
    func most(_ weights: [String: Double], _ adjacencies: [(keys: [String], weight: Double)]) -> Double {
      func idf(_ n: Int) -> Double {
        n > 0 ? log(1 + (Double(counts.count) - Double(n) + 0.5) / (Double(n) + 0.5)) : 0
      }
      let terms = weights.reduce(0) { $0 + $1.value * idf(documentFrequency[$1.key] ?? 0) }
      return adjacencies.reduce(terms) { $0 + $1.weight * idf(rarest($1.keys)) }
    }

    private func saturated(_ inTitle: Double, _ inBody: Double, _ n: Int, _ count: Counts) -> Double {
      guard inTitle + inBody > 0 else { return 0 }
      let idf = log(1 + (Double(counts.count) - Double(n) + 0.5) / (Double(n) + 0.5))
      let tf =
        3 * inTitle
        / (1 - 0.4 + (averageTitle > 0 ? 0.4 * Double(count.titleLength) / averageTitle : 0))
        + inBody / (1 - 0.6 + (averageBody > 0 ? 0.6 * Double(count.bodyLength) / averageBody : 0))
      return idf * tf / (tf + 0.9)
    }

    /// Words that the query may also write as one or apart.
    private func spellings(_ text: String) -> [String: Double] {
      var weights: [String: Double] = [:]
      var previous: LatinChunk?
      for chunk in analyzer.chunks(of: text) {
        guard case .latin(let latin) = chunk else {
          previous = nil
          continue
        }
        func add(_ word: String, _ weight: Double) {
          for kind in ["3", "5"] { weights[kind + word] = max(weights[kind + word] ?? 0, weight) }
        }
        let bytes = Array(text.utf8)
        // A word, or a version behind its name.
        if let previous, previous.parts.count == 1, latin.parts.count == 1 || latin.isVersion,
          String(decoding: bytes[previous.range.upperBound..<latin.range.lowerBound], as: UTF8.self)
            .allSatisfy(\.isWhitespace)
        {
          let joined = previous.parts[0].text + latin.forms[0]
          if !joined.utf8.allSatisfy({ (0x30...0x39).contains($0) }), joined.utf8.count <= 255,
            case .latin(let chunk)? = analyzer.chunks(of: joined).first,
            chunk.forms == [joined], chunk.isVersion == latin.isVersion
          {
            add(joined, 0.5)
          }
        }
        for piece in latin.pieces { weights["piece" + piece] = 0.3 }
        previous = latin
      }
      return weights
    }

    /// Weights of the terms of a query, as DESIGN.md lists them.
    func weights(_ text: String) -> [String: Double] {
      var weights: [String: Double] = [:]
      let spellings = spellings(text)
      for keepsStopWords in [false, true]
      where weights.isEmpty && (!keepsStopWords || spellings.isEmpty) {
        for chunk in analyzer.chunks(of: text) {
          switch chunk {
          case .han(let run):
            let words = words(run.characters)
            for (i, word) in words.enumerated() {
              let isStop = !keepsStopWords && StopWords.contains(run.text(word))
              for j in word where !isStop {
                weights["1" + run.text(j..<j + 1), default: 0] += word.count == 1 ? 0.6 : 0.3
                if j + 1 < word.upperBound {
                  weights["2" + run.text(j..<j + 2), default: 0] += word.count == 2 ? 0.45 : 0.2
                }
              }
              if i + 1 < words.count {
                weights["2" + run.text(word.upperBound - 1..<word.upperBound + 1), default: 0] +=
                  0.3
              }
            }
          case .latin(let latin):
            if latin.isVersion {
              for form in latin.forms { weights["5" + form, default: 0] += 1.3 }
              continue
            }
            for part in latin.parts {
              if !keepsStopWords, latin.parts.count == 1, StopWords.contains(part.text) { continue }
              weights[part.stem.map { "4" + $0 } ?? "3" + part.text, default: 0] += 1
              weights["3" + part.text, default: 0] += 0.3
            }
            if latin.parts.count > 1 {
              for form in latin.forms {
                weights["5" + form, default: 0] += 0.5
                weights["3" + form, default: 0] += 0.5
              }
            }
          }
        }
      }
      for (term, weight) in spellings {
        if term.hasPrefix("piece") {
          for kind in ["3", "5"] { weights[kind + term.dropFirst(5), default: 0] += weight }
        } else {
          weights[term, default: 0] += weight
        }
      }
      return weights
    }

    func score(
      _ weights: [String: Double], _ adjacencies: [(keys: [String], weight: Double)], id: String
    )
      -> Double
    {
      guard let count = counts[id] else { return .nan }
      let terms = weights.reduce(0) { sum, term in
        sum + term.value
          * saturated(
            Double(count.title[term.key] ?? 0), Double(count.body[term.key] ?? 0),
            documentFrequency[term.key] ?? 0, count)
      }
      return adjacencies.reduce(terms) { $0 + $1.weight * share($1.keys, id: id) }
    }
  }

  private func check(_ entries: [Entry], queries: Int, seed: UInt64) throws {
    let index = try TestIndex(entries)
    let oracle = try Oracle(index)
    var random = SplitMix64(seed: seed)
    var compared = 0
    for _ in 0..<queries {
      guard let entry = index.entries.randomElement(using: &random) else { continue }
      let source = [entry.title, entry.text, entry.text].randomElement(using: &random) ?? ""
      let characters = Array(source)
      guard characters.count > 2 else { continue }
      let length = Int.random(in: 2...min(24, characters.count), using: &random)
      let start = Int.random(in: 0...(characters.count - length), using: &random)
      // As plain text: operators would change what is asked.
      let text = String(
        characters[start..<start + length].map { "\"“”„「」『』«»＂-－−:：*＊".contains($0) ? " " : $0 })
      let weights = oracle.weights(text)
      let adjacencies = oracle.adjacencies(text)
      for hit in try index.search(text, limit: 50).hits {
        var expected = oracle.score(weights, adjacencies, id: hit.entry.id)
        if try Analyzer().completionKey(of: hit.entry.title) == Analyzer().completionKey(of: text) {
          expected += oracle.most(weights, adjacencies)
        }
        #expect(
          abs(Double(hit.score) - expected) <= max(abs(expected) * 1e-4, 1e-6),
          "\(text): \(hit.entry.id)")
        compared += 1
      }
    }
    #expect(compared > queries, "the queries find something to compare")
  }

  @Test("scores are those of the formula", arguments: TestIndex.corpora)
  func digests(corpus: String) throws {
    try check(TestIndex.read([corpus]), queries: 500, seed: 41)
  }

  @Test(
    "scores are those of the formula on a mixed corpus", .enabled(if: Corpora.mixedLines(1) != nil))
  func mixed() throws {
    let lines = try #require(Corpora.mixedLines(2_000))
    try check(TestIndex.readJSONL(lines), queries: 500, seed: 43)
  }
}
