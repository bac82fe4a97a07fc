/// Terms that a caller looks for in a text: lets all of them through, and few others.
///
/// A Han character passes by the lower bits of its code point, every other term by its first byte. No pair passes.
@safe package final class TermFilter {
  /// Sound: 68 words, owned by this instance and freed in `deinit`: 4,096 bits for Han, 256 for first bytes.
  let bits: UnsafeMutablePointer<UInt64>
  private static let wordCount = 68

  package init() {
    unsafe bits = .allocate(capacity: Self.wordCount)
    unsafe bits.initialize(repeating: 0, count: Self.wordCount)
  }

  deinit { unsafe bits.deallocate() }

  /// Lets a term through, and every one that begins with it unless it is Han.
  package func insert(_ kind: TokenKind, _ term: some Sequence<UInt8>) {
    let term = Array(term)
    // Sound: both indices are below `wordCount`.
    switch kind {
    case .hanPair: preconditionFailure("pairs never pass")
    case .han:
      for scalar in String(decoding: term, as: UTF8.self).unicodeScalars {
        unsafe bits[Int(scalar.value >> 6 & 63)] |= 1 << UInt64(scalar.value & 63)
      }
    case .latin, .stem, .form:
      guard let first = term.first else {
        for k in 64..<Self.wordCount { unsafe bits[k] = ~0 }
        return
      }
      unsafe bits[64 + Int(first >> 6)] |= 1 << UInt64(first & 63)
    }
  }

  @inline(__always)
  static func passes(_ bits: UnsafePointer<UInt64>, han codePoint: UInt32) -> Bool {
    // Sound: the index is below 64.
    unsafe bits[Int(truncatingIfNeeded: codePoint &>> 6 & 63)] &>> UInt64(codePoint & 63) & 1 != 0
  }

  @inline(__always)
  static func passes(_ bits: UnsafePointer<UInt64>, first byte: UInt8) -> Bool {
    // Sound: the index is below 68.
    unsafe bits[64 &+ Int(byte &>> 6)] &>> UInt64(byte & 63) & 1 != 0
  }
}
