import Glibc
import SearchTestSupport
import Testing

/// What `search index` says, and what it leaves behind, when its input is good, bad or absent.
@Suite struct IndexCommandTests {
  private let page = "# 多集群管理\n\n用一个入口管理多集群。\n"

  @Test("without PATH it reads the current folder, then the sources of the last run")
  func defaultSources() throws {
    let site = try Site(["a.md": page])
    let folder = site.folder.path(of: "content")
    #expect(try SearchProgram.run("index", in: folder).status == 0)
    #expect(try SearchProgram.run("query", "多集群", in: folder).text.contains("多集群管理"))
    try site.folder.write("content/b.md", "# 第二页\n\n多集群。\n")
    #expect(try SearchProgram.run("index", in: folder).status == 0)
    #expect(try SearchProgram.run("query", "第二页", in: folder).status == 0)
    let elsewhere = try SearchProgram.run("index", "--index", folder + "/.search")
    #expect(elsewhere.status == 0 && elsewhere.text.contains("2 of 2 files, 2 entries"))
  }

  @Test("a missing path is named and nothing is published", arguments: ["nowhere", "content/nowhere.md"])
  func missingPath(path: String) throws {
    let site = try Site(["a.md": page])
    let outcome = try SearchProgram.run(
      "index", "--index", "index", "content", path, in: site.folder.path)
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains(path) && outcome.errors.hasPrefix("search: "))
    #expect(outcome.text == "")
    #expect(try site.search("status").status == 66)
  }

  @Test(
    "an unreadable file is named and skipped",
    .enabled(if: geteuid() != 0, "root may read everything"))
  func unreadableFile() throws {
    let site = try Site(["a.md": page, "secret.md": page])
    chmod(site.folder.path(of: "content/secret.md"), 0)
    let outcome = try site.index()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("secret.md") && outcome.errors.contains("Permission denied"))
    #expect(try site.search("query", "多集群", "--json").json()["total"].int == 1)
  }

  @Test(
    "sources out of reach do not empty the index",
    .enabled(if: geteuid() != 0, "root may read everything"))
  func unreadableFolder() throws {
    let site = try Site(["a.md": page])
    try site.index()
    chmod(site.folder.path(of: "content"), 0)
    let outcome = try site.index()
    chmod(site.folder.path(of: "content"), 0o755)
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("nothing was published"))
    #expect(try site.search("query", "多集群").status == 0)
  }

  @Test("an index folder that cannot be made is exit 74")
  func noPlaceForIndex() throws {
    let site = try Site(["a.md": page])
    let outcome = try site.index(into: "content/a.md")
    #expect(outcome.status == 74)
    #expect(outcome.errors.contains("content/a.md"))
  }

  @Test("invalid UTF-8 is named with its place and skipped")
  func invalidUTF8() throws {
    let site = try Site(["a.md": page])
    try site.folder.write("content/bad.md", Array("多集群".utf8) + [0xFF, 0x0A])
    let outcome = try site.index()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("skipped bad.md: not valid UTF-8 (byte 9)"))
    #expect(outcome.text.hasPrefix("1 of 2 files, 1 entry (1 page); 1 skipped: 1 not UTF-8.\n"))
  }

  @Test("an empty folder is a sentence, not an error")
  func emptyFolder() throws {
    let site = try Site()
    let outcome = try site.index()
    #expect(outcome.status == 0)
    #expect(outcome.lines.first?.hasPrefix("Nothing to index in content") == true)
    #expect(outcome.errors == "")
    #expect(try site.search("query", "多集群").status == 1)
  }

  @Test("broken front matter is named with its line and the page is indexed without it")
  func brokenFrontMatter() throws {
    let site = try Site(["a.md": "---\ntitle: [unbalanced\n---\n" + page])
    let outcome = try site.index()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("a.md:"))
    #expect(try site.search("query", "多集群", "--json").json()["hits"][0]["title"].string == "多集群管理")
  }

  @Test("a bad line of JSONL is named with its number and skipped; --strict publishes nothing")
  func badLine() throws {
    let lines = #"{"id":"1","title":"多集群"}"# + "\n{\"id\":\n" + #"{"id":"3","title":"多集群入门"}"# + "\n"
    let site = try Site(["a.jsonl": lines])
    let strict = try site.index("--strict")
    #expect(strict.status == 65)
    #expect(strict.errors.contains("a.jsonl:2") && strict.errors.contains("nothing was published"))
    #expect(try site.search("status").status == 66)

    let outcome = try site.index()
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("a.jsonl:2"))
    #expect(try site.search("query", "多集群", "--json").json()["total"].int == 2)
    // What was published before stays when a strict run fails.
    #expect(try site.index("--strict").status == 65)
    #expect(try site.search("query", "多集群", "--json").json()["total"].int == 2)
  }

  @Test("JSONL comes through standard input; such an index is not rebuilt from nothing by mistake")
  func standardInput() throws {
    let site = try Site()
    let line = #"{"id":"1","title":"多集群入门","url":"https://example.org/a"}"# + "\n"
    let outcome = try SearchProgram.run(
      "index", "--index", "index", "--stdin", in: site.folder.path, input: line)
    #expect(outcome.status == 0)
    #expect(try site.search("query", "多集群").text.contains("https://example.org/a"))
    let again = try SearchProgram.run("index", "--index", "index", in: site.folder.path)
    #expect(again.status == 64 && again.errors.contains("--stdin"))
  }

  @Test("a dry run counts and publishes nothing")
  func dryRun() throws {
    let site = try Site(["a.md": page])
    let outcome = try site.index("--dry-run")
    #expect(outcome.status == 0)
    #expect(outcome.text.hasPrefix("1 of 1 file.\n1 new file: 1 entry to add.\n  + a.md\n"))
    #expect(outcome.text.contains("nothing published"))
    #expect(try site.search("status").status == 66)
  }

  @Test("--json is one object; --quiet says nothing")
  func summary() throws {
    let site = try Site(["a.md": page, "b.jsonl": "nonsense\n"])
    let summary = try site.index("--json").json()
    #expect(summary["files"].int == 2 && summary["files_total"].int == 2)
    #expect(summary["new"].elements.count == 2 && summary["added"].int == 1)
    #expect(summary["published"] == .bool(true))
    #expect(summary["skipped"][0]["file"].string == "b.jsonl")
    #expect(summary["skipped"][0]["line"].int == 1)
    let quiet = try site.index("--quiet")
    #expect(quiet.status == 0 && quiet.text == "" && quiet.errors == "")
  }

  @Test("while one run holds the lock, a second one says so and readers go on")
  func secondWriter() throws {
    let site = try Site(["a.md": page])
    try site.index()
    let first = try RunningProgram(
      [SearchProgram.path, "index", "--index", "index", "--stdin", "--full"], in: site.folder.path)
    // It locks before it reads, and it has read when more is gone than a pipe can hold (1 MiB).
    let line = #"{"id":"1","title":"单机"}"# + "\n"
    try first.send(String(repeating: line, count: (1 << 20) / line.utf8.count + 2))
    let second = try site.index()
    #expect(second.status == 75)
    #expect(second.errors.hasPrefix("search: another `search index`"))
    #expect(try site.search("query", "多集群").status == 0)
    #expect(try first.finish().status == 0)
    #expect(try site.search("query", "多集群").status == 1)
    #expect(try site.index().status == 0)
  }

  @Test(
    "a javascript: link is no link",
    arguments: ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x"])
  func scriptLink(link: String) throws {
    let site = try Site([
      "a.md": "# 链接\n\n- [坏链接](\(link)) 说明\n- [好链接](https://example.org/b) 说明\n",
      "b.jsonl": #"{"id":"j","title":"坏链接","url":"\#(link)"}"# + "\n",
    ])
    try site.index()
    let hits = try site.search("query", "坏链接", "--json").json()["hits"].elements
    #expect(hits.count >= 2)
    for hit in hits { #expect(hit["url"].string?.lowercased().hasPrefix("http") != false) }
  }

  @Test("escape bytes of content and of file names never reach the terminal")
  func escapeBytes() throws {
    let site = try Site([
      "a.md":
        "---\ntitle: \"\\e[31m多集群\\a\"\ncategories: [\"\\e[5m类\"]\n---\n正文\u{1B}[2J多集群\u{9B}1m\u{202E}\n",
      "b.jsonl": #"{"id":"\u001b[7m1","title":"\u001b]0;多集群\u0007","url":"https://example.org/\u001b[1m"}"#
        + "\n",
    ])
    try site.folder.write("content/bad\u{1B}[31m.md", [0xFF])
    let commands = [
      try site.index(), try site.search("query", "多集群"), try site.search("query", "多集群", "--explain"),
      try site.search("status"), try site.search("explain", "多集群", "\u{1B}[7m1"),
      try site.search("analyze", "\u{1B}[1m多集群"), try site.search("explain", "多集群", "\u{1B}[nowhere"),
      try site.search("query", "多集群", "--facets", "category,source,tags"),
    ]
    for outcome in commands {
      for scalar in (outcome.text + outcome.errors).unicodeScalars {
        let isControl = scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value || scalar.value == 0x202E
        #expect(!isControl || scalar == "\n" || scalar == "\t", "U+\(String(scalar.value, radix: 16))")
      }
    }
    let json = try site.search("query", "多集群", "--json")
    #expect(!json.output.dropLast().contains { $0 < 0x20 })
    #expect(try json.json()["hits"].elements.count == 2)
  }
}
