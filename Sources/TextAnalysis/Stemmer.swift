internal import CStemmer

#if canImport(Glibc)
  internal import Glibc
#endif

/// Snowball stems of English words, with a small memory for the words met most.
///
/// A call into Snowball costs about as much as the rest of the analysis of the word; natural text
/// repeats itself enough for a direct-mapped table to answer nearly always.
@safe struct Stemmer: ~Copyable {
  private static let slotCount = 32_768
  private static let slotBytes = 32
  /// Longest word the table remembers.
  private static let longestKept = 15
  /// Bytes after a word that `stem` may read.
  static let padding = 16

  // Sound: both are owned by this struct alone and freed in `deinit`. A slot is 16 bytes of key
  // (the word, zeros, its length) and 16 bytes of value (the stem, its length with `prefixBit`).
  private var slots: UnsafeMutableRawPointer?
  private var snowball: OpaquePointer?
  private static let prefixBit: UInt8 = 0x80

  init() {
    unsafe slots = nil
    unsafe snowball = nil
  }

  deinit {
    unsafe free(slots)
    unsafe sb_stemmer_delete(snowball)
  }

  /// A stem; the bytes are valid until the next call.
  @safe struct Stem {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    /// The stem is the beginning of the word.
    let isPrefix: Bool
    /// `bytes` are a slot of the table: sixteen of them may be read.
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
    let hit =
      unsafe slot.load(as: UInt64.self) == low
      && slot.load(fromByteOffset: 8, as: UInt64.self) == high
    guard hit else { return unsafe slowStem(word, count: count) }
    return unsafe Self.value(slot)
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

  @inline(__always) private static func slot(_ low: UInt64, _ high: UInt64) -> Int {
    let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 40) & (slotCount - 1) &* slotBytes
  }

  @inline(__always) private static func value(_ slot: UnsafeMutableRawPointer) -> Stem {
    let last = unsafe slot.load(fromByteOffset: 31, as: UInt8.self)
    return unsafe Stem(
      bytes: UnsafePointer(slot.assumingMemoryBound(to: UInt8.self) + 16),
      count: Int(last & ~prefixBit), isPrefix: last & prefixBit != 0, isKept: true)
  }

  @inline(never)
  private mutating func slowStem(_ word: UnsafePointer<UInt8>, count: Int) -> Stem? {
    if unsafe snowball == nil {
      unsafe snowball = sb_stemmer_new("english", "UTF_8")
      unsafe slots = calloc(Self.slotCount, Self.slotBytes)
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
      unsafe slot.storeBytes(of: low, as: UInt64.self)
      unsafe slot.storeBytes(of: high, toByteOffset: 8, as: UInt64.self)
      unsafe memcpy(slot + 16, stem, length)
      unsafe slot.storeBytes(
        of: UInt8(length) | (isPrefix ? Self.prefixBit : 0), toByteOffset: 31, as: UInt8.self)
    }
    return unsafe Stem(bytes: stem, count: length, isPrefix: isPrefix, isKept: false)
  }
}
