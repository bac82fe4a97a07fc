import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

@Suite struct FacetTests {
  private static func entries(seed: UInt64) -> [Entry] {
    var random = SplitMix64(seed: seed)
    let categories = ["工具", "实践", "安全", "其他"]
    let tags = ["k8s", "istio", "ebpf"]
    return (0..<Int.random(in: 1...6_000, using: &random)).map { number in
      Entry(
        id: "e\(number)", title: Bool.random(using: &random) ? "集群" : "网格",
        text: "正文 \(number % 7)",
        category: categories.filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
        tags: tags.filter { _ in Bool.random(using: &random) },
        date: Bool.random(using: &random)
          ? "20\(Int.random(in: 10...25, using: &random))-01-02" : nil,
        lang: Bool.random(using: &random) ? "zh" : "en")
    }
  }

  @Test(
    "counts are exact; a facet that is filtered ignores its own filter", arguments: UInt64(0)..<12)
  func counts(seed: UInt64) throws {
    let entries = Self.entries(seed: seed)
    let index = try TestIndex(entries)
    var random = SplitMix64(seed: seed &+ 100)
    for _ in 0..<8 {
      var filters: [FacetKey: [String]] = [:]
      if Bool.random(using: &random) {
        filters[.category] = Bool.random(using: &random) ? ["工具"] : ["安全", "其他", "没有"]
      }
      if Bool.random(using: &random) { filters[.tags] = ["k8s"] }
      if Bool.random(using: &random) { filters[.lang] = ["zh"] }
      func passes(_ entry: Entry, except: FacetKey? = nil) -> Bool {
        filters.allSatisfy { key, values in
          key == except || key.values(of: entry).contains { values.contains($0) }
        }
      }
      let matching = entries.filter { $0.title == "集群" }
      let keys: [FacetKey] = [.category, .tags, .lang, .year, .kind]
      let results = try index.searcher.search(
        SearchRequest(text: "集群", limit: 5, filters: filters, facets: keys))
      let expected = matching.filter { passes($0) }
      guard !expected.isEmpty else { continue }
      #expect(results.total == expected.count)
      for facet in results.facets {
        var counts: [String: Int] = [:]
        for entry in matching where passes(entry, except: facet.key) {
          for value in facet.key.values(of: entry) { counts[value, default: 0] += 1 }
        }
        #expect(
          Dictionary(uniqueKeysWithValues: facet.counts.map { ($0.value, $0.count) }) == counts,
          "\(facet.key)")
        for (a, b) in zip(facet.counts, facet.counts.dropFirst()) {
          #expect(
            a.count > b.count
              || a.count == b.count && a.value.utf8.lexicographicallyPrecedes(b.value.utf8))
        }
      }
    }
  }

  @Test(
    "a condition that is typed means every value that folds to it",
    arguments: [
      ("tag:Kubernetes", ["1", "2", "3"]), ("tag:ｋｕｂｅｒｎｅｔｅｓ", ["1", "2", "3"]), ("tags:CLOUD-native", ["3"]),
      ("category:最佳實踐", ["1", "4"]), ("category:\"最佳实践\"", ["1", "4"]),
      ("category:\"Best  practice\"", ["2"]),
      ("lang:ZH", ["1"]), ("-tag:kubernetes", ["4"]), ("tag:kubernete", []), ("source:Docs", []),
      ("source:docs", ["4"]),
    ])
  func folded(query: String, ids: [String]) throws {
    let index = try TestIndex([
      Entry(id: "1", title: "a", text: "x", category: ["最佳实践"], tags: ["Kubernetes"], lang: "zh"),
      Entry(id: "2", title: "b", text: "x", category: ["Best Practice"], tags: ["kubernetes"], lang: "en"),
      Entry(id: "3", title: "c", text: "x", tags: ["KUBERNETES", "Cloud-Native"], lang: "en"),
      Entry(id: "4", title: "d", text: "x", category: ["最佳實踐"], lang: "en", sources: ["docs/a.md"]),
    ])
    #expect(Set(try index.search(query).hits.map(\.entry.id)) == Set(ids), "\(query)")
    // A value that is chosen is that value alone, so that its count holds.
    let chosen = SearchRequest(text: "x", filters: [.tags: ["kubernetes"]])
    #expect(try index.searcher.search(chosen).hits.map(\.entry.id) == ["2"])
  }

  @Test("by date the newest comes first, entries without a date last")
  func byDate() throws {
    let entries = Self.entries(seed: 77)
    let index = try TestIndex(entries)
    let results = try index.searcher.search(SearchRequest(text: "集群", limit: 1_000, order: .date))
    let days = results.hits.map { CalendarDay(iso: $0.entry.date)?.number ?? 0 }
    #expect(!days.isEmpty && days == days.sorted(by: >))
  }
}
