import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

/// Lengths, dates, facets and keys against the entries they were made from.
@Suite struct ColumnTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  private func open(_ documents: [SegmentModel.Document]) throws -> SegmentReader {
    let segment = try SegmentModel(documents: documents).build(in: work.directory)
    let reader = try SegmentReader(segment, in: work.directory)
    try reader.verify()
    return reader
  }

  private func open(_ entries: [Entry]) throws -> SegmentReader {
    try open(entries.map { .init(entry: $0, titleLength: 1, bodyLength: 2) })
  }

  @Test(
    "columns are as wide as their largest number",
    arguments: [(UInt32(0), 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (UInt32.max, 4)])
  func widths(largest: UInt32, width: Int) throws {
    let values: [UInt32] = [0, largest, largest / 2, 1, largest]
    let segment = try open(
      values.enumerated().map { number, value in
        .init(entry: Entry(id: "\(number)"), titleLength: value, bodyLength: value &+ 1)
      })
    #expect(segment.titleLengths.byteCount == 5 * width)
    #expect(try (0..<5).map { try segment.titleLengths.value(of: $0) } == values)
    #expect(try (0..<5).map { try segment.bodyLengths.value(of: $0) } == values.map { $0 &+ 1 })
    #expect(segment.statistics.titleLength == values.reduce(0) { $0 + Int($1) })
  }

  @Test("a number outside the column is an error when looked up, and stops the program when taken")
  func outside() async throws {
    let segment = try open([Entry(id: "a")])
    for document in [-1, 1, 1_000_000] {
      #expect(throws: IndexFormatError.self) { try segment.titleLengths.check(document..<document + 1) }
    }
    await #expect(processExitsWith: .failure) {
      let work = try Workplace()
      let segment = try SegmentModel.plain(documentCount: 1).build(in: work.directory)
      _ = try SegmentReader(segment, in: work.directory).titleLengths[1]
    }
  }

  @Test("dates come back as days, and impossible ones as none")
  func dates() throws {
    let dates: [String?] = ["2024-05-01", nil, "0001-01-01", "9999-12-31", "2024-13-01", "no date"]
    let segment = try open(dates.enumerated().map { Entry(id: "\($0)", date: $1) })
    let days = try dates.indices.map { try segment.days.value(of: $0) }
    #expect(days == [20_240_501, 0, 10_101, 99_991_231, 0, 0])
    let stored = try segment.storedFields()
    #expect(try dates.indices.map { try segment.entry($0, from: stored).date } == dates)
  }

  @Test("facets give every document its values back, in its order", arguments: UInt64(0)..<12)
  func facets(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let isMulti = seed % 2 == 0
    // é twice: equal to Swift, two values to a user who filters by one of them.
    var all = ["é", "e\u{301}", "", "a", "b", "ab", "标签", "🙂", "\u{0}"]
    if seed % 3 == 0 { all += (0..<700).map { "value \($0)" } }
    let entries = (0..<Int.random(in: 0...300, using: &random)).map { number in
      let most = isMulti ? 4 : 1
      let tags = (0..<Int.random(in: 0...most, using: &random)).map { _ in
        all.randomElement(using: &random) ?? ""
      }
      return Entry(id: "\(number)", tags: tags)
    }
    let column = try open(entries).facet(.tags)
    #expect(column.isMultiValued == entries.contains { $0.tags.count > 1 })
    let used = Set(entries.flatMap { $0.tags.map { Array($0.utf8) } }).sorted {
      $0.lexicographicallyPrecedes($1)
    }
    #expect(try (0..<column.valueCount).map { Array(try column.value($0).utf8) } == used)
    for (document, entry) in entries.enumerated() {
      #expect(try column.values(of: document).map { Array($0.utf8) } == entry.tags.map { Array($0.utf8) })
    }
    for value in all + ["absent", "é\u{301}"] {
      let expected = used.firstIndex(of: Array(value.utf8))
      #expect(try column.ordinal(of: value) == expected)
    }
    #expect(throws: IndexFormatError.self) { try column.value(column.valueCount) }
    #expect(throws: IndexFormatError.self) { try column.value(-1) }
    #expect(throws: IndexFormatError.self) { try column.values(of: entries.count) }
  }

  @Test("every facet stands in its own column")
  func facetKeys() throws {
    let segment = try open([
      Entry(
        id: "1", kind: .item, category: ["c1", "c2"], tags: ["t"], date: "2021-02-03", lang: "zh",
        sources: ["s1", "s2", "s3"]),
      Entry(id: "2"),
    ])
    let expected: [FacetKey: [[String]]] = [
      .category: [["c1", "c2"], []], .tags: [["t"], []], .lang: [["zh"], ["und"]],
      .kind: [["item"], ["page"]], .year: [["2021"], []], .source: [["s1", "s2", "s3"], []],
    ]
    for (key, values) in expected {
      #expect(try (0..<2).map { try segment.facet(key).values(of: $0) } == values)
    }
  }

  @Test("ids are found by their bytes, and only those", arguments: [0, 1, 2, 3, 100, 1_000])
  func keys(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    let ids = (0..<count).map { "目录/\($0 * 7)\($0 % 3 == 0 ? "#é" : "")" }.shuffled(using: &random)
    let keys = try open(ids.map { Entry(id: $0) }).keys
    for (document, id) in ids.enumerated() {
      #expect(try keys.id(of: document) == id)
      #expect(try keys.document(withID: id) == document)
      #expect(try keys.document(withID: id + "x") == nil)
    }
    for absent in ["", "a", "目录", "目录/", "\u{10FFFF}", "目录/0#e\u{301}"] {
      #expect(try keys.document(withID: absent) == nil)
    }
    #expect(throws: IndexFormatError.self) { try keys.id(of: count) }
    #expect(throws: IndexFormatError.self) { try keys.id(of: -1) }
    if count > 1 {
      let first = ids[0].utf8.lexicographicallyPrecedes(ids[1].utf8)
      #expect(try keys.precedes(0, 1, in: keys) == first)
      #expect(try keys.precedes(0, 0, in: keys) == false)
    }
    let sorted = ids.indices.sorted { ids[$0].utf8.lexicographicallyPrecedes(ids[$1].utf8) }
    for (rank, document) in sorted.enumerated() {
      #expect(try keys.ranks.value(of: document) == UInt32(rank))
    }
  }
}
