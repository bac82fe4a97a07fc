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

    init(_ entries: [Entry]) throws {
      analyzer = try Analyzer()
      for entry in entries {
        var count = Counts()
        add(entry.title, to: &count.title, length: &count.titleLength)
        let rest =
          [entry.text] + entry.path + entry.tags + [entry.description, entry.author] + entry.keywords
        for text in rest { add(text, to: &count.body, length: &count.bodyLength) }
        for term in Set(count.title.keys).union(count.body.keys) { documentFrequency[term, default: 0] += 1 }
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
          "\(token.kind.rawValue)" + String(decoding: buffer.term(of: token), as: UTF8.self), default: 0] += 1
        if token.kind == .han || token.kind == .latin { length += 1 }
      }
    }

    /// Weights of the terms of a query, as DESIGN.md lists them.
    func weights(_ text: String) -> [String: Double] {
      var weights: [String: Double] = [:]
      for keepsStopWords in [false, true] where weights.isEmpty {
        for chunk in analyzer.chunks(of: text) {
          switch chunk {
          case .han(let run):
            let words = analyzer.words(in: run)
            for (i, word) in words.enumerated() {
              let isStop = !keepsStopWords && StopWords.contains(run.text(word))
              for j in word where !isStop {
                weights["1" + run.text(j..<j + 1), default: 0] += word.count == 1 ? 0.6 : 0.3
                if j + 1 < word.upperBound {
                  weights["2" + run.text(j..<j + 2), default: 0] += word.count == 2 ? 0.45 : 0.2
                }
              }
              if i + 1 < words.count {
                weights["2" + run.text(word.upperBound - 1..<word.upperBound + 1), default: 0] += 0.3
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
      return weights
    }

    func score(_ weights: [String: Double], id: String) -> Double {
      guard let count = counts[id] else { return .nan }
      let total = Double(counts.count)
      return weights.reduce(0) { sum, term in
        let inTitle = Double(count.title[term.key] ?? 0)
        let inBody = Double(count.body[term.key] ?? 0)
        guard inTitle + inBody > 0 else { return sum }
        let n = Double(documentFrequency[term.key] ?? 0)
        let idf = log(1 + (total - n + 0.5) / (n + 0.5))
        let tf =
          3 * inTitle / (1 - 0.4 + (averageTitle > 0 ? 0.4 * Double(count.titleLength) / averageTitle : 0))
          + inBody / (1 - 0.6 + (averageBody > 0 ? 0.6 * Double(count.bodyLength) / averageBody : 0))
        return sum + term.value * idf * tf / (tf + 0.9)
      }
    }
  }

  private func check(_ entries: [Entry], queries: Int, seed: UInt64) throws {
    let index = try TestIndex(entries)
    let oracle = try Oracle(index.entries)
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
      for hit in try index.search(text, limit: 50).hits {
        let expected = oracle.score(weights, id: hit.entry.id)
        #expect(
          abs(Double(hit.score) - expected) <= max(abs(expected) * 1e-4, 1e-6), "\(text): \(hit.entry.id)")
        compared += 1
      }
    }
    #expect(compared > queries, "the queries find something to compare")
  }

  @Test("scores are those of the formula", arguments: TestIndex.corpora)
  func digests(corpus: String) throws { try check(TestIndex.read([corpus]), queries: 500, seed: 41) }

  @Test("scores are those of the formula on a mixed corpus", .enabled(if: Corpora.mixedLines(1) != nil))
  func mixed() throws {
    let lines = try #require(Corpora.mixedLines(2_000))
    try check(TestIndex.readJSONL(lines), queries: 500, seed: 43)
  }
}
