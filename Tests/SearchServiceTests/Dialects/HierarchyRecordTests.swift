import SearchModel
import Testing

@testable import SearchService

@Suite struct HierarchyRecordTests {
  @Test("a section stands below its headings, a page and an item at level 1")
  func levels() {
    let section = HierarchyRecord(
      Entry(
        id: "a#c", kind: .heading, title: "检查", url: "https://e.org/a/", anchor: "c", path: ["多集群", "接入"],
        category: ["文档"]))
    #expect(section.levels == ["文档", "多集群", "接入", "检查", nil, nil, nil])
    #expect(section.type == "lvl3" && section.url == "https://e.org/a/#c")
    #expect(section.urlWithoutAnchor == "https://e.org/a/" && section.anchor == "c")
    let item = HierarchyRecord(
      Entry(id: "i", kind: .item, title: "k9s", path: ["分享", "工具"], category: ["工具"]))
    #expect(item.levels == ["工具", "k9s", nil, nil, nil, nil, nil] && item.type == "lvl1")
    let page = HierarchyRecord(Entry(id: "p", title: "首页"))
    #expect(page.levels == ["首页", "首页", nil, nil, nil, nil, nil] && page.content == nil)
    let deep = HierarchyRecord(
      Entry(id: "d", kind: .heading, title: "z", path: (1...9).map(String.init)))
    #expect(deep.levels == ["1", "1", "2", "3", "4", "5", "z"] && deep.type == "lvl6")
  }

  @Test("an address that no page should follow is left out, a nameless entry is called by its id")
  func nasty() {
    let record = HierarchyRecord(Entry(id: "x", title: "", url: "javascript:alert(1)"))
    #expect(record.url == nil && record.urlWithoutAnchor == nil)
    #expect(HierarchyRecord(Entry(id: "x")).levels.prefix(2) == ["x", "x"])
  }

  @Test(
    "a relative address begins at the root of the site",
    arguments: [
      ("docs/a.md", "/docs/a.md"), ("/a/", "/a/"), ("//e.org/a", "//e.org/a"),
      ("http://e.org/a", "http://e.org/a"),
      ("mailto:a@e.org", "mailto:a@e.org"), ("a?b=c:d", "/a?b=c:d"),
    ])
  func relative(url: String, shown: String) {
    #expect(HierarchyRecord(Entry(id: "x", url: url)).url == shown)
  }

  @Test("a long text is cut on the border of a character")
  func longText() throws {
    let text = "a" + String(repeating: "多", count: 20_000)
    let content = try #require(HierarchyRecord(Entry(id: "x", text: text)).content)
    #expect(content.utf8.count <= HierarchyRecord.contentLimit && content.utf8.count > 32_760)
    #expect(text.hasPrefix(content))
  }
}
