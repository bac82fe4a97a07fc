import CKernels

/// Collects the postings of one term in doc ID order and turns them into bytes (FORMAT.md, "Postings").
///
/// One encoder serves many terms, one after the other, so that its buffers are allocated once.
@safe package struct PostingsEncoder: ~Copyable {
  package private(set) var documentFrequency = 0
  private let hasPositions: Bool
  private let lengths: DocumentLengths?

  private var lastDoc: Int64 = -1
  /// Of the block before.
  private var lastDocOfBlock: Int64 = -1
  private var count = 0
  private var bound: Float = 0
  private var hasFrequencies = false
  private var hasTitles = false
  /// Three arrays of 128: doc IDs, frequencies, title frequencies.
  private let block: UnsafeMutablePointer<UInt32>
  /// Of the block, as far as they are not in `positionBytes` yet.
  private var deltas: [UInt32] = []
  /// Where the positions of the block begin in `positionBytes`.
  private var positionsStart = 0

  private var lastDocs: [UInt32] = []
  private var offsets: [UInt32] = []
  private var positionsOffsets: [UInt32] = []
  private var bounds: [UInt16] = []
  private var blockBytes: [UInt8] = []
  private var positionBytes: [UInt8] = []
  private var entry = ByteWriter()
  private var head = ByteWriter()

  /// - Parameter lengths: of the documents that will be added, for the block bounds; without them there are none.
  package init(hasPositions: Bool, lengths: DocumentLengths? = nil) {
    self.hasPositions = hasPositions
    self.lengths = lengths
    unsafe block = .allocate(capacity: 3 * PostingsLayout.blockSize)
    unsafe block.initialize(repeating: 0, count: 3 * PostingsLayout.blockSize)
  }

  deinit { unsafe block.deallocate() }

  /// Appends a posting. Positions ascend strictly, those of the title first; empty for lists without.
  package mutating func add(_ posting: Posting, positions: UnsafeBufferPointer<UInt32>) {
    precondition(Int64(posting.docID) > lastDoc, "doc IDs ascend")
    precondition(
      posting.frequency > 0 && posting.frequency <= PostingsLayout.maximumFrequency
        && posting.titleFrequency <= posting.frequency, "frequencies are sane")
    precondition(!hasPositions || positions.count == Int(posting.frequency), "one position per occurrence")
    if count == PostingsLayout.blockSize { closeBlock() }
    lastDoc = Int64(posting.docID)
    // Sound: `count` is below 128, and the block has three arrays of 128.
    unsafe block[count] = posting.docID
    unsafe block[PostingsLayout.blockSize + count] = posting.frequency - 1
    unsafe block[2 * PostingsLayout.blockSize + count] = posting.titleFrequency
    if posting.frequency > 1 { hasFrequencies = true }
    if posting.titleFrequency > 0 { hasTitles = true }
    if let lengths {
      let document = Int(posting.docID)
      bound = max(
        bound,
        lengths.model.weightedFrequency(
          posting, titleLength: lengths.titles[document], bodyLength: lengths.bodies[document]))
    }
    if hasPositions {
      var next: UInt32 = 0
      for start in stride(from: 0, to: positions.count, by: Self.deltaLimit) {
        for i in start..<min(start + Self.deltaLimit, positions.count) {
          let position = unsafe positions[i]
          precondition(position >= next || i == 0, "positions ascend")
          deltas.append(position &- next)
          next = position &+ 1
        }
        // However much a block's documents repeat the term, few of its positions wait.
        if deltas.count >= Self.deltaLimit { appendPositions(whole: true) }
      }
    }
    count += 1
    documentFrequency += 1
  }

  /// Hands over the dictionary entry and the bytes of the list, the latter empty when the list stands in the entry.
  /// They are valid during the call. Ready for the next term afterwards.
  package mutating func finish<Failure: Error>(
    _ body: (_ entry: [UInt8], _ postings: [UInt8], _ positions: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(documentFrequency > 0, "a list has postings")
    defer { reset() }
    let frequency = unsafe block[PostingsLayout.blockSize] + 1
    entry.removeAll()
    if documentFrequency == 1, !hasPositions || frequency <= PostingsLayout.inlinePositions {
      let titleFrequency = unsafe block[2 * PostingsLayout.blockSize]
      entry.varint(documentFrequency << 2 | (hasPositions ? 2 : 0) | 1)
      entry.varint(Int(unsafe block[0]))
      entry.varint(Int(frequency) << 1 | (titleFrequency > 0 ? 1 : 0))
      if titleFrequency > 0 { entry.varint(Int(titleFrequency)) }
      for delta in deltas { entry.varint(Int(delta)) }
      try body(entry.bytes, [], [])
      return
    }
    closeBlock()
    head.removeAll()
    if lastDocs.count > 1 {
      for doc in lastDocs { head.fixed(doc) }
      for offset in offsets { head.fixed(offset) }
      if hasPositions { for offset in positionsOffsets { head.fixed(offset) } }
    }
    for bound in bounds { head.fixed(bound) }
    head.raw(blockBytes)
    entry.varint(documentFrequency << 2 | (hasPositions ? 2 : 0))
    entry.varint(head.count)
    if hasPositions { entry.varint(positionBytes.count) }
    try body(entry.bytes, head.bytes, positionBytes)
  }

  private mutating func reset() {
    documentFrequency = 0
    lastDoc = -1
    lastDocOfBlock = -1
    count = 0
    bound = 0
    hasFrequencies = false
    hasTitles = false
    deltas.removeAll(keepingCapacity: true)
    lastDocs.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    positionsOffsets.removeAll(keepingCapacity: true)
    bounds.removeAll(keepingCapacity: true)
    blockBytes.removeAll(keepingCapacity: true)
    positionBytes.removeAll(keepingCapacity: true)
    positionsStart = 0
  }

  private mutating func closeBlock() {
    lastDocs.append(UInt32(lastDoc))
    // `SegmentBuilder` refuses lists that are longer than this can say.
    offsets.append(UInt32(truncatingIfNeeded: blockBytes.count))
    positionsOffsets.append(UInt32(truncatingIfNeeded: positionsStart))
    bounds.append(lengths == nil ? BlockBound.unknown : BlockBound.code(bound))
    let docs = unsafe UnsafeMutableBufferPointer(start: block, count: count)
    let frequencies = unsafe UnsafeMutableBufferPointer(
      start: block + PostingsLayout.blockSize, count: count)
    let titles = unsafe UnsafeMutableBufferPointer(
      start: block + 2 * PostingsLayout.blockSize, count: count)
    let flagsAt = blockBytes.count
    blockBytes.append(0)
    var flags: BlockFlags = unsafe appendDocs(docs) ? .bits : []
    if hasFrequencies {
      flags.insert(.frequencies)
      unsafe PackedArray.append(frequencies, to: &blockBytes)
    }
    if hasTitles {
      flags.insert(.titles)
      unsafe PackedArray.append(titles, to: &blockBytes)
    }
    blockBytes[flagsAt] = flags.rawValue
    appendPositions(whole: false)
    positionsStart = positionBytes.count
    lastDocOfBlock = lastDoc
    count = 0
    bound = 0
    hasFrequencies = false
    hasTitles = false
  }

  /// Writes the documents as gaps, or as bits where these are fewer bytes.
  ///
  /// - Returns: whether as bits.
  private mutating func appendDocs(_ docs: UnsafeMutableBufferPointer<UInt32>) -> Bool {
    let firstWord = Int((lastDocOfBlock + 1) >> 6)
    let words = Int(lastDoc >> 6) - firstWord + 1
    if docs.count == PostingsLayout.blockSize, words <= PostingsLayout.maximumBitWords {
      var widest: UInt32 = 0
      var previous = lastDocOfBlock
      for i in 0..<docs.count {
        widest |= UInt32(Int64(unsafe docs[i]) - previous - 1)
        previous = Int64(unsafe docs[i])
      }
      // A run of neighbours is nothing but a width of zero.
      if widest > 0, 1 + words * 8 <= 16 * PackedArray.width(of: widest) {
        blockBytes.append(UInt8(words))
        var word = firstWord
        var bits: UInt64 = 0
        for i in 0..<docs.count {
          let doc = Int(unsafe docs[i])
          while doc >> 6 > word {
            appendWord(bits)
            bits = 0
            word += 1
          }
          bits |= 1 << UInt64(doc & 63)
        }
        appendWord(bits)
        return true
      }
    }
    var previous = lastDocOfBlock
    for i in 0..<docs.count {
      let doc = Int64(unsafe docs[i])
      unsafe docs[i] = UInt32(doc - previous - 1)
      previous = doc
    }
    unsafe PackedArray.append(docs, to: &blockBytes)
    return false
  }

  private mutating func appendWord(_ bits: UInt64) {
    for byte in 0..<8 { blockBytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))) }
  }

  private static let deltaLimit = 64 * 1024

  /// FORMAT.md, "Positions".
  ///
  /// - Parameter whole: leave those that do not fill a group: more of the block will come.
  private mutating func appendPositions(whole: Bool) {
    var start = 0
    var deltas: [UInt32] = []
    swap(&deltas, &self.deltas)
    let stop = whole ? deltas.count / PostingsLayout.blockSize * PostingsLayout.blockSize : deltas.count
    unsafe deltas.withUnsafeMutableBufferPointer { deltas in
      while start < stop {
        let end = min(start + PostingsLayout.blockSize, stop)
        unsafe PackedArray.append(
          UnsafeMutableBufferPointer(rebasing: deltas[start..<end]), to: &positionBytes)
        start = end
      }
    }
    swap(&deltas, &self.deltas)
    self.deltas.removeFirst(stop)
  }
}
