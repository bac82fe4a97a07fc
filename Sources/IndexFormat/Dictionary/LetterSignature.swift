/// Which letters a word has, in 58 bits: words that are too far from what was typed are told apart without being read
/// (FORMAT.md, "Letters").
package struct LetterSignature: Equatable, Sendable {
  /// Of a term that has anything but the letters a to z, or nothing.
  static let none = LetterSignature(bits: 0)

  private static let lengthShift: UInt64 = 52
  private static let longest = 63
  private static let letters: UInt64 = 1 << 26 - 1

  let bits: UInt64

  init(bits: UInt64) { self.bits = bits }

  package init(of word: some Collection<UInt8>) {
    var present: UInt64 = 0
    var odd: UInt64 = 0
    for byte in word {
      guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) else {
        self = .none
        return
      }
      let bit = UInt64(1) << UInt64(byte - UInt8(ascii: "a"))
      present |= bit
      odd ^= bit
    }
    bits = present | odd << 26 | UInt64(min(word.count, Self.longest)) << Self.lengthShift
  }

  /// What the signature of a word within a number of edits of another must be like.
  ///
  /// An edit adds, removes, changes or exchanges letters: the length changes by one at most, which letters stand there
  /// an odd number of times in two places at most, and so which stand there at all.
  struct Neighbourhood {
    private let bits: UInt64
    private let shortest: UInt64
    private let spread: UInt64
    private let differences: Int

    @inline(__always)
    init(of signature: LetterSignature, edits: Int) {
      precondition(edits >= 0 && edits < 13, "a few edits")
      bits = signature.bits
      let length = Int(signature.bits >> LetterSignature.lengthShift)
      shortest = UInt64(max(1, length - edits))
      spread = UInt64(min(LetterSignature.longest, length + edits)) &- shortest
      differences = 2 * edits
    }

    /// False only when no word with the signature is within the edits.
    @inline(__always)
    func mayHold(_ other: UInt64) -> Bool {
      let different = bits ^ other
      var present = different & LetterSignature.letters
      // Clears the lowest bit as often as there may be differences; nothing is left of few.
      for _ in 0..<differences { present &= present &- 1 }
      // One branch, which is nearly always taken.
      let length = (other >> LetterSignature.lengthShift) &- shortest
      if present | (length > spread ? 1 : 0) != 0 { return false }
      return (different >> 26 & LetterSignature.letters).nonzeroBitCount <= differences
    }
  }
}
