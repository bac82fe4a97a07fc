import SearchTestSupport
import Testing

/// Synonyms, pins and judged queries from the command line.
@Suite struct RankingOptionTests {
  private let site: Site

  init() throws {
    site = try Site([
      "digest.md": """
      ## 工具

      - [Kubernetes 入门](https://example.org/a) 第一步
      - [K8s 网络](https://example.org/b) 排查
      - [安装说明](https://example.org/c) 别的
      """,
      "words.synonyms": "# names\nk8s, kubernetes\n", "bad.synonyms": "k8s, kubernetes\n\nalone\n",
      "first.pins": "安装, k8s => https://example.org/c\n",
    ])
    try site.index()
  }

  private func urls(_ arguments: String...) throws -> [String?] {
    try site.search("query", ["--json"] + arguments).json()["hits"].elements.map { $0["url"].string }
  }

  @Test("synonyms and pins come from files")
  func lists() throws {
    #expect(try urls("k8s") == ["https://example.org/b"])
    #expect(
      try urls("--synonyms", "content/words.synonyms", "k8s") == [
        "https://example.org/b", "https://example.org/a",
      ])
    #expect(
      try urls("--pins", "content/first.pins", "k8s") == ["https://example.org/c", "https://example.org/b"])
    let hits = try site.search("query", "--json", "--pins", "content/first.pins", "k8s").json()["hits"]
      .elements
    #expect(hits.map { $0.keys.contains("pinned") } == [true, false])
    #expect(try site.search("query", "--pins", "content/first.pins", "k8s").text.contains("[pinned]"))
  }

  @Test("a line that is no rule ends with 78 and is named; a missing file with 66")
  func badLists() throws {
    let bad = try site.search("query", "--synonyms", "content/bad.synonyms", "k8s")
    #expect(bad.status == 78 && bad.output.isEmpty)
    #expect(bad.errors.hasPrefix("search: content/bad.synonyms:3: “alone” stands alone;"))
    #expect(try site.search("query", "--synonyms", "none", "k8s").status == 66)
    #expect(try site.search("query", "--half-life", "0", "k8s").status == 64)
  }

  @Test("an explanation takes an id or an address, and says what is missing")
  func explain() throws {
    let held = try site.search(
      "explain", "--synonyms", "content/words.synonyms", "k8s", "https://example.org/a")
    #expect(held.status == 0)
    #expect(held.text.contains("in another form, by its synonym kubernetes"))
    #expect(held.text.contains("place 2 of the answer"))
    let missing = try site.search("explain", "网络", "https://example.org/a")
    #expect(missing.text.contains("网络: not there: other entries hold it, this one does not"))
    #expect(try site.search("explain", "网络", "nothing").status == 66)
  }

  @Test("eval keeps its metrics and compares with them later")
  func eval() throws {
    let judged = try Site([
      "docs.jsonl": """
      {"id":"1","title":"Kubernetes","text":"orchestration"}
      {"id":"2","title":"K8s","text":"short"}
      {"id":"3","title":"Helm","text":"charts"}
      """,
      "queries.jsonl": "{\"id\":\"q1\",\"text\":\"k8s\"}\n{\"id\":\"q2\",\"text\":\"helm\"}\n",
      "qrels.tsv": "q1\t1\t1\nq1\t2\t1\nq2\t3\t1\n", "words.synonyms": "k8s, kubernetes\n",
    ])
    func eval(_ arguments: String...) throws -> Outcome {
      try SearchProgram.run(arguments, in: judged.folder.path)
    }
    let first = try eval("eval", "--save", "base.tsv", "content")
    #expect(first.status == 0 && first.errors == "")
    let second = try eval(
      "eval", "--baseline", "base.tsv", "--synonyms", "content/words.synonyms", "--queries", "--json",
      "content")
    let json = try second.json()
    #expect(json["baseline"]["better"].int == 1 && json["baseline"]["worse"].int == 0)
    #expect(json["per_query"].elements.map { $0["id"].string } == ["q1", "q2"])
    #expect(json["recall_10"].int == 1)
    let table = try eval("eval", "--baseline", "base.tsv", "--synonyms", "content/words.synonyms", "content")
    #expect(table.text.contains("2 queries in both: 1 better, 0 worse"))
    #expect(table.lines.contains { $0.hasPrefix("+") && $0.hasSuffix("\tq1\tk8s") })
    #expect(try eval("eval", "--without", "stem", "--without", "exact", "content").status == 0)
    #expect(try eval("eval", "--without", "luck", "content").status == 64)
    #expect(try eval("eval", "--baseline", "content/qrels.tsv", "content").status == 65)
    #expect(try eval("eval", "--baseline", "none.tsv", "content").status == 66)
  }

  @Test("suggest completes words and spells titles")
  func suggest() throws {
    #expect(try site.search("suggest", "anzhuang").text == "安装说明\thttps://example.org/c\n")
    #expect(try site.search("suggest", "azsm").text == "安装说明\thttps://example.org/c\n")
    #expect(try site.search("suggest", "zzzz").status == 1)
  }
}
