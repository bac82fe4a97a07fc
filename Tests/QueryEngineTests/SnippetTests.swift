import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

@Suite struct SnippetTests {
  private func hits(_ entries: [Entry], _ query: String) throws -> [Hit] {
    try TestIndex(entries).search(query).hits
  }

  private func marked(_ text: String, _ ranges: [Range<Int>]) -> [String] {
    ranges.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
  }

  @Test("title and snippet mark what matched and nothing else")
  func marks() throws {
    let entry = Entry(id: "1", title: "多集群入门", text: "用一个入口管理多集群，不是多个集群。")
    let hit = try #require(try hits([entry], "多集群").first)
    #expect(marked(hit.entry.title, hit.titleHighlights) == ["多集群"])
    #expect(hit.titleHighlights == [0..<9])
    #expect(hit.snippet == entry.text)
    #expect(marked(hit.snippet, hit.snippetHighlights) == ["多集群"])
    #expect(markedHTML(hit.snippet, hit.snippetHighlights) == "用一个入口管理<mark>多集群</mark>，不是多个集群。")
  }

  @Test("folded, stemmed, joined and full-width matches are marked as they stand in the text")
  func foldedMarks() throws {
    let entry = Entry(id: "1", title: "", text: "雲原生 與 Ｋ８ｓ: clusters run kube-proxy and v1.29.3")
    for (query, expected) in [
      ("云原生", "雲原生"), ("k8s", "Ｋ８ｓ"), ("cluster", "clusters"), ("kubeproxy", "kube-proxy"),
      ("1.29", "v1.29"), ("KUBE-PROXY", "kube-proxy"),
    ] {
      let hit = try #require(try hits([entry], query).first, "\(query)")
      #expect(marked(hit.snippet, hit.snippetHighlights) == [expected], "\(query)")
    }
  }

  @Test("a line break between Han leaves no space, other white space one")
  func lineBreaks() throws {
    let entry = Entry(id: "1", title: "t", text: "管理多\n集群，\n见 a\nb。\n\n第二\n\n段")
    let hit = try #require(try hits([entry], "多集群").first)
    #expect(hit.match == .full && hit.snippet == "管理多集群， 见 a b。 第二 段")
    #expect(marked(hit.snippet, hit.snippetHighlights) == ["多集群"])
  }

  @Test("everything is escaped but our own mark")
  func escaping() throws {
    let entry = Entry(
      id: "1", title: "<script>alert(1)</script> 集群", text: "a & b <img onerror='x'> \"集群\"")
    let hit = try #require(try hits([entry], "集群").first)
    #expect(
      markedHTML(hit.entry.title, hit.titleHighlights)
        == "&lt;script&gt;alert(1)&lt;/script&gt; <mark>集群</mark>")
    #expect(
      markedHTML(hit.snippet, hit.snippetHighlights)
        == "a &amp; b &lt;img onerror=&#39;x&#39;&gt; &quot;<mark>集群</mark>&quot;")
  }

  @Test("a long text gives the passage that shows most of the query")
  func bestPassage() throws {
    let filler = String(repeating: "这里说的是别的事情，与问题无关。", count: 60)
    let text = filler + "集群很多。" + filler + "在这一句里，零信任与集群一起出现。" + filler
    let hit = try #require(try hits([Entry(id: "1", title: "t", text: text)], "零信任 集群").first)
    #expect(hit.snippet.contains("零信任与集群一起出现"))
    #expect(Set(marked(hit.snippet, hit.snippetHighlights)) == ["零信任", "集群"])
  }

  @Test("a snippet never cuts a character and never leaves its length", arguments: UInt64(0)..<300)
  func wholeCharacters(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "集群", "，", "a", "é", "e\u{301}", "👨‍👩‍👧‍👦", "🇨🇳", "नि", "\n", "\n\n", "\u{202E}", "word ", "が",
      "か\u{3099}",
      "\u{0}",
    ]
    let count = Int.random(in: 1...900, using: &random)
    let text =
      (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined() + "零信任"
      + pieces.joined()
    let hit = try #require(try hits([Entry(id: "1", title: "", text: text)], "零信任").first)
    #expect(hit.snippet.contains("零信任"))
    #expect(hit.snippet.count <= 162)
    let characters = Set(text.map { $0.isWhitespace ? " " : $0 }).union(["…", " "])
    #expect(
      hit.snippet.allSatisfy { characters.contains($0) }, "a character that the text does not have")
    #expect(marked(hit.snippet, hit.snippetHighlights) == ["零信任"])
    var last = 0
    for range in hit.snippetHighlights {
      #expect(range.lowerBound >= last && range.upperBound <= hit.snippet.utf8.count)
      last = range.upperBound
    }
  }

  @Test("of a long text the beginning is shown if it shows every part, else what does, wherever it stands")
  func longTexts() throws {
    let filler = String(repeating: "这里说的是别的事情，与问题无关。", count: 400)
    for (text, query, shown) in [
      ("开头的集群。" + filler + "集群集群集群。", "集群", "开头的集群"), (filler + "末尾的集群。", "集群", "末尾的集群"),
      ("开头的集群。" + filler + "零信任与集群。", "集群 零信任", "零信任与集群"),
      (String(repeating: "x", count: 20_000) + " kubeproxy", "kubeproxy", "kubeproxy"),
      (String(repeating: "词", count: 9_000) + "集群", "词集群", "词集群"),
    ] {
      let hit = try #require(try hits([Entry(id: "1", title: "", text: text)], query).first)
      #expect(hit.snippet.contains(shown), "\(query): \(hit.snippet)")
      #expect(!hit.snippetHighlights.isEmpty && hit.snippet.count <= 162)
    }
  }

  @Test("a match outside the text shows the field that it is in")
  func otherFields() throws {
    let entry = Entry(id: "1", title: "t", text: "正文", description: "这一段介绍零信任")
    let hit = try #require(try hits([entry], "零信任").first)
    #expect(hit.snippet == "这一段介绍零信任")
  }
}
