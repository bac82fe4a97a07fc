import Testing

@testable import TextAnalysis

@Suite struct FoldedKeyTests {
  @Test("a character that the table knows folds as it does by ICU", arguments: 0..<16)
  func characters(part: UInt32) throws {
    let analyzer = try Analyzer()
    for codePoint in stride(from: part, to: 0x2_0000, by: 16) {
      guard let scalar = Unicode.Scalar(codePoint) else { continue }
      var expected = String.UnicodeScalarView()
      for folded in Folding.compatibilityFolded([codePoint]) {
        let entry = analyzer.codePoints.entry(folded)
        if entry.isA(.nothing) { continue }
        let kept = entry.isA(.separator) && entry.folded == 0x20 ? folded : entry.folded
        if let scalar = Unicode.Scalar(kept) { expected.append(scalar) }
      }
      #expect(analyzer.foldedKey(of: String(scalar)) == String(expected), "U+\(String(codePoint, radix: 16))")
    }
  }

  @Test("case, width, diacritics and Traditional characters fold, signs stay")
  func examples() throws {
    let analyzer = try Analyzer()
    #expect(analyzer.foldedKey(of: "Ｃafé　繁體！") == "cafe 繁体!")
  }
}
