import SearchTestSupport
import Testing

@testable import IndexFormat

/// What the dictionary says of its words besides the terms: letters, and how frequent the words of a block are.
@Suite struct LetterTests {
  private static func word(_ lengths: ClosedRange<Int>, using random: inout SplitMix64) -> [UInt8] {
    (0..<Int.random(in: lengths, using: &random)).map { _ in .random(in: 0x61...0x7A, using: &random) }
  }

  private static func edit(_ word: inout [UInt8], using random: inout SplitMix64) {
    let place = Int.random(in: 0...word.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: word.insert(.random(in: 0x61...0x7A, using: &random), at: place)
    case 1 where place < word.count && word.count > 1: word.remove(at: place)
    case 2 where place < word.count: word[place] = .random(in: 0x61...0x7A, using: &random)
    case 3 where place + 1 < word.count: word.swapAt(place, place + 1)
    default: break
    }
  }

  @Test("a word within the edits is never passed over, most others are", arguments: UInt64(0)..<20)
  func neighbourhood(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var passed = 0
    for _ in 0..<500 {
      let edits = Int.random(in: 1...2, using: &random)
      // Past the 63 that a length is told up to, too.
      let typed = Self.word(1...(seed == 0 ? 80 : 12), using: &random)
      let near = LetterSignature.Neighbourhood(of: LetterSignature(of: typed), edits: edits)
      var word = typed
      for _ in 0..<edits { Self.edit(&word, using: &random) }
      #expect(near.mayHold(LetterSignature(of: word).bits))
      if near.mayHold(LetterSignature(of: Self.word(8...12, using: &random)).bits) { passed += 1 }
      #expect(!near.mayHold(LetterSignature.none.bits))
    }
    #expect(passed < 50)
  }

  @Test(
    "terms that are no words of letters have no signature", arguments: ["", "k8s", "naïve", "A", "a-b", "多"])
  func noSignature(text: String) {
    #expect(LetterSignature(of: Array(text.utf8)) == .none)
  }

  @Test("the column has the words from a to z in the order of the dictionary", arguments: UInt64(0)..<5)
  func column(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let work = try Workplace()
    var keys: Set<[UInt8]> = []
    for _ in 0..<Int.random(in: 0...300, using: &random) {
      var word = Self.word(1...3, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 { word.append(UInt8(ascii: "7")) }
      if Int.random(in: 0..<9, using: &random) == 0 { word.insert(UInt8(ascii: "1"), at: 0) }
      keys.insert([UInt8.random(in: 2...4, using: &random)] + word)
    }
    let sorted = keys.sorted { $0.lexicographicallyPrecedes($1) }
    let terms = sorted.map {
      SegmentModel.Term(
        key: $0, hasPositions: false, postings: [.init(docID: 0, frequency: 1, titleFrequency: 0)])
    }
    let model = SegmentModel.plain(documentCount: 1, terms: terms)
    let segment = try SegmentReader(try model.build(in: work.directory), in: work.directory)
    try segment.verify()
    for _ in 0..<20 {
      let typed = Self.word(1...4, using: &random)
      let edits = Int.random(in: 1...2, using: &random)
      let near = LetterSignature.Neighbourhood(of: LetterSignature(of: typed), edits: edits)
      let expected = sorted.indices.filter {
        sorted[$0][0] == 3 && near.mayHold(LetterSignature(of: sorted[$0].dropFirst()).bits)
      }
      #expect(try segment.terms.letters.terms(within: edits, of: typed) == expected)
    }
  }

  @Test("a frequency in one byte is exact up to 15, never too low, at most an eighth too high")
  func frequencyBound() {
    var last: UInt8 = 0
    for frequency in Array(0...5_000) + (4..<32).flatMap({ [1 << $0 - 1, 1 << $0, 1 << $0 + 1] }) {
      let bound = FrequencyBound.frequency(of: FrequencyBound.code(frequency))
      #expect(bound >= frequency && bound <= frequency + frequency / 8)
      if frequency < 16 { #expect(bound == frequency) }
    }
    for frequency in 0...70_000 {
      #expect(FrequencyBound.code(frequency) >= last)
      last = FrequencyBound.code(frequency)
    }
    // Of a forged byte.
    #expect(FrequencyBound.frequency(of: 255) > Int(UInt32.max))
  }
}
