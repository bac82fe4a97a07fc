import ContentIngest
import SearchTestSupport
import Testing

/// What a path is found to be, by what lies around it.
@Suite struct SiteDetectionTests {
  let root: TemporaryDirectory

  init() throws {
    root = try TemporaryDirectory()
    try root.makeDirectory(".git")
    try root.write("hugo.toml", "baseURL = 'https://example.org/'\n")
    try root.write("content/posts/a.md", "# 甲\n\n正文。\n")
    try root.write("content/drafts/d.md", "# 稿\n\n正文。\n")
    try root.write("public/index.html", "<main><h1>首页</h1><p>正文</main>")
    try root.write("public/posts/a/index.html", "<main><h1>甲</h1><p>正文</main>")
    try root.write("notes/n.md", "# 记\n\n正文。\n")
    try root.write("data/links.jsonl", #"{"id":"1","title":"链接"}"#)
  }

  private func plan(_ paths: [String]) -> ContentPlan {
    ContentPlan(detecting: paths.map { root.path(of: $0) })
  }

  private func names(_ paths: [String]) throws -> [String] {
    var plan = plan(paths)
    return try plan.find(paths.map { root.path(of: $0) }).files.map(\.name).sorted()
  }

  @Test(
    "a folder of a site's content is part of the site, and what else lies beside it is what it looks like")
  func kinds() throws {
    for (path, kind, count) in [
      ("", SourceKind.hugo, 2), ("content", .hugo, 2), ("content/posts", .hugo, 1),
      ("content/posts/a.md", .hugo, 1),
      ("public", .html, 2), ("public/index.html", .html, 1), ("notes", .markdown, 1),
      ("notes/n.md", .markdown, 1),
      ("data/links.jsonl", .markdown, 1),
    ] {
      #expect(plan([path]).sources.map(\.kind) == [kind], "\(path)")
      #expect(try names([path]).count == count, "\(path)")
    }
  }

  @Test("a site whose configuration cannot be read is told, and read as one all the same")
  func brokenConfiguration() throws {
    for (file, text, page) in [
      ("hugo.toml", "baseURL = [\n", "content/posts/a.md"), ("mkdocs.yml", "site_url: [\n", "docs/a.md"),
    ] {
      let site = try TemporaryDirectory()
      try site.write(file, text)
      try site.write(page, "# 甲\n\n正文。\n")
      var plan = ContentPlan(detecting: [site.path])
      let found = try plan.find([site.path])
      #expect(found.files.count == 1 && found.skipped.map(\.file) == [file] && found.skipped[0].line != nil)
      #expect(found.skipped.allSatisfy { !$0.isDeliberate })
    }
  }

  @Test("several paths are read, each in its own way")
  func several() throws {
    #expect(try names(["content", "data/links.jsonl", "notes"]).count == 4)
    #expect(plan(["content/posts", "content/drafts"]).sources.map(\.paths.count) == [2])
  }

  @Test("what one part of a site leaves out is not read with another part of it")
  func exclusion() throws {
    var options = SourceOptions()
    options.exclude = ["drafts/"]
    let content = try #require(SiteDetector.source(around: root.path(of: "content"), options: options))
    let posts = try #require(SiteDetector.source(around: root.path(of: "content/posts")))
    var plan = ContentPlan(sources: [posts, content])
    let found = try plan.find([root.path(of: "content")]).files
    #expect(found.map { $0.path.hasSuffix("content/posts/a.md") } == [true])
  }
}
