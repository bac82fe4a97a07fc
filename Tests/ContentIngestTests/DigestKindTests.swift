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
    ])
  func nothingIsLost(name: String) throws {
    let text = try Fixtures.text(name)
    #expect(missingHan(text, try read(text, name: name).entries) == [:])
  }
}
