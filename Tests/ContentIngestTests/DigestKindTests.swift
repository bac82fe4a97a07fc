import ContentIngest
import SearchModel
import Testing

/// Digests as different people keep them. Every fixture is written for this test, in the manner of a kind.
@Suite struct DigestKindTests {
  @Test func numberedParagraphsOfAWeekly() throws {
    let reading = try read(try Fixtures.text("digest-weekly.md"), name: "docs/issue-12.md")
    #expect(reading.items.map(\.title) == ["端口转发小工具", "日志着色器", "集群画图", "一个终端里的白板", "远程会议的礼节"])
    #expect(reading.items.map(\.category) == [["工具"], ["工具"], ["工具"], ["工具"], ["文章"]])
    #expect(reading.items[0].url == "https://example.org/forward")
    #expect(reading.items[0].text == "（英文）\n\n把远处的端口接到本地，断线会自己重连。\n\n界面图")
    #expect(reading.items.allSatisfy { $0.date == "2024-08-30" })
    let page = try #require(reading.page)
    #expect(page.title == "科技小报（第 12 期）：2024年8月30日" && page.text.contains("本周的话题是缓存。"))
  }

  @Test func listOfAMonthly() throws {
    let reading = try read(try Fixtures.text("digest-monthly.md"), name: "content/07/2024-08-30.md")
    #expect(reading.items.map(\.title) == ["gobox", "gowatch", "pyfmt", "pyplot-lite"])
    #expect(reading.items.map(\.category) == [["Go 项目"], ["Go 项目"], ["Python 项目"], ["Python 项目"]])
    #expect(reading.items[1].text == "盯住目录变化的库。来自 @someone 的推荐\n\nwatcher.Add(\".\")")
    #expect(reading.items.allSatisfy { $0.date == "2024-08-30" })
  }

  @Test func awesomeList() throws {
    let reading = try read(try Fixtures.text("digest-awesome.md"), name: "README.md")
    #expect(reading.items.map(\.title) == ["Alpha", "Beta", "Gamma", "Delta"])
    #expect(reading.items.map(\.category) == [["Networking"], ["Networking"], ["Storage"], ["Storage"]])
    #expect(reading.items[0].text == "A proxy that fits on one page.")
    #expect(reading.items[0].path == ["Awesome Clusters", "Networking"])
  }

  @Test func headingsThatAreLinks() throws {
    let reading = try read(try Fixtures.text("digest-headings.md"), name: "list.md")
    #expect(reading.items.map(\.title) == ["甲工具", "乙工具", "丙工具"])
    #expect(reading.items.map(\.category) == [["网络"], ["网络"], ["存储"]])
    #expect(reading.items[0].text == "第一段说明。\n\n第二段说明。" && reading.items[2].url == "https://example.org/c")
  }

  @Test func tablesOfLinks() throws {
    let reading = try read(try Fixtures.text("digest-table.md"), name: "table.md")
    #expect(reading.items.map(\.title) == ["甲", "乙", "丙"])
    #expect(reading.items.map(\.text) == ["画图  ★ 12", "排队  ★ 7", "备份  ★ 3"])
    #expect(reading.page?.text.contains("名称  用途  星") == true)
  }

  @Test func numberedQuotesAreItemsWithTheAddressOfTheirSource() throws {
    let reading = try read(try Fixtures.text("digest-quotes.md"), name: "quotes.md")
    let quotes = reading.items.filter { $0.category == ["言论"] }
    #expect(quotes.map(\.title) == ["慢慢来比较快", "写下来的才算想过", "好用的东西不必解释"])
    #expect(quotes.map(\.text) == ["-- 一位读者的信", "记不住的不算。\n\n-- 某位编辑", "—— 店主"])
    #expect(quotes.map(\.url) == ["https://example.org/letter", nil, nil])
    #expect(Set(quotes.map(\.id)).count == 3)
    #expect(reading.page?.text == "工具\n\n言论")
  }

