import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// What is marked in single fields, and cut out of them by words.
@Suite struct MarkedTextTests {
  private func highlighter(_ query: String, _ entries: [Entry]) throws -> (Highlighter, TestIndex) {
    let index = try TestIndex(entries)
    return (try index.searcher.find(SearchRequest(text: query)).highlighter, index)
  }

  private func marked(_ text: MarkedText) -> [String] {
    text.ranges.map { String(decoding: Array(text.text.utf8)[$0], as: UTF8.self) }
  }

  @Test("a field says which parts of the query stand in it")
  func parts() throws {
    let (highlighter, index) = try highlighter(
      "多集群 kubectl", [Entry(id: "1", title: "多集群", text: "kubectl get")])
    #expect(highlighter.words == ["多集群", "kubectl"])
    let title = highlighter.marked("管理多集群", isTitle: true)
    #expect(marked(title) == ["多集群"] && title.parts == [0])
    #expect(highlighter.marked("用 KUBECTL 管多集群", isTitle: false).parts == [0, 1])
    #expect(highlighter.marked("没有", isTitle: false) == MarkedText(text: "没有"))
    _ = index
  }

  @Test(
    "so many words are cut out around the match; a Han word counts as one, a match is not cut",
    arguments: [
      (5, "…管理多集群，三处…"), (1, "…多集群…"), (100, "我们用一个入口管理多集群，三处机房同时可用。"),
    ])
  func words(count: Int, expected: String) throws {
    let text = "我们用一个入口管理多集群，三处机房同时可用。"
    let (highlighter, index) = try highlighter("多集群", [Entry(id: "1", title: "t", text: text)])
    let cropped = highlighter.cropped(text, isTitle: false, words: count, marker: "…")
    #expect(cropped.text == expected)
    #expect(marked(cropped) == ["多集群"])
    _ = index
  }

  @Test("without a match the text is cut after its first words, with the marker that was asked for")
  func noMatch() throws {
    let (highlighter, index) = try highlighter("nothing", [Entry(id: "1", title: "t")])
    let text = "The quick brown fox jumps over the lazy dog."
    #expect(highlighter.cropped(text, isTitle: false, words: 3, marker: "[…]").text == "The quick brown[…]")
    #expect(highlighter.cropped(text, isTitle: false, words: 9, marker: "…").text == text)
    #expect(highlighter.cropped("", isTitle: false, words: 3, marker: "…").text == "")
    #expect(highlighter.cropped("。。。", isTitle: false, words: 3, marker: "…").text == "。。。")
    _ = index
  }

  @Test("cut anywhere, ranges stay inside the text on character borders", arguments: UInt64(0)..<60)
  func borders(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let pieces = ["多集群", "管理", "kubectl", " ", "，", "👩‍👩‍👧‍👦", "e\u{301}", "\n", "\0", "𠮷", "…"]
    let text = (0..<Int.random(in: 0...400, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }.joined()
    let (highlighter, index) = try highlighter("多集群 kubectl", [Entry(id: "1", title: "t", text: text)])
    for count in [0, 1, 2, 7, 30, 500] {
      let cropped = highlighter.cropped(text, isTitle: false, words: count, marker: "…")
      let bytes = Array(cropped.text.utf8)
      for range in cropped.ranges {
        #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count && !range.isEmpty)
        #expect(String(validating: bytes[range], as: UTF8.self) != nil)
      }
    }
    _ = index
  }
}
