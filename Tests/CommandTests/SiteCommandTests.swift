import SearchTestSupport
import Testing

/// `search init`, `search config` and `search index` in the folder of a site.
@Suite struct SiteCommandTests {
  private let site: TemporaryDirectory

  init() throws {
    site = try TemporaryDirectory()
    try site.write(".git/HEAD", "ref: refs/heads/main\n")
    try site.write(
      "hugo.toml", "baseURL = 'https://example.org/'\n[permalinks]\nblog = '/:section/:year/:slug/'\n")
    try site.write("README.md", "# 仓库说明\n\n不是站点的内容。\n")
    try site.write("content/_index.md", "---\ntitle: 首页\n---\n欢迎。\n")
    try site.write("content/blog/a.md", "+++\ntitle = \"多集群\"\ndate = 2024-08-30\n+++\n\n## 安装步骤\n\n运行命令。\n")
    try site.write("content/blog/b.md", "---\ntitle: 草稿\ndraft: true\n---\n未完。\n")
    try site.write("content/blog/c.md", "---\ntitle: 将来\ndate: 2999-01-01\n---\n未到。\n")
    try site.write("content/blog/d.md", "---\ntitle: 隐藏\nsearch: false\n---\n不搜。\n")
  }

  private func run(_ arguments: String..., at folder: String = "") throws -> Outcome {
    try SearchProgram.run(arguments, in: folder.isEmpty ? site.path : site.path(of: folder))
  }

