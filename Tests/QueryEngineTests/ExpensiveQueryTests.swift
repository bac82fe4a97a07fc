import Foundation
import IndexFormat
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

/// Queries made to cost as much as the limits allow, on 40,000 entries: answered within a second, or refused.
@Suite(.serialized) struct ExpensiveQueryTests {
  private static let entryCount = 40_000
  private static let common = ["的", "了", "在", "集", "群", "云", "原", "生", "服", "务"]

  /// Thousands of words that begin alike, characters that stand everywhere, a title and facets for each entry.
  private static func entry(_ number: Int) -> Entry {
    var random = SplitMix64(seed: UInt64(number))
    func han(_ count: Int) -> String {
      (0..<count).map { _ in
        Int.random(in: 0..<3, using: &random) == 0
          ? String(UnicodeScalar(UInt32.random(in: 0x4E00...0x4FFF, using: &random)) ?? "一")
          : common.randomElement(using: &random) ?? ""
      }.joined()
    }
    func word() -> String {
      let first = UnicodeScalar(UInt8(ascii: "a") + .random(in: 0..<26, using: &random))
      return String(first) + String(Int.random(in: 10..<900, using: &random), radix: 7)
    }
    return Entry(
      id: "\(number)", title: han(8) + " " + word(),
      text: (0..<6).map { _ in han(12) + " " + word() + " the kube-proxy " }.joined(),
      url: "/\(number / 3)/", anchor: "a\(number)", category: ["c \(number % 500)"],
      tags: ["t \(number % 20_000)", "u \(number % 7)"], date: "20\(10 + number % 14)-03-04")
  }

  static func queries() -> [(name: String, text: String)] {
    var random = SplitMix64(seed: 1)
    func many(_ count: Int, _ separator: String = " ", _ make: (Int) -> String) -> String {
      (0..<count).map(make).joined(separator: separator)
    }
    let letters = (0..<26).map { String(UnicodeScalar(UInt8(ascii: "a") + UInt8($0))) }
    func letter(_ number: Int) -> String { letters[number % 26] }
    let rare = many(1_300, "") { _ in
      String(UnicodeScalar(UInt32.random(in: 0x4E00...0x4FFF, using: &random)) ?? "一")
    }
    return [
      ("64 wide prefixes", many(64) { letter($0) + "\(1 + $0 / 26)*" }),
      ("64 wide prefixes in titles", many(64) { "title:" + letter($0) + "\(1 + $0 / 26)*" }),
      ("64 wide prefixes excluded", many(64) { "-" + letter($0) + "\(1 + $0 / 26)*" }),
      ("64 common characters", many(64) { common[$0 % 10] }),
      ("64 pairs", many(64) { common[$0 % 10] + common[($0 + 1 + $0 / 10) % 10] }),
      ("64 common characters excluded", many(64) { "-" + common[$0 % 10] }),
      (
        "30 quoted runs",
        many(30) { "\"\(common[$0 % 10])\(common[($0 + 3) % 10])\(common[($0 + 5) % 10])\"" }
      ),
      ("one character 1,300 times", many(1_300, "") { _ in "的" }),
      ("the same, quoted", "\"" + many(1_300, "") { _ in "的" } + "\""),
      ("1,300 common characters", many(1_300, "") { common[$0 * $0 % 10] }),
      ("1,300 rare characters", rare), ("1,300 rare characters, quoted", "\"" + rare + "\""),
      ("a word of 4 KiB", many(4_000, "") { letter($0 * $0) }),
      ("words joined to 4 KiB", many(1_300, "-") { letter($0) + "1" }),
      ("CamelCase of 4 KiB", many(1_000, "") { letter($0).uppercased() + "bc" }),
      ("a version of 4 KiB", many(2_000, ".") { "\($0 % 10)" }),
      ("64 words joined otherwise", many(64) { "kube" + letter($0) + "-" + letter($0 + 1) + ".proxy" }),
      ("60 misspelt words", many(60) { "kuberneets" + letter($0) + letter($0 / 26) + "xyz" }),
      ("60 long misspelt words", many(60) { letter($0) + many(60, "") { letter($0 * 7) } + letter($0 / 26) }),
      ("4 KiB of pinyin", many(1_000, "") { ["de", "le", "zai", "ji", "qun", "yun"][$0 % 6] }),
      ("initials of 60 words", many(60) { _ in "dlzjqyysfw" }),
      (
        "64 conditions",
        many(64) {
          ["category:\"c \($0)\"", "-tag:\"t \($0)\"", "after:20\(10 + $0 % 14)", "year:2012"][$0 % 4]
        }
      ),
      ("everything but a word", "-zzzz"), ("4 KiB of marks", "e" + many(2_000, "") { _ in "\u{301}" }),
      ("joined emoji", many(580, "") { _ in "👨\u{200D}" }),
      ("quotes and dashes", many(2_000, "") { $0 % 2 == 0 ? "\"" : "-" }),
      ("a prefix of everything", many(26) { letter($0) + "*" }), ("64 stop words", many(64) { _ in "the" }),
    ]
  }

  @Test("expensive queries are answered within a second or refused")
  func bounded() throws {
    let index = try TestIndex((0..<Self.entryCount).map(Self.entry))
    let synonyms = (0..<1_000).map { "\(Self.common[$0 % 10])\(Self.common[$0 / 10 % 10]), the, syn\($0)" }
    let searchers = [
      index.searcher,
      try Searcher(
        in: index.directory,
        options: SearchOptions(synonyms: try Synonyms(parsing: synonyms.joined(separator: "\n")))),
    ]
    let completions = CompletionTable(index.searcher.snapshot)
    let analyzer = try Analyzer()
    var report: [(Duration, String)] = []
    for (name, text) in Self.queries() {
      for (number, searcher) in searchers.enumerated() {
        for request in [
          SearchRequest(text: text, limit: 1_000, offset: 10_000, facets: FacetKey.allCases),
          SearchRequest(text: text, limit: 10, facets: FacetKey.allCases, order: .date, perPage: 1),
        ] {
          var outcome = "answered"
          let time = try processorTime {
            do {
              let results = try searcher.search(request, deadline: Deadline(.now + .seconds(60)))
              outcome = "\(results.total) found"
            } catch let error as QueryLimitError { outcome = "\(error)" }
          }
          report.append((time, "\(name), \(request.order)\(number == 1 ? ", synonyms" : ""): \(outcome)"))
        }
      }
      let time = try processorTime {
        do {
          _ = try completions.completions(of: text, limit: 1_000, analyzer: analyzer)
        } catch is QueryLimitError {}
      }
      report.append((time, "\(name), completed"))
    }
    report.sort { $0.0 > $1.0 }
    for (time, name) in report { #expect(time < .seconds(1), "\(name)") }
    if ProcessInfo.processInfo.environment["SEARCH_RANDOM_QUERIES"] != nil {
      for (time, name) in report.prefix(40) { print(time, name) }
    }
  }
}
