import CKernels

/// A set of documents inside one window of 4,096, as bits.
struct DocumentWindow: Sendable {
  static let size: UInt32 = 4_096
  /// A document divided by the size is shifted by this.
  static let shift = 12
  static let wordCount = 64

  private var words: InlineArray<64, UInt64>

  /// The empty set.
  init() { words = InlineArray(repeating: 0) }

  /// The first `count` documents.
  init(first count: Int) {
    words = InlineArray(repeating: 0)
    for word in 0..<Self.wordCount {
      let left = count - word * 64
      if left >= 64 { words[word] = .max } else if left > 0 { words[word] = (1 << UInt64(left)) - 1 }
    }
  }

  /// The bits of a window that begins at a multiple of 64 in `bits`.
  init(_ bits: [UInt64], base: UInt32) {
    words = InlineArray(repeating: 0)
    let start = Int(base / 64)
    for word in 0..<Self.wordCount where start + word < bits.count { words[word] = bits[start + word] }
  }

  @inline(__always)
  mutating func insert(_ document: UInt32) { words[Int(document >> 6)] |= 1 << UInt64(document & 63) }

  @inline(__always)
  mutating func remove(_ document: UInt32) { words[Int(document >> 6)] &= ~(1 << UInt64(document & 63)) }

  @inline(__always)
  func contains(_ document: UInt32) -> Bool { words[Int(document >> 6)] >> UInt64(document & 63) & 1 == 1 }

  /// The words of the set, lowest documents first, and how many there are.
  @inline(__always)
  func withWords<Result, Failure: Error>(
    _ body: (UnsafePointer<UInt64>, Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let span = words.span
    return try span.withUnsafeBufferPointer { (words) throws(Failure) -> Result in
      try body(words.baseAddress.unsafelyUnwrapped, Self.wordCount)
    }
  }

  @inline(__always)
  mutating func withMutableWords<Result, Failure: Error>(
    _ body: (UnsafeMutablePointer<UInt64>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var span = words.mutableSpan
    return try span.withUnsafeMutableBufferPointer { (words) throws(Failure) -> Result in
      try body(words.baseAddress.unsafelyUnwrapped)
    }
  }

  /// Writes the documents, ascending; returns how many. There is room for `size` of them.
  func list(into places: UnsafeMutablePointer<UInt32>) -> Int {
    withWords { kernel_list_bits($0, $1, 0, places) }
  }

  var isEmpty: Bool {
    var any: UInt64 = 0
    for word in 0..<Self.wordCount { any |= words[word] }
    return any == 0
  }

  var count: Int {
    withWords { kernel_count_bits($0, $1) }
  }

  mutating func formIntersection(_ other: DocumentWindow) {
    for word in 0..<Self.wordCount { words[word] &= other.words[word] }
  }

  mutating func formUnion(_ other: DocumentWindow) {
    for word in 0..<Self.wordCount { words[word] |= other.words[word] }
  }

  mutating func subtract(_ other: DocumentWindow) {
    for word in 0..<Self.wordCount { words[word] &= ~other.words[word] }
  }

  /// Documents in ascending order, relative to the window.
  @inline(__always)
  func forEach<Failure: Error>(_ body: (UInt32) throws(Failure) -> Void) throws(Failure) {
    for word in 0..<Self.wordCount {
      var rest = words[word]
      while rest != 0 {
        try body(UInt32(truncatingIfNeeded: word &* 64 &+ rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
  }
}
