internal import CStemmer

#if canImport(Glibc)
  internal import Glibc
#endif

/// Snowball stems of English words, with a small memory for the words met most.
///
/// A call into Snowball costs about as much as the rest of the analysis of the word; natural text
/// repeats itself enough for a table to answer nearly always.
@safe struct Stemmer: ~Copyable {
  private static let slotCount = 65_536
  private static let slotBytes = 32
  /// Longest word the table remembers.
  private static let longestKept = 15
  /// A second table, of longer words: rare, but Snowball's time grows with the word.
  private static let longSlotCount = 8192
  private static let longSlotBytes = 64
  private static let longestLongKept = 30
  /// Bytes after a word that `stem` may read.
  static let padding = 16

  // Sound: all are owned by this struct alone and freed in `deinit`; the slots lie in `memory`. A slot is 16 bytes of key
  // (the word, zeros, its length) and 16 bytes of value (the stem, its length with `prefixBit`).
  private var memory: UnsafeMutableRawPointer?
  private var slots: UnsafeMutableRawPointer?
  // 32 bytes of key (the first and the last 16 of the word, which overlap), 30 of stem, then the
  // length of the word and that of the stem with `prefixBit`.
  private var longSlots: UnsafeMutableRawPointer?
  private var snowball: OpaquePointer?
  private static let prefixBit: UInt8 = 0x80

  init() {
    unsafe memory = nil
    unsafe slots = nil
    unsafe longSlots = nil
    unsafe snowball = nil
  }

  deinit {
    unsafe free(memory)
    unsafe sb_stemmer_delete(snowball)
  }

  /// A stem; the bytes are valid until the next call.
  @safe struct Stem {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    /// The stem is the beginning of the word.
    let isPrefix: Bool
    /// `bytes` are a slot of the first table: sixteen of them may be read.
    let isKept: Bool

    /// Copies the first `count` bytes; up to sixteen may be written.
    @inline(__always) func copy(to target: UnsafeMutablePointer<UInt8>, count: Int) {
      if isKept {
        // Sound: a slot's value is 16 bytes, and the caller has room for as many.
        let value = unsafe UnsafeRawPointer(bytes).loadUnaligned(as: SIMD16<UInt8>.self)
        unsafe UnsafeMutableRawPointer(target).storeBytes(of: value, as: SIMD16<UInt8>.self)
      } else {
        for k in 0..<count { unsafe target[k] = bytes[k] }
      }
    }
  }

  /// Stem of a word of lower-case ASCII letters; reads up to `padding` bytes past its end.
  ///
  /// - Returns: nil when there is no memory for a stemmer; the word then has no stem.
  mutating func stem(_ word: UnsafePointer<UInt8>, count: Int) -> Stem? {
    unsafe stem(word, count: count, key: Self.key(word, count: count))
  }

  /// The same for a word whose first and second eight bytes, zeros after its end, are at hand.
  @inline(__always)
  mutating func stem(_ word: UnsafePointer<UInt8>, count: Int, key: (UInt64, UInt64)) -> Stem? {
    guard count <= Self.longestKept, let slots = unsafe slots else {
      return unsafe slowStem(word, count: count)
    }
    let low = key.0
    let high = key.1 | UInt64(truncatingIfNeeded: count) &<< 56
    let slot = unsafe slots + Self.slot(low, high)
    if unsafe Self.holds(slot, low, high) { return unsafe Self.value(slot) }
    let second = unsafe slot + Self.slotBytes
    if unsafe Self.holds(second, low, high) { return unsafe Self.value(second) }
    return unsafe slowStem(word, count: count)
  }

  @inline(__always)
  private static func key(_ word: UnsafePointer<UInt8>, count: Int) -> (UInt64, UInt64) {
    // Sound: the caller promises `padding` readable bytes after the word.
    let raw = unsafe UnsafeRawPointer(word)
    var low = unsafe UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    var high: UInt64 = 0
    if count < 8 {
      low &= (1 &<< UInt64(8 * count)) &- 1
    } else if count > 8 && count <= longestKept {
      high = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      high &= (1 &<< UInt64(8 * (count - 8))) &- 1
    }
    return (low, high)
  }

  @inline(__always)
  private static func holds(_ slot: UnsafeMutableRawPointer, _ low: UInt64, _ high: UInt64) -> Bool {
    unsafe slot.load(as: UInt64.self) == low && slot.load(fromByteOffset: 8, as: UInt64.self) == high
  }

