@testable import ContentIngest
import SearchModel
import SearchTestSupport
import Testing

@Suite struct NastyContentTests {
  @Test func lineEndsAndByteOrderMarkChangeNothing() throws {
    for name in ["digest.md", "weekly-paragraphs.txt", "weekly-numbered.txt", "plain.txt", "guide.md"] {
      let text = try Fixtures.text(name)
      let plain = try read(text, name: name)
      #expect(try read("\u{FEFF}" + text, name: name).entries == plain.entries)
      #expect(try read(text.replacing("\n", with: "\r\n"), name: name).entries == plain.entries)
      #expect(try read(text.replacing("\n", with: "\r"), name: name).entries == plain.entries)
    }
  }

  @Test(
    "what is no text in a known encoding gives no entry",
    arguments: [
      ([0x61, 0xFF], 1), ([0xC0, 0x80], 0), ([0x61, 0x61, 0xED, 0xA0, 0x80], 2), ([0xE4, 0xB8], 0),
      ([0xF5, 0x80, 0x80, 0x80], 0), ([0x80], 0),
      ([0xD6, 0xD0, 0xCE, 0xC4], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
      ([0xE0, 0x9F, 0x80], 0),
    ] as [([UInt8], Int)])
  func wrongEncoding(bytes: [UInt8], offset: Int) throws {
    for name in ["a.md", "a.txt", "a.mdx"] {
      let reading = try read(bytes, name: name)
      #expect(reading.entries.isEmpty)
      #expect(
        reading.skipped == [
          SkippedInput(
            file: name, reason: "not valid UTF-8 (byte \(offset)), and its encoding cannot be told")
        ])
    }
  }

  @Test("past 100,000 items of a long page the rest is text, and nothing is lost")
  func veryManyItems() {
    let count = 100_300
    let padding = String(repeating: "字", count: 12)
    let page = (0..<count).map { "- \($0) \(padding)\n" }.joined()
    var reader = MarkdownReader()
    let units = reader.units(of: MarkdownSource.prepare(Array(page.utf8)[...], isMDX: false))
    let items = units.filter { if case .listItem = $0.kind { true } else { false } }
    #expect(items.count == 100_000 && units.last?.kind == .paragraph)
    let numbers = units.flatMap { unit in
      unit.text.split { $0 <= 0x20 }.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }
    #expect(numbers == Array(0..<count))
  }

  /// Input that is long in one way. A page to be read has none of it; it must end soon and lose no text.
  private static let patterns: [String] = [
    ">", "> ", "- ", "1. ", "+ a\n", "[", "[a](", "![", "[a](<b", "[]", "](", "*", "*a ", "a**b", "_a ",
    "__a", "~", "~a ", "~~a", "`", "`` ", "<", "<a ", "<!--",
    "a <?", "a <!A ", "<![CDATA[", "&", "www.", "http://", "a@", "a@b.", ":", "|", "|a", "|-", "|a\n", "[^a]",
    "[^a]: x\n", "[a]: b\n", "\\", "\n", " ", "\t", "# a\n",
    "#\n", "```\n", "~~~\n", "a\n=\n", "<div>\n", "👨‍👩‍👧‍👦", "中", "**中。**文", "{{<", "{{< a ", "{{< a >}}",
    "{{< comment >}}", "!!! note\n", "    ", ":::a\n", "=== \"a\"\n",
    "- [ ] a\n", "*_~`[]()", "<a \"", "<a '\"", "---\n", "\u{0}", "\u{2028}", "é\u{301}\u{301}\u{301}",
    "{/* ", "<script>", "{#a}\n", "<!--\n---\n",
  ]

