/// A document frequency in one byte, rounded up (FORMAT.md, "Term index").
///
/// Exact up to 15; above that the highest bit and the three below it, so that a bound is at most an eighth too high.
enum FrequencyBound {
  static func code(_ frequency: Int) -> UInt8 {
    precondition(frequency >= 0 && frequency <= UInt32.max, "a document frequency")
    if frequency < 16 { return UInt8(frequency) }
    let exponent = Int.bitWidth - 1 - frequency.leadingZeroBitCount
    return UInt8(16 + (exponent - 4) * 8 + (frequency >> (exponent - 3)) & 7)
  }

  /// The largest frequency with this code.
  static func frequency(of code: UInt8) -> Int {
    if code < 16 { return Int(code) }
    let exponent = Int(code - 16) / 8 + 4
    return (8 + Int(code - 16) % 8 + 1) << (exponent - 3) - 1
  }
}
