/// Unsigned integers of equal width, one after the other in a little-endian bit stream.
enum BitPacking {
  /// Bits that hold every value up to `value`.
  static func width(of value: UInt32) -> Int { 32 - value.leadingZeroBitCount }

  static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

  static func pack(_ values: UnsafeBufferPointer<UInt32>, width: Int, into bytes: inout [UInt8]) {
    var pending: UInt64 = 0
    var bits = 0
    for i in 0..<values.count {
      let value = unsafe values[i]
      pending |= UInt64(value) << UInt64(bits)
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
  }

  /// Reads `count` values of `width` bits (0…32).
  ///
  /// Sound when `byteCount(count, width:)` bytes and eight more are readable at `source`.
  @unsafe @inline(__always)
  static func unpack(
    _ source: UnsafeRawPointer, count: Int, width: Int, into values: UnsafeMutablePointer<UInt32>
  ) {
    if width == 0 {
      unsafe values.update(repeating: 0, count: count)
      return
    }
    let mask = UInt64(1) << UInt64(width) &- 1
    var bit = 0
    for i in 0..<count {
      let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
      unsafe values[i] = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
      bit &+= width
    }
  }
}
