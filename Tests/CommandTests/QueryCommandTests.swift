import SearchModel
import SearchTestSupport
import Testing

/// What `search query` and its sisters print, and how they end.
@Suite struct QueryCommandTests {
  private static let digest = """
    # 周报

    ## 工具推荐

    - [多集群入门](https://example.org/a) 用一个入口管理多集群
    - [Karmada](https://example.org/b) 编排多集群应用
    - [k9s](https://example.org/c) 终端里的集群驾驶舱

    ## 最佳实践

    - [多集群网络](https://example.org/d) 排查笔记
    - [GitOps](https://example.org/e) `a<b>` & "引号"，多集群

    ## 其他

    - [Multi-cluster](https://example.org/f) 没有中文的那个词
    """

  private let site: Site

  init() throws {
    site = try Site(["digest.md": Self.digest, "en.md": "# Install\n\nOne cluster is enough.\n"])
    try site.index()
  }

  private func total(_ arguments: String...) throws -> Int? {
    try site.search("query", ["--json"] + arguments).json()["total"].int
  }

  @Test(
    "without an index every command says what to run", arguments: ["query", "status", "verify", "explain"])
  func noIndex(command: String) throws {
    let empty = try TemporaryDirectory()
    let arguments = ["query": ["多集群"], "explain": ["多集群", "1"]][command] ?? []
    for options in [[], ["--json"], ["--index", "elsewhere"]] {
      let outcome = try SearchProgram.run([command] + options + arguments, in: empty.path)
      #expect(outcome.status == 66)
      #expect(outcome.text == "")
      #expect(outcome.errors.hasPrefix("search: there is no index in "))
      #expect(outcome.errors.contains("Run: search index"))
    }
    #expect(try empty.names() == [])
  }

  @Test("nothing found is exit 1; with --json the object is whole")
  func nothingFound() throws {
    let outcome = try site.search("query", "qqqzzz")
    #expect(outcome.status == 1 && outcome.errors == "")
    #expect(outcome.text.hasPrefix("No entry matches."))
    let json = try site.search("query", "qqqzzz", "--json")
    #expect(json.status == 1 && json.errors == "")
    #expect(try json.json().keys == Self.keys)
    #expect(try json.json()["total"].int == 0)
  }

  private static let keys = ["query", "match", "total", "took_us", "commit", "hits", "facets", "suggestion"]
  private static let hitKeys = [
    "id", "kind", "match", "title", "title_html", "url", "anchor", "path", "category", "tags", "lang", "date",
    "sources", "score", "snippet", "highlights",
  ]

