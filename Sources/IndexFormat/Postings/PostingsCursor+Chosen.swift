import CKernels

/// Postings and positions of chosen documents: those that are left over when other lists had their say.
///
/// Chosen documents are ascending `places`, each standing for the document `base` + place. The cursor goes to any
/// place of the list, also back; `docID` stands somewhere in the last block that was read.
extension PostingsCursor {
  /// Keeps the places whose documents the list holds; how many are left.
  package func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, base: UInt32, into batch: PostingsBatch
  ) throws(IndexFormatError) -> Int {
    var kept = 0
    var next = 0
    var isMarked = false
    while next < count {
      guard let (block, end) = unsafe nextBlock(places, from: next, count: count, base: base) else { break }
      if block != self.block, let bits = try bits(ofBlock: block) {
        // Sound: the words were checked; the kernel stays inside them.
        kept += unsafe kernel_keep_set(
          places + next, end - next, base &- UInt32(bits.firstWord * 64),
          bits.words.assumingMemoryBound(to: UInt8.self), bits.count, places + kept)
      } else {
        if block != self.block { try load(block: block) }
        // Sound: what is kept is never more than what was read.
        let found = unsafe intersect(
          places + next, end - next, of: count - next, base: base, batch, &isMarked)
        unsafe (places + kept).update(from: batch.places, count: found)
        kept += found
      }
      next = end
    }
    return kept
  }

  /// The postings of those places that the list holds, in batches of one block at most.
  ///
  /// - Parameters:
  ///   - showsUnwanted: whether places of blocks that are not wanted are looked up too, their frequencies unread.
  ///   - isWanted: of the bound of a block and its places: whether the block is to be read.
  ///   - body: is called with `batch` filled, and told whether it was wanted.
  @inline(__always)
  package func gather(
    _ places: UnsafePointer<UInt32>, count: Int, base: UInt32, into batch: PostingsBatch,
    showsUnwanted: Bool = false, where isWanted: (UInt16, Range<Int>) -> Bool = { _, _ in true },
    _ body: (_ isWanted: Bool) -> Void
  ) throws(IndexFormatError) {
    var next = 0
    var isMarked = false
    while next < count {
      guard let (block, end) = unsafe nextBlock(places, from: next, count: count, base: base) else { return }
      if isWanted(bound(ofBlock: block), next..<end) {
        try unsafe readChosen(
          places + next, end - next, of: count - next, base: base, block: block, into: batch, &isMarked)
        if batch.count > 0 { body(true) }
      } else if showsUnwanted {
        try unsafe find(
          places + next, end - next, of: count - next, base: base, block: block, into: batch, &isMarked)
        if batch.count > 0 { body(false) }
      }
      next = end
    }
  }

  /// Fills the batch with the postings of the first `run` of `count` places, all in one block.
  @unsafe
  package func readChosen(
    _ places: UnsafePointer<UInt32>, _ run: Int, of count: Int, base: UInt32, block: Int,
    into batch: PostingsBatch, _ isMarked: inout Bool
  ) throws(IndexFormatError) {
    try unsafe find(places, run, of: count, base: base, block: block, into: batch, &isMarked)
    guard batch.count > 0 else { return }
    try decodeFrequencies()
    batch.hasTitles = hasTitles
    let found = batch.count
    let docIDs = unsafe batch.docIDs
    let places = unsafe batch.places
    for i in 0..<found { unsafe docIDs[i] = base &+ places[i] }
    unsafe kernel_take(buffer + PostingsLayout.blockSize, batch.indices, found, batch.frequencies)
    if hasTitles {
      unsafe kernel_take(buffer + 2 * PostingsLayout.blockSize, batch.indices, found, batch.titleFrequencies)
    } else {
      unsafe batch.titleFrequencies.update(repeating: 0, count: found)
    }
  }

  /// The positions of at most 128 places, one document after the other: none for a document that the list does not hold.
  package func positions(
    of places: UnsafePointer<UInt32>, count: Int, base: UInt32, into batch: PositionsBatch,
    lookUp: PostingsBatch
  ) throws(IndexFormatError) {
    precondition(count <= PostingsLayout.blockSize, "a batch of places")
    batch.removeAll()
    var next = 0
    var isMarked = false
    while next < count {
      guard let (block, end) = unsafe nextBlock(places, from: next, count: count, base: base) else { break }
      try unsafe find(
        places + next, end - next, of: count - next, base: base, block: block, into: lookUp, &isMarked)
      if lookUp.count > 0, var source = unsafe try positionSource() {
        var found = 0
        for place in next..<end {
          guard unsafe found < lookUp.count, lookUp.places[found] == places[place] else {
            batch.close(titleCount: 0)
            continue
          }
          let index = Int(unsafe lookUp.indices[found])
          found &+= 1
          try unsafe source.append(ofPosting: index, to: &batch.positions, of: self)
          batch.close(
            titleCount: hasTitles ? Int(unsafe buffer[2 &* PostingsLayout.blockSize &+ index]) : 0)
        }
        positions = unsafe source.reader
      }
      next = end
      while batch.count < next { batch.close(titleCount: 0) }
    }
    while batch.count < count { batch.close(titleCount: 0) }
  }

  /// Looks up the first `run` of `count` places, all in one block. Frequencies and positions are then those of the block.
  @unsafe
  private func find(
    _ places: UnsafePointer<UInt32>, _ run: Int, of count: Int, base: UInt32, block: Int,
    into batch: PostingsBatch, _ isMarked: inout Bool
  ) throws(IndexFormatError) {
    // Sound: no more places are found than the block has postings, and a batch has room for those.
    if block != self.block, let bits = try bits(ofBlock: block) {
      try enter(bits: bits, ofBlock: block)
      batch.count = unsafe kernel_find_set(
        places, run, base &- UInt32(bits.firstWord * 64),
        bits.words.assumingMemoryBound(to: UInt8.self), bits.count, batch.places, batch.indices)
    } else {
      if block != self.block { try load(block: block) }
      batch.count = unsafe intersect(places, run, of: count, base: base, batch, &isMarked)
    }
  }

  /// Which of the first `run` of `count` places the current block holds; how many.
  ///
  /// - Parameter isMarked: whether the places are marked in the batch already.
  @unsafe @inline(__always)
  private func intersect(
    _ places: UnsafePointer<UInt32>, _ run: Int, of count: Int, base: UInt32, _ batch: PostingsBatch,
    _ isMarked: inout Bool
  ) -> Int {
    guard run >= PostingsBatch.markedFrom, unsafe places[count - 1] < 64 * PostingsBatch.markWords else {
      return unsafe kernel_intersect(buffer, inBlock, places, run, base, batch.places, batch.indices)
    }
    if !isMarked { unsafe batch.mark(places, count) }
    isMarked = true
    return unsafe kernel_intersect_marked(
      buffer, inBlock, batch.marks, PostingsBatch.markWords, base, batch.places, batch.indices)
  }

  /// The block that reaches the place `next`, and the first place past it; nil when no block does.
  @unsafe @inline(__always)
  package func nextBlock(
    _ places: UnsafePointer<UInt32>, from next: Int, count: Int, base: UInt32
  ) -> (block: Int, end: Int)? {
    let block = firstBlock(reaching: base + (unsafe places[next]))
    guard block < blockCount else { return nil }
    let last = lastDoc(ofBlock: block)
    var end = next + 1
    while unsafe end < count && base + places[end] <= last { end &+= 1 }
    return (block, end)
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
  /// Where they stand in their block.
  fileprivate let indices: UnsafeMutablePointer<UInt32>
  /// With at least this many places in a block it is cheaper to ask of each posting whether it is wanted.
  fileprivate static let markedFrom = 12
  /// Places are below 64 times this.
  fileprivate static let markWords = 64
  fileprivate let marks: UnsafeMutablePointer<UInt64>

  /// Marks the places, and nothing else.
  @unsafe
  fileprivate func mark(_ places: UnsafePointer<UInt32>, _ count: Int) {
    precondition(unsafe places[count - 1] < 64 * Self.markWords, "places of one window")
    unsafe marks.update(repeating: 0, count: Self.markWords)
    unsafe kernel_set_bits(places, count, 0, marks)
  }

  package init() {
    // One more, because kernels write before they count.
    let size = PostingsLayout.blockSize + 1
    unsafe places = .allocate(capacity: 5 * size)
    unsafe places.initialize(repeating: 0, count: 5 * size)
    unsafe docIDs = places + size
    unsafe frequencies = places + 2 * size
    unsafe titleFrequencies = places + 3 * size
    unsafe indices = places + 4 * size
    unsafe marks = .allocate(capacity: Self.markWords)
    unsafe marks.initialize(repeating: 0, count: Self.markWords)
  }

  deinit {
    unsafe places.deallocate()
    unsafe marks.deallocate()
  }
}
