import CKernels

/// Up to 128 unsigned integers of equal width, the few that are wider patched in (FORMAT.md, "Packed arrays").
///
/// 128 values stand in four interleaved lanes, which unpack four at a time; fewer stand one after the other.
enum PackedArray {
  /// Arrays shorter than this are never patched: it does not pay.
  private static let shortestPatched = 16

  /// Bits that hold every value up to `value`.
  static func width(of value: UInt32) -> Int { 32 - value.leadingZeroBitCount }

  static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

  // MARK: Writing

  /// Appends the values, 1…128 of them; wider ones are cut off in place, so that the values are spent.
  static func append(_ values: UnsafeMutableBufferPointer<UInt32>, to bytes: inout [UInt8]) {
    let count = values.count
    var histogram = InlineArray<33, Int>(repeating: 0)
    for i in 0..<count { histogram[width(of: unsafe values[i])] += 1 }
    var widest = 32
    while widest > 0, histogram[widest] == 0 { widest -= 1 }
    var best = widest
    var bestBytes = byteCount(count, width: widest)
    if count >= shortestPatched {
      var wider = 0
      var width = widest
      while width > 0 {
        wider += histogram[width]
        width -= 1
        if wider > count / 2 { break }
        let cost = byteCount(count, width: width) + 1 + wider * (1 + patchBytes(bits: widest - width))
        if cost < bestBytes {
          best = width
          bestBytes = cost
        }
      }
    }
    let patch = best == widest ? 0 : patchBytes(bits: widest - best)
    bytes.append(UInt8(best) | UInt8(patch == 4 ? 3 : patch) << 6)
    guard patch > 0 else {
      unsafe pack(values, width: best, into: &bytes)
      return
    }
    var places: [UInt8] = []
    var highs: [UInt8] = []
    let mask = UInt32(truncatingIfNeeded: UInt64(1) << UInt64(best) - 1)
    for i in 0..<count where unsafe values[i] & ~mask != 0 {
      places.append(UInt8(i))
      var high = unsafe values[i] >> UInt32(best)
      for _ in 0..<patch {
        highs.append(UInt8(truncatingIfNeeded: high))
        high >>= 8
      }
      unsafe values[i] &= mask
    }
    unsafe pack(values, width: best, into: &bytes)
    bytes.append(UInt8(places.count))
    bytes += places
    bytes += highs
  }

  private static func patchBytes(bits: Int) -> Int { bits <= 8 ? 1 : bits <= 16 ? 2 : 4 }

  private static func pack(
    _ values: UnsafeMutableBufferPointer<UInt32>, width: Int, into bytes: inout [UInt8]
  ) {
    guard width > 0, let first = values.baseAddress else { return }
    if values.count == PostingsLayout.blockSize {
      // Sound: 128 values give 16 × width bytes.
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16 * width) { packed in
        if let target = packed.baseAddress { unsafe kernel_pack(first, Int32(width), target) }
        unsafe bytes.append(contentsOf: packed)
      }
      return
    }
    var pending: UInt64 = 0
    var bits = 0
    for i in 0..<values.count {
      pending |= UInt64(unsafe values[i]) << UInt64(bits)
      bits += width
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
  }

  // MARK: Reading

  /// What the first byte of an array says, and where its parts stand; nil when it does not end at or before `limit`.
  /// Reads nothing past `limit`.
  @unsafe @inline(__always)
  static func open(_ bytes: UnsafeRawPointer, at offset: Int, count: Int, limit: Int) -> kernel_array? {
    var array = kernel_array()
    let first = unsafe bytes.assumingMemoryBound(to: UInt8.self)
    return unsafe kernel_open_array(first, offset, count, limit, &array) ? array : nil
  }

  /// Reads `count` values; the largest that was patched, 0 for none; nil when a patch is out of place.
  ///
  /// Sound when `array` was opened for these bytes and this count, eight more bytes than its end are readable, and there is
  /// room for 128 values.
  @unsafe @inline(__always)
  static func unpack(
    _ bytes: UnsafeRawPointer, _ array: kernel_array, count: Int, into values: UnsafeMutablePointer<UInt32>
  ) -> UInt32? {
    let first = unsafe bytes.assumingMemoryBound(to: UInt8.self)
    let largest = unsafe kernel_unpack_array(first, array, count, values)
    return largest == .max ? nil : UInt32(truncatingIfNeeded: largest)
  }
}
