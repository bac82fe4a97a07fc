import ContentIngest
import SearchModel
import Testing

/// Digests, sections and plain text, on small documents with the constructs of real ones.
@Suite struct MarkdownPageTests {
  // MARK: - Digests

  @Test func digestOfLists() throws {
    let reading = try read(try Fixtures.text("digest.md"), name: "digest.md")
    #expect(reading.skipped.isEmpty)
    #expect(
      reading.items.map(\.title) == [
        "节点磁盘写满以后", "网络抖动排查（上）&（下）", "Pod 重启: 十三种原因", "命令行助手", "配置检查器", "日志查看器",
      ])
    #expect(
      reading.items.map(\.url) == [
        "https://example.org/disk", "https://example.org/net-1", "https://example.org/pod?a=1&b=2#top",
        "https://example.org/cli", "https://example.org/lint", "https://example.org/logs",
      ])
    #expect(reading.items.map(\.category) == [["排障"], ["排障"], ["排障"], ["工具"], ["工具"], ["工具"]])
    #expect(reading.items[0].text == "日志、镜像和临时卷都会占用磁盘。限额与回收要一起做，参考 回收器 的说明。点击查看 清单")
    #expect(reading.items[2].text == "每一种都有 kubectl 命令。")
    #expect(reading.items[3].text == "这一段没有缩进，但说的是上面的工具。")
    #expect(reading.items[4].text == "检查清单文件")
    #expect(reading.items[5].text == "彩色输出")
    #expect(reading.items[0].path == ["周读", "排障"])
    let page = try #require(reading.page)
    #expect(page.id == "digest.md" && page.title == "周读" && page.lang == "zh")
    #expect(page.text == "本页收集一些文章，欢迎推荐。更多见 读者文库。\n\n排障\n\n工具")
  }

  @Test func sameItemInTwoFilesHasOneID() throws {
    let a = try read(try Fixtures.text("digest.md"), name: "a/digest.md")
    let b = try read(try Fixtures.text("digest-2.md"), name: "b/digest-2.md")
    let one = try #require(a.item("命令行助手"))
    let two = try #require(b.item("命令行助手"))
    #expect(one.id == two.id && one.id.utf8.count == 32)
    #expect(two.category == ["热点"] && two.sources == ["b/digest-2.md"])
    #expect(Set((a.items + b.items).map(\.id)).count == 7)
  }

  @Test func digestOfParagraphs() throws {
    let reading = try read(try Fixtures.text("weekly-paragraphs.txt"), name: "w.txt")
    #expect(reading.items.map(\.title) == ["转发器", "ko", "集线器", "服务网格：增强安全性", "透明混沌测试"])
    #expect(reading.items.map(\.category) == [["开源项目"], ["开源项目"], ["开源项目"], ["视频"], ["视频"]])
    #expect(reading.items[0].text == "端口转发的客户端，支持多集群（kubectl 做不到）。\n\n架构图")
    #expect(
      reading.items[1].text
        == "只需要一个 YAML 文件：\n\n# 不是标题\nkind: Deployment\n# 将镜像换成项目路径\n\n然后运行命令即可，一步到位！")
    #expect(reading.items[2].text == "solo 开源的仓库。")
    #expect(
      reading.items[3].text == "主要工作原理如下：\n\n代理请求密钥和证书：代理是一个服务器。\n\n代理生成密钥对。\n\n本视频演示了证书轮换。")
    #expect(reading.items[3].url == nil)
    let page = try #require(reading.page)
    #expect(page.title == "云上周报第 7 期" && page.date == "2021-07-05" && page.author == "张三")
    #expect(
      page.category == ["cloud"] && page.tags == ["k8s", "运维"] && page.keywords == ["周报", "kubernetes"])
    #expect(page.text == "每周项目与博客\n\n这是第 7 期，主要分享开源项目。\n\n1. 开源项目\n\n2. 视频")
    #expect(
      reading.items.allSatisfy { $0.tags == ["k8s", "运维"] && $0.date == "2021-07-05" && $0.author == "" })
  }

  @Test func digestOfNumberedItems() throws {
    let reading = try read(try Fixtures.text("weekly-numbered.txt"), name: "w.txt")
    #expect(
      reading.items.map(\.title) == [
        "外部密钥", "基金会官方宣布",
        "[重要性能优化] Faster matching of required and preferred affinity",
        "[重要安全增强] 提案: 节点范围", "Serving API proposal", "不再使用虚拟服务", "runc v2 shim 支持 cgroup 设置",
        "长期以来都在使用富容器，即", "来自“全站”的实践", "本周推荐身份项目",
      ])
    #expect(reading.items.allSatisfy { $0.title.unicodeScalars.count <= 60 })
    let optimization = reading.items[2]
    #expect(optimization.url == "https://example.org/pr/76243")
    #expect(optimization.text.hasPrefix("[重要性能优化] Faster") && optimization.text.contains("(#76243, @dev)"))
    // A bold run that ends with a sign before a letter is bold in Chinese.
    #expect(reading.items[3].text == "现在提供新的方式。这种设计，避免了泛滥（比如：只访问自己）。这个特性发布后有望缓解。")
    #expect(reading.items[4].text.contains("https://example.org/doc/edit#slide=id.p)函数接口准备升级"))
    #expect(reading.items[8].text == "替换运行时。\n\n拆分进程，下面是方法： (1) 业务容器；(2) 运维容器")
    #expect(reading.items[9].text == "它解决证书下发问题，资料：\n\n发起人的演讲\n\nSPIRE的零信任机制")
    #expect(
      reading.page?.text
        == "本周作者：李四\n\n业界要闻\n\n上游进展\n\n编排项目\n\n函数项目\n\n容器项目\n\n最佳实践\n\n传统模式如何改造？\n\n开源项目")
  }

  @Test(
    "nothing a reader sees is lost",
    arguments: [
      "digest.md", "digest-2.md", "weekly-paragraphs.txt", "weekly-numbered.txt", "plain.txt", "guide.md",
    ])
  func nothingIsLost(name: String) throws {
    let text = try Fixtures.text(name)
    #expect(missingHan(text, try read(text, name: name).entries) == [:])
  }

  @Test(
    "the title is the leading links, the bold text or the first sentence",
    arguments: [
      ("- [甲](a.md)", "甲", "a.md", ""),
      ("- [甲](a.md)&[乙](b.md) 丙", "甲&乙", "a.md", "丙"),
      ("- [甲](a.md) & [乙](b.md)", "甲 & 乙", "a.md", ""),
      ("- [甲](a.md)：乙", "甲", "a.md", "乙"),
      ("- [甲](a.md) — 乙", "甲", "a.md", "乙"),
      ("- [甲](a.md) | 乙", "甲", "a.md", "乙"),
      ("- **[甲](a.md)** 乙", "甲", "a.md", "乙"),
      ("- **甲：**乙 [丙](c.md)", "甲", "c.md", "乙 丙"),
      ("- 🔥 [甲](a.md) 乙", "🔥 甲", "a.md", "乙"),
      ("- 《[甲](a.md)》 乙", "《甲》", "a.md", "乙"),
      ("- [![徽章](b.svg)](ci) [甲](a.md) 乙", "甲", "a.md", "徽章 乙"),
      ("- [x] [甲](a.md) 乙", "甲", "a.md", "乙"),
      ("- <https://example.org/x> 乙", "https://example.org/x", "https://example.org/x", "乙"),
      ("- [a `b` *c*](a.md) d", "a b c", "a.md", "d"),
    ])
  func titles(markdown: String, title: String, url: String, text: String) throws {
    // A second item that everybody agrees on keeps the page a digest.
    let reading = try read("# 页\n\n" + markdown + "\n- [其他](z.md)\n- [另外](y.md)\n")
    let item = try #require(reading.items.first)
    #expect(item.title == title)
    #expect(item.url == url)
    #expect(item.text == text)
  }

  @Test(
    "numbering in front of a section is not its name",
    arguments: [
      ("1. 工具", "工具"), ("1.2 工具", "工具"), ("1.2.3、工具", "工具"), ("一、工具", "工具"), ("（二）工具", "工具"),
      ("(3) 工具", "工具"),
      ("第一节 工具", "工具"), ("第 3 章：工具", "工具"), ("十二、 工具", "工具"), ("2022 年趋势", "2022 年趋势"), ("5 个工具", "5 个工具"),
      ("1.29 新特性", "1.29 新特性"), ("第 2 期", "第 2 期"), ("1.", "1."), ("一览", "一览"), ("**1.** 工具", "工具"),
    ])
  func numbering(heading: String, category: String) throws {
    let reading = try read("## " + heading + "\n\n- [甲](a.md)\n- [乙](b.md)\n")
    #expect(reading.items.map(\.category) == [[category], [category]])
  }

  @Test func categoryFallsBackToTheTitle() throws {
    #expect(try read("# 页\n\n- [甲](a.md)\n- [乙](b.md)\n").items.first?.category == ["页"])
    #expect(
      try read("---\ntitle: 前\ncategories: [其他]\n---\n- [甲](a.md)\n- [乙](b.md)\n").items.first?.category == [
        "前"
      ])
    #expect(try read("- [甲](a.md)\n- [乙](b.md)\n").items.first?.category == [])
  }

  @Test func itemsWithoutLinkStayApart() throws {
    let text = "## 视频\n\n- **甲** : 一二三四五六七\n- **甲** : 八九十\n- **乙** : 十一\n"
    let a = try read(text, name: "a.md").items
    let b = try read(text, name: "b.md").items
    #expect(a.map(\.title) == ["甲", "甲", "乙"])
    #expect(Set((a + b).map(\.id)).count == 6)
  }

  @Test func sameItemTwiceInOnePageIsUnited() throws {
    let items = try read("## 一类\n\n- [甲](a.md) x\n\n## 二类\n\n- [甲](a.md) y\n- [乙](b.md)\n").items
    #expect(items.map(\.title) == ["甲", "乙"])
    #expect(items[0].category == ["一类", "二类"] && items[0].text == "x\n\ny")
  }

  @Test func aTableOfContentsIsNoDigest() throws {
    let reading = try read("# 页\n\n- [甲](#a)\n- [乙](#b)\n\n## 甲\n\n第一节。\n\n## 乙\n\n第二节。\n")
    #expect(reading.items.isEmpty && reading.headings.map(\.title) == ["甲", "乙"])
    #expect(reading.page?.text == "甲\n\n乙")
  }

  @Test func proseWithLinksIsNoDigest() throws {
    let reading = try read(
      "# P\n\n[Go](https://go.dev) and [Rust](https://rust-lang.org) are languages, and this is about neither of them.\n\n## A\n\n"
        + "Some long text that explains a lot of things in detail.\n\n- one\n- two\n")
    #expect(reading.items.isEmpty && reading.entries.count == 2)
  }

  // MARK: - Sections

  @Test func sectionsOfAPage() throws {
    let reading = try read(try Fixtures.text("guide.md"), name: "docs/guide.md")
    #expect(reading.skipped.isEmpty)
    let page = try #require(reading.page)
    #expect(page.id == "docs/guide.md" && page.title == "多集群指南" && page.text == "先读这一段。换行接着写，English words。")
    #expect(page.description == "从零开始" && page.author == "王五, Ann" && page.keywords == ["多集群", "federation"])
    #expect(page.tags == ["指南"] && page.category == ["文档"] && page.date == "2022-03-04" && page.lang == "zh")
    #expect(reading.headings.map(\.title) == ["安装", "检查", "检查"])
    #expect(reading.headings.map(\.anchor) == ["setup", "检查", "检查-1"])
    #expect(reading.headings.map(\.id) == ["docs/guide.md#setup", "docs/guide.md#检查", "docs/guide.md#检查-1"])
    #expect(reading.headings.map(\.path) == [["多集群指南"], ["多集群指南", "安装"], ["多集群指南"]])
    #expect(reading.headings[0].text == "注意事项\n\n需要 管理员 权限。\n\n# not a heading\nkubectl apply -f a.yaml")
    #expect(reading.headings[1].text == "名称  值\n\n甲  a\n\n乙  链接")
    #expect(reading.headings[2].text == "框里的文字 & 符号 第二行\n\n提示里的文字 容器组。\n\n见脚本与示意图。")
    #expect(
      reading.headings.allSatisfy { $0.category == ["文档"] && $0.tags == ["指南"] && $0.description == "" })
  }

  @Test func titleOfAPageWithoutHeading() throws {
    #expect(try read("Some text.", name: "docs/how-to.md").page?.title == "how-to")
    #expect(try read("Some text.", name: "docs/setup/index.md").page?.title == "setup")
    #expect(try read("Some text.", name: "README.md").page?.title == "README")
    #expect(try read("", name: "a.md").entries.isEmpty)
    #expect(try read("---\ntitle: 只有标题\n---\n", name: "a.md").page?.title == "只有标题")
  }

  @Test func frontMatterTitleAndAnotherH1AreBothKept() throws {
    let reading = try read("---\ntitle: 前\n---\n# 后\n\n正文。\n")
    #expect(reading.page?.title == "前" && reading.page?.text == "后\n\n正文。")
    let several = try read("---\ntitle: 前\n---\n引言\n\n# 一\n\n甲\n\n# 二\n\n乙\n")
    #expect(several.headings.map(\.title) == ["一", "二"] && several.page?.text == "引言")
  }

  @Test(
    "line breaks join Han and separate words",
    arguments: [
      ("多集\n群", "多集群"), ("多集，\n群", "多集，群"), ("多集\nabc", "多集 abc"), ("abc\ndef", "abc def"),
      ("好。\n“引”", "好。“引”"),
      ("한국\n어", "한국 어"), ("多  \n集", "多 集"), ("好。  \n集", "好。集"), ("a<br>b", "a b"),
    ])
  func lineBreaks(markdown: String, text: String) throws {
    #expect(try read(markdown).page?.text == text)
  }

  @Test(
    "markup goes, text stays",
    arguments: [
      ("a <b>b</b> c", "a b c"), ("a<!-- x -->b", "ab"), ("<script>var 多 = 1</script>\n\n后", "后"),
      ("<style>\na {}\n\nb {}\n</style>\n\n后", "后"),
      ("前<script>x</script>后", "前后"), ("![图](a.png \"t\")", "图"), ("<img src=a alt=\"图 &lt;\">", "图 <"),
      ("&lt;b&gt; &#20013; &copy;", "<b> 中 ©"),
      ("a ~~b~~ c[^1]\n\n[^1]: 注", "a b c\n\n注"), ("[a]: http://x\n\nb [a]", "b a"),
      ("- a\n  - b\n    - c", "a\n\nb\n\nc"), ("1. a\n\n   b", "a\n\nb"),
      ("> a\n> b\n\nc", "a b\n\nc"), ("a{{< ref \"x\" >}}b", "ab"), ("{{% note %}}\n文\n{{% /note %}}", "文"),
      ("{{</* note */>}}", "{{< note >}}"),
      ("{{< comment >}}\n隐\n{{< /comment >}}\n现", "现"), ("{{< 没有结尾", "{{< 没有结尾"),
      ("    code\n      more", "code\n  more"), ("a\u{C}b", "a b"),
      (":::tip 标题\n文\n:::", "标题\n\n文"), ("=== \"C++\"\n\n    正文 *斜*", "C++\n\n正文 斜"),
      ("??? note\n    内\n\n外", "内\n\n外"), ("**重要。**其他**（注）**文", "重要。其他（注）文"),
      ("术语\n: 定义甲\n: 定义*乙*\n\n后", "术语\n\n定义甲\n\n定义乙\n\n后"), ("Term\n\n:   text", "Term\n\ntext"),
      ("```\na\n: b\n```", "a\n: b"), ("时间\n:30", "时间 :30"), ("a\n:::", "a"),
      ("`**a。**b`", "**a。**b"), ("<div>\n\n*中*\n\n</div>", "中"), ("a\u{0}b", "a b"),
    ])
  func plainText(markdown: String, text: String) throws {
    #expect(try read(markdown).page?.text == text)
  }

  @Test(
    "what begins like a footnote and goes on in the next line loses nothing",
    arguments: [
      ("一段文字\n[^第一行的文字，\n第二行的文字] 后文", "一段文字[^第一行的文字，第二行的文字]后文"),
      ("[^a [b] c\n寉装 d] e", "[^a [b] c 寉装 d] e"), ("`x[^a\n寉b]` c", "x[^a 寉b] c"),
      ("c[^注] d [^ e] `[^ f]`\n\n[^注]: 文", "c d [^ e] [^ f]\n\n文"), ("a [^", "a [^"),
    ])
  func looseFootnotes(markdown: String, text: String) throws {
    // White space beside Han is a matter of its own.
    func words(_ text: String?) -> String? { text?.replacing(" ", with: "") }
    #expect(words(try read(markdown).page?.text) == words(text))
  }

  @Test func mdxImportsAreNoText() throws {
    let reading = try read(
      "import A from 'a'\nexport const b = 1\n\n# T\n\n{/* 隐 */}\n\n<Tabs>\n\n文\n\n</Tabs>\n", name: "a.mdx")
    #expect(reading.page?.title == "T" && reading.page?.text == "文")
  }

  @Test(
    "comments and values of MDX are no text",
    arguments: [
      ("前{/* 隐 */}后", "前后"), ("前\n\n{/* 隐\n\n# 隐\n\n```\n隐 */}\n\n后", "前\n\n后"), ("`{/* 现 */}`", "{/* 现 */}"),
      ("```\n{/* 现 */}\n```", "{/* 现 */}"), ("\\{/* 现 */}", "{/* 现 */}"), ("前 {props.value} 后", "前 后"),
      ("`{props.value}`", "{props.value}"), ("$\\text{a.b}$", "$\\text{a.b}$"), ("{甲} {a}", "{甲} {a}"),
      ("{/* 隐 */} 甲 {/* 隐\n隐 */} 乙", "甲乙"),
    ])
  func mdxExpressions(markdown: String, text: String) throws {
    #expect(try read(markdown, name: "a.mdx").page?.text == text)
  }

  @Test(
    "only http, https, mailto and relative targets are links",
    arguments: [
      "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x",
      "java&#09;script:x",
    ])
  func unsafeLinks(target: String) throws {
    let reading = try read("- [甲](\(target)) x\n- [乙](b.md)\n- [丙](c.md)\n")
    #expect(
      reading.entries.allSatisfy { $0.url?.contains("script") != true && $0.url?.contains(":") != true })
    #expect(reading.entries.contains { ($0.title + $0.text).contains("甲") })
  }

  // MARK: - Plain text

  @Test func plainTextIsOnePage() throws {
    let reading = try read(try Fixtures.text("plain.txt"), name: "plain.txt")
    #expect(reading.entries.count == 1)
    #expect(
      reading.entries[0].kind == .page && reading.entries[0].title == "本期目录"
        && reading.entries[0].lang == "zh")
    #expect(
      reading.entries[0].text == "🆕新版本介绍\n\n代理的新模式\n\n原文:代理的新模式\n第二行接着说。\n\n优点\n\n  • 改进延迟\n  • 改进控制\n\n"
        + "  1. 拓扑感知:加速互联。\n  2. 共享隔离:提高利用率。")
  }

  @Test(
    "a text file is Markdown when its content is",
    arguments: [
      ("# 标题\n\n文", true), ("文\n\n## 二级\n文", true), ("见 [甲](https://x.org)。", true),
      ("---\ntitle: 甲\n---\n文", true),
      ("文\n# 号码\n文", false), ("#!/bin/sh\n", false), ("# rm -rf\nls", false), ("- 甲\n- 乙", false),
      ("1. 甲\n2. 乙", false), ("a[1](x)", false),
      ("标题\n====", false), ("---\n文\n---", false), ("```\n# 号码\n\n```", false),
    ])
  func textOrMarkdown(text: String, isMarkdown: Bool) throws {
    // Plain text keeps its marks; Markdown loses them.
    let reading = try read(text + "\n\n*记号*", name: "a.txt")
    #expect(reading.entries.contains { $0.text.contains("*记号*") } == !isMarkdown)
  }

  @Test func longFirstLineStaysInTheText() throws {
    let line = String(repeating: "很长的一行没有标点", count: 20)
    let page = try #require(try read(line + "\n第二行", name: "a.txt").page)
    #expect(page.title.unicodeScalars.count == 80 && page.text == line + "\n第二行")
  }

  @Test(
    "languages",
    arguments: [
      ("多集群入门 for Kubernetes", "zh"), ("A guide to clusters", "en"), ("クラスタの入門ガイド", "ja"), ("클러스터 입문", "ko"),
      ("Кластер", "und"), ("123", "und"),
      ("A long English sentence with one 汉字 inside of it", "en"),
    ])
  func languages(text: String, code: String) throws {
    #expect(try read(text, name: "a.txt").page?.lang == code)
  }
}
