import ContentIngest
import SearchModel
import SearchTestSupport
import Testing

/// A folder with more than 150 files that nobody should have, and a good one beside each: the good ones are found, every other
/// one gives entries or is named.
@Suite struct NastyFolderTests {
  private static func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

  /// Endings with the texts that are nasty under them.
  private static let texts: [(ending: String, texts: [String])] = [
    (
      "md",
      [
        many("一行没有尽头", 60_000), many("👨‍👩‍👧‍👦", 20_000), many(">", 20_000) + "x", many("- ", 20_000) + "x",
        many("[", 20_000), many("![", 20_000), many("](", 20_000), many("*a", 20_000), many("_", 40_000),
        many("`", 40_001),
        "```\n" + many("没有结束\n", 5_000), "~~~~\n" + many("x\n", 5_000), "<!--" + many("x", 50_000),
        "<script>" + many("x", 50_000),
        many("|a", 10_000) + "\n" + many("|-", 10_000), many("|a|\n|-|\n", 5_000), many("# ", 20_000),
        many("#\n", 20_000),
        many("## 同名\n\n", 5_000), many("a\n=\n", 5_000), many("\u{0}", 10), "a\u{0}b",
        many("\u{0}", 5_000) + "abc",
        many("\u{202E}", 1_000) + "abc", many("\u{301}", 50_000), many("\u{FEFF}", 1_000) + "x",
        many("&#0;", 5_000),
        many("&amp;", 10_000), many("{{<", 10_000), many("{{< a >}}", 5_000),
        many("{{% a %}}x{{% /a %}}", 2_000),
        many("!!! note\n    ", 2_000), (0..<300).map { many("    ", $0) + "!!! n" }.joined(separator: "\n"),
        (0..<500).map { many(" ", $0) + "- x" }.joined(separator: "\n"), many("=== \"a\"\n", 5_000),
        many(":::a\n", 5_000),
        many("[^a]: x\n", 5_000), many("[^a]", 10_000), many("[a]: b\n", 10_000), many("<", 40_000),
        many("<a ", 10_000),
        many("www.", 10_000), many("a@b.", 10_000), many("\\", 40_000), many("\r", 10_000),
        many(" \n", 10_000), "", " ", "\n", "\u{FEFF}",
        "---\n", "---\n---\n", "---\n---", "+++\n+++\n", "{}\n", many("1. ", 10_000),
        many("- [ ] a\n", 5_000), many("$$", 10_000),
        many("==a==", 5_000), many("<details>", 5_000), many("</div>", 10_000), many("%%", 10_000),
        many("。", 50_000),
        many("<b>", 10_000), many("- [a](b)\n", 10_000), many("[a](b \"", 5_000),
        "[a](" + many("(", 10_000) + ")", many("<?", 10_000),
      ]
    ),
    (
      "md",
      [
        "a: &a [*a]", "a: " + many("[", 30_000), "a: " + many("{a: ", 10_000), many("- ", 30_000),
        many("? ", 20_000),
        "title: " + many("x", 70_000), "a: !!binary x", "a: !!python/object/apply:os.system [x]", "%YAML 9.9",
        "a: \"\\x", "\t- x: [",
        "a: |\n" + many(" x\n", 1_000), "<<: *a", "a: &a {b: *a}", "title: [",
        "title: 2024-99-99\ndate: 2024-99-99", "draft: maybe",
        "search: [1, 2]", "tags: {a: {b: {c: d}}}", "title:\n  - a\n  - b", "? [a, b]\n: c", "a: 1\na: 2",
        "\u{1}: x", "title: \u{0}",
        (0..<14).map { "a\($0 + 1): &a\($0 + 1) [*a\($0), *a\($0)]" }.joined(separator: "\n"),
      ].map { "---\n" + $0 + "\n---\n\n正文。\n" }
    ),
    (
      "md",
      [
        "a = ", "a = " + many("[", 20_000), "a" + many(".a", 20_000) + " = 1",
        "[" + many("a.", 20_000) + "a]", "a = \"\\uD800\"",
        "a = 1979-99-99", "a = '''" + many("x", 1_000), "a = 1\na = 2", many("[[a]]\n", 5_000),
        "a = {" + many("a.", 10_000) + "a = 1}",
      ].map { "+++\n" + $0 + "\n+++\n\n正文。\n" } + [
        "{\"a\": " + many("[", 20_000) + many("]", 20_000) + "}\n正文。", "{\"a\": \"\\ud800\"}\n正文。",
        "{\"a\": 1e999}\n正文。",
        "{\"title\": {\"a\": 1}}\n正文。", "{\"a\"}\n正文。",
      ]
    ),
    (
      "txt",
      [
        many("x", 300_000), many("字", 100_000), many("\n", 50_000) + "x", "\u{0}\u{0}\u{0}\u{0}a",
        many("- \n", 10_000), "#!/bin/sh\n", "", "\t",
      ]
    ),
    (
      "mdx",
      [
        "import a from 'b'\n" + many("x\n", 1_000), "export const a = {\n" + many("  b: 1,\n", 1_000),
        many("<A>", 10_000), many("{", 20_000),
        "{/*" + many("x", 10_000), many("<A b={", 5_000), "export default",
      ]
    ),
    (
      "jsonl",
      [
        many("{", 50_000), "{\"id\":\"a\",\"title\":" + many("[", 50_000), "{\"id\":1,\"title\":\"a\"}", "[]",
        "null", "{\"id\":\"a\"}",
        "{\"id\":\"\",\"title\":\"a\"}", "{\"id\":\"a\",\"title\":\"\\ud800\"}",
        "{\"id\":\"a\",\"title\":\"a\"", "{\"id\":\"b\",\"title\":\"a\"} x",
        many("\n", 10_000), "\u{FEFF}{\"id\":\"c\",\"title\":\"a\"}", "{\"id\":\"d\",\"title\":\"\u{0}\"}",
        many("{\"id\":\"e\",\"title\":\"a\"}\n", 2_000),
      ]
    ),
    (
      "html",
      [
        many("<div>", 20_000), many("<p><b>", 3_000), "<html", many("<table><tr><td>", 300),
        "<title>" + many("x", 50_000), "<!--", "",
        many("<a href='javascript:x'>y</a>", 2_000), "<script>" + many("x", 50_000),
        many("&#x110000;", 5_000), "<main>" + many("<h2 id=a>甲</h2>", 3_000),
        "<meta charset=shift_jis><p>x", "<body hidden><p>x", "\u{0}\u{0}<p>x", many("<svg>", 800) + "x",
      ]
    ),
  ]

