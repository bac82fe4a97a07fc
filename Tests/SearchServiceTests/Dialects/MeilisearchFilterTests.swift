import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct MeilisearchFilterTests {
  static let meanings: [(String, SearchFilter)] = [
    ("category = 工具推荐", .value(.category, ["工具推荐"])),
    ("category='a b' OR \"tags\" = \"k8s\"", .any([.value(.category, ["a b"]), .value(.tags, ["k8s"])])),
    ("lang=zh AND NOT kind = page", .all([.value(.lang, ["zh"]), .not(.value(.kind, ["page"]))])),
    (
      "(lang = zh OR lang = en) and tags != x",
      .all([.any([.value(.lang, ["zh"]), .value(.lang, ["en"])]), .not(.value(.tags, ["x"]))])
    ),
    ("tags IN [k8s, 'a, b',]", .value(.tags, ["k8s", "a, b"])), ("tags IN []", .value(.tags, [])),
    ("tags NOT IN [k8s]", .not(.value(.tags, ["k8s"]))), ("tags EXISTS", .exists(.tags)),
    ("tags NOT EXISTS", .not(.exists(.tags))), ("NOT tags EXISTS", .not(.exists(.tags))),
    ("tags IS EMPTY", .not(.exists(.tags))), ("tags IS NOT EMPTY", .exists(.tags)),
    ("date IS NULL", .not(.dated)), ("date is not null", .dated),
    ("language = zh", .value(.lang, ["zh"])), ("'category' = 'it\\'s'", .value(.category, ["it's"])),
    ("year = 2022", .value(.year, ["2022"])), ("year > 2022", .days(20_230_000...UInt32.max)),
    ("year 2020 TO 2022", .all([.days(20_200_000...UInt32.max), .days(1...20_229_999)])),
    ("date >= 2022-11-01", .days(20_221_101...UInt32.max)),
    ("date > '2022-11-01'", .days(20_221_102...UInt32.max)),
    ("date < 2022-11-01", .days(1...20_221_100)), ("date = 1667260800", .days(20_221_101...20_221_101)),
    ("date <= 1667260801", .days(1...20_221_101)), ("date < 1667260801000", .days(1...20_221_101)),
    ("date >= 1667260801", .days(20_221_102...UInt32.max)),
    ("date IN [2022-11-01]", .any([.days(20_221_101...20_221_101)])),
  ]

  @Test("conditions, and what they mean", arguments: meanings)
  func conditions(text: String, expected: SearchFilter) throws {
    #expect(try MeilisearchFilterParser.filter(text) == expected)
  }

  @Test("arrays are AND outside and OR inside; nothing is no filter")
  func arrays() throws {
    func read(_ value: JSONValue) throws -> SearchFilter? { try MeilisearchFilterParser.filter(value) }
    #expect(
      try read(.array([.array([.string("\"lang\"=\"zh\""), .string("lang=en")]), .string("tags EXISTS")]))
        == .all([.any([.value(.lang, ["zh"]), .value(.lang, ["en"])]), .exists(.tags)]))
    for nothing in [
      JSONValue.null, .string(""), .string(" \n"), .array([]), .array([.array([])]), .array([.string("")]),
    ] {
      #expect(try read(nothing) == nil)
    }
    for wrong in [
      JSONValue.integer(1), .array([.integer(1)]), .array([.array([.array([])])]), .object([:]),
    ] {
      #expect { try read(wrong) } throws: { ($0 as? MeilisearchError)?.code == "invalid_search_filter" }
    }
  }

  @Test(
    "what cannot be read is named with its place",
    arguments: [
      ("category", "character 9"), ("category =", "character 11"), ("= a", "character 1"),
      ("category = 'a", "character 12"),
      ("category = a b", "character 14"), ("(category = a", "character 14"),
      ("category = a)", "character 13"),
      ("category IN a", "character 13"), ("tags IN [a b]", "character 12"),
      ("price > 3", "`price` is not filterable"),
      ("category > 3", "`>` operator cannot be used"), ("date > soon", "`soon` is no date"),
      ("year > x", "`x` is no year"),
      ("category = a AND", "character 17"), ("工具 = a", "`工具` is not filterable"),
      ("_geoRadius(1, 2, 3)", "_geoRadius"),
    ])
  func mistakes(text: String, part: String) {
    #expect { try MeilisearchFilterParser.filter(text) } throws: {
      guard let error = $0 as? MeilisearchError else { return false }
      return error.code == "invalid_search_filter" && error.message.contains(part)
    }
  }

  @Test("depth and size are bounded")
  func bombs() throws {
    let deep = String(repeating: "(", count: 30_000) + "lang = zh" + String(repeating: ")", count: 30_000)
    for text in [
      deep, String(repeating: "NOT ", count: 15_000) + "lang = zh",
      [String](repeating: "lang = zh", count: 600).joined(separator: " OR "),
      "tags IN [" + [String](repeating: "x", count: 1_001).joined(separator: ",") + "]",
    ] {
      #expect { try MeilisearchFilterParser.filter(text) } throws: {
        ($0 as? MeilisearchError)?.code == "invalid_search_filter"
      }
    }
    let nested = String(repeating: "(", count: 20) + "lang = zh" + String(repeating: ")", count: 20)
    #expect(try MeilisearchFilterParser.filter(nested) == .value(.lang, ["zh"]))
  }

  @Test("any text is read or refused", arguments: UInt64(0)..<300)
  func noise(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "category", "date", "year", "tags", " ", "=", "!=", ">", "<=", "TO", "IN", "[", "]", ",", "(", ")",
      "AND", "OR",
      "NOT", "EXISTS", "IS", "NULL", "EMPTY", "'", "\"", "\\", "2022-11-01", "-1e300", "99999999999999999999",
      "多", "\0",
    ]
    let text = (0..<Int.random(in: 0...25, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }.joined(separator: Bool.random(using: &random) ? " " : "")
    do { _ = try MeilisearchFilterParser.filter(text) } catch {
      #expect(error.code == "invalid_search_filter" && !error.message.isEmpty)
    }
  }
}
