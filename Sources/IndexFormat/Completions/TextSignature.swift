/// 256 bits that say which characters and pairs of characters a text may hold: most texts without a prefix are
/// told apart without being read (FORMAT.md, "Completions").
package struct TextSignature: Equatable, Sendable {
  package private(set) var bits = SIMD4<UInt64>()

  /// Of nothing: every text may hold it.
  package init() {}

  package init(bits: SIMD4<UInt64>) { self.bits = bits }

  /// - Parameter text: UTF-8.
  package init(of text: some Sequence<UInt8>) {
    var scalar: UInt32 = 0
    var before: UInt32 = 0
    var isFirst = true
    for byte in text {
      if byte & 0xC0 == 0x80 {
        scalar = scalar << 6 | UInt32(byte) & 0x3F
        continue
      }
      if !isFirst {
        add(before, scalar)
        before = scalar
      }
      isFirst = false
      scalar = UInt32(byte & (byte < 0x80 ? 0x7F : byte < 0xE0 ? 0x1F : byte < 0xF0 ? 0x0F : 0x07))
    }
    if !isFirst { add(before, scalar) }
  }

  /// Of texts that hold this character wherever it stands.
  package mutating func insert(_ scalar: UInt32) { add(0, scalar) }

  private mutating func add(_ before: UInt32, _ scalar: UInt32) {
    set(scalar &* 0x9E37_79B1)
    if before != 0 { set((before &* 31 &+ scalar) &* 0x85EB_CA6B) }
  }

  private mutating func set(_ hash: UInt32) {
    let bit = hash >> 24
    bits[Int(bit >> 6)] |= 1 << UInt64(bit & 63)
  }

  /// False only when the text cannot hold what the other signature was made of.
  @inline(__always) package func mayHold(_ other: TextSignature) -> Bool { bits & other.bits == other.bits }
}
