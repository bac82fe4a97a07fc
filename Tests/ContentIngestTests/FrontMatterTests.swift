@testable import ContentIngest
import SearchModel
import SearchTestSupport
import Testing

@Suite struct FrontMatterTests {
  private func page(_ yaml: String) throws -> (page: Entry?, skipped: [SkippedInput]) {
    let reading = try read("---\n" + yaml + "\n---\n\n正文在此。\n")
    return (reading.page, reading.skipped)
  }

  @Test func listsAndSingleValues() throws {
    let one = try page(
      "title: 1.10\ntags: a, b\nkeywords: [x, 2]\ncategory: c\nauthors:\n  - name: 甲\n    email: x\n  - 乙\nsummary: 摘要"
    ).page
    #expect(
      one?.title == "1.10" && one?.tags == ["a", "b"] && one?.keywords == ["x", "2"] && one?.category == ["c"]
    )
    #expect(one?.author == "甲, 乙" && one?.description == "摘要" && one?.text == "正文在此。")
    let two = try page(
      "Title: 'x: y'\nTAGS:\n- 甲\n-\n- 乙\ndescription: |\n  第一行\n  第二行\ndate: 2020/1/2\nlanguage: en-US"
    ).page
    #expect(two?.title == "x: y" && two?.tags == ["甲", "乙"] && two?.description == "第一行\n第二行")
    #expect(two?.date == "2020-01-02" && two?.lang == "en")
    #expect(try page("title: null\ndraft: false").page?.title == "page")
  }

  @Test(
    "dates",
    arguments: [
      ("2019-07-05T22:11:46+08:00", "2019-07-05"), ("2019-07-05", "2019-07-05"),
      ("2019-7-5 10:00", "2019-07-05"), ("2019年7月5日", "2019-07-05"),
      ("2019.07.05", "2019-07-05"), ("2020-02-29", "2020-02-29"), ("2019-02-29", nil), ("2019-13-01", nil),
      ("5 July 2019", nil), ("20190705", nil), ("", nil),
      ("{created: 2021-01-02, updated: 2022-01-02}", "2021-01-02"),
    ] as [(String, String?)])
  func dates(text: String, date: String?) throws {
    #expect(try page("date: " + text).page?.date == date)
  }

  @Test(
    "drafts give no entry",
    arguments: ["draft: true", "draft: \"true\"", "draft: yes", "draft: True", "title: [\ndraft: true"])
  func drafts(yaml: String) throws {
    let (page, skipped) = try page(yaml)
    #expect(page == nil && skipped == [SkippedInput(file: "page.md", reason: "draft", isDeliberate: true)])
  }

  @Test(
    "TOML and JSON say the same as YAML",
    arguments: [
      "---\ntitle: 甲\ntags: [乙, 丙]\ndate: 2024-08-30T10:00:00+08:00\nsearch: {boost: 2, pin: [安装], keywords: 丁}\n---\n",
      "+++\ntitle = \"甲\"\ntags = [\"乙\", \"丙\"]\ndate = 2024-08-30T10:00:00+08:00\n[search]\nboost = 2\npin = [\"安装\"]\nkeywords = \"丁\"\n+++\n",
      "{\n  \"title\": \"甲\", \"tags\": [\"乙\", \"丙\"], \"date\": \"2024-08-30\",\n  \"search\": {\"boost\": 2, \"pin\": [\"安装\"], \"keywords\": \"丁\"}\n}\n",
    ])
  func languages(block: String) throws {
    let reading = try read(block + "\n正文在此。\n")
    #expect(reading.skipped.isEmpty)
    let page = reading.page
    #expect(page?.title == "甲" && page?.tags == ["乙", "丙"] && page?.date == "2024-08-30")
    #expect(page?.keywords == ["丁"] && page?.text == "正文在此。")
    let bytes = Array(block.utf8)
    let values = try #require(try FrontMatterBlock(in: bytes)?.read(bytes))
    #expect(FrontMatter(values).boost == 2 && FrontMatter(values).pins == ["安装"])
  }

  @Test(
    "pages that are not to be found",
    arguments: [
      "search: false", "search: {exclude: true}", "search:\n  exclude: yes", "excludeFromSearch: true",
      "search_exclude: true", "bookSearchExclude: true", "searchExclude: true", "private: true",
      "hidden: true",
      "unlisted: true", "build:\n  list: never", "_build: {list: never}", "hiddenFromSearch: true",
      "excludeSearch: true", "exclude_search: true", "robotsNoIndex: true", "pagefind: false",
      "search: exclude",
      "search: hidden", "search: {hidden: true}", "nosearch: true", "searchable: false",
      "params: {searchHidden: true}",
      "params:\n  robots: noindex", "robots: 'noindex, nofollow'", "robots: [NoIndex]",
    ])
  func excluded(yaml: String) throws {
    let (page, skipped) = try page("title: 好\n" + yaml)
    #expect(page == nil && skipped.map(\.reason) == ["its front matter excludes it"])
    #expect(skipped.map(\.isDeliberate) == [true])
  }

  @Test(
    "names that leave a page out do not when they say the opposite",
    arguments: [
      "pagefind: true", "searchable: true", "nosearch: false", "robots: 'index, follow'", "search: true",
      "params: {draft: true, title: x}", "excludeSearch: false",
    ])
  func included(yaml: String) throws {
    #expect(try page("title: 好\n" + yaml).page?.title == "好")
  }

  @Test(
    "a page that its broken block leaves out stays out",
    arguments: [
      "---\ntitle: 一: 二\nsearch: false\n---\n", "---\ntags: [a, b\nnoindex: true # 不要\n---\n",
      "---\nsearch:\n  exclude: true\ntitle: 'x\n---\n",
      "---\ntitle: \"a\" b\nparams: {searchHidden: true}\n---\n",
      "+++\ntitle = 好\nsearchable = false\n+++\n",
      "{\n  \"title\": 好,\n  \"pagefind\": false,\n  \"x\": 1\n}\n",
    ])
  func excludedByABrokenBlock(block: String) throws {
    let reading = try read(block + "\n正文在此。\n")
    #expect(reading.entries.isEmpty && reading.skipped.map(\.reason) == ["its front matter excludes it"])
  }

  @Test("so does a text file and a page of HTML", arguments: ["a.txt", "a.html"])
  func excludedByABrokenBlock(name: String) throws {
    let reading = try read("---\ntitle: 一: 二\ndraft: true\n---\n\n正文在此。\n", name: name)
    #expect(reading.entries.isEmpty && reading.skipped.map(\.reason) == ["draft"])
  }

  @Test(
    "what stands elsewhere in a broken block leaves nothing out",
    arguments: [
      "title: [\nother:\n  draft: true", "title: [\ndraft: false", "title: [\ntext: 'draft: true'",
      "title: [\nsearch: {boost: 2}",
    ])
  func keptInSpiteOfABrokenBlock(yaml: String) throws {
    let (page, skipped) = try page(yaml)
    #expect(page?.text == "正文在此。" && skipped.count == 1)
  }

  @Test(
    "what only looks like a block is text",
    arguments: ["{{< call >}}\n文", "{\"a\": 1} 文", "{ a }\n文", "+++\n文"])
  func noBlock(text: String) throws {
    #expect(try read(text).page?.text.contains("文") == true)
  }

  @Test(
    "hostile TOML and JSON end soon, and the page stays",
    arguments: [
      "+++\na = " + many("[", 30_000) + "\n+++\n", "+++\na" + many(".a", 30_000) + " = 1\n+++\n",
      "+++\na = {" + many("a.", 20_000) + "a = 1}\n+++\n", "+++\n[" + many("a.", 20_000) + "a]\n+++\n",
      "+++\ntitle = \"" + many("x", 70_000) + "\"\n+++\n", "+++\na = 1\na = 2\n+++\n", "+++\n= = =\n+++\n",
      "{\"a\": " + many("[", 30_000) + many("]", 30_000) + "}\n", "{\"a\": {\"b\": tru}}\n",
      "{\"a\": \"\u{1}\"}\n", "+++\n= = =\n" + many("draft = [\n", 6_000) + "+++\n",
    ])
  func hostileBlocks(block: String) throws {
    var reading: Reading?
    let time = try processorTime { reading = try read(block + "\n正文在此。\n") }
    #expect(time < .seconds(1))
    #expect(reading?.page?.text.hasSuffix("正文在此。") == true)
    #expect(reading?.skipped.count == 1)
  }

  @Test func brokenBlockIsNamedAndThePageStays() throws {
    let (page, skipped) = try page("title: 好\ntags: [a, b\nauthor: x")
    #expect(page?.text == "正文在此。" && page?.title == "page")
    #expect(skipped.count == 1 && skipped.first?.file == "page.md" && (skipped.first?.line ?? 0) >= 3)
    #expect(skipped.first?.reason.hasPrefix("the front matter is not valid YAML") == true)
  }

  @Test func repeatedKeysAreNamedAndTheLastCounts() throws {
    let (page, skipped) = try page("author:\ntitle: 一\nauthor: 甲\ntags:\n- x\ntitle: 二")
    #expect(page?.title == "二" && page?.author == "甲" && page?.tags == ["x"])
    #expect(skipped.count == 1)
  }

  @Test func commentBeforeTheBlock() throws {
    let reading = try read("\n<!--\n---\ntitle: old\n---\n-->\n---\ntitle: 新\nx: [\n---\n文\n")
    #expect(reading.skipped.first?.line ?? 0 >= 9)
    #expect(try read("\n<!--\n---\ntitle: old\n---\n-->\n---\ntitle: 新\n---\n文\n").page?.title == "新")
  }

  @Test func rulesAreNoFrontMatter() throws {
    #expect(try read("---\n文字\n\n---\n后文").page?.text == "文字\n\n后文")
    #expect(try read("---\n\n文字").page?.text == "文字")
    #expect(try read("---\n---\n文字").page?.text == "文字")
  }

  /// `levels` lists, each holding the one before it `width` times.
  private static func aliases(levels: Int, width: Int, first: String) -> String {
    var lines = ["a0: &a0 " + first]
    for level in 0..<levels {
      let inner = Array(repeating: "*a\(level)", count: width).joined(separator: ",")
      lines.append("a\(level + 1): &a\(level + 1) [" + inner + "]")
    }
    return lines.joined(separator: "\n")
  }

  private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  private static let hostile: [String] = {
    let pairs = (0..<1000).map { "k\($0): v" }.joined(separator: ", ")
    let stairs = (0..<300).map { many(" ", $0) + "a:" }.joined(separator: "\n")
    return [
      aliases(levels: 9, width: 9, first: "[x,x,x,x,x,x,x,x,x]"),
      aliases(levels: 14, width: 1, first: "[x]") + "\nb: [*a14]\n" + many("- ", 20_000),
      aliases(levels: 7, width: 2, first: "[x,x,x,x,x,x,x,x]") + "\n? *a7\n: x",
      aliases(levels: 7, width: 2, first: "{" + pairs + "}"),
      "a: " + many("[", 30_000), "a: " + many("{a: ", 10_000), many("- ", 30_000), many("? ", 30_000), stairs,
      "title: " + many("x", 70_000), "a: &a [*a]", "*x : y", "- &a\n- *a\n- {*a : *a}",
      "a: !!binary x\nb: !<tag:x> y\nc: !!python/object x\ntitle: [&a x, *a, *b]",
      "\t- x: [", "%YAML 9.9", "a: \"\\x",
      "? k\n: v\n? k\n:\nb: c", "? k\n: v\n? k\n: v\na: 1\na: 2",
    ]
  }()

  @Test("bombs are refused in no time, and the page stays", arguments: hostile)
  func bombs(yaml: String) throws {
    var reading: Reading?
    let time = try processorTime { reading = try read("---\n" + yaml + "\n---\n\n正文在此。\n") }
    #expect(time < .seconds(1))
    #expect(reading?.page?.text.hasSuffix("正文在此。") == true)
  }

  @Test(
    "a table of TOML without a name is refused, and the page stays",
    arguments: [
      "[[", "[", "[[ \t", "[ ", "a = 1\n  [[\n", "a = [\n[\n1 ]\n]\n[", "[é]", "[=]", #"a = "\"" # [\#n["#,
      #"[[\"#, "['", "a = '''x''''\n[", "a = 1 # '''\n[",
    ])
  func namelessTables(toml: String) throws {
    let reading = try read("+++\n" + toml + "\n+++\n\n正文在此。\n")
    #expect(reading.page?.text.hasSuffix("正文在此。") == true)
    #expect(reading.skipped.count == 1)
  }

  @Test(
    "brackets in texts, comments and lists are no tables",
    arguments: [
      #"a = """\#n[[\#n\""" [\#n""""#, "a = '''\n[\n''' # [\n# [[", "a = [\n[\n1,\n# [\n], [ 2 ] ]",
      "a = {b = '['}",
      #"a = "[\"[""#, #""[" = 1"#, "[ x ]", "[[ \"x\".y ]]\nz = [\n[]]",
    ])
  func brackets(toml: String) throws {
    let reading = try read("+++\ntitle = \"题\"\n" + toml + "\n+++\n\n正文在此。\n")
    #expect(reading.page?.title == "题" && reading.skipped.isEmpty)
  }

  @Test func fewAliasesAreRead() throws {
    #expect(try page("author: &me 甲\nkeywords: [*me, b]\ntitle: '* 星 *'").page?.keywords == ["甲", "b"])
  }
}
