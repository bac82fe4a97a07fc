@testable import ContentIngest
import SearchModel
import SearchTestSupport
import Testing

/// Addresses of the generators, rule by rule. `Scripts/compare-addresses` holds the same rules against the programs
/// themselves.
@Suite struct SiteAddressTests {
  private func front(_ yaml: String) throws -> FrontMatter {
    FrontMatter(try YAMLReader.read(Array(yaml.utf8)[...], byteLimit: 1 << 20))
  }

  private func hugo(_ toml: String) throws -> HugoSite {
    HugoSite(try TOMLReader.read(Array(toml.utf8)[...], byteLimit: 1 << 20), nil)
  }

  private func mkdocs(_ yaml: String) throws -> MkDocsSite {
    MkDocsSite(try YAMLReader.read(Array(yaml.utf8)[...], byteLimit: 1 << 20), nil)
  }

  // MARK: - Hugo

  @Test(
    "Hugo: file and front matter to address",
    arguments: [
      ("content/_index.md", "", "/"), ("content/about.md", "", "/about/"),
      ("content/blog/_index.md", "", "/blog/"), ("content/blog/My Post.md", "", "/blog/my-post/"),
      ("content/blog/A+b_c(d)!.md", "", "/blog/a+b_cd/"),
      ("content/blog/x.md", "slug: Other One", "/blog/other-one/"),
      ("content/blog/甲 乙.md", "", "/blog/%E7%94%B2-%E4%B9%99/"),
      ("content/blog/x.md", "url: /Kept/Case", "/Kept/Case/"),
      ("content/blog/x.md", "url: a.html", "/a.html"), ("content/blog/x/index.md", "", "/blog/x/"),
      ("content/blog/x/index.md", "slug: y", "/blog/y/"), ("content/a/b/c.md", "", "/a/b/c/"),
    ])
  func hugoPages(name: String, yaml: String, address: String) throws {
    let site = try hugo("").knowing(names: [name])
    #expect(site.place(of: name, try front(yaml)).url == address)
  }

  @Test(
    "Hugo: permalinks",
    arguments: [
      ("/:section/:year/:month/:day/:slug/", "title: A b\ndate: 2024-08-03", "/blog/2024/08/03/a-b/"),
      ("/:section/:year/:monthname/:title/", "title: A/b\ndate: 2024-08-03", "/blog/2024/august/a-b/"),
      ("/p/:filename/", "slug: s", "/p/post/"), ("/p/:slugorfilename", "slug: s", "/p/s/"),
      ("/:sections/:slug", "title: T", "/blog/deep/t/"), ("/:sections[1:]/:slug", "title: T", "/deep/t/"),
      ("/:sections[last]/:slug", "title: T", "/deep/t/"),
    ])
  func permalinks(pattern: String, yaml: String, address: String) throws {
    let site = try hugo("[permalinks]\nblog = \"\(pattern)\"")
    #expect(site.place(of: "content/blog/deep/post.md", try front(yaml)).url == address)
  }

  @Test("Hugo: a file that names no language is in the default one, wherever that stands")
  func hugoDefaultLanguage() throws {
    let languages = "defaultContentLanguage = 'zh'\n[languages.zh]\nweight = 1\n[languages.en]\nweight = 2"
    for (toml, plain, english) in [
      (languages, "/a/", "/en/a/"),
      ("defaultContentLanguageInSubdir = true\n" + languages, "/zh/a/", "/en/a/"),
      (
        "defaultContentLanguage = 'zh'\n[languages.zh]\nbaseURL = 'https://zh.org'\n[languages.en]\nbaseURL = 'https://en.org'",
        "https://zh.org/a/", "https://en.org/a/"
      ),
    ] {
      let site = try hugo(toml)
      #expect(site.place(of: "content/a.md", FrontMatter()).url == plain)
      #expect(site.place(of: "content/a.en.md", FrontMatter()).url == english)
    }
  }

  @Test func hugoBundlesAndHeadlessPages() throws {
    let names = ["content/a/index.md", "content/a/part.md", "content/a/deep/other.md", "content/b.md"]
    let site = try hugo("baseURL = 'https://x.org/sub'").knowing(names: names)
    #expect(site.place(of: names[0], FrontMatter()).url == "https://x.org/sub/a/")
    #expect(site.place(of: names[1], FrontMatter()).skip == "it is part of the page content/a")
    #expect(site.place(of: names[2], FrontMatter()).skip != nil)
    #expect(site.place(of: names[3], FrontMatter()).url == "https://x.org/sub/b/")
    #expect(site.place(of: names[0], try front("headless: true")).skip != nil)
    #expect(site.place(of: names[3], try front("headless: true")).url == "https://x.org/sub/b/")
    #expect(site.place(of: "themes/t/README.md", FrontMatter()).skip != nil)
  }

