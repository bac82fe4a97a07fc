import Glibc

/// What the dictionary says of one term: how many entries hold it, and where its postings stand.
package struct TermEntry: Equatable, Sendable {
  /// Entries of the segment that hold the term in any field.
  package var documentFrequency: Int
  package var hasPositions: Bool
  /// Whether the only posting stands in the dictionary itself.
  package var isInline: Bool
  /// Of the `postings` section, or of the `terms` section when inline.
  package var postings: Range<Int>
  /// Of the `positions` section; empty when inline or without positions.
  package var positions: Range<Int>
}

/// Numbers of the dictionary, and the order of its keys.
package enum TermDictionaryLayout {
  static let termsPerBlock = 32
  static let indexHeaderBytes = 16
  /// Prefix, offset and bound of a block.
  static let indexEntryBytes = 17
  /// Of the key of a term.
  package static let maximumKeyBytes = 1_024

  /// The first eight bytes of a key as a number that sorts like the bytes.
  package static func prefix(of key: UnsafeRawBufferPointer) -> UInt64 {
    var value: UInt64 = 0
    for i in 0..<8 {
      value = value << 8 | (i < key.count ? unsafe UInt64(key[i]) : 0)
    }
    return value
  }

  /// Order of keys: bytes, shorter first.
  package static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    if let x = a.baseAddress, let y = b.baseAddress {
      // Sound: both have as many bytes.
      let order = unsafe memcmp(x, y, min(a.count, b.count))
      if order != 0 { return Int(order) }
    }
    return a.count - b.count
  }
}