  /// Byte of the first of the two slots where a word may be; they share a cache line.
  @inline(__always) private static func slot(_ low: UInt64, _ high: UInt64) -> Int {
    let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 40) & (slotCount - 2) &* slotBytes
  }

  @inline(__always) private static func value(_ slot: UnsafeMutableRawPointer) -> Stem {
    let last = unsafe slot.load(fromByteOffset: 31, as: UInt8.self)
    return unsafe Stem(
      bytes: UnsafePointer(slot.assumingMemoryBound(to: UInt8.self) + 16),
      count: Int(last & ~prefixBit), isPrefix: last & prefixBit != 0, isKept: true)
  }

  /// Makes the stemmer and the tables, whose pages cost nothing until they are touched.
  private mutating func open() {
    unsafe snowball = sb_stemmer_new("english", "UTF_8")
    let slotsSize = Self.slotCount * Self.slotBytes
    let longSize = Self.longSlotCount * Self.longSlotBytes
    unsafe memory = calloc(slotsSize + longSize + 64, 1)
    // From the border of a cache line on: the two slots of a word are on one line.
    guard let memory = unsafe memory else { return }
    let aligned = unsafe memory.alignedUp(toMultipleOf: 64)
    unsafe slots = aligned
    unsafe longSlots = aligned + slotsSize
  }

  /// The slot of a word of 16 to 30 bytes, and whether it is the one remembered there.
  private func longSlot(_ word: UnsafePointer<UInt8>, count: Int, key: SIMD4<UInt64>) -> (
    UnsafeMutableRawPointer, Bool
  )? {
    guard let longSlots = unsafe longSlots else { return nil }
    let mixed =
      (key[0] ^ key[1] &* 0x9E37_79B9_7F4A_7C15 ^ key[2] &* 0xC2B2_AE3D_27D4_EB4F ^ key[3])
      &* 0xD6E8_FEB8_6659_FD93
    let index = Int(truncatingIfNeeded: mixed >> 40) & (Self.longSlotCount - 1)
    let slot = unsafe longSlots + index * Self.longSlotBytes
    let isHit =
      unsafe slot.loadUnaligned(as: SIMD4<UInt64>.self) == key
      && slot.load(fromByteOffset: 62, as: UInt8.self) == UInt8(count)
    return unsafe (slot, isHit)
  }

  private static func longKey(_ word: UnsafePointer<UInt8>, count: Int) -> SIMD4<UInt64> {
    // Sound: the word has at least 16 bytes.
    let raw = unsafe UnsafeRawPointer(word)
    return unsafe SIMD4(
      raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      raw.loadUnaligned(fromByteOffset: count - 16, as: UInt64.self),
      raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
  }

  @inline(never)
  private mutating func slowStem(_ word: UnsafePointer<UInt8>, count: Int) -> Stem? {
    if unsafe snowball == nil { open() }
    let isLong = count > Self.longestKept && count <= Self.longestLongKept
    if isLong, let (slot, isHit) = unsafe longSlot(word, count: count, key: Self.longKey(word, count: count)),
      isHit
    {
      let last = unsafe slot.load(fromByteOffset: 63, as: UInt8.self)
      return unsafe Stem(
        bytes: UnsafePointer(slot.assumingMemoryBound(to: UInt8.self) + 32),
        count: Int(last & ~Self.prefixBit), isPrefix: last & Self.prefixBit != 0, isKept: false)
    }
    guard let snowball = unsafe snowball,
      let stem = unsafe sb_stemmer_stem(snowball, word, Int32(count))
    else { return nil }
    let length = Int(unsafe sb_stemmer_length(snowball))
    guard length > 0 else { return nil }
    var isPrefix = length <= count
    if isPrefix { isPrefix = unsafe memcmp(stem, word, length) == 0 }
    if count <= Self.longestKept, length <= Self.longestKept, let slots = unsafe slots {
      let (low, rest) = unsafe Self.key(word, count: count)
      let high = rest | UInt64(count) << 56
      let slot = unsafe slots + Self.slot(low, high)
      // The word met before this one moves to the second slot.
      unsafe memcpy(slot + Self.slotBytes, slot, Self.slotBytes)
      unsafe slot.storeBytes(of: low, as: UInt64.self)
      unsafe slot.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
      unsafe memcpy(slot + 16, stem, length)
      unsafe slot.storeBytes(
        of: UInt8(length) | (isPrefix ? Self.prefixBit : 0), toByteOffset: 31, as: UInt8.self)
    }
    if isLong, length <= Self.longestLongKept {
      let key = unsafe Self.longKey(word, count: count)
      if let (slot, _) = unsafe longSlot(word, count: count, key: key) {
        unsafe slot.storeBytes(of: key, as: SIMD4<UInt64>.self)
        unsafe memcpy(slot + 32, stem, length)
        unsafe slot.storeBytes(of: UInt8(count), toByteOffset: 62, as: UInt8.self)
        unsafe slot.storeBytes(
          of: UInt8(length) | (isPrefix ? Self.prefixBit : 0), toByteOffset: 63, as: UInt8.self)
      }
    }
    return unsafe Stem(bytes: stem, count: length, isPrefix: isPrefix, isKept: false)
  }
}
