import IndexFormat
import IndexStorage

/// The postings of one term as `PostingsBuffer` writes them, one after the other.
///
/// A stream is a sequence of varints, for each document in ascending order:
///
/// | terms | varints |
/// |---|---|
/// | with positions | gap · 2 + (1 if any occurrence is in the title), each position's distance from the one before + 1, 0, then the number in the title if there is one |
/// | without | gap · 2 + 1 for one occurrence outside the title; else gap · 2, frequency, number in the title |
///
/// The gap is the distance from the document before, the first one from -1; the first position's is from 0. A
/// document may go on in the stream of the next run.
struct PostingsStream {
  private let hasPositions: Bool
  private let documentCount: Int
  /// Where the bytes after those below are; nil when they are in one piece.
  private var buffer: PostingsBuffer?
  private var walk: BytePool.SliceWalk?
  private var next: UnsafePointer<UInt8>?
  private var end: UnsafePointer<UInt8>?
  /// Whether there is no further document.
  private(set) var isAtEnd = false
  /// The varint that the current document begins with.
  private var head: UInt32 = 0
  /// The current document, plus 1.
  private var document: UInt64 = 0

  /// Stands on the first document of the stream. The bytes stay while this is in use.
  init(_ bytes: UnsafeRawBufferPointer, hasPositions: Bool, documentCount: Int) throws(ScratchDamage) {
    self.hasPositions = hasPositions
    self.documentCount = documentCount
    take(bytes)
    try readHead()
  }

  /// Stands on the first document of a term, whose bytes are read where they are.
  init(
    _ term: PostingsBuffer.Term, of buffer: PostingsBuffer, hasPositions: Bool, documentCount: Int
  ) throws(ScratchDamage) {
    self.hasPositions = hasPositions
    self.documentCount = documentCount
    self.buffer = buffer
    walk = buffer.slices(of: term)
    try readHead()
  }

  /// The current document.
  var docID: UInt32 { UInt32(truncatingIfNeeded: document &- 1) }

  private mutating func take(_ bytes: UnsafeRawBufferPointer) {
    let bound = bytes.assumingMemoryBound(to: UInt8.self)
    next = bound.baseAddress
    end = bound.baseAddress.map { $0 + bound.count }
  }

  /// Goes on to the next slice with a byte in it, if there is one.
  @inline(never)
  private mutating func refill() -> Bool {
    guard let buffer, var walk else { return false }
    while let slice = buffer.nextSlice(&walk) {
      take(slice)
      if next != end {
        self.walk = walk
        return true
      }
    }
    self.walk = nil
    return false
  }

  @inline(__always)
  private mutating func varint() throws(ScratchDamage) -> UInt32 {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while next != end || refill(), let at = next {
      next = at + 1
      let byte = at.pointee
      value |= UInt32(byte & 0x7F) &<< shift
      if byte & 0x80 == 0 { return value }
      shift &+= 7
      // Five bytes hold any value.
      if shift > 28 { break }
    }
    throw ScratchDamage()
  }

  @inline(__always)
  private mutating func byte() throws(ScratchDamage) -> UInt8 {
    guard next != end || refill(), let at = next else { throw ScratchDamage() }
    next = at + 1
    return at.pointee
  }

  private mutating func readHead() throws(ScratchDamage) {
    guard next != end || refill() else {
      isAtEnd = true
      return
    }
    head = try varint()
    document &+= UInt64(head &>> 1)
    guard head > 1, document <= UInt64(documentCount) else { throw ScratchDamage() }
  }

  /// Reads the current document and goes on to the next one.
  ///
  /// - Parameters:
  ///   - positions: gets those of the document.
  ///   - start: where its first ones stand, if another stream gave some; those that are added ascend from them.
  mutating func read(
    appendingTo positions: inout [UInt32], from start: Int
  ) throws(ScratchDamage) -> Posting {
    var posting = Posting(docID: docID, frequency: 1, titleFrequency: 0)
    if hasPositions {
      let before = positions.count
      var position: UInt32 = 0
      // The first one may be 0; the others differ from the one before, also in another run.
      var smallest = before > start ? UInt64(positions[before - 1]) + 1 : 0
      while true {
        let step = try varint()
        if step == 0 { break }
        let (sum, overflow) = position.addingReportingOverflow(step &- 1)
        guard !overflow, sum >= smallest else { throw ScratchDamage() }
        position = sum
        positions.append(sum)
        smallest = UInt64(sum) + 1
      }
      posting.frequency = UInt32(truncatingIfNeeded: positions.count - before)
      if head & 1 != 0 { posting.titleFrequency = try varint() }
    } else if head & 1 == 0 {
      posting.frequency = try varint()
      posting.titleFrequency = try varint()
    }
    guard posting.frequency > 0, posting.frequency <= Self.mostOccurrences,
      posting.titleFrequency <= posting.frequency
    else { throw ScratchDamage() }
    try readHead()
    return posting
  }

  /// Documents that fit into so many bytes.
  static func documentBound(inBytes byteCount: Int, hasPositions: Bool) -> Int {
    // With positions a document has its head, a step and the end.
    hasPositions ? byteCount / 3 : byteCount
  }

  /// Goes on to the next document without a look at what the current one has.
  mutating func skip() throws(ScratchDamage) {
    if hasPositions {
      // No byte of a step is zero: a varint is as short as it can be.
      while try byte() != 0 {}
      if head & 1 != 0 { _ = try varint() }
    } else if head & 1 == 0 {
      _ = try varint()
      _ = try varint()
    }
    try readHead()
  }

  /// Where lists end: more than any document has.
  private static let mostOccurrences: UInt32 = 1 << 31

  /// Unites two parts of one document.
  static func add(_ more: Posting, to posting: inout Posting) throws(ScratchDamage) {
    let (sum, overflow) = posting.frequency.addingReportingOverflow(more.frequency)
    guard !overflow, sum <= mostOccurrences else { throw ScratchDamage() }
    posting.frequency = sum
    // Each is at most the frequency beside it.
    posting.titleFrequency += more.titleFrequency
  }
}
