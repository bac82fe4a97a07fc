import CKernels

extension kernel_positions {
  /// Stands before a block whose positions are not counted yet.
  mutating func start(_ offset: Int) {
    block_offset = offset
    total = Self.uncounted
  }

  mutating func startInline(count: Int) {
    total = count
    chunk_count = count
    is_decoded = true
  }

  fileprivate static let uncounted = Int.max

  fileprivate mutating func start(total: Int) {
    self.total = total
    offset = block_offset
    chunk_start = 0
    chunk_count = min(PostingsLayout.blockSize, total)
    is_decoded = false
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
    guard docID != Self.end, let ordinals = unsafe try positionOrdinals() else { return }
    var place = UInt32(index)
    let total = Int(unsafe ordinals[index + 1] - ordinals[index])
    try unsafe appendPositions(ofPostings: &place, count: 1, total: total, ordinals, to: &output)
  }

  /// How many positions of the block stand before each of its postings, and before its end; nil when the list has none.
  @unsafe
  func positionOrdinals() throws(IndexFormatError) -> UnsafePointer<UInt32>? {
    guard entry.hasPositions else { return nil }
    if unsafe positionBytes == nil { unsafe positionBytes = try file.bytes(of: .positions, entry.positions) }
    let ordinals = unsafe buffer + 4 * PostingsLayout.blockSize
    if positions.total == kernel_positions.uncounted {
      positions.start(total: try unsafe countPositions(ordinals))
    }
    if hasTitles { try decodeFrequencies() }
    return unsafe UnsafePointer(ordinals)
  }

  /// Appends the positions of some postings of the block, by their places in it: `total` of them in all.
  @unsafe
  func appendPositions(
    ofPostings indices: UnsafePointer<UInt32>, count: Int, total: Int, _ ordinals: UnsafePointer<UInt32>,
    to output: inout PositionBuffer
  ) throws(IndexFormatError) {
    try output.makeRoom(for: total, of: self)
    // An inline list has no bytes, and its only chunk is decoded.
    let bytes = unsafe positionBytes?.baseAddress ?? UnsafeRawPointer(buffer)
    let result = unsafe kernel_read_positions(
      &positions, bytes.assumingMemoryBound(to: UInt8.self), positionBytes?.count ?? 0, ordinals, indices,
      count,
      buffer + 3 * PostingsLayout.blockSize, output.values + output.count)
    if result == 1 { throw damage("a position per occurrence") }
    if result == 2 { throw damage("positions of 32 bits") }
    output.count &+= total
  }

  /// Writes how many positions of the block stand before each of its postings, and before its end; how many there are.
  @unsafe
  private func countPositions(_ ordinals: UnsafeMutablePointer<UInt32>) throws(IndexFormatError) -> Int {
    if !hasFrequencies, flags.contains(.frequencies), let base = unsafe postings.baseAddress {
      // Frequencies are packed less one, as gaps are, and add up like them.
      let ends = unsafe ordinals + 1
      guard
        let array = unsafe PackedArray.open(base, at: frequencyOffset, count: inBlock, limit: postings.count)
      else { throw damage("frequencies inside the list") }
      // Sound: the array was checked; eight more bytes are readable after every section.
      if inBlock == PostingsLayout.blockSize, array.patch == 0, array.width <= 24 {
        unsafe kernel_unpack_ascending(
          (base + array.start).assumingMemoryBound(to: UInt8.self), array.width, 0, ends)
        return Int(unsafe ends[inBlock - 1])
      }
      guard let largest = unsafe PackedArray.unpack(base, array, count: inBlock, into: ends) else {
        throw damage("frequencies inside the list")
      }
      if array.width <= 24, largest < 1 << 24 {
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