  private static let bytes: [[UInt8]] = [
    [0xFF], [0xFE, 0xFF], [0xFF, 0xFE], [0xFF, 0xFE, 0x00], [0xFF, 0xFE, 0x3D, 0xD8], [0xEF, 0xBB],
    [0x61, 0xC0, 0x80],
    Array(0...255), Array(repeating: 0xA1, count: 10_000), Array(repeating: 0, count: 10_000),
    [0x89, 0x50, 0x4E, 0x47] + Array(0...255),
    Array(repeating: 0xE4, count: 9_999), [0xFF, 0xFE, 0, 0] + Array(repeating: 0, count: 64),
    [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ 131) },
  ]

  @Test func everyFileGivesEntriesOrIsNamed() throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    var count = 0
    func write(_ ending: String, _ bytes: [UInt8]) throws {
      count += 1
      try folder.write("bad-\(count).\(ending)", bytes)
      try folder.write("good-\(count).md", "# 好文件 \(count)\n\n内容在此。\n")
    }
    for (ending, texts) in Self.texts { for text in texts { try write(ending, Array(text.utf8)) } }
    for bytes in Self.bytes { for ending in ["md", "txt"] { try write(ending, bytes) } }
    #expect(count >= 150)
    let files = try FileWalker(paths: [folder.path]).files().files
    #expect(files.count == count * 2)
    var reader = ContentReader()
    var named: Set<String> = []
    var found: Set<String> = []
    var good = 0
    for file in files {
      let time = try processorTime {
        try reader.read(file) { entry in
          found.formUnion(entry.sources)
          if entry.title.hasPrefix("好文件 "), entry.text == "内容在此。" { good += 1 }
          #expect(entry.url?.lowercased().contains("javascript:") != true)
        } skipped: { skip in
          named.insert(skip.file)
          #expect(!skip.reason.isEmpty && !skip.reason.contains(folder.path))
        }
      }
      #expect(time < .seconds(4), "\(file.name)")
    }
    #expect(good == count)
    let silent = files.map(\.name).filter { !found.contains($0) && !named.contains($0) }
    // Lines of white space in JSONL are no lines.
    #expect(silent.filter { !$0.hasSuffix(".jsonl") } == [])
  }
}
