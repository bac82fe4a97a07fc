import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// Nested conditions against a twin that asks every entry.
@Suite struct SearchFilterTests {
  private static let categories = ["工具", "实践", "Guides", "guides", "其他"]
  private static let tags = ["k8s", "istio", "eBPF"]

  private static func entries(_ count: Int, _ random: inout SplitMix64) -> [Entry] {
    (0..<count).map { number in
      Entry(
        id: "e\(number)", title: Bool.random(using: &random) ? "集群" : "网格", text: "正文 \(number % 7)",
        category: categories.filter { _ in Int.random(in: 0..<4, using: &random) == 0 },
        tags: tags.filter { _ in Bool.random(using: &random) },
        date: Bool.random(using: &random)
          ? "20\(Int.random(in: 10...25, using: &random))-0\(Int.random(in: 1...9, using: &random))-02" : nil,
        lang: Bool.random(using: &random) ? "zh" : "en",
        sources: ["docs/\(number % 3)/page.md"])
    }
  }

  private static func filter(_ depth: Int, _ random: inout SplitMix64) -> SearchFilter {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
    case 0:
      .value(.category, categories.filter { _ in Bool.random(using: &random) })
    case 1: .value(.tags, [tags.randomElement(using: &random) ?? ""])
    case 2: .value(.source, ["docs/\(Int.random(in: 0...3, using: &random))"])
    case 3: .exists([FacetKey.category, .tags, .year].randomElement(using: &random) ?? .lang)
    case 4:
      .days(
        UInt32.random(
          in: 20_100_000...20_180_000, using: &random)...UInt32.random(
            in: 20_180_000...20_260_000, using: &random))
    case 5: .value(.year, ["2015", "2020"])
    case 6: .not(filter(depth - 1, &random))
    case 7: .all((0..<Int.random(in: 0...3, using: &random)).map { _ in filter(depth - 1, &random) })
    default: .any((0..<Int.random(in: 0...3, using: &random)).map { _ in filter(depth - 1, &random) })
    }
  }

  /// The plain twin.
  private static func holds(_ filter: SearchFilter, _ entry: Entry) -> Bool {
    switch filter {
    case .all(let filters): return filters.allSatisfy { holds($0, entry) }
    case .any(let filters): return filters.contains { holds($0, entry) }
    case .not(let filter): return !holds(filter, entry)
    case .value(let key, let values):
      return key.values(of: entry).contains { value in
        values.contains(value) || key == .source && values.contains { value.hasPrefix($0 + "/") }
      }
    case .exists(let key): return !key.values(of: entry).isEmpty
    case .days(let days): return CalendarDay(iso: entry.date).map { days.contains($0.number) } ?? false
    }
  }

  @Test("a nested filter lets through what its twin lets through", arguments: UInt64(0)..<10)
  func agreement(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // More than one window of documents, and more than one segment.
    let entries = Self.entries(seed % 2 == 0 ? 300 : 5_000, &random)
    let searcher = try TestIndex(entries, memoryBudget: seed % 2 == 0 ? 256 << 20 : 1 << 20).searcher
    for _ in 0..<30 {
      let filter = Self.filter(4, &random)
      for text in ["", "集群", "集群 正文"] {
        let expected = entries.filter {
          Self.holds(filter, $0) && (text.isEmpty || $0.title == "集群")
        }
        var request = SearchRequest(text: text, limit: 1_000, facets: [.tags])
        request.filter = filter
        request.allowsPartial = false
        let results = try searcher.search(request)
        #expect(results.total == expected.count, "\(filter)")
        if expected.count <= 1_000 {
          #expect(Set(results.hits.map(\.entry.id)) == Set(expected.map(\.id)), "\(filter)")
        }
        let counted = Dictionary(
          uniqueKeysWithValues: (results.facets.first?.counts ?? []).map { ($0.value, $0.count) })
        var counts: [String: Int] = [:]
        for entry in expected { for tag in entry.tags { counts[tag, default: 0] += 1 } }
        #expect(counted == counts, "\(filter)")
      }
    }
  }

  @Test("a value that no entry has as it is typed stands for those that fold to it")
  func folded() throws {
    let index = try TestIndex([
      Entry(id: "1", title: "a", category: ["Guides"]), Entry(id: "2", title: "b", category: ["guides"]),
      Entry(id: "3", title: "c", category: ["工具"]),
    ])
    func ids(_ value: String) throws -> [String] {
      var request = SearchRequest(text: "")
      request.filter = .value(.category, [value])
      return try index.searcher.search(request).hits.map(\.entry.id)
    }
    #expect(try ids("Guides") == ["1"])
    #expect(try ids("GUIDES") == ["1", "2"])
    #expect(try ids("none") == [])
  }

  @Test("a filter with too many levels or conditions is refused by the name of the limit")
  func limits() throws {
    let searcher = try TestIndex([Entry(id: "1", title: "a")]).searcher
    var deep = SearchFilter.exists(.tags)
    for _ in 0..<SearchFilter.depthLimit { deep = .not(deep) }
    var request = SearchRequest(text: "a")
    request.filter = deep
    #expect(throws: QueryLimitError.filterDepth(33)) { try searcher.search(request) }
    request.filter = .value(.tags, [String](repeating: "x", count: 1_000))
    #expect(throws: QueryLimitError.filterSize(1_001)) { try searcher.search(request) }
    request.filter = .value(.tags, [String](repeating: "x", count: 999))
    #expect(try searcher.search(request).total == 0)
  }

  @Test("by date either end comes first, and what has no date is last")
  func dateOrder() throws {
    let index = try TestIndex(
      [nil, "2020-01-02", "2024-05-06", "2022-03-04"].enumerated().map {
        Entry(id: "\($0.offset)", title: "集群", date: $0.element)
      })
    var request = SearchRequest(text: "集群", order: .date)
    #expect(try index.searcher.search(request).hits.map(\.entry.id) == ["2", "3", "1", "0"])
    request.oldestFirst = true
    #expect(try index.searcher.search(request).hits.map(\.entry.id) == ["1", "3", "2", "0"])
  }

  @Test("a request may ask for titles alone, and for full matches alone")
  func scopes() throws {
    let index = try TestIndex([
      Entry(id: "1", title: "多集群", text: "网格"), Entry(id: "2", title: "网格", text: "多集群"),
    ])
    var request = SearchRequest(text: "多集群")
    #expect(try index.searcher.search(request).total == 2)
    request.onlyTitles = true
    #expect(try index.searcher.search(request).hits.map(\.entry.id) == ["1"])
    request = SearchRequest(text: "多集群 nowhere")
    #expect(try index.searcher.search(request).hits.count == 2)
    request.allowsPartial = false
    #expect(try index.searcher.search(request).hits.isEmpty)
  }
}
