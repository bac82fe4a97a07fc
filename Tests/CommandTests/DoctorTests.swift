import SearchTestSupport
import Testing

/// `search doctor` names what is wrong with a site, and nothing that is right.
@Suite struct DoctorTests {
  @Test("each kind of finding, and nothing else")
  func findings() throws {
    let site = try Site([
      "a.md": """
      # 甲

      [好](b.md) [好](b.md#乙) [坏](b.md#x) [好](./sub/) [好](sub/c) [好](../sub/c.html) [好](%E6%96%87.png) [外](https://example.org/x)
      [根](/x/) [锚](#甲) [锚](#same) [邮](mailto:a@example.org) ![图](文.png) [坏](gone.md) ![坏图](no.png?v=1) {{< ref "x.md" >}}

      ## 一 {#same}

      文

      ## 二 {#same}

      字
      """,
      "b.md": "# 乙\n\n[好](../a/) [坏](a.md/x) [坏](#none)\n", "sub/_index.md": "# 丙\n", "sub/c.md": "# 丁\n",
      "文.png": "png",
      "empty.md": "", "draft.md": "---\ndraft: true\n---\n# 草\n",
      "one.jsonl": #"{"id":"x","title":"一"}"# + "\n", "two.jsonl": #"{"id":"x","title":"二"}"# + "\nbad\n",
    ])
    try site.index()
    func findings() throws -> [String] {
      try site.search("doctor", "--json").json()["findings"].elements.map {
        "\($0["kind"].string ?? "") \($0["file"].string ?? "-") \($0["detail"].string ?? "")"
      }
    }
    let expected = [
      "skipped draft.md draft", "skipped two.jsonl line 2: it is not a JSON object (byte 0 of the line)",
      "no-text empty.md the page has no text",
      "same-anchor a.md two sections have the anchor #same; a link leads to the first",
      "same-id two.jsonl the id x is also given by one.jsonl; only the last entry is found",
      "dead-link a.md the link to b.md#x leads to a page without that section",
      "dead-link a.md the link to gone.md leads nowhere",
      "dead-link a.md the link to no.png?v=1 leads nowhere",
      "dead-link b.md the link to a.md/x leads nowhere",
      "dead-link b.md the link to #none leads to a page without that section",
    ]
    #expect(try findings() == expected)
    try site.folder.write("content/b.md", "# 乙\n")
    try site.folder.write("content/new.md", "# 新\n")
    #expect(
      try findings() == expected.dropLast(2) + [
        "stale - the index is behind its files (1 new, 1 changed); run search index"
      ])
    #expect(try site.search("doctor").status == 0)
    #expect(try site.search("doctor", "--strict").status == 65)
  }

  @Test("links and anchors of built pages")
  func built() throws {
    let site = try Site([
      "index.html": """
      <title>甲</title><main><h1>甲</h1><p><a href="a/">好</a> <a href="a/#one">好</a> <a href="a/index.html#two">好</a>
      <a href="a/#three">坏</a> <a href="/a/#three">根</a> <a href="gone.html">坏</a> <img src="no.png"> <a href="#top">好</a></p></main>
      """,
      "a/index.html":
        "<title>乙</title><main><h2 id=one>一</h2><p><a name=two></a>字 <a href='../#x'>坏</a></p></main>",
    ])
    try site.index()
    let found = try site.search("doctor", "--json").json()["findings"].elements.map {
      "\($0["kind"].string ?? "") \($0["file"].string ?? "-") \($0["detail"].string ?? "")"
    }
    #expect(
      found == [
        "dead-link a/index.html the link to ../#x leads to a page without that section",
        "dead-link index.html the link to a/#three leads to a page without that section",
        "dead-link index.html the link to gone.html leads nowhere",
        "dead-link index.html the link to no.png leads nowhere",
      ])
  }

  @Test("a sound site is told so")
  func sound() throws {
    let site = try Site(["a.md": "# 甲\n\n字\n"])
    try site.index()
    let outcome = try site.search("doctor", "--strict")
    #expect(outcome.status == 0 && outcome.text == "Nothing to complain about.\n")
  }
}
