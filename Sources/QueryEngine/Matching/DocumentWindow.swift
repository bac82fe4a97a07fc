import CKernels

/// A set of documents inside one window of 4,096, as bits.
///
/// A value whose copies share their words until one of them changes.
struct DocumentWindow: Sendable {
  static let size: UInt32 = 4_096
  /// A document divided by the size is shifted by this.
  static let shift = 12
  static let wordCount = 64

  private static let noWords = [UInt64](repeating: 0, count: wordCount)

  private var words: [UInt64]

  /// The empty set.
  init() { words = Self.noWords }

  /// The first `count` documents.
  init(first count: Int) {
    words = [UInt64](unsafeUninitializedCapacity: Self.wordCount) { words, initialized in
      for word in 0..<Self.wordCount {
        let left = count - word * 64
        words[word] = left >= 64 ? .max : left > 0 ? (1 << UInt64(left)) - 1 : 0
      }
      initialized = Self.wordCount
    }
  }

  /// The bits of a window that begins at a multiple of 64 in `bits`.
  init(_ bits: [UInt64], base: UInt32) {
    words = Self.noWords
    let start = Int(base / 64)
    for word in 0..<Self.wordCount where start + word < bits.count { words[word] = bits[start + word] }
  }

  /// The words of the set, lowest documents first, and how many there are.
  @inline(__always)
  func withWords<Result>(_ body: (UnsafePointer<UInt64>, Int) throws -> Result) rethrows -> Result {
    try words.withUnsafeBufferPointer { try body($0.baseAddress.unsafelyUnwrapped, Self.wordCount) }
  }

  @inline(__always)
  mutating func withMutableWords<Result>(
    _ body: (UnsafeMutablePointer<UInt64>) throws -> Result
  ) rethrows -> Result {
    try words.withUnsafeMutableBufferPointer { try body($0.baseAddress.unsafelyUnwrapped) }
  }

  @inline(__always)
  mutating func insert(_ document: UInt32) { words[Int(document >> 6)] |= 1 << UInt64(document & 63) }

  @inline(__always)
  mutating func remove(_ document: UInt32) { words[Int(document >> 6)] &= ~(1 << UInt64(document & 63)) }

  @inline(__always)
  func contains(_ document: UInt32) -> Bool { words[Int(document >> 6)] >> UInt64(document & 63) & 1 == 1 }

  mutating func removeAll() {
    withMutableWords { $0.update(repeating: 0, count: Self.wordCount) }
  }

  /// Writes the documents, ascending; returns how many. There is room for `size` of them.
  func list(into places: UnsafeMutablePointer<UInt32>) -> Int {
    withWords { kernel_list_bits($0, $1, 0, places) }
  }

  var isEmpty: Bool {
    withWords { words, count in
      var any: UInt64 = 0
      for word in 0..<count { any |= words[word] }
      return any == 0
    }
  }

  var count: Int { withWords { kernel_count_bits($0, $1) } }

  mutating func formIntersection(_ other: DocumentWindow) {
    other.withWords { other, count in
      withMutableWords { words in for word in 0..<count { words[word] &= other[word] } }
    }
  }

  mutating func formUnion(_ other: DocumentWindow) {
    other.withWords { other, count in
      withMutableWords { words in for word in 0..<count { words[word] |= other[word] } }
    }
  }

  mutating func subtract(_ other: DocumentWindow) {
    other.withWords { other, count in
      withMutableWords { words in for word in 0..<count { words[word] &= ~other[word] } }
    }
  }

  /// Keeps the documents for which `body` is true.
  @inline(__always)
  mutating func filter(_ body: (UInt32) throws -> Bool) rethrows {
    try withMutableWords { words in
      for word in 0..<Self.wordCount {
        var rest = words[word]
        while rest != 0 {
          let place = rest.trailingZeroBitCount
          if try !body(UInt32(truncatingIfNeeded: word &* 64 &+ place)) {
            words[word] &= ~(1 << UInt64(place))
          }
          rest &= rest &- 1
        }
      }
    }
  }

  /// Documents in ascending order, relative to the window.
  @inline(__always)
  func forEach(_ body: (UInt32) throws -> Void) rethrows {
    try withWords { words, count in
      for word in 0..<count {
        var rest = words[word]
        while rest != 0 {
          try body(UInt32(truncatingIfNeeded: word &* 64 &+ rest.trailingZeroBitCount))
          rest &= rest &- 1
        }
      }
    }
  }
}
