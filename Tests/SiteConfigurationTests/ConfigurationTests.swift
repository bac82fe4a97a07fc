import ContentIngest
import SearchTestSupport
@testable import SiteConfiguration
import Testing

@Suite struct ConfigurationTests {
  private func read(_ yaml: String) throws -> Configuration {
    var configuration = Configuration()
    try configuration.read(Array(yaml.utf8), shown: "search.yaml")
    return configuration
  }

  @Test func everyKeyIsReadAndSaysWhereItComesFrom() throws {
    let all = try read(
      """
      version: 1
      site: {base_url: "https://example.org/"}
      index:
        dir: data/index
        threads: 2
        memory: 64M
        max_file_bytes: 8MB
      analysis:
        user_dictionary: \(#filePath)
        synonyms: ["k8s, kubernetes", "多集群 => multi-cluster"]
      ranking:
        recency: {half_life: 365d}
        pins:
          - query: [安装, install]
            urls: [/install/]
          - {query: k8s, ids: a.md}
      query: {limit: 20}
      facets: [category, lang]
      serve:
        host: 0.0.0.0
        port: 8080
        cors: https://example.org
        cache: false
        metrics: true
        compat: [meilisearch]
        index_name: blog
        access_log: {path: logs/access.jsonl, ip: truncated}
        query_log: {path: "-"}
        keys: [\(String(repeating: "0a", count: 32))]
        rate: {per_ip: 90/m, burst: 7}
        trusted_proxies: [10.0.0.0/8, "::1"]
        webhook: true
      """)
    #expect(all.baseURL == "https://example.org/" && all.threads == 2)
    #expect(all.memory == 64 << 20 && all.fileByteLimit == 8 << 20 && all.text("index.dir") == "data/index")
    #expect(all.userDictionaries == [#filePath] && all.synonyms.count == 2)
    #expect(all.recencyHalfLife == 365 && all.queryLimit == 20)
    #expect(all.facets == ["category", "lang"] && all.host == "0.0.0.0" && all.port == 8080)
    #expect(all.origins == ["https://example.org"] && !all.keepsAnswers && all.hasMetrics)
    #expect(all.dialects == ["meilisearch"] && all.indexName == "blog")
    #expect(all.accessLog == "logs/access.jsonl" && all.accessLogClient == "truncated" && all.queryLog == "-")
    #expect(all.keyHashes.count == 1 && all.rate == 1.5 && all.burst == 7 && all.hasWebhook)
    #expect(all.trustedProxies == ["10.0.0.0/8", "::1"])
    #expect(
      all.pins == [
        .init(queries: ["安装", "install"], targets: ["/install/"]), .init(queries: ["k8s"], targets: ["a.md"]),
      ])
    #expect(all.settings["index.memory"]?.origin == .file(line: 6))
    #expect(all.settings.count == ConfigurationKey.all.count)
  }

  @Test func defaultsAreTheOnesOfTheTable() {
    let none = Configuration()
    #expect(none.memory == 256 << 20 && none.fileByteLimit == 32 << 20 && none.indexPath == ".search")
    #expect(
      none.queryLimit == 10 && none.facets == ["category"] && none.host == "127.0.0.1" && none.port == 7_720)
    #expect(none.keepsAnswers && !none.hasMetrics && none.indexName == nil)
    #expect(none.accessLog == nil && none.queryLog == nil && none.keyHashes == [] && none.rate == 0)
    #expect(none.burst == 40 && none.trustedProxies == ["127.0.0.1", "::1"] && !none.hasWebhook)
    #expect(none.dialects == ["meilisearch", "algolia"])
    #expect(none.recencyHalfLife == 0 && none.threads == 0 && none.sources.isEmpty)
    #expect(ConfigurationKey.all.allSatisfy { $0.defaultText == nil || $0.defaultValue != nil })
  }

  @Test func sourcesAreRead() throws {
    let all = try read(
      """
      sources:
        - path: docs
          type: mkdocs
          include: ["*.md"]
          exclude: "drafts/"
          base_url: https://example.org/d/
          ignore_files: false
          split: heading
          heading_levels: [1, 3]
          drafts: true
          future: true
          category: folder:2
          language: zh
          boost: 1.5
          shortcodes: drop
        - path: public
          type: html
          selectors: {content: "main, .text", ignore: .toc}
        - path: data
          fields: {title: [name, heading], text: content}
      """)
    #expect(all.sources.map(\.path) == ["docs", "public", "data"])
    let first = all.sources[0]
    #expect(
      first.options.kind == .mkdocs && first.options.include == ["*.md"]
        && first.options.exclude == ["drafts/"])
    #expect(first.options.baseURL == "https://example.org/d/" && !first.obeysIgnoreFiles)
    #expect(first.options.split == .heading && first.options.headingLevels == 1...3)
    #expect(first.options.drafts && first.options.future && first.options.category == .folder(2))
    #expect(first.options.language == "zh" && first.options.boost == 1.5 && !first.options.keepsShortcodeText)
    #expect(all.sources[1].options.contentSelectors == ["main", ".text"])
    #expect(all.sources[1].options.ignoredSelectors == [".toc"])
    #expect(all.sources[2].options.fields == ["name": "title", "heading": "title", "content": "text"])
  }

  @Test(
    "what is wrong is said with its place and what to write",
    arguments: [
      ("indx:\n  dir: x", "1:1: unknown key indx; did you mean index?"),
      ("index:\n  memry: 1M", "2:3: unknown key index.memry; did you mean index.memory?"),
      ("memory: 64M", "1:1: unknown key memory; did you mean index.memory?"),
      ("zzzzzzzz: 1", "1:1: unknown key zzzzzzzz; the keys are in search init --print"),
      ("query:\n  limit: 0", "2:10: query.limit is 0; write a whole number from 1 to 1000"),
      ("query:\n  limit: ten", "2:10: query.limit is ten; write a whole number from 1 to 1000"),
      ("query:\n  limit: [1, 2]", "2:10: query.limit takes one value, not a list"),
      ("index:\n  memory: 1X", "2:11: index.memory is 1X; write a size such as 64M, from 1M to 1024G"),
      (
        "index:\n  memory: 99999999999G",
        "2:11: index.memory is 99999999999G; write a size such as 64M, from 1M to 1024G"
      ),
      ("facets: [colour]", "1:9: facets colour is none of category, tags, lang, kind, year, source"),
      ("index: 3", "1:8: index has keys of its own below it, indented by two spaces"),
      (
        "serve:\n  cors: [\"*\"]",
        "2:9: serve.cors has *, which is no origin; write https://example.org, without a path"
      ),
      (
        "site:\n  base_url: nope",
        "2:13: site.base_url is nope; write an address such as https://example.org/docs/"
      ),
      (
        "analysis:\n  user_dictionary: [/no/words.txt]",
        "2:20: analysis.user_dictionary names /no/words.txt, which is not there or cannot be read"
      ),
      ("sources:\n  - path: a\n    boost: 100", "3:12: boost is 100; write a number from 0.01 to 10.0"),
      ("version: 2", "1:10: version is 1 in this release"),
      ("sources: docs", "1:10: sources is a list: \"- path: docs\""),
      ("sources:\n  - type: hugo", "2:5: a source has a path: \"- path: docs\""),
      ("sources:\n  - path: a\n    typ: hugo", "3:5: unknown key typ; did you mean type?"),
      (
        "sources:\n  - path: a\n    heading_levels: [4, 1]",
        "3:21: heading_levels is two numbers from 1 to 6, such as [1, 4]"
      ),
      (
        "sources:\n  - path: a\n    category: fold",
        "3:15: category is fold; write auto, none, or folder:1 to folder:16"
      ),
      (
        "ranking:\n  pins:\n    - query: a",
        "3:7: a pin has a query and urls: \"- {query: 安装, urls: [/install/]}\""
      ),
      (
        "- a\n- b",
        "1:1: the file is a list of keys and values, such as \"index:\" and below it \"  dir: .search\""
      ),
    ])
  func mistakes(yaml: String, message: String) throws {
    var said = ""
    do { _ = try read(yaml) } catch { said = "\(error)" }
    #expect(said == "search.yaml:" + message)
  }

  @Test(
    "hostile files are refused in no time",
    arguments: [
      "a: " + String(repeating: "[", count: 30_000), String(repeating: "- ", count: 30_000), "a: &a [*a]",
      "a: [", "\t- x: [", "%YAML 9.9", "? [a]\n: b", "index:\n  dir: *x", "index:\n  dir: x\n  dir: y",
      String(repeating: "x", count: 2 << 20),
    ])
  func hostile(yaml: String) {
    let time = processorTime {
      #expect(throws: ConfigurationError.self) { try read(yaml) }
    }
    #expect(time < .seconds(1))
  }

  @Test func emptyFilesAndEmptyValuesAreFine() throws {
    #expect(try read("").sources.isEmpty)
    #expect(try read("# nothing\n").memory == 256 << 20)
    #expect(try read("index:\nsources:\nserve:\n  cors:\n").memory == 256 << 20)
  }

  @Test func theEnvironmentCountsBeforeTheFile() throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    try folder.write("search.yaml", "index: {memory: 64M, dir: idx}\nserve: {cors: [https://a.org]}\n")
    let environment = [
      "SEARCH_INDEX_MEMORY": "128M", "SEARCH_SERVE_CORS": "https://b.org, https://c.org", "SEARCH_SEEDS": "x",
    ]
    let both = try Configuration.read(named: nil, environment: { environment[$0] }, from: folder.path)
    #expect(both.memory == 128 << 20 && both.origins == ["https://b.org", "https://c.org"])
    #expect(both.settings["index.memory"]?.origin == .environment("SEARCH_INDEX_MEMORY"))
    #expect(both.indexPath == folder.path + "/idx")
    var flagged = both
    flagged.override("index.dir", .text("here"), flag: "--index")
    #expect(flagged.indexPath == "here")
    #expect(
      throws: ConfigurationError(
        place: "SEARCH_QUERY_LIMIT", line: nil, column: nil,
        reason: "is x; write a whole number from 1 to 1000")
    ) {
      try Configuration.read(
        named: nil, environment: { $0 == "SEARCH_QUERY_LIMIT" ? "x" : nil }, from: folder.path)
    }
  }

  @Test func theFileIsLookedForUpToTheRepository() throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    try folder.write("search.yaml", "index: {dir: idx}\n")
    try folder.write("docs/deep/a.md", "x")
    let below = folder.path + "/docs/deep"
    #expect(try Configuration.read(named: nil, environment: { _ in nil }, from: below).file == nil)
    try folder.write(".git/HEAD", "x")
    #expect(
      try Configuration.read(named: nil, environment: { _ in nil }, from: below).file == folder.path
        + "/search.yaml")
    #expect(throws: ConfigurationError.self) {
      try Configuration.read(named: below + "/none.yaml", environment: { _ in nil }, from: below)
    }
  }

  @Test(
    "the template is a file that reads, with every key in it", arguments: SourceKind.allCases)
  func template(kind: SourceKind) throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    try folder.write("a.md", "x")
    var source = try #require(SiteDetector.source(around: folder.path))
    source.kind = kind
    let text = ConfigurationTemplate.text(for: source, baseURL: "https://example.org/")
    let plain = try read(text)
    #expect(plain.sources.map(\.options.kind) == [kind])
    for key in ConfigurationKey.all {
      #expect(text.contains("\(key.name.split(separator: ".").last ?? ""):"), "\(key.name)")
    }
    // With every comment taken away it still reads.
    let lines = text.split(separator: "\n").dropFirst(2).map { line -> String in
      let bare =
        line.hasPrefix("    # ")
        ? "    " + line.dropFirst(6)
        : line.hasPrefix("# ")
          ? String(line.dropFirst(2)) : line.hasPrefix("#  ") ? String(line.dropFirst(1)) : String(line)
      return bare
    }
    #expect(throws: Never.self) { try read(lines.joined(separator: "\n")) }
  }
}

