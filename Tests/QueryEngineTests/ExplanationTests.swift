import SearchModel
import SearchTestSupport
import Testing

@testable import QueryEngine

@Suite struct ExplanationTests {
  private static let entries = [
    Entry(
      id: "a", title: "多集群管理", text: "集群很多，待处理的任务会排队。kubernetes 与 service proxy", url: "/guide/a/",
      category: ["最佳实践"], date: "2024-05-01", lang: "zh"),
    Entry(id: "b", title: "Other", text: "处理任务 mesh 网络", lang: "en"),
  ]

  @Test(
    "each part that is not there comes with its reason",
    arguments: [
      ("处理任务", "not next to each other"), ("\"集群管理多\"", "not next to each other"),
      ("title:排队", "it stands in the text, not in the title"), ("mesh", "other entries hold it"),
      ("kuberentes", "no entry holds it; the nearest word is kubernetes"), ("完全没有", "no entry holds it"),
      ("\"service mesh\"", "of its words it holds service, not mesh"), ("最佳实践", "write category:\"最佳实践\""),
      ("guide", "address, which is not searched"),
    ])
  func reasons(query: String, reason: String) throws {
    let index = try TestIndex(Self.entries)
    let explanation = try #require(try index.searcher.explain(SearchRequest(text: query), id: "a"))
    let reasons = explanation.parts.compactMap(\.reason)
    #expect(reasons.contains { $0.contains(reason) }, "\(reasons)")
  }

  @Test("a condition that is not met comes with what the entry has")
  func conditions() throws {
    let index = try TestIndex(Self.entries)
    func failed(_ request: SearchRequest) throws -> [String]? {
      try index.searcher.explain(request, id: "a")?.failedConditions
    }
    #expect(try failed(SearchRequest(text: "集群 lang:en")) == ["lang:en (it has zh)"])
    #expect(try failed(SearchRequest(text: "集群 tag:x")) == ["tags:x (it has none)"])
    #expect(try failed(SearchRequest(text: "集群 after:2025")) == ["after:2025-01-01 (it has 2024-05-01)"])
    #expect(try failed(SearchRequest(text: "集群 -任务")) == ["-任务"])
    #expect(
      try failed(SearchRequest(text: "集群", filters: [.category: ["x"]])) == ["category=x (it has 最佳实践)"])
    #expect(try failed(SearchRequest(text: "集群 lang:zh")) == [])
  }

  @Test("tier, place and score are those of the answer", arguments: TestIndex.corpora.prefix(1))
  func agrees(corpus: String) throws {
    let index = try TestIndex(paths: [corpus])
    for query in ["多集群", "install kubernetes", "镜像 安全", "k8s", "service mesh 网格"] {
      for (place, hit) in try index.search(query, limit: 20).hits.enumerated() {
        let request = SearchRequest(text: query)
        let explanation = try #require(try index.searcher.explain(request, id: hit.entry.id))
        #expect(explanation.match == hit.match)
        #expect(explanation.rank == place + 1)
        #expect(abs(explanation.score - hit.score) <= 1e-4 * max(1, hit.score), "\(query) \(hit.entry.id)")
      }
    }
  }
}
