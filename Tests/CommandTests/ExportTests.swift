import Glibc
import SearchTestSupport
import Testing

@Suite struct ExportTests {
  private static let pages = [
    "digest.md": """
    # 周报

    ## 工具推荐

    - [多集群入门](https://example.org/a) 用一个入口管理多集群
    - [Karmada](https://karmada.io) "quotes", back\\slash	tab
    """,
    "guide.md": """
    ---
    title: 安装
    date: 2024-02-03
    tags: [k8s, 安装]
    author: 甲
    description: 怎么装
    keywords: [install, setup]
    search: {boost: 2.5, pins: [安装, install]}
    ---
    # 安装

    Words of the page.

    ## Linux 上

    多集群 on Linux.
    """,
    "plain.txt": "多集群 也在 plain text 里。\n",
    "more.jsonl": #"{"id":"x1","title":"多集群","lang":"und","category":["a","b"]}"#,
  ]

  /// Answers without what belongs to a commit or a moment.
  private func answers(_ site: Site, _ index: String) throws -> [ParsedJSON] {
    try ["多集群", "安装", "linux", "source:digest.md 多集群", "install", "k8s", "入口"].map { query -> ParsedJSON in
      let json = try SearchProgram.run(
        [
          "query", "--index", index, "--json", "--limit", "50", "--facets",
          "category,tags,lang,kind,year,source", query,
        ], in: site.folder.path
      ).json()
      guard case .object(let members) = json else { return .null }
      return .object(members.filter { $0.key != "took_us" && $0.key != "commit" })
    }
  }

  @Test("an index of what was exported has the same entries and gives the same answers")
  func roundTrip() throws {
    let site = try Site(Self.pages)
    try site.index()
    // A deletion: what is gone is not exported.
    try site.folder.write("content/gone.md", "# Gone\n\n多集群 of the past\n")
    try site.index()
    #expect(unlink(site.folder.path(of: "content/gone.md")) == 0)
    try site.index()
    let exported = try site.search("export")
    #expect(exported.status == 0 && exported.errors == "")
    let copied = try SearchProgram.run(
      ["index", "--index", "copy", "--stdin", "--json"], in: site.folder.path, input: exported.text)
    #expect(copied.status == 0 && copied.errors == "")
    let again = try SearchProgram.run(
      ["export", "--index", "copy", "--format", "jsonl"], in: site.folder.path)
    #expect(again.lines.sorted() == exported.lines.sorted())
    // By id, wherever an entry stands in the index.
    #expect(again.text == exported.text)
    let ids = try exported.lines.filter { !$0.isEmpty }.map {
      try ParsedJSON(parsing: Array($0.utf8))["id"].string ?? ""
    }
    #expect(ids == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(exported.lines.count > 5 && !exported.text.contains("past"))
    let before = try answers(site, "index")
    #expect(before.allSatisfy { $0["total"].int ?? 0 > 0 })
    #expect(try answers(site, "copy") == before)
  }

  @Test("every line is an object of the fields that JSONL has")
  func lines() throws {
    let site = try Site(Self.pages)
    try site.index()
    for line in try site.search("export").lines where !line.isEmpty {
      let entry = try ParsedJSON(parsing: Array(line.utf8))
      #expect(Array(entry.keys.prefix(4)) == ["id", "kind", "title", "text"])
    }
    let install = try site.search("export").lines.first { $0.contains(#""boost":2.5"#) }
    #expect(install?.contains(#""pins":["安装","install"]"#) == true)
  }

  @Test("without an index it says how to make one, and a closed pipe ends it quietly")
  func noIndex() throws {
    let site = try Site(Self.pages)
    let outcome = try site.search("export")
    #expect(outcome.status == 66 && outcome.errors.contains("search index"))
    try site.index()
    let closed = try SearchProgram.runWithClosedOutput(["export", "--index", "index"], in: site.folder.path)
    #expect(closed.status == 0 && closed.errors == "")
  }
}
