import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// Conditions as Algolia's clients write them, and the conditions of the engine that they become.
@Suite struct AlgoliaFilterTests {
  private static let a = SearchFilter.value(.category, ["a"])
  private static let b = SearchFilter.value(.category, ["b"])
  private static let tag = SearchFilter.value(.tags, ["t"])

  @Test(
    "filters are read",
    arguments: [
      ("", nil), ("  ", nil),
      ("category:a", a), (" category : a ", a), ("category:\"a\"", a), ("'category':'a'", a),
      ("category:\"x \\\"y\\\"\"", .value(.category, ["x \"y\""])),
      ("category:多集群", .value(.category, ["多集群"])),
      ("source:https://example.org/a?b=c", .value(.source, ["https://example.org/a?b=c"])),
      ("category:a<score=2>", a),
      ("t", tag), ("_tags:t", tag), ("tags:t", tag), ("\"t\"", tag),
      ("category:a AND tags:t", .all([a, tag])),
      ("category:a OR category:b", .any([a, b])),
      ("category:a AND category:b OR tags:t", .all([a, .any([b, tag])])),
      ("category:a AND (category:b OR NOT tags:t)", .all([a, .any([b, .not(tag)])])),
      ("NOT category:a", .not(a)), ("NOT (category:a OR tags:t)", .not(.any([a, tag]))),
      ("(category:a AND tags:t) OR category:b", .any([.all([a, tag]), b])),
      ("category:ANDY", .value(.category, ["ANDY"])),
      ("language:zh-Hans", .value(.lang, ["zh", "und"])), ("lang:zh", .value(.lang, ["zh"])),
      ("hierarchy.lvl0:a", a),
      ("year:2022", .value(.year, ["2022"])), ("year = 2022", .days(20_220_000...20_229_999)),
      ("year >= 2022", .days(20_220_000...UInt32.max)), ("year > 2022", .days(20_230_000...UInt32.max)),
      ("year<2022", .days(1...20_219_999)), ("year<=2022", .days(1...20_229_999)),
      ("year != 2022", .not(.days(20_220_000...20_229_999))),
      ("year > 2021.5", .days(20_220_000...UInt32.max)),
      ("year:2021 TO 2022", .all([.days(20_210_000...UInt32.max), .days(1...20_229_999)])),
      ("year > 1e300", .days(100_010_000...UInt32.max)), ("year > x", .any([])),
      ("date:2022-11-01", .days(20_221_101...20_221_101)),
      ("date = 20221101", .days(20_221_101...20_221_101)),
      // 2022-11-01T00:00:00Z and a second later.
      ("date >= 1667260800", .days(20_221_101...UInt32.max)),
      ("date > 1667260800", .days(20_221_102...UInt32.max)),
      ("date >= 1667260801", .days(20_221_102...UInt32.max)),
      ("date < 1667260800", .days(1...20_221_100)), ("date < 1667260801", .days(1...20_221_101)),
      ("date <= 1667260800000", .days(1...20_221_101)), ("date = 1667260801", .any([])),
      ("date: 1667260800 TO 1667347200", .all([.days(20_221_101...UInt32.max), .days(1...20_221_102)])),
      ("date > -1e99", .days(1...UInt32.max)), ("date < -1", .days(1...19_691_231)),
      ("date > 1e99", .days(100_000_000...UInt32.max)), ("date > soon", .any([])),
      ("category > 3", .any([])), ("category = a", a), ("category != a", .not(a)),
      // What the index does not have says nothing, wherever it stands.
      ("docusaurus_tag:default", nil), ("NOT price:1", nil), ("price > 3", nil), ("price:1 TO 3", nil),
      ("category:a AND version:2", a), ("(version:1 OR version:2) AND category:a", a),
      ("version:1 OR category:a", a),
    ] as [(String, SearchFilter?)])
  func reads(text: String, filter: SearchFilter?) throws {
    #expect(try AlgoliaFilterParser.filter(text) == filter)
  }

  @Test(
    "what is wrong with filters is said with its place",
    arguments: [
      ("category:", "filters: a value is missing at the end"),
      ("category:a AND", "filters: a condition is missing at the end"),
      ("AND category:a", "filters: a condition is expected, not `AND category`, at character 1"),
      ("(category:a", "filters: a closing parenthesis is missing at the end"),
      ("category:a)", "filters: AND or OR is expected, not `)`, at character 11"),
      ("category:a tags:b", "filters: AND or OR is expected, not `tags:b`, at character 12"),
      ("多:\"a", "filters: the closing \" is missing at the end"),
      ("year >", "filters: a number is missing at the end"),
      ("year:1 TO", "filters: a number is missing at the end"),
      ("a ! b", "filters: != is expected, not `! b`, at character 3"),
      (":a", "filters: a condition is expected, not `:a`, at character 1"),
    ])
  func wrong(text: String, message: String) {
    #expect(throws: AlgoliaError.bad(message)) { try AlgoliaFilterParser.filter(text) }
  }

