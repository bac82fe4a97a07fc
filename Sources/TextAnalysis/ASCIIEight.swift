/// Eight bytes looked at together: what each is, and all of them in lower case.
///
/// Sums of seven-bit values never reach the next byte, so a carry into bit 7 is a comparison.
struct ASCIIEight {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// Bit 7 of every byte that is an upper-case letter, a lower-case one, a digit.
  let uppers: UInt64
  let lowers: UInt64
  let digits: UInt64
  let lowercased: UInt64
  /// Letters and digits before the first other byte, 0...8.
  let wordLength: Int

  @inline(__always) init(_ bytes: UInt64) {
    let seven = bytes & ~Self.tops
    let ascii = ~bytes & Self.tops
    let folded = seven | 0x20 &* Self.ones
    let fromA = folded &+ (0x80 &- 0x61) &* Self.ones
    let pastZ = folded &+ (0x80 &- 0x7B) &* Self.ones
    let letters = fromA & ~pastZ & ascii
    let from0 = seven &+ (0x80 &- 0x30) &* Self.ones
    let past9 = seven &+ (0x80 &- 0x3A) &* Self.ones
    digits = from0 & ~past9 & ascii
    let inLower = bytes &<< 2 & Self.tops
    uppers = letters & ~inLower
    lowers = letters & inLower
    lowercased = bytes | uppers &>> 2
    wordLength = (~(letters | digits) & Self.tops).trailingZeroBitCount &>> 3
  }

  /// All bits of the bytes before the first that is neither letter nor digit.
  @inline(__always) var wordMask: UInt64 { wordLength == 8 ? ~0 : (1 &<< UInt64(8 &* wordLength)) &- 1 }
}