  @Test func hugoLanguages() throws {
    let folders = try hugo(
      "defaultContentLanguage = 'en'\ndisableLanguages = ['ja']\n[languages.en]\ncontentDir = 'content/en'\n"
        + "[languages.zh]\ncontentDir = 'content/zh'\n[languages.ja]\ncontentDir = 'content/ja'")
    #expect(folders.place(of: "content/en/a.md", FrontMatter()).url == "/a/")
    let chinese = folders.place(of: "content/zh/docs/a.md", FrontMatter())
    #expect(chinese.url == "/zh/docs/a/" && chinese.language == "zh" && chinese.categories == ["docs"])
    #expect(folders.place(of: "content/zh/docs/a.md", try front("url: /x/")).url == "/x/")
    #expect(folders.place(of: "content/ja/a.md", FrontMatter()).skip?.contains("disabled") == true)
    let names = try hugo("defaultContentLanguageInSubdir = true\n[languages.en]\n[languages.zh-cn]")
    #expect(names.place(of: "content/a.md", FrontMatter()).url == "/en/a/")
    #expect(names.place(of: "content/a.zh-cn.md", FrontMatter()).url == "/zh-cn/a/")
  }

  @Test func hugoUglyURLs() throws {
    #expect(
      try hugo("uglyURLs = true").place(of: "content/blog/_index.md", FrontMatter()).url == "/blog.html")
    #expect(try hugo("uglyURLs = true").place(of: "content/blog/A.md", FrontMatter()).url == "/blog/a.html")
    let some = try hugo("disablePathToLower = true\n[uglyURLs]\nblog = true")
    #expect(some.place(of: "content/blog/A.md", FrontMatter()).url == "/blog/A.html")
    #expect(some.place(of: "content/docs/A.md", FrontMatter()).url == "/docs/A/")
    #expect(
      try hugo("ignoreFiles = ['README[-]+[a-z]*\\.md']").place(of: "content/README-zh.md", FrontMatter())
        .skip != nil)
  }

  @Test(
    "an expression of ignoreFiles that would be looked for without end leaves the page where it is",
    arguments: ["(a+)+$", "(a|a)*b$", "(a*)*(a*)*z", "(?:(?:a+)+)+d", String(repeating: "(a?", count: 300)])
  func costlyExpressions(pattern: String) throws {
    let site = try hugo("ignoreFiles = ['\(pattern)']")
    let name = "content/" + String(repeating: "a", count: 200) + "!.md"
    let time = try processorTime { #expect(site.place(of: name, FrontMatter()).skip == nil) }
    #expect(time < .seconds(1))
  }

  // MARK: - MkDocs

  @Test(
    "MkDocs: file to address",
    arguments: [
      ("docs/index.md", "/", "/index.html"), ("docs/a.md", "/a/", "/a.html"),
      ("docs/B/index.md", "/B/", "/B/index.html"),
      ("docs/b/README.md", "/b/", "/b/index.html"), ("docs/甲.md", "/%E7%94%B2/", "/%E7%94%B2.html"),
    ])
  func mkdocsPages(name: String, directory: String, file: String) throws {
    #expect(try mkdocs("site_name: x").place(of: name, FrontMatter()).url == directory)
    #expect(try mkdocs("use_directory_urls: false").place(of: name, FrontMatter()).url == file)
  }

  @Test func mkdocsNavigation() throws {
    let site = try mkdocs(
      "site_url: https://x.org/d/\nnav:\n- index.md\n- 入门:\n  - 安装: a/b.md\n  - 深入:\n    - c.md\n- 关于: about.md\n"
        + "exclude_docs: |\n  drafts/\n  *.part.md\nx: !!python/name:y.z")
    #expect(site.place(of: "docs/a/b.md", FrontMatter()).categories == ["入门"])
    #expect(site.place(of: "docs/c.md", FrontMatter()).categories == ["入门"])
    #expect(site.place(of: "docs/about.md", FrontMatter()).categories == [])
    #expect(site.place(of: "docs/other/d.md", FrontMatter()).categories == ["other"])
    #expect(site.place(of: "docs/a/b.md", FrontMatter()).url == "https://x.org/d/a/b/")
    #expect(site.place(of: "docs/drafts/x.md", FrontMatter()).skip != nil)
    #expect(site.place(of: "docs/a/x.part.md", FrontMatter()).skip != nil)
    let both = site.knowing(names: ["docs/a/index.md", "docs/a/README.md"])
    #expect(both.place(of: "docs/a/README.md", FrontMatter()).skip != nil)
  }

  @Test func mkdocsNavigationNamesPagesWithoutATitle() throws {
    let yaml = "site_name: x\nnav:\n- 首页: index.md\n- 手册:\n  - 导航里的题目: sub/two.md\n"
    let folder = try TemporaryFolder()
    try folder.write("mkdocs.yml", yaml)
    let pages = ["sub/two.md": "没有题目的文。\n", "index.md": "# 自己的题目\n\n文\n", "other.md": "文\n"]
    var reader = ContentReader(plan: ContentPlan(detecting: [folder.path]))
    var titles: [String: String] = [:]
    for (name, text) in pages {
      try folder.write("docs/" + name, text)
      try reader.read(Array(text.utf8), name: "docs/" + name, path: folder.path + "/docs/" + name) {
        titles[name] = $0.title
      } skipped: {
        Issue.record("\($0)")
      }
    }
    #expect(titles == ["sub/two.md": "导航里的题目", "index.md": "自己的题目", "other.md": "other"])
  }

  // MARK: - Docusaurus and VitePress

  @Test(
    "Docusaurus: file and front matter to address",
    arguments: [
      ("docs/intro.md", "", "/base/docs/intro"), ("docs/01-guide/02_setup.mdx", "", "/base/docs/guide/setup"),
      ("docs/guide/index.md", "", "/base/docs/guide/"), ("docs/guide/guide.md", "", "/base/docs/guide/"),
      ("docs/guide/a.md", "slug: b", "/base/docs/guide/b"), ("docs/guide/a.md", "slug: /b", "/base/docs/b"),
      ("docs/guide/a.md", "id: c", "/base/docs/guide/c"),
      ("docs/2024-05 notes.md", "", "/base/docs/2024-05%20notes"),
      ("blog/2024-01-02-new.md", "", "/base/blog/2024/01/02/new"),
      ("blog/2024-01-02-new/index.md", "", "/base/blog/2024/01/02/new"),
      ("blog/x.md", "slug: y", "/base/blog/y"), ("src/pages/about/team.md", "", "/base/about/team"),
    ])
  func docusaurus(name: String, yaml: String, address: String) throws {
    let site = DocusaurusSite(
      config: "const c = {\n  // url: 'no',\n  url: 'https://x.org', baseUrl: '/base/',\n}")
    #expect(site.place(of: name, try front(yaml)).url == "https://x.org" + address)
  }

  @Test func docusaurusReadsMarkdownAsMDX() throws {
    let folder = try TemporaryFolder()
    try folder.write("docusaurus.config.js", "module.exports = {url: 'https://x.org', baseUrl: '/'}")
    var reader = ContentReader(plan: ContentPlan(detecting: [folder.path]))
    var pages: [String] = []
    try reader.read(
      Array("# 题\n\n{/* 注释\n不见 */}\n\n正文\n".utf8), name: "docs/a.md", path: folder.path + "/docs/a.md"
    ) {
      pages.append($0.text)
    } skipped: {
      Issue.record("\($0)")
    }
    #expect(pages == ["正文"])
  }

  @Test func vitepress() {
    let site = VitePressSite(config: "export default {\n base: \"/b/\",\n srcDir: './src' }", home: "docs")
    #expect(site.place(of: "docs/src/index.md", FrontMatter()).url == "/b/")
    #expect(site.place(of: "docs/src/guide/a.md", FrontMatter()).url == "/b/guide/a.html")
    #expect(site.place(of: "README.md", FrontMatter()).skip != nil)
    let clean = VitePressSite(config: "export default { cleanUrls: true }", home: "")
    #expect(clean.place(of: "guide/a.md", FrontMatter()).url == "/guide/a")
  }

  // MARK: - Links in a page

  @Test(
    "a target in a page is resolved as the site would",
    arguments: [
      ("../b.md", "https://x.org/b/"), ("c.md#x", "https://x.org/a/c/#x"),
      ("./img/", "https://x.org/a/page/img/"),
      ("/root", nil), ("https://y.org", nil), ("#here", nil), ("../../../../b.md", nil),
    ] as [(String, String?)])
  func targets(target: String, address: String?) throws {
    let site = try mkdocs("site_url: https://x.org/")
    #expect(site.resolve(target, in: "docs/a/page.md", at: "https://x.org/a/page/") == address)
  }

  @Test(
    "patterns over paths",
    arguments: [
      ("*.md", "a/b.md", true), ("/*.md", "a/b.md", false), ("a/", "a/b/c.md", true), ("a", "x/a/c.md", true),
      ("**/x/*.md", "a/b/x/c.md", true), ("**/x/*.md", "x/c.md", true), ("a/**/c", "a/c", true),
      ("a?c", "abc", true),
      ("a/*", "a/b/c", true), ("b.md", "ab.md", false), ("# a", "# a", false),
    ])
  func patterns(pattern: String, path: String, matches: Bool) {
    #expect(PathPattern.lastMatch(PathPattern.patterns([pattern]), path) == matches)
  }

  @Test("plain files have the category of their first folder")
  func plainFolders() {
    let site = PlainSite()
    for (name, categories) in [("a.md", []), ("guide/b.md", ["guide"]), ("ref/api/d.md", ["ref"])] {
      #expect(site.place(of: name, FrontMatter()).categories == categories)
    }
  }

  @Test func aPatternWithManyStarsEndsSoon() {
    let patterns = PathPattern.patterns([String(repeating: "**/*a*a*a*a*a*b/", count: 20) + "x"])
    let path = String(repeating: String(repeating: "a", count: 200) + "/", count: 40)
    #expect(processorTime { _ = PathPattern.lastMatch(patterns, path) } < .seconds(1))
  }
}