@Suite struct ContentPlanTests {
  @Test func aPathTakesTheOptionsOfItsSource() throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    try folder.write(
      "search.yaml",
      "site: {base_url: https://x.org/}\nsources:\n  - {path: docs, split: page}\n  - {path: docs/deep, type: jsonl}\n"
    )
    for name in ["docs/a.md", "docs/deep/b.jsonl", "docs/deep/c.md", "other/d.md"] {
      try folder.write(name, "文")
    }
    let settings = try Configuration.read(named: nil, environment: { _ in nil }, from: folder.path)
    #expect(settings.source(around: folder.path + "/docs/deep")?.options.kind == .jsonl)
    #expect(settings.source(around: folder.path + "/docs")?.options.split == .page)
    #expect(settings.source(around: folder.path + "/other") == nil)
    var plan = settings.plan(for: settings.sources.map(\.path))
    let files = try FileWalker(paths: [folder.path]).files().files
    #expect(plan.take(files).map(\.name) == ["docs/a.md", "docs/deep/b.jsonl", "docs/deep/c.md"])
    #expect(plan.sources.allSatisfy { $0.baseURL == "https://x.org/" || $0.kind == .jsonl })
  }

  @Test(
    "sites are known by the files of their generators",
    arguments: [
      (["hugo.toml": "baseURL = 'https://x.org/'", "content/a.md": ""], SourceKind.hugo, "hugo.toml"),
      (["config.yaml": "baseURL: https://x.org/"], .hugo, "config.yaml"),
      (["config.json": "{\"baseURL\": \"https://x.org/\"}"], .hugo, "config.json"),
      (["config/_default/hugo.toml": "baseURL = 'https://x.org/'"], .hugo, "config/_default/hugo.toml"),
      (["config.toml": "a = 1"], .markdown, ""), (["config.yaml": "a: 1"], .markdown, ""),
      (["mkdocs.yml": "site_name: x\nsite_url: https://x.org/\nx: !!python/name:a.b"], .mkdocs, "mkdocs.yml"),
      (
        ["docusaurus.config.ts": "export default {url: 'https://x.org/'}"], .docusaurus,
        "docusaurus.config.ts"
      ),
      (
        ["docs/.vitepress/config.mts": "sitemap: {hostname: 'https://x.org/'}"], .vitepress,
        "docs/.vitepress/config.mts"
      ),
      (["index.html": "<p>x", "a/index.html": "<p>y"], .html, "index.html"),
      (["index.html": "<p>x", "README.md": "x"], .markdown, ""), (["a.md": "x"], .markdown, ""),
    ] as [([String: String], SourceKind, String)])
  func detection(files: [String: String], kind: SourceKind, evidence: String) throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    for (name, text) in files { try folder.write(name, text) }
    let source = try #require(SiteDetector.source(around: folder.path))
    #expect(source.kind == kind && source.evidence == evidence)
    if [.hugo, .mkdocs, .docusaurus, .vitepress].contains(kind) {
      #expect(source.baseURL == "https://x.org/")
    }
  }
}
