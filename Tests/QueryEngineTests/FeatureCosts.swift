import Glibc
import IndexFormat
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

/// What completions and the owner's options cost, printed; only where `SEARCH_FIGURE_LINES` asks for it.
@Suite(.serialized, .enabled(if: getenv("SEARCH_FIGURE_LINES") != nil && Corpora.mixedLines(1) != nil))
struct FeatureCosts {
  private static func index() throws -> TestIndex {
    let lines = getenv("SEARCH_FIGURE_LINES").flatMap { Int(String(cString: $0)) } ?? 1_500
    return try TestIndex(TestIndex.readJSONL(try #require(Corpora.mixedLines(lines))))
  }

  /// Of this thread's processor: other work on the machine does not count.
  private static func microseconds(_ body: () throws -> Void) rethrows -> Int {
    func now() -> Int {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }
    let start = now()
    try body()
    return now() - start
  }

  private static func summary(_ times: [Int]) -> String {
    let sorted = times.sorted()
    return
      "median \(sorted[sorted.count / 2]) µs, 95 % \(sorted[sorted.count * 95 / 100]), most \(sorted[sorted.count - 1])"
  }

  @Test("completions of 40,000 entries take less than a millisecond")
  func completions() throws {
    let index = try Self.index()
    let analyzer = try Analyzer()
    var random = SplitMix64(seed: 9)
    let titles = index.entries.map(\.title).shuffled(using: &random).prefix(700)
    let first = try Self.microseconds {
      _ = try CompletionTable(try IndexSnapshot(in: index.directory)).completions(
        of: "多", limit: 10, analyzer: analyzer)
    }
    let table = CompletionTable(index.searcher.snapshot)
    var kinds: [(String, [String])] = []
    for length in 1...4 {
      kinds.append(("first \(length) characters", titles.map { String($0.prefix(length)) }))
    }
    func spelled(_ title: String, _ initials: Bool) -> String {
      title.unicodeScalars.map { scalar in
        var readings = PinyinReadings(of: scalar.value)
        let syllable = readings.next()?.text
        return syllable.map { initials ? String($0.prefix(1)) : $0 } ?? String(scalar)
      }.joined()
    }
    let han = titles.filter { $0.unicodeScalars.contains { PinyinReadings.characters.contains($0.value) } }
    kinds.append(("pinyin of 3 characters", han.map { spelled(String($0.prefix(3)), false) }))
    kinds.append(("4 initials", han.map { spelled(String($0.prefix(4)), true) }))
    print("first question: \(first) µs")
    for (name, prefixes) in kinds {
      var times: [Int] = []
      for prefix in prefixes {
        times.append(
          try Self.microseconds { _ = try table.completions(of: prefix, limit: 10, analyzer: analyzer) })
      }
      print("completions, \(name): \(Self.summary(times))")
      #expect(times.sorted()[times.count / 2] < 1_000)
    }
  }

  @Test("what each option adds to the time of a search")
  func options() throws {
    let index = try Self.index()
    var random = SplitMix64(seed: 10)
    let queries = index.entries.shuffled(using: &random).prefix(300).map { entry in
      String(entry.title.prefix(entry.lang == "zh" ? 6 : 24))
    }
    let list = String(
      decoding: try #require(Corpora.bytes(of: Corpora.data + "/cloud-native.synonyms")), as: UTF8.self)
    let synonyms = try Synonyms(parsing: list)
    let pins = Pins(queries.prefix(100).map { .init(queries: [$0], targets: [index.entries[0].id]) })
    let snapshot = index.searcher.snapshot
    let searchers: [(String, Searcher)] = [
      ("nothing", try Searcher(snapshot)),
      ("synonyms", try Searcher(snapshot, options: SearchOptions(synonyms: synonyms))),
      ("pins", try Searcher(snapshot, options: SearchOptions(pins: pins))),
      ("recency", try Searcher(snapshot, options: SearchOptions(recency: Recency(halfLife: 365)))),
    ]
    print(
      "opening a searcher: \(try Self.microseconds { _ = try Searcher(snapshot) }) µs, with synonyms",
      terminator: " ")
    print(try Self.microseconds { _ = try Searcher(snapshot, options: SearchOptions(synonyms: synonyms)) })
    var times = [[Int]](repeating: [], count: searchers.count)
    // Turn by turn, so that other work on the machine hits all alike.
    for query in queries {
      for (number, searcher) in searchers.enumerated() {
        times[number].append(
          try Self.microseconds { _ = try searcher.1.search(SearchRequest(text: query)) })
      }
    }
    for (number, searcher) in searchers.enumerated() {
      print("search with \(searcher.0): \(Self.summary(times[number]))")
    }
    let synonymQueries = synonyms.rules.map { $0.words[0] }
    for (name, searcher) in searchers.prefix(2) {
      let times = try synonymQueries.map { query in
        try Self.microseconds { _ = try searcher.search(SearchRequest(text: query)) }
      }
      print("search for words with synonyms, with \(name): \(Self.summary(times))")
    }
    let typos = [
      "kuberentes", "promethues", "microsfot", "javascirpt", "adminsitration", "recieving", "enviroment",
    ]
    var mistakes: [Int] = []
    for word in typos { mistakes.append(try Self.microseconds { _ = try index.search(word, limit: 10) }) }
    print("search for a typo, with its suggestion: \(Self.summary(mistakes))")
    let finder = TypoFinder(snapshot: snapshot)
    print(
      "typo finder alone: \(Self.summary(try typos.map { word in try Self.microseconds { _ = try finder.correction(of: word) } }))"
    )
    let pinyin = ["duojiqun", "lingxinren", "yys", "gongsi", "zhongguo", "shuju", "xw"]
    print(
      "search for pinyin, with its suggestion: \(Self.summary(try pinyin.map { word in try Self.microseconds { _ = try index.search(word, limit: 10) } }))"
    )
  }
}
