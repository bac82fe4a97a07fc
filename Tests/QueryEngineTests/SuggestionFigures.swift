import Glibc
import IndexFormat
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

/// How often what was meant is found, on many titles and words: the shares that the program promises.
///
/// On the sample always; where a large corpus lies beside the project, on 300 of its lines, or with four times as many
/// questions on as many lines as `SEARCH_FIGURE_LINES` says.
@Suite struct SuggestionFigures {
  private static let lines = getenv("SEARCH_FIGURE_LINES").flatMap { Int(String(cString: $0)) } ?? 300
  private static let words = getenv("SEARCH_FIGURE_LINES") == nil ? 250 : 1_000
  private static let titles = getenv("SEARCH_FIGURE_LINES") == nil ? 125 : 500

  private static func indexes() throws -> [TestIndex] {
    var indexes = [try TestIndex(paths: [Corpora.data])]
    if let lines = Corpora.mixedLines(lines) { indexes.append(try TestIndex(TestIndex.readJSONL(lines))) }
    return indexes
  }

  private static func report(_ text: String) {
    if getenv("SEARCH_FIGURE_LINES") != nil { print(text) }
  }

  /// A title as somebody spells it: Han in full or by initials, the rest as it is.
  private static func spelled(_ title: String, initials: Bool) -> String {
    var result = ""
    for scalar in title.unicodeScalars {
      var readings = PinyinReadings(of: scalar.value)
      if let syllable = readings.next() {
        result += initials ? String(syllable.text.prefix(1)) : syllable.text
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  @Test("a title is among the first ten for its pinyin: 95 % in full, 80 % by initials")
  func pinyinOfTitles() throws {
    for index in try Self.indexes() {
      var random = SplitMix64(seed: 500)
      let analyzer = try Analyzer()
      let table = CompletionTable(index.searcher.snapshot)
      let titles = index.entries.map(\.title).filter { title in
        title.unicodeScalars.count { PinyinReadings.characters.contains($0.value) } >= 2
      }
      let chosen = Array(titles.shuffled(using: &random).prefix(Self.titles))
      for (initials, share) in [(false, 0.95), (true, 0.8)] {
        var found = 0
        for title in chosen {
          let suggestions = try table.completions(
            of: Self.spelled(title, initials: initials), limit: 10, analyzer: analyzer
          ).suggestions
          let wanted = analyzer.completionKey(of: title)
          if suggestions.contains(where: { analyzer.completionKey(of: $0.text) == wanted }) {
            found += 1
          } else {
            Self.report("missed: \(title) as \(Self.spelled(title, initials: initials))")
          }
        }
        Self.report("pinyin, initials \(initials): \(found) of \(chosen.count)")
        #expect(Double(found) >= share * Double(chosen.count), "\(found) of \(chosen.count)")
      }
    }
  }

  /// One edit: a letter added, left out, changed, or two neighbours exchanged.
  private static func edited(_ word: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var word = word
    func letter() -> UInt8 { UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random) }
    let place = Int.random(in: word.indices, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: word.insert(letter(), at: place)
    case 1: word.remove(at: place)
    case 2: word[place] = letter()
    default: if place + 1 < word.count { word.swapAt(place, place + 1) }
    }
    return word
  }

  /// Words of letters by their own look, with the number of entries they are in.
  private static func vocabulary(_ index: TestIndex) throws -> [(word: [UInt8], entries: Int)] {
    var words: [(word: [UInt8], entries: Int)] = []
    for segment in index.searcher.snapshot.segments {
      var cursor = TermCursor(segment.terms)
      var isOpen = try cursor.seek(to: [TokenKind.latin.rawValue])
      while isOpen, cursor.key.first == TokenKind.latin.rawValue {
        let word = Array(cursor.key.dropFirst())
        if word.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) {
          words.append((word, cursor.entry.documentFrequency))
        }
        isOpen = try cursor.next()
      }
    }
    return words
  }

  @Test(
    "the word that was meant is found or suggested: 95 % with one edit, 85 % with two",
    arguments: [(edits: 1, letters: 5, share: 0.95), (edits: 2, letters: 9, share: 0.85)])
  func typos(edits: Int, letters: Int, share: Double) throws {
    for index in try Self.indexes() {
      var random = SplitMix64(seed: UInt64(edits))
      let words = try Self.vocabulary(index).filter { $0.word.count >= letters && $0.word.count <= 40 }
      var found = 0
      var missed: [String] = []
      for _ in 0..<Self.words {
        guard let word = words.randomElement(using: &random)?.word else { continue }
        var typed = word
        while typed == word || typed.count < letters {
          typed = word
          for _ in 0..<edits { typed = Self.edited(typed, using: &random) }
        }
        let meant = String(decoding: word, as: UTF8.self)
        let query = String(decoding: typed, as: UTF8.self)
        let results = try index.search(query, limit: 10)
        let isFound =
          try results.suggestion?.query == meant
          || results.hits.contains { hit in
            guard hit.match == .full else { return false }
            return try index.searcher.explain(SearchRequest(text: meant), id: hit.entry.id)?.match == .full
          }
        if isFound {
          found += 1
        } else {
          missed.append("\(meant): \(query) → \(results.suggestion?.query ?? "–") \(results.total)")
        }
      }
      Self.report(
        "typos, \(edits) edits: \(found) of \(Self.words), from \(words.count) words\n"
          + missed.prefix(30).joined(separator: "\n"))
      #expect(Double(found) >= share * Double(Self.words), "\(found) of \(Self.words)")
    }
  }
}
