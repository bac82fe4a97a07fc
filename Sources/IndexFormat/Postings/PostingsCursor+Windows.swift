import CKernels

/// Documents of a list inside a window of the segment, as bits, and one document at a time.
///
/// These go to any place of the list, also back; `docID` stands somewhere in the last block that was read.
extension PostingsCursor {
  /// The first block that ends at or after `target`; `blockCount` if there is none.
  @inline(__always)
  package func firstBlock(reaching target: UInt32) -> Int {
    let current = block
    guard current >= 0 else { return firstBlock(from: 0, reaching: target) }
    if lastDoc(ofBlock: current) < target { return firstBlock(from: current + 1, reaching: target) }
    if current == 0 || lastDoc(ofBlock: current - 1) < target { return current }
    return firstBlock(from: 0, reaching: target)
  }

  /// The largest bound of the blocks that reach into each window of 2^`shift` documents; 0 where there are none.
  package func bounds(ofWindows shift: Int) -> [UInt16] {
    let windows = (Int(documentCount) - 1) >> shift + 1
    var largest = [UInt16](repeating: 0, count: windows)
    if blockCount == 1 {
      // The one block was decoded when the list was opened.
      for i in 0..<inBlock { largest[Int(unsafe buffer[i]) >> shift] = max(bound(ofBlock: 0), 1) }
    } else if let base = unsafe postings.baseAddress {
      // Sound: the directory lies inside the list, and the kernel stays inside `windows`.
      unsafe largest.withUnsafeMutableBufferPointer { largest in
        let bytes = unsafe base.assumingMemoryBound(to: UInt8.self)
        guard let first = unsafe largest.baseAddress else { return }
        unsafe kernel_window_bounds(bytes, bytes + boundsOffset, blockCount, Int32(shift), first, windows)
      }
    }
    return largest
  }

  /// Sets a bit for each document of the list from `base` to before `base` + 64 × `wordCount`.
  ///
  /// - Parameters:
  ///   - titles: the same for documents whose title holds the term; nil when nobody asks.
  ///   - base: a multiple of 64.
  package func fill(
    _ held: UnsafeMutablePointer<UInt64>, titles: UnsafeMutablePointer<UInt64>?, from base: UInt32,
    wordCount: Int
  ) throws(IndexFormatError) {
    let end = base + UInt32(wordCount * 64)
    var next = firstBlock(reaching: base)
    while next < blockCount {
      if next == block {
        try unsafe fillFromBlock(held, titles: titles, from: base, to: end)
      } else if try unsafe !copyBits(
        ofBlock: next, held, isTitleAsked: titles != nil, from: base, wordCount: wordCount)
      {
        try load(block: next)
        try unsafe fillFromBlock(held, titles: titles, from: base, to: end)
      }
      if lastDoc(ofBlock: next) >= end - 1 { return }
      next += 1
    }
  }

  /// Postings of the current block whose documents are at or after `base` and before `end`, with their frequencies.
  package func block(from base: UInt32, to end: UInt32) throws(IndexFormatError) -> Run {
    let start = unsafe buffer[0] >= base ? 0 : buffer[inBlock - 1] < base ? inBlock : place(notBelow: base)
    let stop = unsafe buffer[inBlock - 1] < end ? inBlock : place(notBelow: end)
    if start < stop { try decodeFrequencies() }
    return unsafe Run(
      count: max(stop - start, 0), docIDs: buffer + start,
      frequencies: buffer + PostingsLayout.blockSize + start,
      titleFrequencies: buffer + 2 * PostingsLayout.blockSize + start, hasTitles: hasTitles)
  }

