import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// What people type, and what it means.
@Suite struct QueryLanguageTests {
  private static let entries = [
    Entry(
      id: "a", kind: .item, title: "多集群入门", text: "用一个入口管理多集群。", category: ["工具推荐"], tags: ["k8s"],
      date: "2022-11-01", lang: "zh", sources: ["docs/share.md"]),
    Entry(
      id: "b", kind: .item, title: "Istio 授权策略", text: "在多集群里配置 Istio。", category: ["最佳实践"],
      tags: ["istio"],
      date: "2023-02-03", lang: "zh", sources: ["docs/share.md", "docs/trends.md"]),
    Entry(
      id: "c", kind: .page, title: "Scheduling pods",
      text: "How the scheduler places pods on clusters in kube-proxy mode.",
      category: ["最佳实践", "Guides"], date: "2021-05-06", lang: "en", sources: ["posts/c.md"]),
    Entry(
      id: "d", kind: .page, title: "云，原生", text: "云 原生和集群，管理不是集群管理吗", lang: "zh",
      sources: ["notes.txt"]),
  ]

  private func ids(_ text: String) throws -> Set<String> {
    let results = try TestIndex(Self.entries).search(text)
    return Set(results.hits.filter { results.match == .full && $0.match == .full }.map(\.entry.id))
  }

  @Test(
    "a query finds these entries in full",
    arguments: [
      ("多集群", ["a", "b"]), ("\"多集群\"", ["a", "b"]), ("「多集群」", ["a", "b"]), ("“多集群”", ["a", "b"]),
      ("多集群 -Istio", ["a"]), ("多集群 －istio", ["a"]), ("-istio 多集群", ["a"]), ("多集群 -\"授权策略\"", ["a"]),
      ("title:多集群", ["a"]), ("title：多集群", ["a"]), ("title:\"授权 策略\"", []), ("TITLE:istio", ["b"]),
      ("多集群 category:最佳实践", ["b"]), ("category:\"最佳实践\"", ["b", "c"]),
      ("category：「最佳实践」", ["b", "c"]),
      ("-category:最佳实践 多集群", ["a"]), ("tag:k8s", ["a"]), ("tags:istio", ["b"]), ("lang:en", ["c"]),
      ("多集群 source:docs", ["a", "b"]), ("source:docs/trends.md", ["b"]), ("source:doc", []),
      ("after:2022-01", ["a", "b"]), ("before:2022", ["c"]),
      ("after:２０２２－０１", ["a", "b"]), ("after：2022－01", ["a", "b"]),
      ("after:2022-11-01 before:2023", ["a"]),
      ("kind:page lang:zh", ["d"]), ("year:2023", ["b"]),
      ("sched*", ["c"]), ("schedul*", ["c"]), ("kube-prox*", ["c"]), ("istio*", ["b"]),
      ("scheduled", ["c"]), ("\"scheduled\"", []), ("cluster", ["c"]), ("kubeproxy", ["c"]),
      ("kube proxy", ["c"]),
      ("\"kube proxy\"", ["c"]), ("\"proxy kube\"", []),
      ("集群管理", ["d"]), ("\"集群管理\"", ["d"]), ("云原生", ["d"]), ("\"云 原生\"", ["d"]),
    ])
  func finds(query: String, expected: [String]) throws {
    #expect(try ids(query) == Set(expected))
  }

  @Test(
    "nothing that people type is an error",
    arguments: [
      "\"多集群", "多集群\"", "\"\"", "-", "--", "- -", "-\"", "title:", "title：", "category:", ":", "::",
      "title:-x", "*",
      "**", "a*b", "after:tomorrow", "before:9999-99-99", "lang:", "(", ")", "AND OR NOT", "\u{0}",
      "\u{202E}abc", "🙂",
      "e\u{301}", "\u{FEFF}", "「", "」", "『多集群", "“多集群", "-多集群", "-category:x", "   ", "\u{3000}",
      "title:\"",
      "-title:\"a b", "a:b:c", "http://example.org/?q=1&b=2", "C++ C# .NET", "1.2.3.4.5.6.7.8.9",
    ])
  func neverAnError(query: String) throws {
    _ = try TestIndex(Self.entries).search(query)
  }

  @Test("unbalanced quotes and stray operators are read literally")
  func literalOperators() throws {
    #expect(try ids("\"多集群") == ["a", "b"])
    #expect(try ids("多集群\"") == ["a", "b"])
    #expect(try ids("after:istio") == [])
    #expect(try ids("after:万") == [])
    #expect(try ids("kube - proxy") == ["c"])
  }

  @Test("an empty query finds nothing; conditions alone find everything that meets them")
  func emptyQueries() throws {
    for query in ["", "   ", "。", "\"\""] {
      let results = try TestIndex(Self.entries).search(query)
      #expect(results.total == 0 && results.hits.isEmpty, "\(query)")
    }
    #expect(try ids("-多集群") == ["c", "d"])
  }

  @Test("limits refuse with a message that names them")
  func limits() throws {
    let index = try TestIndex(Self.entries)
    #expect(throws: QueryLimitError.text(bytes: 4_097)) {
      try index.search(String(repeating: "a", count: 4_097))
    }
    #expect(throws: QueryLimitError.parts(65)) {
      try index.search((0..<65).map { "w\($0)" }.joined(separator: " "))
    }
    _ = try index.search((0..<64).map { "w\($0)" }.joined(separator: " "))
    _ = try index.search(String(repeating: "多", count: 1_365))
    let words = try TestIndex((0..<1_001).map { Entry(id: "\($0)", title: "tiny\($0)") })
    #expect(throws: QueryLimitError.expansions(prefix: "tiny")) { try words.search("-tiny*") }
    #expect(try words.search("tiny1*").total == 112)
    // All prefixes of a query together: 64 of them would keep 64,000 lists open.
    #expect(try words.search("tiny1* tiny2* tiny3* -tiny4*").total == 334)
    #expect(throws: QueryLimitError.expansions(prefix: "tiny")) { try words.search("tiny1* tiny*") }
    let nine = (1...9).map { "tiny\($0)*" }.joined(separator: " ")
    #expect(throws: QueryLimitError.expansions(prefix: "tiny0")) { try words.search(nine + " tiny0*") }
  }

  @Test(
    "another spelling finds the same entries",
    arguments: [
      ("多集羣", "多集群"), ("雲原生", "云原生"), ("Ｋ８ｓ", "k8s"), ("ＩＳＴＩＯ", "istio"), ("授權策略", "授权策略"),
      ("Kube－Proxy", "kube-proxy"),
    ])
  func spellings(typed: String, plain: String) throws {
    for corpus in TestIndex.corpora {
      let index = try TestIndex(paths: [corpus])
      let a = try index.search(typed)
      let b = try index.search(plain)
      #expect(a.total == b.total && a.hits.map(\.entry.id) == b.hits.map(\.entry.id))
    }
    #expect(try ids(typed) == (try ids(plain)))
  }

  @Test(
    "a literal match comes first",
    arguments: ["多集群", "K8s 多集群", "Istio 授权策略", "eBPF 磁盘", "云原生", "零信任"])
  func literalFirst(query: String) throws {
    for corpus in TestIndex.corpora {
      let index = try TestIndex(paths: [corpus])
      let rules = try ProductRules(index)
      let parts = rules.parts(of: query)
      let best = rules.entries.map { rules.tier($0, parts) }.max() ?? 0
      guard best >= 2, let first = try index.search(query).hits.first else { continue }
      let entry = try #require(rules.entries.first { $0.id == first.entry.id })
      #expect(rules.tier(entry, parts) == best, "\(corpus)")
    }
  }
}
