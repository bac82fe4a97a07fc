/// One posting on its way into a list.
package struct Posting: Equatable, Sendable {
  package var docID: UInt32
  /// Occurrences in all fields, at least 1.
  package var frequency: UInt32
  /// Occurrences in the title, at most `frequency`.
  package var titleFrequency: UInt32

  package init(docID: UInt32, frequency: UInt32, titleFrequency: UInt32) {
    self.docID = docID
    self.frequency = frequency
    self.titleFrequency = titleFrequency
  }
}

enum PostingsLayout {
  /// Postings per block.
  static let blockSize = 128
  static let skipEntryBytes = 12
  /// Most positions that a list in a dictionary entry may have.
  static let inlinePositions: UInt32 = 4
  /// Most occurrences in one document; one less fits 31 bits, so that adding it back cannot overflow.
  static let maximumFrequency: UInt32 = 1 << 31
}

/// Collects the postings of one term in doc ID order and turns them into bytes (FORMAT.md, "Postings").
///
/// One encoder serves many terms, one after the other, so that its buffers are allocated once.
package struct PostingsEncoder {
  package private(set) var documentFrequency = 0
  private let hasPositions: Bool
  private var lastDoc: Int64 = -1
  private var gaps: [UInt32] = []
  private var frequencies: [UInt32] = []
  private var titleFrequencies: [UInt32] = []
  private var deltas: [UInt32] = []
  private var skips = ByteWriter()
  private var blocks: [UInt8] = []
  private var positionBytes: [UInt8] = []
  private var first: Posting?

  package init(hasPositions: Bool) {
    self.hasPositions = hasPositions
    gaps.reserveCapacity(PostingsLayout.blockSize)
    frequencies.reserveCapacity(PostingsLayout.blockSize)
    titleFrequencies.reserveCapacity(PostingsLayout.blockSize)
  }

  /// Appends a posting. Positions ascend strictly, those of the title first; empty for lists without.
  package mutating func add(_ posting: Posting, positions: UnsafeBufferPointer<UInt32>) {
    precondition(Int64(posting.docID) > lastDoc, "doc IDs ascend")
    precondition(
      posting.frequency > 0 && posting.frequency <= PostingsLayout.maximumFrequency
        && posting.titleFrequency <= posting.frequency, "frequencies are sane")
    precondition(!hasPositions || positions.count == Int(posting.frequency), "one position per occurrence")
    if first == nil { first = posting }
    gaps.append(UInt32(Int64(posting.docID) - lastDoc - 1))
    lastDoc = Int64(posting.docID)
    frequencies.append(posting.frequency - 1)
    titleFrequencies.append(posting.titleFrequency)
    if hasPositions {
      var previous: Int64 = -1
      for i in 0..<positions.count {
        let position = unsafe positions[i]
        deltas.append(UInt32(Int64(position) - previous - 1))
        previous = Int64(position)
      }
    }
    documentFrequency += 1
    if gaps.count == PostingsLayout.blockSize { closeBlock() }
  }

  /// The dictionary entry and the bytes of the list; empty for a list that stands in the entry. Ready for the next term.
  package mutating func finish() -> (entry: [UInt8], postings: [UInt8], positions: [UInt8]) {
    defer { reset() }
    var entry = ByteWriter()
    if documentFrequency == 1, let first, !hasPositions || first.frequency <= PostingsLayout.inlinePositions {
      entry.varint(documentFrequency << 2 | (hasPositions ? 2 : 0) | 1)
      entry.varint(Int(first.docID))
      entry.varint(Int(first.frequency) << 1 | (first.titleFrequency > 0 ? 1 : 0))
      if first.titleFrequency > 0 { entry.varint(Int(first.titleFrequency)) }
      for delta in deltas { entry.varint(Int(delta)) }
      return (entry.bytes, [], [])
    }
    if !gaps.isEmpty { closeBlock() }
    var postings: [UInt8] = []
    if documentFrequency > PostingsLayout.blockSize { postings += skips.bytes }
    postings += blocks
    entry.varint(documentFrequency << 2 | (hasPositions ? 2 : 0))
    entry.varint(postings.count)
    if hasPositions { entry.varint(positionBytes.count) }
    return (entry.bytes, postings, positionBytes)
  }

  private mutating func reset() {
    documentFrequency = 0
    lastDoc = -1
    gaps.removeAll(keepingCapacity: true)
    frequencies.removeAll(keepingCapacity: true)
    titleFrequencies.removeAll(keepingCapacity: true)
    deltas.removeAll(keepingCapacity: true)
    skips.removeAll()
    blocks.removeAll(keepingCapacity: true)
    positionBytes.removeAll(keepingCapacity: true)
    first = nil
  }

  private mutating func closeBlock() {
    skips.fixed(UInt32(lastDoc))
    // `SegmentBuilder` refuses lists that are longer than this can say.
    skips.fixed(UInt32(truncatingIfNeeded: blocks.count))
    skips.fixed(UInt32(truncatingIfNeeded: positionBytes.count))
    let widths = [gaps, frequencies, titleFrequencies].map { BitPacking.width(of: $0.max() ?? 0) }
    for width in widths { blocks.append(UInt8(width)) }
    for (values, width) in zip([gaps, frequencies, titleFrequencies], widths) {
      unsafe values.withUnsafeBufferPointer { unsafe BitPacking.pack($0, width: width, into: &blocks) }
    }
    var start = 0
    while start < deltas.count {
      let end = min(start + PostingsLayout.blockSize, deltas.count)
      let width = BitPacking.width(of: deltas[start..<end].max() ?? 0)
      positionBytes.append(UInt8(width))
      unsafe deltas.withUnsafeBufferPointer {
        unsafe BitPacking.pack(
          UnsafeBufferPointer(rebasing: $0[start..<end]), width: width, into: &positionBytes)
      }
      start = end
    }
    gaps.removeAll(keepingCapacity: true)
    frequencies.removeAll(keepingCapacity: true)
    titleFrequencies.removeAll(keepingCapacity: true)
    deltas.removeAll(keepingCapacity: true)
  }
}
