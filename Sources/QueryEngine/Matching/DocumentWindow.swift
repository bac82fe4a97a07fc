import CKernels

/// A set of documents inside one window of 4,096, as bits.
///
/// The words stand in the value itself: a set costs no memory management.
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
    words = InlineArray(repeating: count >= Int(Self.size) ? .max : 0)
    if count >= Int(Self.size) { return }
    for word in 0..<max(0, count) / 64 { words[word] = .max }
    if count > 0 { words[count / 64] = 1 << UInt64(count % 64) - 1 }
  }

  /// The documents at ascending places.
  init(_ places: UnsafePointer<UInt32>, count: Int) {
    self.init()
    withMutableWords { kernel_set_bits(places, count, 0, $0) }
  }

  /// The bits of a window that begins at a multiple of 64 in `bits`.
  init(_ bits: [UInt64], base: UInt32) {
    words = InlineArray(repeating: 0)
    let start = Int(base / 64)
    for word in 0..<Self.wordCount where start + word < bits.count { words[word] = bits[start + word] }
  }

  /// The words of the set, lowest documents first, and how many there are.
  @inline(__always)
  func withWords<Result>(_ body: (UnsafePointer<UInt64>, Int) throws -> Result) rethrows -> Result {
    try withUnsafePointer(to: words) {
      try body(UnsafeRawPointer($0).assumingMemoryBound(to: UInt64.self), Self.wordCount)
    }
  }

  @inline(__always)
  mutating func withMutableWords<Result>(
    _ body: (UnsafeMutablePointer<UInt64>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeMutablePointer(to: &words) {
      try body(UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self))
    }
  }

  @inline(__always)
  mutating func insert(_ document: UInt32) { words[Int(document >> 6)] |= 1 << UInt64(document & 63) }

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
