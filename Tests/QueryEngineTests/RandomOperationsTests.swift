import IndexFormat
import IndexStorage
import IndexWriting
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// Ten thousand operations on one index, additions, replacements, deletions, merges, reopenings and queries in any
/// order, against a dictionary of entries and the rules evaluated on them one by one.
@Suite struct RandomOperationsTests {
  private static let words = [
    "多集群", "集群", "管理", "备份", "恢复", "网格", "调度器", "性能", "最佳实践", "云原生", "kubernetes", "etcd", "backup",
    "backups", "v1.28", "C++", "service-mesh", "Istio", "Karmada", "调度", "存储", "cache", "caching",
  ]

  private static func text(_ count: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
    (0..<Int.random(in: count, using: &random)).map { _ in
      (words.randomElement(using: &random) ?? "") + (["", " ", "，"].randomElement(using: &random) ?? "")
    }.joined()
  }

  private static func entry(_ id: String, _ random: inout SplitMix64) -> Entry {
    Entry(
      id: id, kind: [.page, .heading, .item].randomElement(using: &random) ?? .page,
      title: text(0...3, &random), text: text(0...12, &random),
      category: ["实践", "工具", "a"].filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
      lang: ["zh", "en"].randomElement(using: &random) ?? "zh")
  }

  @Test("operations agree with a plain model", arguments: UInt64(0)..<10)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    _ = try IndexWriter(in: directory, options: .init(now: 1)).commit(sourcePaths: [])
    var published: [String: Entry] = [:]
    var pending: [String: Entry] = [:]
    var writer: IndexWriter?
    var searcher = try Searcher(in: directory)
    var rules = try ProductRules(TestIndex([]))
    var merges = 0
    for _ in 0..<1_000 {
      let id = "id-\(Int.random(in: 0..<60, using: &random))"
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45:
        // A new writer begins with what is published; at times with so little memory that every document spills.
        if writer == nil {
          pending = published
          var policy = MergePolicy()
          policy.smallest = [1, 2_000, 1 << 20].randomElement(using: &random) ?? 1
          writer = try IndexWriter(
            in: directory,
            options: .init(
              keepsExisting: true, mergePolicy: policy,
              threadCount: Int.random(in: 1...2, using: &random),
              memoryBudget: [0, 100_000, 64 << 20].randomElement(using: &random) ?? 0, now: 1))
        }
        if Int.random(in: 0..<3, using: &random) > 0 {
          let entry = Self.entry(id, &random)
          try writer?.replace(entry)
          pending[id] = entry
        } else {
          #expect(try writer?.delete(id: id) == (pending.removeValue(forKey: id) != nil))
        }
      case 45..<60:
        guard let current = writer else { continue }
        if Int.random(in: 0..<6, using: &random) > 0 {
          let before = current.currentCommit?.segments.count ?? 0
          if try current.commit(sourcePaths: []).segments.count < before { merges += 1 }
          published = pending
        }
        writer = nil
        searcher = try Searcher(in: directory)
        rules = try ProductRules(TestIndex(published.values.sorted { $0.id < $1.id }))
      default:
        let query = Self.text(1...2, &random)
        let expected = rules.answer(query)
        let results = try searcher.search(
          SearchRequest(text: query, limit: 1_000, facets: [.category, .lang]))
        #expect(results.total == expected.ids.count, "\(query)")
        #expect(results.total == 0 || results.match == expected.match, "\(query)")
        let counted = results.hits.filter { results.match == .some || $0.match == .full }
        #expect(Set(counted.map(\.entry.id)) == expected.ids, "\(query)")
        #expect(counted.allSatisfy { $0.entry == published[$0.entry.id] }, "\(query)")
        for facet in results.facets {
          #expect(facet.counts == rules.facet(facet.key, over: expected.ids), "\(query) \(facet.key)")
        }
      }
    }
    #expect(merges > 0 && !published.isEmpty)
  }
}
