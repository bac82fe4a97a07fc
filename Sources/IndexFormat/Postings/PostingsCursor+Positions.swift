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
  /// The ordinal of the first position of posting `postingIndex`.
  var ordinal = 0
  var postingIndex = 0

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
    guard docID != Self.end, entry.hasPositions else { return }
    try decodeFrequencies()
    let frequencies = unsafe buffer + PostingsLayout.blockSize
    if positions.total < 0 {
      var total = 0
      for i in 0..<inBlock { total += Int(unsafe frequencies[i]) }
      positions.total = total
      positions.ordinal = 0
      positions.postingIndex = 0
      positions.rewind()
    }
    if positions.postingIndex > index {
      positions.ordinal = 0
      positions.postingIndex = 0
    }
    while positions.postingIndex < index {
      positions.ordinal &+= Int(unsafe frequencies[positions.postingIndex])
      positions.postingIndex &+= 1
    }
    let end = positions.ordinal + Int(unsafe frequencies[index])
    try output.makeRoom(for: end - positions.ordinal, of: self)
    // Asked again for a document whose positions go over the end of a chunk.
    if positions.ordinal < positions.chunkStart { positions.rewind() }
    var next = positions.ordinal
    var value: UInt64 = 0
    let chunk = unsafe buffer + 3 * PostingsLayout.blockSize
    if unsafe positionBytes == nil { unsafe positionBytes = try file.bytes(of: .positions, entry.positions) }
    guard let bytes = unsafe positionBytes else { return }
    while next < end {
      while next >= positions.chunkStart + positions.chunkCount { try unsafe passChunk(bytes) }
      if !positions.chunkIsDecoded { try unsafe decodeChunk(bytes) }
      let stop = min(end, positions.chunkStart + positions.chunkCount)
      while next < stop {
        value += UInt64(unsafe chunk[next &- positions.chunkStart])
        guard value <= UInt64(UInt32.max) else { throw damage("positions of 32 bits") }
        unsafe output.values[output.count] = UInt32(truncatingIfNeeded: value)
        output.count &+= 1
        value += 1
        next &+= 1
      }
    }
  }

  private func shape(_ bytes: UnsafeRawBufferPointer) throws(IndexFormatError) -> PackedArray.Shape {
    guard positions.chunkCount > 0, let base = unsafe bytes.baseAddress,
      let shape = unsafe PackedArray.Shape(
        base, at: positions.offset, count: positions.chunkCount, limit: bytes.count)
    else { throw damage("a position per occurrence") }
    return shape
  }

  private func passChunk(_ bytes: UnsafeRawBufferPointer) throws(IndexFormatError) {
    guard !entry.isInline else { throw damage("a position per occurrence") }
    positions.offset = unsafe try shape(bytes).end
    positions.chunkStart += positions.chunkCount
    positions.chunkCount = min(PostingsLayout.blockSize, positions.total - positions.chunkStart)
    positions.chunkIsDecoded = false
  }

  private func decodeChunk(_ bytes: UnsafeRawBufferPointer) throws(IndexFormatError) {
    let shape = unsafe try shape(bytes)
    // Sound: `shape` has checked the bytes; eight more are readable after every section.
    guard let base = unsafe bytes.baseAddress,
      unsafe PackedArray.unpack(
        base, shape, count: positions.chunkCount, into: buffer + 3 * PostingsLayout.blockSize) != nil
    else { throw damage("a position per occurrence") }
    positions.chunkIsDecoded = true
  }
}

/// Positions of one document at a time: memory that grows with the longest.
@safe package struct PositionBuffer: ~Copyable {
  /// `count` of them are valid.
  package fileprivate(set) var values: UnsafeMutablePointer<UInt32>
  package var count = 0
  private var capacity = 64

  package init() { unsafe values = .allocate(capacity: 64) }

  deinit { unsafe values.deallocate() }

  /// A frequency may be forged: there are never more positions than bits that could hold them.
  fileprivate mutating func makeRoom(for wanted: Int, of cursor: PostingsCursor) throws(IndexFormatError) {
    guard wanted > capacity else { return }
    guard wanted <= cursor.entry.positions.count * 128 + 128 else {
      throw cursor.damage("a position per occurrence")
    }
    unsafe values.deallocate()
    capacity = max(wanted, capacity * 2)
    unsafe values = .allocate(capacity: capacity)
  }
}
