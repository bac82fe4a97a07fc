import CKernels

/// Where in the positions of a block a cursor has read to.
struct PositionReader {
  /// Of the block, from the start of the list's positions.
  private(set) var blockOffset = 0
  /// Of the chunk that follows.
  var offset = 0
  /// Positions of the whole block; -1 until they are counted.
  var total = -1
  /// The chunk in the buffer, or the one before the next to be read: its first ordinal, and how many it has.
  var chunkStart = 0
  var chunkCount = 0
  var chunkIsDecoded = false

  mutating func start(_ offset: Int) {
    blockOffset = offset
    total = -1
  }

  mutating func startInline(count: Int) {
    total = count
    chunkCount = count
    chunkIsDecoded = true
  }

  mutating func rewind() {
    offset = blockOffset
    chunkStart = 0
    chunkCount = min(PostingsLayout.blockSize, total)
    chunkIsDecoded = false
  }
}

extension PostingsCursor {
  /// Replaces `output` by the positions of the current document, ascending; those of the title first.
  package func positions(into output: inout [UInt32]) throws(IndexFormatError) {
    var buffer = PositionBuffer()
    try positions(into: &buffer)
    output.removeAll(keepingCapacity: true)
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: buffer.values, count: buffer.count))
  }

  /// The same for callers that ask for many documents.
  package func positions(into output: inout PositionBuffer) throws(IndexFormatError) {
    output.count = 0
    guard docID != Self.end, var source = unsafe try positionSource() else { return }
    try unsafe source.append(ofPosting: index, to: &output, of: self)
    positions = unsafe source.reader
  }

  /// Where the positions of the current block come from; nil when the list has none.
  @unsafe
  func positionSource() throws(IndexFormatError) -> PositionSource? {
    guard entry.hasPositions else { return nil }
    if unsafe positionBytes == nil { unsafe positionBytes = try file.bytes(of: .positions, entry.positions) }
    guard let bytes = unsafe positionBytes else { return nil }
    let ordinals = unsafe buffer + 4 * PostingsLayout.blockSize
    if positions.total < 0 {
      positions.total = try unsafe countPositions(ordinals)
      positions.rewind()
    }
    if hasTitles { try decodeFrequencies() }
    return unsafe PositionSource(
      reader: positions, bytes: bytes, ordinals: UnsafePointer(ordinals),
      chunk: buffer + 3 * PostingsLayout.blockSize)
  }

  /// Writes how many positions of the block stand before each of its postings, and before its end; how many there are.
  @unsafe
  private func countPositions(_ ordinals: UnsafeMutablePointer<UInt32>) throws(IndexFormatError) -> Int {
    if !hasFrequencies, flags.contains(.frequencies), let base = unsafe postings.baseAddress {
      // Frequencies are packed less one, as gaps are, and add up like them.
      let ends = unsafe ordinals + 1
      guard
        let shape = unsafe PackedArray.Shape(base, at: frequencyOffset, count: inBlock, limit: postings.count)
      else { throw damage("frequencies inside the list") }
      // Sound: the shape was checked; eight more bytes are readable after every section.
      if inBlock == PostingsLayout.blockSize, shape.patch == 0, shape.width <= 24 {
        unsafe kernel_unpack_ascending(
          (base + shape.start).assumingMemoryBound(to: UInt8.self), Int32(shape.width), 0, ends)
        return Int(unsafe ends[inBlock - 1])
      }
      guard let largest = unsafe PackedArray.unpack(base, shape, count: inBlock, into: ends) else {
        throw damage("frequencies inside the list")
      }
      if shape.width <= 24, largest < 1 << 24 {
        unsafe kernel_add_up(ends, inBlock, 0)
        return Int(unsafe ends[inBlock - 1])
      }
    }
    try decodeFrequencies()
    let frequencies = unsafe buffer + PostingsLayout.blockSize
    var total = 0
    for i in 0..<inBlock {
      total &+= Int(unsafe frequencies[i])  // at most 128 × 2³¹
      unsafe ordinals[i + 1] = UInt32(truncatingIfNeeded: total)
    }
    guard total <= Int(UInt32.max) else { throw damage("a position per occurrence") }
    return total
  }
}

/// The positions of one block, with what is needed to read them at hand. Whoever is done gives the reader back.
@unsafe struct PositionSource {
  var reader: PositionReader
  let bytes: UnsafeRawBufferPointer
  /// Of the first position of each posting, in the block, and past the last of all.
  let ordinals: UnsafePointer<UInt32>
  let chunk: UnsafeMutablePointer<UInt32>

