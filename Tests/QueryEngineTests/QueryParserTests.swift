import SearchModel
import SearchTestSupport
import Testing

@testable import QueryEngine
@testable import TextAnalysis

/// The query language as a function from text to parts, on random texts.
@Suite struct QueryParserTests {
  private static let pieces = [
    "多集群", "云原生", "k8s", "kube-proxy", "iOS", "17", "PodAffinity", "v1.29", "C++", " ", " ",
    "\u{3000}", "，",
    "\"", "“", "”",
    "「", "」", "『", "』", "«", "»", "-", "－", "–", "--", ":", "：", "*", "＊", "title:", "title：",
    "category:最佳实践", "tag:", "after:2022",
    "after：x", "before:2022-13", "lang：「en」", "year:", "e\u{301}", "👨‍👩‍👧", "\u{202E}", "\u{0}",
    "か\u{3099}", "İ",
    "\r\n", "한글",
  ]

  private static func text(_ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 1...10, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }
    .joined()
  }

  @Test("nothing is an error, and every part is where its range says", arguments: UInt64(0)..<30)
  func ranges(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    let parser = QueryParser(analyzer: analyzer)
    for _ in 0..<100 {
      let text = Self.text(&random)
      let query = try parser.parse(text)
      let bytes = Array(text.utf8)
      for part in query.parts + query.excluded {
        #expect(
          part.range.lowerBound >= 0 && part.range.upperBound <= bytes.count,
          "\(text.debugDescription)")
        guard part.range.upperBound <= bytes.count else { continue }
        let slice = Array(bytes[part.range])
        #expect(
          String(validating: slice, as: UTF8.self) != nil, "\(text.debugDescription) \(part.range)")
        if case .chunk(.han(let run)) = part.content {
          guard
            case .han(let again)? = analyzer.chunks(of: String(decoding: slice, as: UTF8.self))
              .first
          else {
            Issue.record("\(text.debugDescription): \(part.range) is no run of Han")
            continue
          }
          #expect(again.characters == run.characters, "\(text.debugDescription)")
        }
      }
    }
  }

  @Test("full-width and Chinese signs mean what the ASCII ones mean", arguments: UInt64(0)..<30)
  func fullWidth(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parser = QueryParser(analyzer: try Analyzer())
    let words = ["多集群", "k8s", "kube-proxy", "云原生 网络", "v1.29"]
    for _ in 0..<100 {
      var ascii = ""
      var chinese = ""
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let word = words.randomElement(using: &random) ?? ""
        let (open, close) = [("“", "”"), ("「", "」"), ("『", "』"), ("＂", "＂")].randomElement(
          using: &random)!
        switch Int.random(in: 0..<6, using: &random) {
        case 0: (ascii, chinese) = (ascii + "\"\(word)\"", chinese + open + word + close)
        case 1: (ascii, chinese) = (ascii + "-k8s", chinese + "－k8s")
        case 2: (ascii, chinese) = (ascii + "title:集群", chinese + "title：集群")
        case 3:
          (ascii, chinese) = (
            ascii + "-category:\"\(word)\"", chinese + "－category：" + open + word + close
          )
        case 4: (ascii, chinese) = (ascii + "kube*", chinese + "kube＊")
        default: (ascii, chinese) = (ascii + word, chinese + word)
        }
        ascii += " "
        chinese += "\u{3000}"
      }
      #expect(try parser.parse(ascii) == parser.parse(chinese), "\(ascii) | \(chinese)")
    }
  }

  @Test("without signs a query is the chunks of its text", arguments: UInt64(0)..<10)
  func plain(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    let words = ["多集群", "k8s", "kube-proxy", "云原生", "v1.29", "C++", "，", "。", "（", "）", "e\u{301}"]
    for _ in 0..<100 {
      let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        words.randomElement(using: &random)!
      }
      .joined(separator: " ")
      let query = try QueryParser(analyzer: analyzer).parse(text)
      let typed = query.parts.compactMap {
        if case .chunk(let chunk) = $0.content { chunk } else { nil }
      }
      #expect(typed.map(\.foldedText) == analyzer.chunks(of: text).map(\.foldedText), "\(text)")
      #expect(query.excluded.isEmpty && query.filters.isEmpty)
    }
  }

  @Test("a condition that is none is text, where it stands")
  func noCondition() throws {
    let parser = QueryParser(analyzer: try Analyzer())
    for (text, expected) in [
      ("after：istio", "after：istio"), ("after:istio", "after:istio"), ("AFTER:\"istio\"", "istio"),
      ("-x before:「istio」", "istio"),
    ] {
      let part = try #require(try parser.parse(text).parts.last, "\(text)")
      #expect(String(decoding: Array(text.utf8)[part.range], as: UTF8.self) == expected, "\(text)")
    }
  }

  @Test(
    "a query has other spellings where Latin words may be written together or apart",
    arguments: [
      ("kube proxy", ["kubeproxy"]), ("iOS17", ["ios 17"]), ("PodAffinity", ["pod affinity"]),
      ("3 5", []),
      ("kube, proxy", []), ("kube 多 proxy", []), ("\"kube proxy\"", []), ("kube-proxy", []),
      ("k8s", []),
      ("iPhone", []),
      ("kube title:proxy", []), ("-kube -proxy", []), ("H200", []),
    ])
  func spellings(text: String, expected: [String]) throws {
    let parts = try QueryParser(analyzer: try Analyzer()).parse(text).parts
    var found: [String] = []
    for spelling in parts.flatMap(\.spellings) {
      let text = spelling.map(\.foldedText).joined(separator: " ")
      if !found.contains(text) { found.append(text) }
    }
    #expect(found == expected)
  }
}
