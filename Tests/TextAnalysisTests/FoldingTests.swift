import SearchTestSupport
import Testing

@testable import TextAnalysis

@Suite struct FoldingTests {
  @Test("the table is what its header says")
  func table() {
    let bytes = Array(String(describing: HanFoldTable.pairs).utf8)
    #expect(bytes.count == 6 * HanFoldTable.pairCount)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    #expect(hash == HanFoldTable.hash)
    let scalars = Array(String(describing: HanFoldTable.pairs).unicodeScalars).map(\.value)
    let from = stride(from: 0, to: scalars.count, by: 2).map { scalars[$0] }
    #expect(zip(from, from.dropFirst()).allSatisfy { $0 < $1 })
    for k in stride(from: 0, to: scalars.count, by: 2) {
      #expect(Folding.simplified(scalars[k]) == scalars[k + 1])
    }
  }

  @Test("folding twice is folding once")
  func idempotent() {
    for codePoint in UInt32(0)..<0x3_0000 where Unicode.Scalar(codePoint) != nil {
      let entry = Folding.entry(codePoint)
      guard entry.isA(.han) || entry.isA(.letter) || entry.isA(.digit) else { continue }
      let again = Folding.entry(entry.folded)
      if again.folded != entry.folded || again.kind != entry.kind {
        Issue.record(
          "U+\(String(codePoint, radix: 16)) folds to U+\(String(entry.folded, radix: 16)), then on")
      }
    }
  }

  @Test(
    "classes",
    arguments: [
      (0x41, CharacterClass.letter), (0x39, .digit), (0x2D, .separator), (0x4E00, .han), (0x3400, .han),
      (0x9FFF, .han), (0x4DC0, .separator),
      (0x3005, .han), (0x3007, .han), (0x30FC, .han), (0x30FB, .separator), (0x3042, .han), (0xAC00, .han),
      (0x1100, .han), (0xFF76, .han), (0x20000, .han),
      (0x3134A, .han), (0x2EBF0, .han), (0xF900, .han), (0x2F00, .han), (0x200B, .nothing),
      (0xFEFF, .nothing), (0xAD, .nothing), (0x301, .nothing), (0x3000, .separator),
      (0x3002, .separator), (0x1F600, .separator), (0xD800, .separator), (0xE000, .separator),
      (0xDF, .several), (0x337F, .several), (0x2122, .separator),
      (0x2026, .separator), (0x639, .letter), (0xE01, .letter), (0x94D, .letter), (0x66, .letter),
      (0x660, .digit), (0x2776, .separator), (0x10FFFF, .separator),
    ] as [(UInt32, CharacterClass)])
  func classes(codePoint: UInt32, kind: CharacterClass) {
    #expect(CharacterClass(rawValue: Folding.entry(codePoint).kind) == kind)
  }

  @Test("eight bytes at once are eight bytes one by one", arguments: UInt64(0)..<20)
  func eight(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      let bytes = (0..<8).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 0x2E...0x7B, using: &random)
      }
      let eight = ASCIIEight(bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
      let classes = bytes.map { $0 < 0x80 ? ASCIIClass.of($0) : 0 }
      for k in 0..<8 {
        let top: UInt64 = 0x80 << UInt64(8 * k)
        #expect((eight.uppers & top != 0) == (classes[k] == ASCIIClass.upper))
        #expect((eight.lowers & top != 0) == (classes[k] == ASCIIClass.lower))
        #expect((eight.digits & top != 0) == (classes[k] == ASCIIClass.digit))
        let lower = UInt8(truncatingIfNeeded: eight.lowercased >> UInt64(8 * k))
        #expect(lower == (classes[k] == ASCIIClass.upper ? bytes[k] | 0x20 : bytes[k]))
      }
      #expect(eight.wordLength == classes.prefix { $0 & ASCIIClass.word != 0 }.count)
    }
  }

  @Test("the identity names rules, table and ICU")
  func identity() {
    #expect(Analyzer.identity == Analyzer.rulesIdentity + " icu-" + Analyzer.icuVersion)
    #expect(Analyzer.rulesIdentity.contains(String(HanFoldTable.hash, radix: 16)))
  }
}
