import IndexFormat

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
  /// Bytes that a scratch file gave back otherwise than they were written.
  struct Damage: Error, CustomStringConvertible {
    var description: String {
      "a temporary file of the index directory gave back other bytes than were written"
    }
  }

  private let hasPositions: Bool
  private var next: UnsafePointer<UInt8>?
  private let end: UnsafePointer<UInt8>?
  private(set) var isAtEnd = false
  private(set) var posting = Posting(docID: 0, frequency: 0, titleFrequency: 0)
  /// Of the current document.
  private(set) var positions: [UInt32] = []
  /// The current document, plus 1.
  private var document: UInt64 = 0
  private let documentCount: Int

  /// Stands on the first document of the stream. The bytes stay while this is in use.
  init(_ bytes: UnsafeRawBufferPointer, hasPositions: Bool, documentCount: Int) throws(Damage) {
    self.hasPositions = hasPositions
    self.documentCount = documentCount
    let bound = bytes.assumingMemoryBound(to: UInt8.self)
    next = bound.baseAddress
    end = bound.baseAddress.map { $0 + bound.count }
    try advance()
  }

  @inline(__always)
  private mutating func varint() throws(Damage) -> UInt32 {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while let at = next, at != end {
      next = at + 1
      let byte = at.pointee
      value |= UInt32(byte & 0x7F) &<< shift
      if byte & 0x80 == 0 { return value }
      shift &+= 7
      // Five bytes hold any value.
      if shift > 28 { break }
    }
    throw Damage()
  }

  mutating func advance() throws(Damage) {
    guard next != end else {
      isAtEnd = true
      return
    }
    let head = try varint()
    document &+= UInt64(head &>> 1)
    guard head > 1, document <= UInt64(documentCount) else { throw Damage() }
    posting.docID = UInt32(truncatingIfNeeded: document &- 1)
    guard hasPositions else {
      posting.frequency = head & 1 != 0 ? 1 : try varint()
      posting.titleFrequency = head & 1 != 0 ? 0 : try varint()
      guard posting.frequency > 0, posting.titleFrequency <= posting.frequency else { throw Damage() }
      return
    }
    positions.removeAll(keepingCapacity: true)
    var position: UInt32 = 0
    var smallestStep: UInt32 = 1
    while true {
      let step = try varint()
      if step == 0 { break }
      let (sum, overflow) = position.addingReportingOverflow(step &- 1)
      guard step >= smallestStep, !overflow else { throw Damage() }
      position = sum
      positions.append(position)
      smallestStep = 2
    }
    posting.frequency = UInt32(truncatingIfNeeded: positions.count)
    posting.titleFrequency = head & 1 != 0 ? try varint() : 0
    guard posting.frequency > 0, posting.titleFrequency <= posting.frequency else { throw Damage() }
  }
}