  @Test func aNumberedParagraphWithoutALinkIsAnItemOfItsOwn() throws {
    let reading = try read(try Fixtures.text("digest-quotes.md"), name: "quotes.md")
    let tools = reading.items.filter { $0.category == ["工具"] }
    #expect(tools.map(\.title) == ["窗口整理器", "纸上的计算器", "没有网址的旧书", "抄写助手"])
    #expect(tools[1].text == "用法有三步：\n\n1、先把纸铺平。\n\n2、再对着它念数字。\n\n3、翻到背面看答案。")
    #expect(tools[2].text == "只在旧书店里见过，扫描件 在这里。" && tools[2].url == "https://example.org/scan")
  }

  @Test(
    "a number names an item that has nothing else",
    arguments: [
      ("1：", "1", ""), ("3、", "3、", ""), ("(1) ![图](a.png)", "图", ""), ("2： ![图](a.png)", "图", ""),
      ("1、", "1、", ""),
    ])
  func numbersAlone(text: String, title: String, rest: String) throws {
    let reading = try read(
      "- [甲](https://example.org/a)\n- [乙](https://example.org/b)\n- \(text)\n\n---\n\n\(text)\n")
    #expect(reading.items.dropFirst(2).first?.title == title)
    #expect(reading.items.dropFirst(2).first?.text == rest)
  }

  @Test func boldTitlesWithoutALinkAreItemsAmongParagraphs() throws {
    let paragraphs = (1...5).map { "[项目\($0)](https://example.org/\($0)) : 说明\($0)。\n\n" }.joined()
    let reading = try read(
      "# 刊\n\n## 项目\n\n" + paragraphs + "**只有粗体的题目**\n\n它的说明。\n\n**紧跟着的题目** 后面的话\n\n"
        + "**Title of a talk**\nwhat it says\n")
    #expect(reading.items.dropFirst(5).map(\.title) == ["只有粗体的题目", "紧跟着的题目", "Title of a talk"])
    #expect(reading.items.dropFirst(5).map(\.text) == ["它的说明。", "后面的话", "what it says"])
    #expect(reading.items.dropFirst(5).allSatisfy { $0.category == ["项目"] })
  }

  @Test(
    "bold words inside an item stay in it",
    arguments: [
      "**注意** 先备份", "**Kubernetes** 的一部分", "**这句话很重要。** 记住它", "**用法**\n\n- 装\n- 跑",
      "**优点** 快\n\n**优点** 小",
    ])
  func boldWordsInAnItem(words: String) throws {
    let reading = try read(
      "# 刊\n\n[甲](https://example.org/a) : 说明甲。\n\n[乙](https://example.org/b) : 说明乙。\n\n"
        + "[丙](https://example.org/c) : 说明丙。\n\n" + words + "\n")
    #expect(reading.items.map(\.title) == ["甲", "乙", "丙"])
  }