  /// Appends the positions of one posting of the block, 0..<its count.
  @inline(__always)
  mutating func append(
    ofPosting index: Int, to output: inout PositionBuffer, of cursor: PostingsCursor
  ) throws(IndexFormatError) {
    var next = Int(unsafe ordinals[index])
    let end = Int(unsafe ordinals[index + 1])
    let count = end - next
    try output.makeRoom(for: count, of: cursor)
    // Asked again for a document whose positions go over the end of a chunk.
    if unsafe next < reader.chunkStart { unsafe reader.rewind() }
    // One before the first position.
    var value = UInt64.max
    var target = unsafe output.values + output.count
    while next < end {
      while unsafe next >= reader.chunkStart + reader.chunkCount { try unsafe passChunk(cursor) }
      if unsafe !reader.chunkIsDecoded { try unsafe decodeChunk(cursor) }
      let stop = unsafe min(end, reader.chunkStart + reader.chunkCount)
      // Sound: there is more after the chunk, and slack after the output.
      value = unsafe kernel_append_ascending(
        chunk + (next - reader.chunkStart), stop - next, value, target)
      unsafe target += stop - next
      next = stop
    }
    // Positions ascend, so the last one bounds them all; no sum of 32-bit gaps leaves 64 bits.
    guard value == .max || value <= UInt64(UInt32.max) else { throw cursor.damage("positions of 32 bits") }
    output.count &+= count
  }

  @inline(__always)
  private func shape(_ cursor: PostingsCursor) throws(IndexFormatError) -> PackedArray.Shape {
    guard unsafe reader.chunkCount > 0, let base = unsafe bytes.baseAddress,
      let shape = unsafe PackedArray.Shape(
        base, at: reader.offset, count: reader.chunkCount, limit: bytes.count)
    else { throw cursor.damage("a position per occurrence") }
    return shape
  }

  private mutating func passChunk(_ cursor: PostingsCursor) throws(IndexFormatError) {
    guard !cursor.entry.isInline else { throw cursor.damage("a position per occurrence") }
    unsafe reader.offset = unsafe try shape(cursor).end
    unsafe reader.chunkStart += unsafe reader.chunkCount
    unsafe reader.chunkCount = unsafe min(PostingsLayout.blockSize, reader.total - reader.chunkStart)
    unsafe reader.chunkIsDecoded = false
  }

  private mutating func decodeChunk(_ cursor: PostingsCursor) throws(IndexFormatError) {
    let shape = unsafe try shape(cursor)
    // Sound: `shape` has checked the bytes; eight more are readable after every section.
    guard let base = unsafe bytes.baseAddress,
      unsafe PackedArray.unpack(base, shape, count: reader.chunkCount, into: chunk) != nil
    else { throw cursor.damage("a position per occurrence") }
    unsafe reader.chunkIsDecoded = true
  }
}

/// Positions of one document at a time: memory that grows with the longest, and goes on a little after the last, for
/// kernels that look at eight at a time.
@safe package struct PositionBuffer: ~Copyable {
  /// `count` of them are valid.
  package fileprivate(set) var values: UnsafeMutablePointer<UInt32>
  package var count = 0
  private var capacity = 64

  private static let slack = 8

  package init() {
    unsafe values = .allocate(capacity: capacity + Self.slack)
    unsafe values.initialize(repeating: 0, count: capacity + Self.slack)
  }

  deinit { unsafe values.deallocate() }

  /// A frequency may be forged: there are never more positions than bits that could hold them.
  @inline(__always)
  fileprivate mutating func makeRoom(for more: Int, of cursor: PostingsCursor) throws(IndexFormatError) {
    if count &+ more > capacity { try grow(to: count + more, of: cursor) }
  }

  private mutating func grow(to wanted: Int, of cursor: PostingsCursor) throws(IndexFormatError) {
    guard wanted <= cursor.entry.positions.count * 128 + 128 else {
      throw cursor.damage("a position per occurrence")
    }
    capacity = max(wanted, capacity * 2)
    let larger = unsafe UnsafeMutablePointer<UInt32>.allocate(capacity: capacity + Self.slack)
    unsafe larger.initialize(repeating: 0, count: capacity + Self.slack)
    unsafe larger.update(from: values, count: count)
    unsafe values.deallocate()
    unsafe values = larger
  }
}
