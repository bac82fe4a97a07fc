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

  /// What the first byte of an array says, and where its parts stand; all inside `limit`.
  struct Shape {
    var width: Int
    /// Bytes of a patch: 0 for none, 1, 2 or 4.
    var patch: Int
    /// Where the packed values begin.
    var start: Int
    /// Where the array ends.
    var end: Int

    /// Nil when the array does not end at or before `limit`. Reads nothing past `limit`.
    @unsafe init?(_ bytes: UnsafeRawPointer, at offset: Int, count: Int, limit: Int) {
      guard offset < limit else { return nil }
      let head = unsafe bytes.load(fromByteOffset: offset, as: UInt8.self)
      width = Int(head & 0x3F)
      guard width <= 32 else { return nil }
      start = offset + 1
      end = start + PackedArray.byteCount(count, width: width)
      patch = Int(head >> 6)
      if patch == 0 {
        guard end <= limit else { return nil }
        return
      }
      if patch == 3 { patch = 4 }
      guard end < limit else { return nil }
      let patches = Int(unsafe bytes.load(fromByteOffset: end, as: UInt8.self))
      end += 1 + patches * (1 + patch)
      guard end <= limit else { return nil }
    }
  }

  /// Reads `count` values of a shape; the largest that was patched, 0 for none; nil when a patch is out of place.
  ///
  /// Sound when `shape` was made of these bytes and this count, and eight more bytes than its `end` are readable.
  @unsafe @inline(__always)
  static func unpack(
    _ bytes: UnsafeRawPointer, _ shape: Shape, count: Int, into values: UnsafeMutablePointer<UInt32>
  ) -> UInt32? {
    if count == PostingsLayout.blockSize {
      unsafe kernel_unpack(
        (bytes + shape.start).assumingMemoryBound(to: UInt8.self), Int32(shape.width), values)
    } else if shape.width == 0 {
      unsafe values.update(repeating: 0, count: count)
    } else {
      let mask = UInt64(1) << UInt64(shape.width) &- 1
      let source = unsafe bytes + shape.start
      var bit = 0
      for i in 0..<count {
        let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
        unsafe values[i] = UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & mask)
        bit &+= shape.width
      }
    }
    return unsafe shape.patch == 0 ? 0 : patch(bytes, shape, count: count, values)
  }

  @unsafe
  private static func patch(
    _ bytes: UnsafeRawPointer, _ shape: Shape, count: Int, _ values: UnsafeMutablePointer<UInt32>
  ) -> UInt32? {
    var largest: UInt32 = 0
    let list = unsafe bytes + shape.start + byteCount(count, width: shape.width)
    let patches = Int(unsafe list.load(as: UInt8.self))
    let highs = unsafe list + 1 + patches
    for i in 0..<patches {
      let place = Int(unsafe list.load(fromByteOffset: 1 + i, as: UInt8.self))
      let high: UInt64
      switch shape.patch {
      case 1: high = UInt64(unsafe highs.load(fromByteOffset: i, as: UInt8.self))
      case 2:
        high = UInt64(
          UInt16(littleEndian: unsafe highs.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)))
      default:
        high = UInt64(
          UInt32(littleEndian: unsafe highs.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
      }
      let value = high << UInt64(shape.width)
      guard place < count, value <= UInt32.max else { return nil }
      let patched = unsafe values[place] | UInt32(truncatingIfNeeded: value)
      unsafe values[place] = patched
      largest = max(largest, patched)
    }
    return largest
  }
}