  private func fillFromBlock(
    _ held: UnsafeMutablePointer<UInt64>, titles: UnsafeMutablePointer<UInt64>?, from base: UInt32,
    to end: UInt32
  ) throws(IndexFormatError) {
    let start = unsafe buffer[0] >= base ? 0 : place(notBelow: base)
    let stop = unsafe buffer[inBlock - 1] < end ? inBlock : place(notBelow: end)
    guard start < stop else { return }
    // Sound: the documents from `start` to before `stop` lie in the window.
    unsafe kernel_set_bits(buffer + start, stop - start, base, held)
    guard let titles = unsafe titles, hasTitles else { return }
    try decodeFrequencies()
    for i in start..<stop where unsafe buffer[2 * PostingsLayout.blockSize + i] > 0 {
      let relative = unsafe buffer[i] - base
      unsafe titles[Int(relative >> 6)] |= 1 << UInt64(relative & 63)
    }
  }

  /// The bits of a block that is stored as such, without listing its documents; false when it is not.
  private func copyBits(
    ofBlock next: Int, _ held: UnsafeMutablePointer<UInt64>, isTitleAsked: Bool, from base: UInt32,
    wordCount: Int
  ) throws(IndexFormatError) -> Bool {
    guard let (flags, start) = bitsHeader(ofBlock: next), flags.contains(.bits) else { return false }
    if isTitleAsked, flags.contains(.titles) { return false }
    let bits = try bitWords(ofBlock: next, at: start)
    let target = bits.firstWord - Int(base >> 6)
    for word in max(0, -target)..<max(max(0, -target), min(bits.count, wordCount - target)) {
      unsafe held[target + word] |= bits[word]
    }
    return true
  }

  /// Whether the list holds `document`, as cheaply as its block allows.
  package func contains(_ document: UInt32) throws(IndexFormatError) -> Bool {
    let next = firstBlock(reaching: document)
    guard next < blockCount else { return false }
    if next != block {
      if let (flags, start) = bitsHeader(ofBlock: next), flags.contains(.bits) {
        let bits = try bitWords(ofBlock: next, at: start)
        let word = Int(document >> 6) - bits.firstWord
        return word >= 0 && bits[word] >> UInt64(document & 63) & 1 == 1
      }
      try load(block: next)
    }
    return unsafe buffer[place(notBelow: document)] == document
  }

  /// The postings of those of the ascending `places` that the list holds, in batches of one block at most.
  ///
  /// - Parameters:
  ///   - places: each stands for the document `base` + place.
  ///   - body: is called with `batch` filled.
  package func gather(
    _ places: UnsafeBufferPointer<UInt32>, base: UInt32, into batch: PostingsBatch, _ body: () -> Void
  ) throws(IndexFormatError) {
    var next = 0
    while next < places.count {
      let block = firstBlock(reaching: base + (unsafe places[next]))
      guard block < blockCount else { return }
      if block != self.block { try load(block: block) }
      let last = unsafe buffer[inBlock - 1]
      let limit = unsafe min(places.count, next + PostingsLayout.blockSize)
      var end = next
      while end < limit, unsafe base + places[end] <= last { end += 1 }
      // Sound: a batch has room for a block; indices lie inside the block.
      if let start = unsafe places.baseAddress {
        batch.count = unsafe kernel_intersect(
          buffer, inBlock, start + next, end - next, base, batch.places, batch.indices)
      }
      next = end
      guard batch.count > 0 else { continue }
      try decodeFrequencies()
      batch.hasTitles = hasTitles
      for i in 0..<batch.count {
        let place = Int(unsafe batch.indices[i])
        unsafe batch.docIDs[i] = buffer[place]
        unsafe batch.frequencies[i] = buffer[PostingsLayout.blockSize + place]
        unsafe batch.titleFrequencies[i] = buffer[2 * PostingsLayout.blockSize + place]
      }
      body()
    }
  }

  /// The first document of the list that is not below `document`, and stands on it; `end` if there is none.
  package func find(notBelow document: UInt32) throws(IndexFormatError) -> UInt32 {
    let next = firstBlock(reaching: document)
    guard next < blockCount else { return Self.end }
    if next != block { try load(block: next) }
    stand(at: place(notBelow: document))
    return docID
  }

