import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// Random queries, half grammar and half noise: never a failure, always a consistent answer.
@Suite struct NoiseTests {
  private static let pieces = [
    "多集群", "集群", "的", "k8s", "istio", "\"", "“", "”", "「", "」", "-", "－", "title:", "category:",
    "tag:",
    "lang:en", "after:2022",
    "before:", "*", ":", "：", " ", " ", "\u{3000}", "，", "v1.29.3", "1.2", "C++", "CI/CD",
    "node.js",
    "http://a.b/c?d=e", "🙂", "👨‍👩‍👧‍👦",
    "e\u{301}", "\u{202E}", "\u{0}", "か\u{3099}", "㍿", "ﬁ", "İ", "ß", "\n", "한글", "ไทย", "नि",
    "\u{FEFF}", "a",
    "云原生", "雲",
  ]

  @Test("a random query is answered, and its answer agrees with itself", arguments: UInt64(0)..<40)
  func random(seed: UInt64) throws {
    let index = try TestIndex(paths: [Corpora.data])
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      let text = (0..<Int.random(in: 1...14, using: &random))
        .map { _ in
          Int.random(in: 0..<6, using: &random) == 0
            ? String(Unicode.Scalar(UInt32.random(in: 0...0xD7FF, using: &random)) ?? " ")
            : Self.pieces.randomElement(using: &random) ?? ""
        }.joined()
      let results = try index.search(text)
      #expect(results.hits.count >= min(results.total, 1_000))
      #expect(
        Set(results.hits.map(\.entry.id)).count == results.hits.count,
        "no entry twice: \(text.debugDescription)")
      for hit in results.hits.prefix(20) {
        #expect(hit.snippetHighlights.allSatisfy { $0.upperBound <= hit.snippet.utf8.count })
        let explanation = try #require(
          try index.searcher.explain(SearchRequest(text: text), id: hit.entry.id))
        #expect(explanation.match == hit.match, "\(text.debugDescription) \(hit.entry.id)")
        #expect(abs(explanation.score - hit.score) <= max(abs(hit.score), 1) * 1e-4)
      }
    }
  }
}