  @Test("depth is bounded, and what is read is never too deep for the engine")
  func depth() throws {
    for opening in ["(", "NOT ", "NOT ("] {
      let closing = opening.contains("(") ? ")" : ""
      var deepest = 0
      for depth in 1...200 {
        let text =
          String(repeating: opening, count: depth) + "category:a AND year:1 TO 2 OR date > 1"
          + String(repeating: closing, count: depth)
        guard let filter = try? AlgoliaFilterParser.filter(text) else { break }
        deepest = depth
        #expect(SearchFilter.every([filter, .dated])?.depth ?? 0 <= SearchFilter.depthLimit)
      }
      #expect((4..<32).contains(deepest))
    }
    #expect(throws: AlgoliaError.self) {
      try AlgoliaFilterParser.filter(String(repeating: "(", count: 60_000))
    }
  }

  @Test("random filters are read or refused", arguments: UInt64(0)..<20)
  func random(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "category", ":", "a", "AND", "OR", "NOT", "(", ")", "\"", "'", "\\", " ", "  ", "<=", "!", "=", "!=",
      ">", "TO",
      "date", "year", "-", "9999999999999999999999", "1e308", "nan", "inf", "0x10", "多", "\u{301}", "🏻",
      "<score=1>", "",
    ]
    for _ in 0..<2_000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }.joined(separator: Bool.random(using: &random) ? " " : "")
      if let filter = try? AlgoliaFilterParser.filter(text) {
        #expect(filter.depth <= SearchFilter.depthLimit)
      }
      _ = try? AlgoliaFilterParser.condition(text, of: "numericFilters")
    }
  }

  // MARK: Lists

  private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  @Test(
    "facetFilters: a list is AND, an inner list OR, a minus denies",
    arguments: [
      (.null, nil), (.array([]), nil), (.string(""), nil), (.string("category:a"), a),
      (strings(["category:a", "tags:t"]), .all([a, tag])),
      (.array([strings(["category:a", "category:b"]), .string("tags:t")]), .all([.any([a, b]), tag])),
      (strings(["category:-a"]), .not(a)), (strings(["category:\\-a"]), .value(.category, ["-a"])),
      (strings(["category:x:y"]), .value(.category, ["x:y"])),
      (.string("category:🏻"), .value(.category, ["🏻"])),
      (
        .array([
          .string("language:zh"), strings(["docusaurus_tag:default", "docusaurus_tag:docs-default-current"]),
        ]),
        .value(.lang, ["zh", "und"])
      ),
      (.array([.array([])]), nil),
    ] as [(JSONValue, SearchFilter?)])
  func facetFilters(value: JSONValue, filter: SearchFilter?) throws {
    #expect(try AlgoliaFilterLists.facets(value) == filter)
  }

  @Test("numericFilters and tagFilters are lists of the same kind")
  func otherLists() throws {
    #expect(
      try AlgoliaFilterLists.numbers(
        .array([.string("year>=2022"), Self.strings(["date<20220101", "year=2023"])]))
        == .all([
          .days(20_220_000...UInt32.max), .any([.days(1...20_220_100), .days(20_230_000...20_239_999)]),
        ]))
    #expect(
      try AlgoliaFilterLists.tags(.array([Self.strings(["t", "-u"])]))
        == .any([Self.tag, .not(.value(.tags, ["u"]))]))
  }

  @Test(
    "lists that are none are refused",
    arguments: [
      .integer(1), .bool(true), .array([.integer(1)]), .array([.array([.array([])])]), .object([:]),
      .string("category"),
    ] as [JSONValue])
  func wrongLists(value: JSONValue) {
    #expect(throws: AlgoliaError.self) { try AlgoliaFilterLists.facets(value) }
    if value != .string("category") {
      #expect(throws: AlgoliaError.self) { try AlgoliaFilterLists.tags(value) }
    }
    #expect(throws: AlgoliaError.self) { try AlgoliaFilterLists.numbers(.string("year >")) }
  }

  // MARK: Dates

  @Test("moments fall into the day that the calendar says", arguments: UInt64(0)..<20)
  func moments(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      // From 1583 to the year 5138, the last that is read as seconds.
      let seconds = Int.random(in: -12_000_000_000..<99_999_999_999, using: &random)
      if (10_000_000...99_999_999).contains(seconds) { continue }
      // The oracle is the C library.
      let day = try #require(CalendarDay(iso: String(Timestamp.text(of: seconds).prefix(10)))).number
      #expect(AlgoliaMoment("\(seconds)")?.days(.lessOrEqual) == .days(1...day))
    }
  }
}
