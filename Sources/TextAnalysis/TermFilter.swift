/// Terms that a caller looks for in a text: lets all of them through, and few others.
///
/// A Han character passes by the lower bits of its code point, every other term by its first two bytes; a stem by those
/// of its word, which it keeps but for y and i (die, of dying). No pair passes.
@safe package final class TermFilter {
  /// Sound: `wordCount` words, owned by this instance and freed in `deinit`: 4,096 bits for Han, 2,048 for two bytes.
  let bits: UnsafeMutablePointer<UInt64>
  private static let hanWords = 64
  private static let wordCount = hanWords + 32

  package init() {
    unsafe bits = .allocate(capacity: Self.wordCount)
    unsafe bits.initialize(repeating: 0, count: Self.wordCount)
  }

  deinit { unsafe bits.deallocate() }

  /// Lets a term through, and every one that begins with it unless it is Han.
  package func insert(_ kind: TokenKind, _ term: some Sequence<UInt8>) {
    let term = Array(term)
    // Sound: all indices are below `wordCount`.
    switch kind {
    case .hanPair: preconditionFailure("pairs never pass")
    case .han:
      for scalar in String(decoding: term, as: UTF8.self).unicodeScalars {
        unsafe bits[Int(scalar.value >> 6 & 63)] |= 1 << UInt64(scalar.value & 63)
      }
    case .latin, .stem, .form:
      for first in term.first.map({ $0...$0 }) ?? 0...255 {
        for second in term.count > 1 ? term[1]...term[1] : 0...31 {
          let slot = Self.slot(first, second)
          unsafe bits[Self.hanWords + slot >> 6] |= 1 << UInt64(slot & 63)
        }
      }
    }
  }

  @inline(__always)
  static func passes(_ bits: UnsafePointer<UInt64>, han codePoint: UInt32) -> Bool {
    // Sound: the index is below 64.
    unsafe bits[Int(truncatingIfNeeded: codePoint &>> 6 & 63)] &>> UInt64(codePoint & 63) & 1 != 0
  }

  /// - Parameter second: any byte after a term of one byte: such a term passes only if it was inserted.
  @inline(__always)
  static func passes(_ bits: UnsafePointer<UInt64>, _ first: UInt8, _ second: UInt8) -> Bool {
    let slot = slot(first, second)
    // Sound: the index is below `wordCount`.
    return unsafe bits[hanWords &+ slot &>> 6] &>> UInt64(slot & 63) & 1 != 0
  }

  /// The lower bits of both; y counts as i, capitals as small letters.
  @inline(__always) private static func slot(_ first: UInt8, _ second: UInt8) -> Int {
    let last = second | 0x20 == UInt8(ascii: "y") ? UInt8(ascii: "i") : second
    return Int(first & 63) &<< 5 | Int(last & 31)
  }
}
