import CKernels

/// A position in the postings of one term, doc IDs ascending; blocks are decoded when they are reached
/// (FORMAT.md, "Postings" and "Positions").
///
/// Frequencies and positions are decoded only when asked for. Not thread-safe; one per query and segment.
@safe package final class PostingsCursor {
  /// The doc ID of a cursor that has no posting left.
  package static let end = UInt32.max

  package let documentFrequency: Int
  package let blockCount: Int
  /// The current document; `end` after the last one. A new cursor stands on its first posting.
  package private(set) var docID: UInt32 = 0

  let file: SegmentFile
  let entry: TermEntry
  let documentCount: UInt32
  let postings: UnsafeRawBufferPointer
  let directoryBytes: Int
  /// Where the bounds begin in `postings`.
  let boundsOffset: Int

  /// Five arrays of 128: doc IDs, frequencies, title frequencies, positions of a chunk, and how many positions of the
  /// block stand before each posting; one more holds how many stand before the end.
  let buffer: UnsafeMutablePointer<UInt32>
  /// The block that is decoded; -1 for none.
  package private(set) var block = -1
  /// The block whose frequencies and positions are read, mostly the same.
  private var entered = -1
  /// The block that was looked at last: what is asked for next is mostly near.
  var lastBlock = 0
  private(set) var inBlock = 0
  private(set) var index = 0
  private var lastDocOfBlock: UInt32 = 0
  private(set) var flags: BlockFlags = []
  private(set) var frequencyOffset = 0
  private(set) var hasFrequencies = false
  /// Whether the buffer of title frequencies may hold anything but zeros.
  private var hasTitleValues = false
  var positions = kernel_positions()
  /// The positions of the list, once they are asked for.
  var positionBytes: UnsafeRawBufferPointer?

  /// - Parameter standsOnFirst: false for callers that go to places of the list by `find`, `fill` and the like, and need
  ///   not have its first block decoded.
  /// - Throws: `IndexFormatError` when the list or its first block is damaged.
  init(
    _ file: SegmentFile, entry: TermEntry, documentCount: UInt32, standsOnFirst: Bool = true
  ) throws(IndexFormatError) {
    self.file = file
    self.entry = entry
    self.documentCount = documentCount
    documentFrequency = entry.documentFrequency
    unsafe postings = try file.bytes(of: entry.isInline ? .terms : .postings, entry.postings)
    blockCount = (entry.documentFrequency + PostingsLayout.blockSize - 1) / PostingsLayout.blockSize
    boundsOffset = blockCount > 1 ? blockCount * (entry.hasPositions ? 12 : 8) : 0
    directoryBytes = boundsOffset + (entry.isInline ? 0 : 2 * blockCount)
    unsafe buffer = .allocate(capacity: 5 * PostingsLayout.blockSize + 1)
    unsafe buffer.initialize(repeating: 0, count: 5 * PostingsLayout.blockSize + 1)
    guard entry.documentFrequency <= Int(documentCount), directoryBytes <= entry.postings.count else {
      throw damage("a list as long as its document frequency says")
    }
    if entry.isInline {
      try decodeInline()
    } else if standsOnFirst || blockCount == 1 {
      try load(block: 0)
    }
  }

  deinit { unsafe buffer.deallocate() }

  func damage(_ expectation: String) -> IndexFormatError {
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
      let next = firstBlock(from: block + 1, reaching: target)
      if next == blockCount { return finish() }
      try load(block: next)
      if docID >= target { return }
    }
    seekInBlock(target)
  }

  /// Moves on inside the block, which ends at or after `target`.
  @inline(__always)
  private func seekInBlock(_ target: UInt32) {
    var low = index &+ 1
    var high = inBlock
    while low < high {
      let middle = (low &+ high) &>> 1
      if unsafe buffer[middle] < target { low = middle &+ 1 } else { high = middle }
    }
    index = low
    docID = low < inBlock ? unsafe buffer[low] : Self.end
  }

  var hasTitles: Bool { flags.contains(.titles) }

  /// Makes a place of the current block the current posting.
  func stand(at place: Int) {
    index = place
    docID = unsafe buffer[place]
  }

  private func finish() {
    docID = Self.end
    lastDocOfBlock = Self.end
    index = inBlock
  }

  // MARK: Blocks

  /// The last document of a block. A list of one block has read it when it was opened.
  @inline(__always)
  package func lastDoc(ofBlock block: Int) -> UInt32 {
    if blockCount == 1 { return unsafe buffer[max(inBlock, 1) - 1] }
    precondition(block >= 0 && block < blockCount, "a block of the list")
    // Sound: `init` has compared the size of the directory with the list.
    return unsafe UInt32(littleEndian: postings.loadUnaligned(fromByteOffset: 4 &* block, as: UInt32.self))
  }

  /// The first block from `start` on that ends at or after `target`; `blockCount` if there is none.
  package func firstBlock(from start: Int, reaching target: UInt32) -> Int {
    guard blockCount > 1, let base = unsafe postings.baseAddress else {
      return start < blockCount && lastDoc(ofBlock: start) >= target ? start : blockCount
    }
    // Sound: as above; the kernel stays below `blockCount`.
    return unsafe kernel_lower_bound(
      base.assumingMemoryBound(to: UInt8.self), start, blockCount, target)
  }

  /// What no posting of the block exceeds, as a code of `BlockBound`.
  @inline(__always)
  package func bound(ofBlock block: Int) -> UInt16 {
    if entry.isInline { return BlockBound.unknown }
    precondition(block >= 0 && block < blockCount, "a block of the list")
    // Sound: as for `lastDoc`.
    return unsafe UInt16(
      littleEndian: postings.loadUnaligned(fromByteOffset: boundsOffset &+ 2 &* block, as: UInt16.self))
  }

  /// The largest bound of all blocks.
  package var largestBound: UInt16 {
    guard !entry.isInline, let base = unsafe postings.baseAddress else { return BlockBound.unknown }
    return unsafe kernel_largest((base + boundsOffset).assumingMemoryBound(to: UInt8.self), blockCount)
  }

  /// The first block from `start` on whose bound is at least `least`; `blockCount` if there is none.
  package func firstBlock(from start: Int, boundedBy least: UInt16) -> Int {
    guard !entry.isInline, let base = unsafe postings.baseAddress else { return start }
    return unsafe kernel_next_at_least(
      (base + boundsOffset).assumingMemoryBound(to: UInt8.self), start, blockCount, least)
  }

  func directoryEntry(_ column: Int, _ block: Int) -> Int {
    // Sound: `init` has compared the size of the directory with the list.
    unsafe Int(
      UInt32(
        littleEndian: postings.loadUnaligned(
          fromByteOffset: 4 * (column * blockCount + block), as: UInt32.self)))
  }

  /// Asks for the bytes of a block that is read soon, and for the first of its positions.
  @inline(__always)
  func prefetch(block next: Int, withPositions: Bool) {
    guard blockCount > 1, let base = unsafe postings.baseAddress else { return }
    let start = directoryBytes + directoryEntry(1, next)
    if unsafe start < postings.count { unsafe kernel_prefetch(base + start, Self.prefetchedBytes) }
    guard withPositions, entry.hasPositions, let base = unsafe positionBytes?.baseAddress else { return }
    let first = directoryEntry(2, next)
    if unsafe first < entry.positions.count { unsafe kernel_prefetch(base + first, 2 * Self.prefetchedBytes) }
  }

  /// About what a block takes.
  private static let prefetchedBytes = 256

  /// Decodes the doc IDs of a block, before or after the current one, and stands on its first.
  /// After an error the cursor is at its end.
  package func load(block next: Int) throws(IndexFormatError) {
    precondition(next >= 0 && next < blockCount, "a block of the list")
    if entry.isInline { return rewindInline() }
    leave()
    var start = directoryBytes
    var previous = UInt32.max  // one before the first document
    var expectedLast: UInt32?
    positions.start(0)
    if blockCount > 1 {
      start += directoryEntry(1, next)
      if entry.hasPositions { positions.start(directoryEntry(2, next)) }
      expectedLast = lastDoc(ofBlock: next)
      if next > 0 { previous = lastDoc(ofBlock: next - 1) }
    }
    let count = count(ofBlock: next)
    guard unsafe start < postings.count, let base = unsafe postings.baseAddress else {
      throw damage("blocks inside the list")
    }
    flags = BlockFlags(rawValue: unsafe postings[start])
    guard flags.isSubset(of: .all) else { throw damage("known flags") }
    if flags.contains(.bits) {
      try unsafe decodeBits(base, start + 1, count: count, previous: previous)
    } else {
      try unsafe decodeGaps(base, start + 1, count: count, previous: previous)
    }
    let last = unsafe buffer[count - 1]
    guard last < documentCount, expectedLast == nil || expectedLast == last else {
      throw damage("doc IDs below the number of documents")
    }
    unsafe pad(from: count)
    block = next
    entered = next
    lastBlock = next
    inBlock = count
    index = 0
    docID = unsafe buffer[0]
    lastDocOfBlock = last
    hasFrequencies = false
  }

  /// Makes a block of bits the one whose frequencies and positions are read, without listing its documents.
  func enter(bits: BitWords, ofBlock next: Int) throws(IndexFormatError) {
    if entered == next { return }
    leave()
    let count = count(ofBlock: next)
    // Sound: `bits` was made of the words of the block.
    guard bits.flags.isSubset(of: .all),
      unsafe kernel_count_bits(bits.words.assumingMemoryBound(to: UInt64.self), bits.count) == count
    else { throw damage("as many bits as postings") }
    enter(next, flags: bits.flags, count: count, frequencyOffset: bits.end)
  }

  /// The same for any block.
  func enter(block next: Int) throws(IndexFormatError) {
    if entered == next { return }
    precondition(next >= 0 && next < blockCount && blockCount > 1, "a list of one block has entered it")
    leave()
    let start = directoryBytes + directoryEntry(1, next)
    guard unsafe start + 1 < postings.count, let base = unsafe postings.baseAddress else {
      throw damage("blocks inside the list")
    }
    let flags = BlockFlags(rawValue: unsafe postings[start])
    guard flags.isSubset(of: .all) else { throw damage("known flags") }
    let count = count(ofBlock: next)
    var end = start + 2 + 8 * Int(unsafe postings[start + 1])
    if !flags.contains(.bits) {
      guard let gaps = unsafe PackedArray.open(base, at: start + 1, count: count, limit: postings.count)
      else {
        throw damage("blocks inside the list")
      }
      end = gaps.end
    }
    guard unsafe end <= postings.count else { throw damage("blocks inside the list") }
    enter(next, flags: flags, count: count, frequencyOffset: end)
  }

  private func enter(_ next: Int, flags: BlockFlags, count: Int, frequencyOffset: Int) {
    self.flags = flags
    self.frequencyOffset = frequencyOffset
    hasFrequencies = false
    inBlock = count
    index = count
    entered = next
    lastBlock = next
    positions.start(entry.hasPositions ? directoryEntry(2, next) : 0)
  }

  /// Stands in no block, at the end.
  private func leave() {
    finish()
    block = -1
    entered = -1
  }

  private func count(ofBlock block: Int) -> Int {
    min(PostingsLayout.blockSize, documentFrequency - block * PostingsLayout.blockSize)
  }

  /// Kernels look at eight documents at a time.
  @unsafe @inline(__always)
  private func pad(from count: Int) {
    var place = count
    while place & 7 != 0 {
      unsafe buffer[place] = UInt32.max
      place &+= 1
    }
  }

  @unsafe
  private func decodeGaps(
    _ base: UnsafeRawPointer, _ start: Int, count: Int, previous: UInt32
  ) throws(IndexFormatError) {
    guard let array = unsafe PackedArray.open(base, at: start, count: count, limit: postings.count) else {
      throw damage("blocks inside the list")
    }
    frequencyOffset = array.end
    var largest: UInt32 = 0
    // Sound: the array was checked; eight more bytes are readable after every section.
    if count == PostingsLayout.blockSize, array.patch == 0 {
      unsafe kernel_unpack_ascending(
        (base + array.start).assumingMemoryBound(to: UInt8.self), array.width, previous, buffer)
    } else {
      guard let patched = unsafe PackedArray.unpack(base, array, count: count, into: buffer) else {
        throw damage("patches inside the block")
      }
      largest = patched
      unsafe kernel_add_up(buffer, count, previous)
    }
    // Gaps are positive, so one look at the last document bounds them all, unless the sum went over 32 bits.
    if array.width > 24 || largest >= 1 << 24 {
      var before = Int64(Int32(truncatingIfNeeded: previous))
      for i in 0..<count {
        let doc = Int64(unsafe buffer[i])
        guard doc > before else { throw damage("doc IDs that ascend") }
        before = doc
      }
    }
  }

  @unsafe
  private func decodeBits(
    _ base: UnsafeRawPointer, _ start: Int, count: Int, previous: UInt32
  ) throws(IndexFormatError) {
    guard unsafe start < postings.count else { throw damage("blocks inside the list") }
    let words = Int(unsafe postings[start])
    frequencyOffset = start + 1 + 8 * words
    guard unsafe words > 0, words <= PostingsLayout.maximumBitWords, frequencyOffset <= postings.count else {
      throw damage("blocks inside the list")
    }
    let first = previous &+ 1
    // Sound: the bytes were just checked. Documents are below 2³¹, so words of 64 do not overflow.
    let bits = unsafe (base + start + 1).assumingMemoryBound(to: UInt64.self)
    guard unsafe kernel_count_bits(bits, words) == count else { throw damage("as many bits as postings") }
    unsafe kernel_list_bits(bits, words, first & ~63, buffer)
    guard unsafe buffer[0] >= first else { throw damage("doc IDs that ascend") }
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
    if head & 1 != 0 { flags.insert(.titles) }
    if entry.hasPositions {
      for i in 0..<(head >> 1) {
        unsafe buffer[3 * PostingsLayout.blockSize + i] = UInt32(try reader.varint(upTo: Int(UInt32.max)))
      }
      unsafe buffer[4 * PostingsLayout.blockSize + 1] = UInt32(head >> 1)
      positions.startInline(count: head >> 1)
    }
    hasFrequencies = true
    unsafe pad(from: 1)
    rewindInline()
  }

  private func rewindInline() {
    block = 0
    entered = 0
    inBlock = 1
    index = 0
    docID = unsafe buffer[0]
    lastDocOfBlock = docID
  }

  // MARK: Frequencies

  func decodeFrequencies() throws(IndexFormatError) {
    if hasFrequencies { return }
    guard let base = unsafe postings.baseAddress else { return }
    var offset = frequencyOffset
    let frequencies = unsafe buffer + PostingsLayout.blockSize
    if flags.contains(.frequencies) {
      guard
        let array = unsafe PackedArray.open(base, at: offset, count: inBlock, limit: postings.count),
        unsafe PackedArray.unpack(base, array, count: inBlock, into: frequencies) != nil
      else { throw damage("frequencies inside the list") }
      // Frequencies have 31 bits; a forged one has at most that.
      unsafe kernel_add_one(frequencies, inBlock)
      offset = array.end
    } else {
      unsafe frequencies.update(repeating: 1, count: inBlock)
    }
    if flags.contains(.titles) {
      guard
        let array = unsafe PackedArray.open(base, at: offset, count: inBlock, limit: postings.count),
        unsafe PackedArray.unpack(
          base, array, count: inBlock, into: buffer + 2 * PostingsLayout.blockSize) != nil
      else { throw damage("title frequencies inside the list") }
      hasTitleValues = true
    } else if hasTitleValues {
      unsafe (buffer + 2 * PostingsLayout.blockSize).update(repeating: 0, count: PostingsLayout.blockSize)
      hasTitleValues = false
    }
    hasFrequencies = true
  }

  /// Occurrences in the current document, all fields together.
  package var frequency: UInt32 {
    get throws(IndexFormatError) {
      try decodeFrequencies()
      return unsafe buffer[PostingsLayout.blockSize &+ index & 127]
    }
  }

  /// Occurrences in the title of the current document.
  package var titleFrequency: UInt32 {
    get throws(IndexFormatError) {
      try decodeFrequencies()
      return unsafe buffer[2 &* PostingsLayout.blockSize &+ index & 127]
    }
  }

  /// Postings of the current block from the current one on, side by side.
  ///
  /// Valid until the cursor moves. Sound because `index...inBlock` is inside the buffers.
  @safe package struct Run {
    package let count: Int
    package let docIDs: UnsafeMutablePointer<UInt32>
    /// Frequencies, decoded by `frequencies()`.
    package let frequencies: UnsafeMutablePointer<UInt32>
    package let titleFrequencies: UnsafeMutablePointer<UInt32>
    /// Whether the block may hold title frequencies above zero.
    package let hasTitles: Bool
  }

  /// - Parameter withFrequencies: whether frequencies and title frequencies are to be read.
  package func run(withFrequencies: Bool = true) throws(IndexFormatError) -> Run {
    if withFrequencies { try decodeFrequencies() }
    return unsafe Run(
      count: inBlock - index, docIDs: buffer + index, frequencies: buffer + PostingsLayout.blockSize + index,
      titleFrequencies: buffer + 2 * PostingsLayout.blockSize + index, hasTitles: flags.contains(.titles))
  }

  /// Passes over `count` postings of the current run.
  package func skip(_ count: Int) throws(IndexFormatError) {
    precondition(count >= 0 && count <= inBlock - index, "a run is passed at most to its end")
    index += count - 1
    try advance()
  }
}