  @Test("repeated signs end soon", arguments: patterns.indices)
  func repeated(index: Int) throws {
    let pattern = Self.patterns[index]
    for prefix in ["", "中 ", "|a|\n|-|\n", "---\n", "# t\n\n"] {
      let text = prefix + String(repeating: pattern, count: 60_000 / pattern.utf8.count) + "\n\n末尾的字"
      for name in ["a.md", "a.txt", "a.mdx"] {
        var reading = Reading()
        let time = try processorTime { reading = try read(text, name: name) }
        #expect(time < .seconds(3), "\(pattern) took \(time)")
        for entry in reading.entries { #expect(entry.id.utf8.count < 10_000_000) }
      }
    }
  }

  @Test func deepNesting() throws {
    let lists = (0..<1_000).map { String(repeating: " ", count: $0 * 2) + "- 项\n" }.joined()
    #expect(try read(lists).page?.text.contains("项") == true)
    #expect(try read(String(repeating: ">", count: 10_000) + " 深处").page?.text == "深处")
    #expect(try read(String(repeating: "- ", count: 10_000) + "深处").page?.text == "深处")
    #expect(
      try read(String(repeating: "*", count: 10_000) + "深" + String(repeating: "*", count: 10_000)).page?.text
        .contains("深") == true)
    #expect(
      try read(String(repeating: "[", count: 10_000) + "深" + String(repeating: "](a)", count: 10_000)).page?
        .text.contains("深") == true)
    let admonitions = (0..<500).map { String(repeating: " ", count: $0 * 4) + "!!! note \"题\"\n" }.joined()
    #expect(try read(admonitions).page?.text.contains("题") == true)
  }

  @Test func oneLongLine() throws {
    let line = String(repeating: "多集群 multi cluster，", count: 40_000)
    #expect(try read(line).page?.text.utf8.count ?? 0 > 1_000_000)
    #expect(try read("```\n" + line).page?.text == line)
    #expect(try read(String(repeating: "👨‍👩‍👧‍👦", count: 20_000)).page?.text.utf8.count == 25 * 20_000)
    #expect(try read("# " + line + "\n\n## " + line).headings.count == 1)
    #expect(try read("- [" + line + "](a.md)\n- [b](b.md)").items.count == 2)
  }

  @Test func wideTablesStayAffordable() throws {
    let table =
      "|" + String(repeating: "a|", count: 150) + "\n|" + String(repeating: "-|", count: 150) + "\n"
      + String(repeating: "|行|\n", count: 100_000)
    let text = try #require(try read(table).page?.text)
    #expect(text.unicodeScalars.count { $0 == "行" } == 100_000)
  }

  @Test(
    "long documents are read in pieces",
    arguments: [
      "一段文字。\n\n", "# 标题\n\n", "- [甲](a.md) 说明说明说明说明说明说明说明说明说明说明说明说明说明说明\n\n文字\n\n",
      "```\n代码\n\n```\n\n文字\n\n",
    ])
  func longDocuments(pattern: String) throws {
    let count = (6 << 20) / pattern.utf8.count
    let reading = try read(String(repeating: pattern, count: count))
    let found = reading.entries.reduce(0) { sum, entry in
      sum + (entry.title + entry.text).unicodeScalars.count { (0x4E00...0x9FFF).contains($0.value) }
    }
    let items = pattern.hasPrefix("-")
    let expected = pattern.unicodeScalars.count { (0x4E00...0x9FFF).contains($0.value) } * count
    // The same item over and over is one item.
    #expect(items ? reading.items.count == 1 : found >= expected)
  }

  @Test(
    "text of very many signs is read in pieces, the parser's tree of each being small",
    arguments: ["[a](", "&amp;", "*b\n\n", "- [c](d)\n"])
  func manySigns(pattern: String) throws {
    let text = String(repeating: pattern, count: 3_000_000 / pattern.utf8.count)
    let pieces = MarkdownSource.prepare(Array(text.utf8)[...], isMDX: false)
    #expect(pieces.count > 1)
    #expect(pieces.joined().elementsEqual(text.utf8) || pieces.joined().elementsEqual((text + "\n").utf8))
    let signs = Set("[]!&*_`<\\~\n".utf8)
    #expect(pieces.allSatisfy { $0.count { signs.contains($0) } <= MarkdownSource.signLimit + 64 * 1024 })
  }

  @Test("mutated documents never trap and lose nothing", arguments: UInt64(0)..<40)
  func mutated(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let names = ["digest.md", "weekly-paragraphs.txt", "weekly-numbered.txt", "plain.txt", "guide.md"]
    let signs = Array("*_`[]()<>#-+|~!{}%\\:&\"'\n \t=.0123456789：。，“\u{0}\u{FEFF}中".unicodeScalars)
    for _ in 0..<10 {
      var text = Array(try Fixtures.text(names.randomElement(using: &random)!).unicodeScalars)
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text.insert(signs.randomElement(using: &random)!, at: place)
        case 1: text.remove(at: place)
        case 2:
          text.insert(
            contentsOf: text[place..<min(text.count, place + 30)],
            at: Int.random(in: 0..<text.count, using: &random))
        default:
          text.insert(contentsOf: Array(repeating: signs.randomElement(using: &random)!, count: 5), at: place)
        }
      }
      let mutated = String(String.UnicodeScalarView(text))
      for name in ["a.md", "a.txt", "a.mdx", "a.jsonl"] {
        let one = try read(mutated, name: name)
        let two = try read(mutated, name: name)
        #expect(one.entries == two.entries)
        #expect(one.entries.allSatisfy { $0.url?.lowercased().hasPrefix("javascript") != true })
      }
    }
  }

  @Test("random bytes never trap", arguments: UInt64(0)..<20)
  func randomBytes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("-*+>#`~[]()<>!|:{}%\\ \n\t1.ab中。：\"'&;=_^@/".utf8)
    for _ in 0..<50 {
      let bytes = (0..<Int.random(in: 0..<400, using: &random)).map { _ in
        Bool.random(using: &random)
          ? alphabet.randomElement(using: &random)! : UInt8.random(in: 0...127, using: &random)
      }
      for name in ["a.md", "a.txt", "a.mdx", "a.jsonl"] { _ = try read(bytes, name: name) }
    }
  }

  @Test func twoThreadsReadTheSame() async throws {
    let text = String(repeating: "- [甲](a.md) ~~旧~~ https://example.org/x 与 www.example.org\n", count: 200)
    let expected = try read(text).entries
    try await withThrowingTaskGroup(of: [[Entry]].self) { group in
      for _ in 0..<4 { group.addTask { try (0..<50).map { _ in try read(text).entries } } }
      for try await results in group { #expect(results.allSatisfy { $0 == expected }) }
    }
  }
}
