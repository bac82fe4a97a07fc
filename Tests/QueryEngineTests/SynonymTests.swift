import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

@Suite struct SynonymTests {
  private static let rules = """
    # names
    k8s, kubernetes
    多集群 => multi-cluster   # only so
    service mesh, 服务网格
    C#，csharp
    """

  private static func index(_ titles: [String], rules: String = rules) throws -> TestIndex {
    try TestIndex(
      titles.enumerated().map { Entry(id: "\($0.offset)", title: $0.element, text: "x") },
      options: SearchOptions(synonyms: try Synonyms(parsing: rules)))
  }

  private func found(_ query: String, in titles: [String]) throws -> [String] {
    let results = try Self.index(titles).search(query)
    return results.match == .full ? results.hits.filter { $0.match == .full }.map(\.entry.title) : []
  }

  @Test("two-way rules work both ways, one-way rules from left to right")
  func directions() throws {
    let titles = ["Kubernetes guide", "K8s 入门", "多集群", "multi-cluster", "multicluster"]
    #expect(try found("k8s", in: titles) == ["K8s 入门", "Kubernetes guide"])
    #expect(try found("kubernetes", in: titles) == ["Kubernetes guide", "K8s 入门"])
    #expect(Set(try found("多集群", in: titles)) == ["多集群", "multi-cluster", "multicluster"])
    #expect(try found("multi-cluster", in: titles) == ["multi-cluster", "multicluster"])
  }

  @Test("several words are one, in both scripts, next to other parts of the query")
  func severalWords() throws {
    let titles = ["A service mesh in production", "服务网格 in production", "mesh of a service", "服务网"]
    #expect(try found("服务网格", in: titles) == ["服务网格 in production", "A service mesh in production"])
    #expect(
      Set(try found("service mesh production", in: titles)) == [titles[0], titles[1]])
    #expect(try found("service", in: titles).contains("服务网格 in production") == false)
    #expect(try found("C#", in: ["csharp", "C 语言", "C# 教程"]) == ["C# 教程", "csharp"])
  }

  @Test("a run that stands nowhere is found by the synonym of its words")
  func unknownRun() throws {
    #expect(try found("多集群", in: ["multi-cluster", "别的"]) == ["multi-cluster"])
    #expect(try found("服务网格", in: ["service mesh", "服务", "网"]) == ["service mesh"])
  }

  @Test("the word itself stands above its synonyms, however often they occur")
  func order() throws {
    let index = try TestIndex(
      [
        Entry(id: "1", title: "Kubernetes kubernetes", text: "kubernetes kubernetes kubernetes"),
        Entry(id: "2", title: "Other", text: String(repeating: "word ", count: 200) + "k8s"),
      ], options: SearchOptions(synonyms: try Synonyms(parsing: Self.rules)))
    #expect(try index.search("k8s").hits.map(\.entry.id) == ["2", "1"])
  }

  @Test("what is quoted, excluded or a prefix means what it says")
  func literal() throws {
    let titles = ["Kubernetes guide", "K8s 入门"]
    #expect(try found("\"k8s\"", in: titles) == ["K8s 入门"])
    #expect(try found("guide -k8s", in: titles) == ["Kubernetes guide"])
    #expect(try found("k8*", in: titles) == ["K8s 入门"])
    #expect(try found("title:k8s", in: titles) == ["K8s 入门", "Kubernetes guide"])
  }

  @Test("synonyms are marked like the word")
  func marks() throws {
    let hits = try Self.index(["The Service Mesh"]).search("服务网格").hits
    #expect(
      hits.first.map { markedHTML($0.entry.title, $0.titleHighlights) }?.contains("<mark>Service") ?? false)
  }

  @Test("an explanation names the synonym and its share of the score")
  func explained() throws {
    let index = try Self.index(["Kubernetes guide", "K8s 入门"])
    let explanation = try #require(try index.searcher.explain(SearchRequest(text: "k8s"), id: "0"))
    #expect(explanation.match == .full)
    #expect(explanation.tier == "full")
    #expect(explanation.parts.map(\.synonyms) == [["kubernetes"]])
    let share = try #require(explanation.shares.first { $0.score > 0 })
    #expect(share.role == "synonym")
    #expect(explanation.score == (try index.search("k8s").hits.last?.score))
  }

  @Test(
    "a line that is no rule is named",
    arguments: [
      ("k8s", 1), ("a, b\n\n# c\nx =>", 4), ("=> b", 1), ("a, , b", 1), ("a => b\n+++ => c", 2),
    ])
  func errors(text: String, line: Int) {
    let error = #expect(throws: OwnerListError.self) { try Synonyms(parsing: text) }
    #expect(error?.line == line)
  }

  @Test("rules in a loop, of one word with itself, and with forty alternatives end")
  func hostile() throws {
    let many = (0..<60).map { "w\($0)" }.joined(separator: ", ")
    let index = try Self.index(["w59", "w1"], rules: "a, b\nb, a\na, A\nw0 => w1\n\(many)")
    #expect(try index.search("w0").total == 1)  // w59 is past the limit of alternatives
    #expect(try index.search("a b a b").total == 0)
  }

  @Test("KFC is 肯德基, and the other way round")
  func brand() throws {
    for query in ["KFC", "肯德基"] {
      let index = try Self.index(["肯德基门店", "KFC 指南", "麦当劳"], rules: "KFC, 肯德基")
      #expect(Set(try index.search(query).hits.map(\.entry.title)) == ["肯德基门店", "KFC 指南"], "\(query)")
    }
  }

  @Test("the starter list finds one and several of what has a short name")
  func shortPlurals() throws {
    let text = String(
      decoding: try #require(Corpora.bytes(of: Corpora.data + "/cloud-native.synonyms")), as: UTF8.self)
    let index = try Self.index(["a pod", "many pods", "容器组"], rules: text)
    #expect(try index.search("pod").total == 3 && index.search("pods").total == 3)
  }

  @Test("the starter list is one list of rules, and its words find one another")
  func starterList() throws {
    let text = String(
      decoding: try #require(Corpora.bytes(of: Corpora.data + "/cloud-native.synonyms")), as: UTF8.self)
    let index = try Self.index(["可观测性实践", "Canary deployment"], rules: text)
    #expect(try index.search("observability").total == 1)
    #expect(try index.search("灰度发布").total == 1)
  }
}