  @Test("--json has exactly the promised keys, in the promised order")
  func jsonShape() throws {
    let outcome = try site.search("query", "多集群", "--json", "--facets", "category,kind,lang")
    #expect(outcome.status == 0 && outcome.errors == "")
    let answer = try outcome.json()
    #expect(answer.keys == Self.keys)
    #expect(answer["query"].string == "多集群")
    #expect(answer["match"].string == "full")
    #expect(answer["facets"].keys == ["category", "kind", "lang"])
    for facet in answer["facets"].keys {
      for count in answer["facets"][facet].elements { #expect(count.keys == ["value", "count"]) }
    }
    #expect(!answer["hits"].elements.isEmpty)
    for hit in answer["hits"].elements {
      #expect(hit.keys == Self.hitKeys)
      #expect(hit["highlights"].keys == ["title", "snippet"])
    }
  }

  @Test("highlights are the byte ranges of what was asked for; HTML is escaped but for our marks")
  func highlights() throws {
    let hits = try site.search("query", "多集群", "--json").json()["hits"].elements
    var marked = 0
    for hit in hits where hit["match"].string == "full" {
      let title = Array((hit["title"].string ?? "").utf8)
      for range in hit["highlights"]["title"].elements {
        let bounds = try #require(range[0].int)..<(try #require(range[1].int))
        #expect(String(decoding: title[bounds], as: UTF8.self) == "多集群")
        marked += 1
      }
    }
    #expect(marked == 2)
    let snippet = try #require(hits.first { $0["title"].string == "GitOps" }?["snippet"].string)
    #expect(snippet.contains("a&lt;b&gt;") && snippet.contains("<mark>多集群</mark>"))
    #expect(!snippet.contains("<b>"))
  }

  @Test("titles first, then texts; what only says it in English is no match")
  func order() throws {
    let answer = try site.search("query", "多集群", "--json").json()
    #expect(answer["total"].int == 4)
    let full = answer["hits"].elements.filter { $0["match"].string == "full" }
    #expect(Set(full.prefix(2).compactMap { $0["title"].string }) == ["多集群入门", "多集群网络"])
    #expect(Set(full.dropFirst(2).compactMap { $0["title"].string }) == ["Karmada", "GitOps"])
  }

  @Test("--facet: the same key is OR, different keys are AND")
  func facets() throws {
    #expect(try total("多集群", "--facet", "category=工具推荐") == 2)
    #expect(try total("多集群", "--facet", "category=最佳实践") == 2)
    #expect(try total("多集群", "--facet", "category=工具推荐", "--facet", "category=最佳实践") == 4)
    #expect(try total("多集群", "--facet", "category=工具推荐", "--facet", "kind=item") == 2)
    #expect(try total("多集群", "--facet", "category=工具推荐", "--facet", "kind=page") == 0)
    let answer = try site.search("query", "多集群", "--facet", "category=工具推荐", "--json").json()
    let counts = answer["facets"]["category"].elements.map {
      ($0["value"].string ?? "", $0["count"].int ?? 0)
    }
    #expect(Dictionary(uniqueKeysWithValues: counts) == ["工具推荐": 2, "最佳实践": 2])
  }

  @Test("the terminal shows title, address, breadcrumb, snippet and facets")
  func terminalView() throws {
    let lines = try site.search("query", "多集群", "--limit", "1", "--offset", "2").lines
    #expect(lines[0].hasPrefix("4 entries ("))
    let first = try #require(lines.firstIndex { $0.hasPrefix("3. ") })
    #expect(["3. Karmada", "3. GitOps"].contains(lines[first]))
    #expect(lines[first + 1].hasPrefix("   https://example.org/"))
    #expect(lines[first + 2].hasPrefix("   周报 › "))
    #expect(lines[first + 3].contains("多集群"))
    #expect(lines.contains { $0.hasPrefix("category: ") && $0.contains("工具推荐 2") })
    let colored = try site.search("query", "多集群", "--color", "always")
    #expect(colored.text.contains("\u{1B}["))
    #expect(try !site.search("query", "多集群").text.contains("\u{1B}["))
  }

  @Test("text after -- may begin with a dash")
  func dash() throws {
    #expect(try total("--", "-k9s") ?? 0 > 0)
    let without = try site.search("query", "--json", "--", "多集群", "-karmada").json()
    #expect(without["query"].string == "多集群 -karmada")
    #expect(without["total"].int == 3)
    let refused = try site.search("query", "-karmada")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("Put -- before a text that begins with a dash"))
  }

  @Test(
    "nothing a person types is an error",
    arguments: ["\"多集群", "((((", "title:", "a OR", "*", "「多集群", "after:never"])
  func strangeQueries(text: String) throws {
    let outcome = try site.search("query", text, "--json")
    #expect([0, 1].contains(outcome.status) && outcome.errors == "")
    #expect(try outcome.json().keys == Self.keys)
  }

  struct Usage: CustomTestStringConvertible {
    var arguments: [String]
    var hint: String
    var testDescription: String { arguments.map { $0.count > 40 ? "…" : $0 }.joined(separator: " ") }
  }

