import CKernels

/// Documents of a list inside a window of the segment, as bits, and one document at a time.
///
/// These go to any place of the list, also back; `docID` stands somewhere in the last block that was read.
extension PostingsCursor {
  /// The first block that ends at or after `target`; `blockCount` if there is none.
  @inline(__always)
  package func firstBlock(reaching target: UInt32) -> Int {
    let current = lastBlock
    if lastDoc(ofBlock: current) < target { return firstBlock(from: current + 1, reaching: target) }
    if current == 0 || lastDoc(ofBlock: current - 1) < target { return current }
    return firstBlock(from: 0, reaching: target)
  }

  /// The largest bound of the blocks that reach into each window of 2^`shift` documents; 0 where there are none.
  package func bounds(ofWindows shift: Int) -> [UInt16] {
    let windows = (Int(documentCount) - 1) >> shift + 1
    if windows == 1 { return [max(largestBound, 1)] }
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

  /// Postings of the current block whose documents are at or after `base` and before `end`.
  ///
  /// - Parameter withFrequencies: whether frequencies and title frequencies are to be read.
  package func block(
    from base: UInt32, to end: UInt32, withFrequencies: Bool = true
  ) throws(IndexFormatError) -> Run {
    let start = unsafe buffer[0] >= base ? 0 : buffer[inBlock - 1] < base ? inBlock : place(notBelow: base)
    let stop = unsafe buffer[inBlock - 1] < end ? inBlock : place(notBelow: end)
    if withFrequencies, start < stop { try decodeFrequencies() }
    return unsafe Run(
      count: max(stop - start, 0), docIDs: buffer + start,
      frequencies: buffer + PostingsLayout.blockSize + start,
      titleFrequencies: buffer + 2 * PostingsLayout.blockSize + start, hasTitles: hasTitles)
  }

  /// Writes the documents of a window relative to its first, ascending, and the numbers of their postings; how many.
  package func list(
    into places: UnsafeMutablePointer<UInt32>, numbers: UnsafeMutablePointer<UInt32>, _ window: Range<UInt32>
  ) throws(IndexFormatError) -> Int {
    var count = 0
    var next = firstBlock(reaching: window.lowerBound)
    while next < blockCount {
      if next != block { try load(block: next) }
      let run = try block(from: window.lowerBound, to: window.upperBound, withFrequencies: false)
      let first = unsafe UInt32(next * PostingsLayout.blockSize + (run.docIDs - buffer))
      for i in 0..<run.count { unsafe places[count + i] = run.docIDs[i] &- window.lowerBound }
      for i in 0..<run.count { unsafe numbers[count + i] = first &+ UInt32(i) }
      count += run.count
      if lastDoc(ofBlock: next) >= window.upperBound - 1 { break }
      next += 1
    }
    return count
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
    guard let bits = try bits(ofBlock: next) else { return false }
    if isTitleAsked, bits.flags.contains(.titles) { return false }
    let target = bits.firstWord - Int(base >> 6)
    for word in max(0, -target)..<max(max(0, -target), min(bits.count, wordCount - target)) {
      unsafe held[target + word] |= bits[word]
    }
    return true
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

  /// The words of a block of bits: that of `firstWord × 64` first.
  @safe struct BitWords {
    var words: UnsafeRawPointer
    var firstWord: Int
    var count: Int
    var flags: BlockFlags
    /// Where the rest of the block begins.
    var end: Int

    /// Sound for words below `count`, which was checked against the list.
    @inline(__always)
    subscript(word: Int) -> UInt64 {
      unsafe UInt64(littleEndian: words.loadUnaligned(fromByteOffset: 8 &* word, as: UInt64.self))
    }
  }

  /// The words of a block that is stored as bits, without reading it; nil for other blocks, and for lists of one block.
  func bits(ofBlock next: Int) throws(IndexFormatError) -> BitWords? {
    guard blockCount > 1 else { return nil }
    let start = directoryBytes + directoryEntry(1, next)
    guard unsafe start + 1 < postings.count else { return nil }
    let flags = BlockFlags(rawValue: unsafe postings[start])
    guard flags.contains(.bits) else { return nil }
    let previous = next == 0 ? UInt32.max : lastDoc(ofBlock: next - 1)
    let last = lastDoc(ofBlock: next)
    let first = previous &+ 1
    let firstWord = Int(first >> 6)
    let count = Int(unsafe postings[start + 1])
    let end = start + 2 + 8 * count
    guard let base = unsafe postings.baseAddress, last < documentCount, first <= last,
      count == Int(last >> 6) - firstWord + 1, count <= PostingsLayout.maximumBitWords,
      unsafe end <= postings.count
    else { throw damage("blocks inside the list") }
    let bits = unsafe BitWords(
      words: base + start + 2, firstWord: firstWord, count: count, flags: flags, end: end)
    // What stands outside of the block's documents would be documents of no list.
    guard bits[0] & (1 << UInt64(first & 63) - 1) == 0,
      bits[count - 1] >> UInt64(last & 63) == 1
    else { throw damage("bits of the block's documents alone") }
    return bits
  }
}
