/// A position in the postings of one term, doc IDs ascending; blocks are decoded when they are reached
/// (FORMAT.md, "Postings" and "Positions").
///
/// Frequencies and positions are decoded only when asked for. Not thread-safe; one per query and segment.
@safe package final class PostingsCursor {
  /// The doc ID of a cursor that has no posting left.
  package static let end = UInt32.max

  package let documentFrequency: Int
  /// The current document; `end` after the last one. A new cursor stands on its first posting.
  package private(set) var docID: UInt32 = 0

  private let file: SegmentFile
  private let entry: TermEntry
  private let documentCount: UInt32
  private let postings: UnsafeRawBufferPointer
  private let positionBytes: UnsafeRawBufferPointer
  private let blockCount: Int
  private let skipBytes: Int

  /// Four arrays of 128: doc IDs, frequencies, title frequencies, positions of a chunk.
  private let buffer: UnsafeMutablePointer<UInt32>
  private var block = -1
  private var inBlock = 0
  private var index = 0
  private var lastDocOfBlock: UInt32 = 0
  private var frequencyOffset = 0
  private var widths: (frequencies: Int, titles: Int) = (0, 0)
  private var hasFrequencies = false

  // Where the positions of the current block were read to.
  private var hasPositionStart = false
  private var blockPositionOffset = 0
  private var positionOffset = 0
  private var positionTotal = 0
  private var chunkStart = 0
  private var chunkCount = 0
  private var chunkIsDecoded = false
  private var ordinal = 0
  private var ordinalIndex = 0

  /// - Throws: `IndexFormatError` when the list or its first block is damaged.
  init(_ file: SegmentFile, entry: TermEntry, documentCount: UInt32) throws(IndexFormatError) {
    self.file = file
    self.entry = entry
    self.documentCount = documentCount
    documentFrequency = entry.documentFrequency
    unsafe postings = try file.bytes(of: entry.isInline ? .terms : .postings, entry.postings)
    unsafe positionBytes = try file.bytes(of: .positions, entry.positions)
    blockCount = (entry.documentFrequency + PostingsLayout.blockSize - 1) / PostingsLayout.blockSize
    skipBytes = blockCount > 1 ? blockCount * PostingsLayout.skipEntryBytes : 0
    unsafe buffer = .allocate(capacity: 4 * PostingsLayout.blockSize)
    unsafe buffer.initialize(repeating: 0, count: 4 * PostingsLayout.blockSize)
    guard entry.documentFrequency <= Int(documentCount), skipBytes <= entry.postings.count else {
      throw damage("a list as long as its document frequency says")
    }
    if entry.isInline { try decodeInline() } else { try load(block: 0) }
  }

  deinit { unsafe buffer.deallocate() }

  private func damage(_ expectation: String) -> IndexFormatError {
    file.error(
      .invalid(expectation), in: entry.isInline ? .terms : .postings, at: entry.postings.lowerBound)
  }

  // MARK: Moving

  @inline(__always)
  package func advance() throws(IndexFormatError) {
    index &+= 1
    if index < inBlock {
      docID = unsafe buffer[index]
    } else {
      try advanceBlock()
    }
  }

  private func advanceBlock() throws(IndexFormatError) {
    if docID == Self.end {
      index = inBlock  // also after many calls, `index` stays inside the buffers
      return
    }
    if block + 1 < blockCount { try load(block: block + 1) } else { finish() }
  }

  /// Moves to the first posting at or after `target`; never back.
  @inline(__always)
  package func seek(to target: UInt32) throws(IndexFormatError) {
    if docID >= target { return }
    if target > lastDocOfBlock {
      try seekBlock(target)
      if docID >= target { return }
    }
    // The block ends at or after the target, so the search stays inside it.
    var low = index &+ 1
    var high = inBlock
    while low < high {
      let middle = (low &+ high) &>> 1
      if unsafe buffer[middle] < target { low = middle &+ 1 } else { high = middle }
    }
    index = low
    docID = low < inBlock ? unsafe buffer[low] : Self.end
  }

  private func seekBlock(_ target: UInt32) throws(IndexFormatError) {
    var low = block + 1
    var high = blockCount
    while low < high {
      let middle = (low + high) / 2
      if skipEntry(middle).lastDoc < target { low = middle + 1 } else { high = middle }
    }
    if low < blockCount { try load(block: low) } else { finish() }
  }

  private func finish() {
    docID = Self.end
    lastDocOfBlock = Self.end
    index = inBlock
  }

  private func skipEntry(_ block: Int) -> (lastDoc: UInt32, offset: Int, positionOffset: Int) {
    let at = block * PostingsLayout.skipEntryBytes
    // Sound: `init` has compared the size of the table with the list.
    let lastDoc = unsafe UInt32(littleEndian: postings.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    let offset = unsafe UInt32(littleEndian: postings.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
    let position = unsafe UInt32(
      littleEndian: postings.loadUnaligned(fromByteOffset: at + 8, as: UInt32.self))
    return (lastDoc, Int(offset), Int(position))
  }

  // MARK: Decoding

  /// Decodes the doc IDs of a block and stands on its first. After an error the cursor is at its end.
  private func load(block next: Int) throws(IndexFormatError) {
    finish()
    var start = 0
    var previous: Int64 = -1
    var positionStart = 0
    var expectedLast: UInt32?
    if blockCount > 1 {
      let entry = skipEntry(next)
      start = skipBytes + entry.offset
      positionStart = entry.positionOffset
      expectedLast = entry.lastDoc
      if next > 0 { previous = Int64(skipEntry(next - 1).lastDoc) }
    }
    let count = min(PostingsLayout.blockSize, documentFrequency - next * PostingsLayout.blockSize)
    guard unsafe start + 3 <= postings.count && positionStart <= positionBytes.count else {
      throw damage("blocks inside the list")
    }
    let docWidth = Int(unsafe postings[start])
    let widths = unsafe (frequencies: Int(postings[start + 1]), titles: Int(postings[start + 2]))
    guard docWidth <= 32, widths.frequencies <= 31, widths.titles <= 32 else {
      throw damage("bit widths of at most 32, and 31 for frequencies")
    }
    let frequencyOffset = start + 3 + BitPacking.byteCount(count, width: docWidth)
    let end =
      frequencyOffset + BitPacking.byteCount(count, width: widths.frequencies)
      + BitPacking.byteCount(count, width: widths.titles)
    guard unsafe end <= postings.count, let base = unsafe postings.baseAddress else {
      throw damage("blocks inside the list")
    }
    // Sound: the bytes were just checked; eight more are readable after every section.
    unsafe BitPacking.unpack(base + start + 3, count: count, width: docWidth, into: buffer)
    var doc = previous
    for i in 0..<count {
      doc &+= Int64(unsafe buffer[i]) &+ 1
      unsafe buffer[i] = UInt32(truncatingIfNeeded: doc)
    }
    // Gaps are positive, so one look at the last document bounds them all.
    guard doc < Int64(documentCount), expectedLast == nil || Int64(expectedLast ?? 0) == doc else {
      throw damage("doc IDs below the number of documents")
    }
    block = next
    inBlock = count
    index = 0
    docID = unsafe buffer[0]
    lastDocOfBlock = UInt32(doc)
    blockPositionOffset = positionStart
    self.widths = widths
    self.frequencyOffset = frequencyOffset
    hasFrequencies = false
    hasPositionStart = false
  }

  private func decodeInline() throws(IndexFormatError) {
    var reader = unsafe ByteReader(
      postings, file: file.name, section: SectionID.terms.name, sectionOffset: entry.postings.lowerBound)
    let doc = try reader.varint(upTo: Int(documentCount) - 1)
    let head = try reader.varint(upTo: Int(PostingsLayout.maximumFrequency) << 1 | 1)
    guard head >> 1 > 0 else { throw damage("a frequency above zero") }
    guard !entry.hasPositions || head >> 1 <= Int(PostingsLayout.inlinePositions) else {
      throw damage("at most \(PostingsLayout.inlinePositions) positions in an entry")
    }
    unsafe buffer[0] = UInt32(doc)
    unsafe buffer[PostingsLayout.blockSize] = UInt32(head >> 1)
    unsafe buffer[2 * PostingsLayout.blockSize] =
      head & 1 != 0 ? UInt32(try reader.varint(upTo: head >> 1)) : 0
    if entry.hasPositions {
      for i in 0..<(head >> 1) {
        unsafe buffer[3 * PostingsLayout.blockSize + i] = UInt32(try reader.varint(upTo: Int(UInt32.max)))
      }
    }
    block = 0
    inBlock = 1
    index = 0
    docID = UInt32(doc)
    lastDocOfBlock = docID
    hasFrequencies = true
    hasPositionStart = true
    positionTotal = entry.hasPositions ? head >> 1 : 0
    chunkStart = 0
    chunkCount = positionTotal
    chunkIsDecoded = true
    ordinal = 0
    ordinalIndex = 0
  }

  private func decodeFrequencies() {
    // Sound: `load` has checked that both arrays stand inside the list.
    guard let base = unsafe postings.baseAddress else { return }
    let frequencies = unsafe buffer + PostingsLayout.blockSize
    unsafe BitPacking.unpack(
      base + frequencyOffset, count: inBlock, width: widths.frequencies, into: frequencies)
    for i in 0..<inBlock { unsafe frequencies[i] &+= 1 }
    unsafe BitPacking.unpack(
      base + frequencyOffset + BitPacking.byteCount(inBlock, width: widths.frequencies), count: inBlock,
      width: widths.titles, into: buffer + 2 * PostingsLayout.blockSize)
    hasFrequencies = true
  }

  /// Occurrences in the current document, all fields together.
  @inline(__always)
  package var frequency: UInt32 {
    if !hasFrequencies { decodeFrequencies() }
    return unsafe buffer[PostingsLayout.blockSize &+ index]
  }

  /// Occurrences in the title of the current document.
  @inline(__always)
  package var titleFrequency: UInt32 {
    if !hasFrequencies { decodeFrequencies() }
    return unsafe buffer[2 &* PostingsLayout.blockSize &+ index]
  }

  // MARK: Blocks

  /// The rest of the current block: doc IDs, frequencies, title frequencies, side by side.
  ///
  /// Valid until the cursor moves. Sound because `index...inBlock` is inside the buffers.
  @safe package struct Run {
    package let count: Int
    package let docIDs: UnsafeMutablePointer<UInt32>
    package let frequencies: UnsafeMutablePointer<UInt32>
    package let titleFrequencies: UnsafeMutablePointer<UInt32>
  }

  package func run() -> Run {
    if !hasFrequencies { decodeFrequencies() }
    return unsafe Run(
      count: inBlock - index, docIDs: buffer + index, frequencies: buffer + PostingsLayout.blockSize + index,
      titleFrequencies: buffer + 2 * PostingsLayout.blockSize + index)
  }

  /// Passes over `count` postings of the current run.
  package func skip(_ count: Int) throws(IndexFormatError) {
    precondition(count >= 0 && count <= inBlock - index, "a run is passed at most to its end")
    index += count - 1
    try advance()
  }

  // MARK: Positions

  /// Replaces `output` by the positions of the current document, ascending; those of the title first.
  package func positions(into output: inout [UInt32]) throws(IndexFormatError) {
    output.removeAll(keepingCapacity: true)
    guard docID != Self.end, entry.hasPositions else { return }
    if !hasFrequencies { decodeFrequencies() }
    if !hasPositionStart { try startPositions() }
    let frequencies = unsafe buffer + PostingsLayout.blockSize
    while ordinalIndex < index {
      ordinal &+= Int(unsafe frequencies[ordinalIndex])
      ordinalIndex &+= 1
    }
    let count = Int(unsafe frequencies[index])
    // Asked a second time for a document whose positions go over the end of a chunk.
    if ordinal < chunkStart { rewindChunks() }
    var next = ordinal
    var value: Int64 = -1
    let chunk = unsafe buffer + 3 * PostingsLayout.blockSize
    while next < ordinal + count {
      while next >= chunkStart + chunkCount { try passChunk() }
      if !chunkIsDecoded { try decodeChunk() }
      let end = min(ordinal + count, chunkStart + chunkCount)
      while next < end {
        value += Int64(unsafe chunk[next &- chunkStart]) + 1
        guard value <= Int64(UInt32.max) else { throw damage("positions of 32 bits") }
        output.append(UInt32(value))
        next &+= 1
      }
    }
  }

  private func startPositions() throws(IndexFormatError) {
    let frequencies = unsafe buffer + PostingsLayout.blockSize
    positionTotal = 0
    for i in 0..<inBlock { positionTotal += Int(unsafe frequencies[i]) }
    ordinal = 0
    ordinalIndex = 0
    rewindChunks()
    hasPositionStart = true
  }

  private func rewindChunks() {
    positionOffset = blockPositionOffset
    chunkStart = 0
    chunkCount = min(PostingsLayout.blockSize, positionTotal)
    chunkIsDecoded = false
  }

  /// The bit width and byte count of the chunk at `positionOffset`, inside the list.
  private func chunkShape() throws(IndexFormatError) -> (width: Int, bytes: Int) {
    guard chunkCount > 0, unsafe positionOffset < positionBytes.count else {
      throw damage("a position per occurrence")
    }
    let width = Int(unsafe positionBytes[positionOffset])
    let bytes = BitPacking.byteCount(chunkCount, width: width)
    guard width <= 32, unsafe positionOffset + 1 + bytes <= positionBytes.count else {
      throw damage("a position per occurrence")
    }
    return (width, bytes)
  }

  private func passChunk() throws(IndexFormatError) {
    guard !entry.isInline else { throw damage("a position per occurrence") }
    positionOffset += 1 + (try chunkShape()).bytes
    chunkStart += chunkCount
    chunkCount = min(PostingsLayout.blockSize, positionTotal - chunkStart)
    chunkIsDecoded = false
  }

  private func decodeChunk() throws(IndexFormatError) {
    let width = try chunkShape().width
    guard let base = unsafe positionBytes.baseAddress else { throw damage("a position per occurrence") }
    // Sound: `chunkShape` has checked the bytes; eight more are readable after every section.
    unsafe BitPacking.unpack(
      base + positionOffset + 1, count: chunkCount, width: width, into: buffer + 3 * PostingsLayout.blockSize)
    chunkIsDecoded = true
  }
}