  /// How many blocks may have documents from `base` to before `end`.
  package func blockCount(from base: UInt32, to end: UInt32) -> Int {
    let first = firstBlock(reaching: base)
    return first == blockCount ? 0 : min(firstBlock(from: first, reaching: end - 1) + 1, blockCount) - first
  }

  /// Stands on `document` if the list holds it.
  package func find(_ document: UInt32) throws(IndexFormatError) -> Bool {
    if docID == document { return true }
    let next = firstBlock(reaching: document)
    guard next < blockCount else { return false }
    if next != block { try load(block: next) }
    let place = place(notBelow: document)
    guard unsafe buffer[place] == document else { return false }
    stand(at: place)
    return true
  }

  /// The first place of the block whose document is not below `target`, at most the last place.
  @inline(__always)
  private func place(notBelow target: UInt32) -> Int {
    // Without a branch to mispredict: the length halves whatever the answer.
    var low = 0
    var length = inBlock
    while length > 1 {
      let half = length &>> 1
      low = unsafe buffer[low &+ half &- 1] < target ? low &+ half : low
      length &-= half
    }
    return low
  }

  /// The flags of a block that is not decoded, and where the rest of it begins; nil for lists of one block.
  @inline(__always)
  private func bitsHeader(ofBlock next: Int) -> (BlockFlags, Int)? {
    guard blockCount > 1 else { return nil }
    let start = directoryBytes + directoryEntry(1, next)
    guard unsafe start < postings.count else { return nil }
    return (BlockFlags(rawValue: unsafe postings[start]), start + 1)
  }

  /// The words of a block of bits: that of `firstWord × 64` first.
  @safe private struct BitWords {
    var words: UnsafeRawPointer
    var firstWord: Int
    var count: Int

    /// Sound for words below `count`, which was checked against the list.
    @inline(__always)
    subscript(word: Int) -> UInt64 {
      unsafe UInt64(littleEndian: words.loadUnaligned(fromByteOffset: 8 &* word, as: UInt64.self))
    }
  }

  private func bitWords(ofBlock next: Int, at start: Int) throws(IndexFormatError) -> BitWords {
    let previous = next == 0 ? UInt32.max : lastDoc(ofBlock: next - 1)
    let last = lastDoc(ofBlock: next)
    let first = previous &+ 1
    let firstWord = Int(first >> 6)
    guard let base = unsafe postings.baseAddress, unsafe start < postings.count else {
      throw damage("blocks inside the list")
    }
    let count = Int(unsafe postings[start])
    guard last < documentCount, first <= last, count == Int(last >> 6) - firstWord + 1,
      count <= PostingsLayout.maximumBitWords, unsafe start + 1 + 8 * count <= postings.count
    else { throw damage("blocks inside the list") }
    let bits = unsafe BitWords(words: base + start + 1, firstWord: firstWord, count: count)
    // What stands outside of the block's documents would be documents of no list.
    guard bits[0] & (1 << UInt64(first & 63) - 1) == 0,
      bits[count - 1] >> UInt64(last & 63) == 1
    else { throw damage("bits of the block's documents alone") }
    return bits
  }
}

/// Postings of chosen documents, side by side: at most one block of them.
@safe package final class PostingsBatch {
  package fileprivate(set) var count = 0
  package fileprivate(set) var hasTitles = false
  /// Documents relative to a window.
  package let places: UnsafeMutablePointer<UInt32>
  package let docIDs: UnsafeMutablePointer<UInt32>
  package let frequencies: UnsafeMutablePointer<UInt32>
  package let titleFrequencies: UnsafeMutablePointer<UInt32>
  fileprivate let indices: UnsafeMutablePointer<UInt32>

  package init() {
    let size = PostingsLayout.blockSize
    unsafe places = .allocate(capacity: 5 * size)
    unsafe places.initialize(repeating: 0, count: 5 * size)
    unsafe docIDs = places + size
    unsafe frequencies = places + 2 * size
    unsafe titleFrequencies = places + 3 * size
    unsafe indices = places + 4 * size
  }

  deinit { unsafe places.deallocate() }
}