  @Test(
    "a usage error is exit 64 and says what to type",
    arguments: [
      Usage(arguments: ["query"], hint: "search query --help"),
      Usage(arguments: ["query", "a", "--limit", "0"], hint: "choose 1 to 1000"),
      Usage(arguments: ["query", "a", "--limit", "1001"], hint: "choose 1 to 1000"),
      Usage(arguments: ["query", "a", "--limit", "ten"], hint: "--limit"),
      Usage(arguments: ["query", "a", "--offset", "10001"], hint: "choose 0 to 10000"),
      Usage(arguments: ["query", "a", "--facet", "category"], hint: "--facet category="),
      Usage(
        arguments: ["query", "a", "--facet", "colour=red"], hint: "category, tags, lang, kind, year, source"),
      Usage(
        arguments: ["query", "a", "--facets", "colour"], hint: "category, tags, lang, kind, year, source"),
      Usage(arguments: ["query", "a", "--sort", "size"], hint: "'relevance' and 'date'"),
      Usage(arguments: ["query", "a", "--nonsense"], hint: "search query --help"),
      Usage(arguments: ["query", String(repeating: "多", count: 1_366)], hint: "4096"),
      Usage(arguments: ["explain", "a"], hint: "<id>"),
      Usage(arguments: ["index", "--memory", "lots"], hint: "256M"),
      Usage(arguments: ["index", "--stdin", "content"], hint: "content"),
      Usage(arguments: ["index", ""], hint: "name a file or folder"),
      Usage(arguments: ["status", "--index", ""], hint: ".search"),
      Usage(arguments: ["find", "多集群"], hint: "search --help"),
    ])
  func usageErrors(usage: Usage) throws {
    let outcome = try SearchProgram.run(usage.arguments, in: site.folder.path)
    #expect(outcome.status == 64)
    #expect(outcome.text == "")
    #expect(outcome.errors.hasPrefix("search: "))
    #expect(outcome.errors.contains(usage.hint))
  }

  @Test(
    "a reader that goes away ends the program quietly", arguments: ["query", "status", "analyze", "help"])
  func closedPipe(command: String) throws {
    let arguments =
      ["query": ["query", "--index", "index", "多集群"], "status": ["status", "--index", "index"]][command]
      ?? [command] + (command == "analyze" ? ["多集群"] : [])
    let outcome = try SearchProgram.runWithClosedOutput(arguments, in: site.folder.path)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
  }

  @Test("| head -c 1 gets its byte and nobody complains")
  func headOfPipe() throws {
    let shell = try RunningProgram(
      ["/bin/sh", "-c", "'\(SearchProgram.path)' query --index index 多集群 | head -c 1"], in: site.folder.path)
    let outcome = try shell.finish()
    #expect(outcome.status == 0 && outcome.text == "4" && outcome.errors == "")
  }

  @Test("a read-only copy of the index answers the same, and stays as it is")
  func readOnlyCopy() throws {
    let copy = try RunningProgram(
      ["/bin/sh", "-c", "cp -r index copy && chmod -R a-w copy"], in: site.folder.path)
    #expect(try copy.finish().status == 0)
    let before = try site.segments(in: "copy")
    func hits(_ index: String) throws -> ParsedJSON {
      try SearchProgram.run("query", "--index", index, "多集群", "--json", in: site.folder.path).json()["hits"]
    }
    #expect(try hits("copy") == hits("index"))
    for command in ["status", "verify"] {
      #expect(try SearchProgram.run(command, "--index", "copy", in: site.folder.path).status == 0)
    }
    #expect(try site.segments(in: "copy") == before)
  }

  @Test("the other commands print valid JSON too")
  func otherJSON() throws {
    #expect(try site.search("status").lines.contains("sources    content"))
    let status = try site.search("status", "--json").json()
    #expect(status["sources"].strings == ["../content"])
    #expect(status["commit"].int == 1)
    #expect(status["kinds"]["item"].int == 6)
    #expect(try site.search("verify", "--json").json()["ok"] == .bool(true))
    let id = try #require(try site.search("query", "多集群入门", "--json").json()["hits"][0]["id"].string)
    let explanation = try site.search("explain", "多集群", id, "--json").json()
    #expect(explanation["match"].string == "full")
    let missing = try site.search("explain", "多集群", "no-such-id")
    #expect(missing.status == 66 && missing.errors.contains("no-such-id"))
    let tokens = try SearchProgram.run("analyze", "多集群 K8s", "--json").json()["tokens"].elements
    #expect(tokens.compactMap { $0["term"].string }.contains("k8s"))
  }

  @Test("alone, the program prints help and the state of the nearest index")
  func alone() throws {
    let outcome = try SearchProgram.run("--index", "index", in: site.folder.path)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.text.contains("SUBCOMMANDS:"))
    #expect(outcome.text.contains("Index in index: 8 entries, commit 1"))
    let nowhere = try SearchProgram.run(in: site.folder.path)
    #expect(nowhere.status == 0 && nowhere.text.contains("No index in .search. Run: search index"))
  }
}