  @Test("a folder of a site is indexed as the site is published, without any configuration")
  func withoutConfiguration() throws {
    let indexed = try run("index", "--json", "--strict")
    #expect(indexed.status == 0, "\(indexed.errors)")
    // Left out on purpose: counted and named for programs, no complaint.
    #expect(indexed.errors.isEmpty)
    let skipped = try indexed.json()["skipped"].elements.map {
      "\($0["file"].string ?? "") \($0["reason"].string ?? "")"
    }
    #expect(
      skipped == [
        "content/blog/b.md draft", "content/blog/c.md not published before 2999-01-01",
        "content/blog/d.md its front matter excludes it",
      ])
    let heading = try run("query", "--json", "安装步骤").text
    #expect(heading.contains("\"url\":\"https://example.org/blog/2024/%E5%A4%9A%E9%9B%86%E7%BE%A4/\""))
    #expect(heading.contains("\"anchor\":\"安装步骤\"") && heading.contains("\"category\":[\"blog\"]"))
    #expect(try run("query", "仓库说明").status == 1)
    #expect(try run("query", "未完").status == 1)
  }

  @Test("only what changed is read, but everything when the site's own configuration changes")
  func siteChanges() throws {
    #expect(try run("index").status == 0)
    try site.write("content/blog/e.md", "---\ntitle: 新文\ndate: 2024-01-01\n---\n字。\n")
    let update = try run("index", "--json").json()
    #expect(update["files_read"].int == 1 && update["rebuilt"] == .null)
    try site.write("hugo.toml", "baseURL = 'https://example.com/'\n")
    #expect(try run("doctor").text.contains("the configuration of the site has changed"))
    let rebuilt = try run("index", "--json").json()
    #expect(rebuilt["rebuilt"].string?.hasPrefix("the configuration of the site has changed") == true)
    #expect(try run("query", "--json", "新文").text.contains("https://example.com/blog/e/"))
    #expect(try run("index", "--json").json()["rebuilt"] == .null)
    // A folder that becomes one page takes its neighbours with it.
    try site.write("content/blog/index.md", "---\ntitle: 一页\n---\n字。\n")
    #expect(try run("index", "--json").json()["rebuilt"].string?.contains("arrangement") == true)
    #expect(try run("query", "新文").status == 1)
    #expect(try run("doctor").text.contains("it is part of the page content/blog"))
  }

  @Test("search.yaml says which files count, and a change of it counts at once")
  func configurationChanges() throws {
    try site.write(".gitignore", "secret/\n")
    try site.write("content/secret/f.md", "---\ntitle: 机密\n---\n字。\n")
    try site.write("search.yaml", "sources:\n  - path: .\n")
    #expect(try run("index").status == 0)
    #expect(try run("query", "机密").status == 1)
    try site.write(
      "search.yaml",
      "sources:\n  - path: .\n    ignore_files: false\n    exclude: [\"blog/**\", \"!**/a.md\"]\n")
    #expect(try run("index").errors.contains("the configuration of the site has changed"))
    #expect(try run("query", "机密").status == 0)
    #expect(try run("doctor", "--strict").errors.isEmpty)
  }

  @Test("init says what it saw and writes a file that changes nothing")
  func initialize() throws {
    _ = try run("index")
    let before = try run("query", "--json", "--facets", "category,kind,source", "--limit", "100", "kind:page")
      .text
    let made = try run("init")
    #expect(made.status == 0 && made.output.isEmpty)
    #expect(made.errors.contains("this is Hugo, by hugo.toml") && made.errors.contains("5 files in content"))
    let text = String(decoding: try site.read("search.yaml"), as: UTF8.self)
    #expect(text.contains("type: hugo") && text.contains("# hugo.toml"))
    #expect(try run("index", "--full").status == 0)
    let after = try run("query", "--json", "--facets", "category,kind,source", "--limit", "100", "kind:page")
      .text
    func hits(_ json: String) -> Substring {
      json[(json.firstRange(of: "\"hits\"")?.lowerBound ?? json.startIndex)...]
    }
    #expect(hits(before) == hits(after))
    let again = try run("init")
    #expect(again.status == 64 && again.errors.contains("--force replaces it"))
    #expect(try run("init", "--force").status == 0)
    #expect(try run("init", "--print").text == text)
    #expect(try run("init", "none").status == 66)
  }

  @Test("the nearest search.yaml counts, from any folder below it")
  func nearestFile() throws {
    try site.write(
      "search.yaml",
      "index: {dir: data/index}\nsources:\n  - {path: content, drafts: true}\nquery: {limit: 1}\n")
    #expect(try run("index", at: "content/blog").status == 0)
    let found = try run("query", "--json", "kind:page", at: "content")
    #expect(found.status == 0 && found.text.contains("\"total\":3"))
    #expect(found.text.components(separatedBy: "\"id\"") == 2)
    #expect(try run("query", "未完").status == 0)
  }

  @Test("config prints every value with its origin")
  func configuration() throws {
    try site.write("search.yaml", "index: {memory: 64M}\n")
    let text = try run("config").text
    #expect(text.contains(#/index\.memory +64M +file, line 1/#))
    #expect(text.contains(#/site\.base_url +https:\/\/example\.org\/ +detected in hugo\.toml/#))
    #expect(text.contains(#/query\.limit +10 +default/#))
    #expect(try run("config", "--index", "x").text.contains(#/index\.dir +x +flag --index/#))
    let json = try run("config", "--json").text
    #expect(json.contains("{\"key\":\"index.memory\",\"value\":\"64M\",\"origin\":\"file, line 1\"}"))
  }

  @Test(
    "a wrong configuration is exit 78 with its place, for every command",
    arguments: [["index"], ["query", "x"], ["status"], ["config"], ["verify"], ["serve"]])
  func wrongConfiguration(arguments: [String]) throws {
    try site.write("search.yaml", "index:\n  memry: 1M\n")
    let outcome = try SearchProgram.run(arguments, in: site.path)
    #expect(outcome.status == 78 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("search.yaml:2:3: unknown key index.memry; did you mean index.memory?"))
    let missing = try SearchProgram.run(arguments + ["--config", "none.yaml"], in: site.path)
    #expect(missing.status == 78 && missing.errors.contains("none.yaml"))
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> Int { split(separator: separator).count }
}