  @Test func rowsWhoseLinkIsNotInTheFirstCellAreItems() throws {
    let numbered = try read(
      "# 表\n\n| 序号 | 名称 | 说明 |\n|---|---|---|\n| 1 | [甲工具](https://example.org/a) | 画图 |\n"
        + "| 2 | [乙工具](https://example.org/b) | 排队 |\n| 3 | 丙工具 | 备份 |\n| 4 | [丁工具](https://example.org/d) | 抄写 |\n"
    )
    #expect(numbered.items.map(\.title) == ["甲工具", "乙工具", "丙工具", "丁工具"])
    #expect(numbered.items.map(\.text) == ["1  画图", "2  排队", "3  备份", "4  抄写"])
    #expect(
      numbered.items.map(\.url) == [
        "https://example.org/a", "https://example.org/b", nil, "https://example.org/d",
      ])
    #expect(numbered.page?.text == "序号  名称  说明")
    let named = try read(
      "# 表\n\n| 名称 | 说明 | 链接 |\n|---|---|---|\n| 甲 | 画图 | [官网](https://example.org/a) |\n"
        + "| 乙 | 排队 | <https://example.org/b> |\n| 丙 | 备份 | [example.org](https://example.org/) |\n")
    #expect(named.items.map(\.title) == ["甲", "乙", "丙"])
    #expect(named.items.map(\.text) == ["画图  官网", "排队  https://example.org/b", "备份  example.org"])
  }

  @Test func aTableWithAFewLinksIsNoDigest() throws {
    let reading = try read(
      "# 表\n\n## 参数\n\n| 名 | 值 |\n|---|---|\n| a | [b](https://example.org/b) |\n| c | 1 |\n| d | 2 |\n| e | 3 |\n"
    )
    #expect(reading.items.isEmpty && reading.headings.count == 1)
  }

  @Test(
    "the number of an issue stands in the title and in the path of its items",
    arguments: [
      ("weekly-45.md", "", "周刊", "周刊（第 45 期）"), ("docs/issue_007.md", "", "Letters", "Letters #7"),
      ("第45期.md", "", "周刊", "周刊（第 45 期）"), ("a.md", "issue: 77", "周刊", "周刊（第 77 期）"),
      ("weekly-45.md", "", "周刊第 45 期", "周刊第 45 期"), ("a.md", "issue: 77", "第 77 期", "第 77 期"),
      ("weekly-2024.md", "", "周刊", "周刊"), ("weekly-2024-08-30.md", "", "周刊", "周刊"),
      ("casino-5.md", "", "周刊", "周刊"), ("part-2.md", "", "周刊", "周刊"),
    ])
  func issues(name: String, front: String, heading: String, title: String) throws {
    let reading = try read(
      "---\n\(front)\n---\n# \(heading)\n\n- [甲](https://example.org/a) x\n- [乙](https://example.org/b) y\n",
      name: name)
    #expect(reading.page?.title == title && reading.items.map(\.path) == [[title], [title]])
    #expect(reading.items.map(\.category) == [[heading], [heading]])
  }

  @Test func badgesAreNoPartOfAHeading() throws {
    let badge = "[![Awesome](https://awesome.example/badge.svg)](https://awesome.example)"
    let reading = try read(
      "# Awesome Foo \(badge)\n\n## ![build](https://img.shields.io/x) Networks\n\n- [甲](https://example.org/a)\n- [乙](https://example.org/b)\n"
    )
    #expect(reading.page?.title == "Awesome Foo" && reading.items[0].path == ["Awesome Foo", "Networks"])
    #expect(try read("# ![Foo](logo.png) Bar\n\n文\n").page?.title == "Foo Bar")
    #expect(try read("# \(badge)\n\n文\n").page?.title == "Awesome")
  }

  @Test func aTableOfSettingsIsNoDigest() throws {
    let reading = try read("# 页\n\n## 参数\n\n| 名 | 值 |\n|---|---|\n| a | [b](c.md) |\n| d | [e](f.md) |\n")
    #expect(reading.items.isEmpty && reading.headings.first?.text == "名  值\n\na  b\n\nd  e")
  }

  @Test func aChangelogIsNoDigest() throws {
    let reading = try read(
      "# 变更\n\n## [1.2.0](https://example.org/1.2.0) (2024-08-30)\n\n- 甲\n\n## [1.1.0](https://example.org/1.1.0) (2024-07-30)\n\n- 乙\n\n## [1.0.0](https://example.org/1.0.0) (2024-06-30)\n\n- 丙\n"
    )
    #expect(reading.items.isEmpty && reading.headings.count == 3)
  }

  @Test(
    "nothing a reader sees is lost",
    arguments: [
      "digest-weekly.md", "digest-monthly.md", "digest-awesome.md", "digest-headings.md", "digest-table.md",
      "digest-quotes.md",
    ])
  func nothingIsLost(name: String) throws {
    let text = try Fixtures.text(name)
    #expect(missingHan(text, try read(text, name: name).entries) == [:])
  }
}
