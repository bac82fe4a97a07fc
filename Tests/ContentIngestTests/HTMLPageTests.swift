@testable import ContentIngest
import SearchModel
import SearchTestSupport
import Testing

/// Built pages: what is the page's own is read, the frame around it is not.
@Suite struct HTMLPageTests {
  private func page(_ html: String, _ options: SourceOptions = SourceOptions()) throws -> Reading {
    var reader = ContentReader(
      plan: ContentPlan(sources: [
        ContentSource(
          root: "/site", kind: .html, options: options, folders: [], evidence: "",
          rules: BuiltSite(baseURL: options.baseURL))
      ]))
    var reading = Reading()
    try reader.read(Array(html.utf8), name: "guide/index.html", path: "/site/guide/index.html") {
      reading.entries.append($0)
    } skipped: {
      reading.skipped.append($0)
    }
    return reading
  }

  @Test func sectionsOfABuiltPage() throws {
    let reading = try page(try Fixtures.text("built.html"))
    #expect(reading.skipped.isEmpty)
    let page = try #require(reading.page)
    #expect(page.title == "多集群管理" && page.lang == "zh" && page.url == "https://example.org/guide/")
    #expect(page.description == "一页讲完接入、分发、切换" && page.keywords == ["多集群", "karmada"])
    #expect(page.date == "2024-08-30" && page.category == ["guide"])
    #expect(page.text == "先接入两个集群。")
    #expect(reading.headings.map(\.title) == ["安装", "检查 状态"])
    #expect(reading.headings.map(\.anchor) == ["install", "check"])
    #expect(reading.headings.map(\.path) == [["多集群管理"], ["多集群管理", "安装"]])
    #expect(reading.headings[0].text == "运行 命令：\n\nkubectl apply -f a.yaml\n  --wait\n\n第一步\n\n第二步 第 2 行")
    #expect(reading.headings[1].text == "名称  值\n\n甲  乙 & 丙\n\n示意图\n\n展开\n\n藏起来的说明")
    let all = reading.entries.map { $0.title + $0.text }.joined()
    for frame in ["导航", "版权", "目录", "脚本", "注释", "¶", "不索引", "按钮"] {
      #expect(!all.contains(frame), "\(frame)")
    }
  }

  @Test(
    "the page's own part is what the site marks, or main, or the only article, or the body",
    arguments: [
      ("<main>外<div data-pagefind-body>内</div></main>", "内"), ("<nav>外</nav><main>内</main>", "内"),
      ("<main>外<article>内</article></main>", "内"), ("<div>外</div><article>内</article>", "内"),
      ("<main><article>内</article><article>内</article></main>", "内\n\n内"), ("<div role=main>内</div>外", "内"),
      ("<header>外</header><p>内</p><aside>外</aside><footer>外</footer>", "内"),
      ("<main>内<p data-pagefind-ignore>外</p><p hidden>外</p></main>", "内"),
    ])
  func ownPart(body: String, text: String) throws {
    #expect(try page("<title>T</title><body>" + body).page?.text == text)
  }

  @Test func selectorsOfTheOwner() throws {
    var options = SourceOptions()
    options.contentSelectors = ["#none", "div.text[data-x]"]
    options.ignoredSelectors = [".toc"]
    let html = "<body><main>外</main><div class='a text' data-x=1>内<span class=toc>外</span></div>"
    #expect(try page(html, options).page?.text == "内")
    #expect(
      SourceOptions.isSelector("main") && !SourceOptions.isSelector("a > b") && !SourceOptions.isSelector(""))
  }

  @Test("a line break inside a text is nothing between Han, a space elsewhere and between elements")
  func lineBreaks() throws {
    for (html, text) in [
      ("<p>多集\n群管理", "多集群管理"), ("<p>云原\r\n生", "云原生"), ("<p>零信\n    任", "零信任"), ("<li>可观\n测性", "可观测性"),
      ("<p>cloud\nnative", "cloud native"), ("<p>用 kube\n管理", "用 kube 管理"), ("<p>多<b>集\n群</b>管理", "多集群管理"),
      ("<p><a>甲</a>\n<a>乙</a>", "甲 乙"), ("<p>甲<br>\n乙", "甲 乙"),
    ] {
      #expect(try page(html).page?.text == text, "\(html)")
    }
    #expect(try page("<h1>大标\n题目</h1><p>文").page?.title == "大标题目")
    #expect(try page("<title>大标\n题目</title><p>文").page?.title == "大标题目")
  }

  @Test func headOfAPage() throws {
    #expect(try page("<title>标题 | 站</title><meta property=og:title content=标题><p>文").page?.title == "标题")
    #expect(try page("<title>标题</title><p>文<h2>二</h2>").page?.title == "标题")
    #expect(try page("<p>文").page?.title == "guide")
    let hidden = try page("<meta name=robots content='noindex, nofollow'><p>文")
    #expect(hidden.entries.isEmpty && hidden.skipped.map(\.isDeliberate) == [true])
    #expect(try page("<link rel=canonical href='javascript:x'><p>文").page?.url == "/guide/")
  }

  @Test func sectionsWithoutANameHaveNoAnchor() throws {
    let reading = try page(
      "<main><h1>页</h1><h2>甲</h2>a<h2>甲</h2>b<h2 id=x>乙</h2>c<h2 id=x>丙</h2>d<section id=s><h2>丁</h2>e</section>"
    )
    #expect(reading.headings.map(\.anchor) == [nil, nil, "x", "x", "s"])
    #expect(Set(reading.entries.map(\.id)).count == 6)
  }

  @Test(
    "hostile pages end soon, are read or named",
    arguments: [
      String(repeating: "<div>", count: 100_000), String(repeating: "<b>", count: 100_000) + "x",
      String(repeating: "<p><b id=", count: 1) + (0..<5_000).map { "<b id=\($0)><p>" }.joined(),
      String(repeating: "<table>", count: 50_000), String(repeating: "<svg><math>", count: 20_000),
      "<" + String(repeating: "a", count: 500_000), String(repeating: "&", count: 300_000),
      "<!--" + String(repeating: "-", count: 300_000), String(repeating: "</p>", count: 100_000),
      String(repeating: "<li>", count: 50_000), "<title>" + String(repeating: "x", count: 100_000),
      "<p " + (0..<200_000).map { "a\($0)=1 " }.joined() + ">文",
      "<p " + (0..<100_000).map { "a\($0)='<x>' " }.joined() + ">文",
      "</p " + (0..<200_000).map { "a\($0) " }.joined(),
      String(repeating: "<a ", count: 200_000), String(repeating: "<i><p>", count: 30_000),
    ])
  func hostile(html: String) throws {
    var reading: Reading?
    let time = try processorTime { reading = try page(html) }
    #expect(time < .seconds(4))
    #expect(reading?.entries.isEmpty == false || reading?.skipped.isEmpty == false)
  }

  @Test func manyAttributesAndSignsInScriptsAreRead() throws {
    let attributes = (0..<2_000).map { "a\($0)=\"<br> y\"" }.joined(separator: " ")
    #expect(try page("<p \(attributes)>文").page?.text == "文")
    let script = String(repeating: "for(i=0;i<n;i++){s+='<'+t[i]+\"<b c='\"}", count: 400)
    #expect(try page("<script>\(script)</script><p>文").page?.text == "文")
    let curve = "<path d='" + String(repeating: "M 1 2 ", count: 50_000) + "'/>"
    #expect(try page("<svg>\(curve)</svg><p>文").page?.text == "文")
  }
}
