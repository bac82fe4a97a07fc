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
    var isMarked = false
    var chosen = unsafe nextBlock(places, from: 0, count: count, base: base)
    while let now = chosen {
      chosen = unsafe blockAfter(now, places, count: count, base: base)
      let run = now.places
      // Sound: what is kept is never more than what was read, and the kernels stay inside the run.
      let first = unsafe places + run.lowerBound
      if now.block != block, let bits = try bits(ofBlock: now.block) {
        kept += unsafe kernel_keep_set(
          first, run.count, base &- UInt32(bits.firstWord * 64),
          bits.words.assumingMemoryBound(to: UInt8.self), bits.count, places + kept)
      } else {
        if now.block != block { try load(block: now.block) }
        if unsafe asksEachPosting(places, run, count: count) {
          let found = unsafe intersectMarked(first, count - run.lowerBound, base: base, batch, &isMarked)
          unsafe (places + kept).update(from: batch.chosen, count: found)
          kept += found
        } else {
          let found = unsafe kernel_intersect(
            buffer, inBlock, first, run.count, base, batch.chosen, batch.indices)
          unsafe kernel_take(first, batch.chosen, found, places + kept)
          kept += found
        }
      }
    }
    return kept
  }

  /// The same for callers that read the postings later.
  ///
  /// - Parameters:
  ///   - numbers: beside the places, and kept with them: those of lists that were asked before.
  ///   - columns: how many such lists there are. The numbers of this list's postings go to the column after theirs.
  ///   - isNumbered: false when nobody reads the postings of this list.
  package func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, base: UInt32, into batch: PostingsBatch,
    numbers: PostingNumbers, columns: Int, isNumbered: Bool = true
  ) throws(IndexFormatError) -> Int {
    let own = unsafe isNumbered ? numbers.column(columns) : nil
    var kept = 0
    var isMarked = false
    var chosen = unsafe nextBlock(places, from: 0, count: count, base: base)
    while let now = chosen {
      chosen = unsafe blockAfter(now, places, count: count, base: base)
      try unsafe find(places, now, count: count, base: base, into: batch, &isMarked)
      // Sound: what is kept is never more than what was read.
      let first = now.places.lowerBound
      unsafe numbers.move(batch.chosen, count: batch.count, from: first, to: kept, columns: columns)
      unsafe kernel_take(places + first, batch.chosen, batch.count, places + kept)
      if let own = unsafe own {
        let ofBlock = UInt32(now.block * PostingsLayout.blockSize)
        for i in 0..<batch.count { unsafe own[kept + i] = ofBlock + batch.indices[i] }
      }
      kept += batch.count
    }
    return kept
  }

  /// The postings of those places that the list holds, in batches of one block at most.
  ///
  /// - Parameters:
  ///   - showsUnwanted: whether places of blocks that are not wanted are looked up too, their frequencies unread.
  ///   - isWanted: of the bound of a block and its places: whether the block is to be read.
  ///   - body: is called with `batch` filled, and told which of the places were looked up and whether they were wanted.
  @inline(__always)
  package func gather(
    _ places: UnsafePointer<UInt32>, count: Int, base: UInt32, into batch: PostingsBatch,
    showsUnwanted: Bool = false, where isWanted: (UInt16, Range<Int>) -> Bool = { _, _ in true },
    _ body: (_ run: Range<Int>, _ isWanted: Bool) -> Void
  ) throws(IndexFormatError) {
    var isMarked = false
    var chosen = unsafe nextBlock(places, from: 0, count: count, base: base)
    while let now = chosen {
      chosen = unsafe blockAfter(now, places, count: count, base: base)
      let isWanted = isWanted(bound(ofBlock: now.block), now.places)
      if !isWanted, !showsUnwanted { continue }
      try unsafe find(places, now, count: count, base: base, into: batch, &isMarked)
      if batch.count == 0 { continue }
      if isWanted { try unsafe read(places + now.places.lowerBound, base: base, into: batch) }
      body(now.places, isWanted)
    }
  }

  /// The postings of listed documents, by their numbers, in batches of one block at most.
  ///
  /// - Parameters:
  ///   - isWanted: of the bound of a block: whether it is to be read.
  ///   - body: is called with `batch` filled, and told which of the postings it holds.
  @inline(__always)
  package func gather(
    _ places: UnsafePointer<UInt32>, ofPostings numbers: UnsafePointer<UInt32>, count: Int, base: UInt32,
    into batch: PostingsBatch, where isWanted: (UInt16) -> Bool, _ body: (_ run: Range<Int>) -> Void
  ) throws(IndexFormatError) {
    var next = 0
    while next < count {
      let run = unsafe self.run(of: numbers, from: next, count: count)
      let block = Int(unsafe numbers[next]) / PostingsLayout.blockSize
      next = run.upperBound
      if !isWanted(bound(ofBlock: block)) { continue }
      try enter(block: block)
      for (i, place) in run.enumerated() {
        unsafe batch.chosen[i] = UInt32(i)
        unsafe batch.indices[i] = numbers[place] % UInt32(PostingsLayout.blockSize)
      }
      batch.count = run.count
      try unsafe read(places + run.lowerBound, base: base, into: batch)
      body(run)
    }
  }

  /// Reads the postings of the places that were found.
  @unsafe @inline(__always)
  private func read(
    _ places: UnsafePointer<UInt32>, base: UInt32, into batch: PostingsBatch
  ) throws(IndexFormatError) {
    batch.hasTitles = hasTitles
    let found = batch.count
    let docIDs = unsafe batch.docIDs
    for i in 0..<found { unsafe docIDs[i] = base &+ places[Int(batch.chosen[i])] }
    try decodeFrequencies()
    unsafe kernel_take(buffer + PostingsLayout.blockSize, batch.indices, found, batch.frequencies)
    if hasTitles {
      unsafe kernel_take(buffer + 2 * PostingsLayout.blockSize, batch.indices, found, batch.titleFrequencies)
    } else {
      unsafe batch.titleFrequencies.update(repeating: 0, count: found)
    }
  }

  /// The positions of at most 128 postings, by their ascending numbers, one after the other.
  package func positions(
    ofPostings numbers: UnsafePointer<UInt32>, count: Int, into batch: PositionsBatch
  ) throws(IndexFormatError) {
    precondition(count <= PostingsLayout.blockSize, "a batch of postings")
    batch.removeAll()
    var next = 0
    while next < count {
      let run = unsafe self.run(of: numbers, from: next, count: count, withPositions: true)
      try enter(block: Int(unsafe numbers[next]) / PostingsLayout.blockSize)
      let indices = unsafe batch.indices
      guard let ordinals = unsafe try positionOrdinals() else {
        for _ in run { batch.close() }
        next = run.upperBound
        continue
      }
      let held = batch.end
      for i in run {
        let index = Int(unsafe numbers[i]) % PostingsLayout.blockSize
        unsafe indices[i &- next] = UInt32(index)
        batch.close(
          count: Int(unsafe ordinals[index &+ 1] &- ordinals[index]),
          titleCount: hasTitles ? Int(unsafe buffer[2 &* PostingsLayout.blockSize &+ index]) : 0)
      }
      try unsafe appendPositions(
        ofPostings: indices, count: run.count, total: batch.end &- held, ordinals, to: &batch.positions)
      next = run.upperBound
    }
  }

  /// Which of the postings from `next` on are in the same block. What is read after them is on its way to the cache.
  @unsafe @inline(__always)
  private func run(
    of numbers: UnsafePointer<UInt32>, from next: Int, count: Int, withPositions: Bool = false
  ) -> Range<Int> {
    let limit = unsafe numbers[next] | UInt32(PostingsLayout.blockSize - 1)
    var end = next + 1
    while unsafe end < count, numbers[end] <= limit { end &+= 1 }
    precondition(unsafe Int(numbers[end &- 1]) < documentFrequency, "postings of the list")
    if end < count {
      prefetch(block: Int(unsafe numbers[end]) / PostingsLayout.blockSize, withPositions: withPositions)
    }
    return next..<end
  }

  /// A block, and the chosen places that it reaches.
  private typealias ChosenBlock = (block: Int, places: Range<Int>)

  /// Looks up the places of a block. Frequencies and positions are then those of the block.
  @unsafe
  private func find(
    _ places: UnsafePointer<UInt32>, _ chosen: ChosenBlock, count: Int, base: UInt32,
    into batch: PostingsBatch,
    _ isMarked: inout Bool
  ) throws(IndexFormatError) {
    // Sound: no more places are found than the block has postings, and a batch has room for those.
    let run = chosen.places
    let first = unsafe places + run.lowerBound
    if chosen.block != block, let bits = try bits(ofBlock: chosen.block) {
      try enter(bits: bits, ofBlock: chosen.block)
      batch.count = unsafe kernel_find_set(
        first, run.count, base &- UInt32(bits.firstWord * 64),
        bits.words.assumingMemoryBound(to: UInt8.self), bits.count, batch.chosen, batch.indices)
      return
    }
    if chosen.block != block { try load(block: chosen.block) }
    if unsafe asksEachPosting(places, run, count: count) {
      batch.count = unsafe intersectMarked(first, count - run.lowerBound, base: base, batch, &isMarked)
      unsafe kernel_number(first, run.count, batch.chosen, batch.count)
    } else {
      batch.count = unsafe kernel_intersect(
        buffer, inBlock, first, run.count, base, batch.chosen, batch.indices)
    }
  }

  /// Whether it is cheaper to ask of each posting of a block whether it is chosen than to look each place up.
  @unsafe @inline(__always)
  private func asksEachPosting(_ places: UnsafePointer<UInt32>, _ run: Range<Int>, count: Int) -> Bool {
    unsafe run.count >= PostingsBatch.markedFrom && places[count - 1] < 64 * PostingsBatch.markWords
  }

  /// Which of the places the current block holds; how many. They are marked in the batch the first time.
  @unsafe @inline(__always)
  private func intersectMarked(
    _ places: UnsafePointer<UInt32>, _ count: Int, base: UInt32, _ batch: PostingsBatch,
    _ isMarked: inout Bool
  ) -> Int {
    if !isMarked { unsafe batch.mark(places, count) }
    isMarked = true
    return unsafe kernel_intersect_marked(
      buffer, inBlock, batch.marks, PostingsBatch.markWords, base, batch.chosen, batch.indices)
  }

  /// The block that reaches the place `next`, and the places up to its end; nil when no block does.
  @unsafe @inline(__always)
  private func nextBlock(
    _ places: UnsafePointer<UInt32>, from next: Int, count: Int, base: UInt32
  ) -> ChosenBlock? {
    guard next < count else { return nil }
    let block = firstBlock(reaching: base + (unsafe places[next]))
    guard block < blockCount else { return nil }
    lastBlock = block
    let last = lastDoc(ofBlock: block)
    var end = next + 1
    while unsafe end < count && base + places[end] <= last { end &+= 1 }
    return (block, next..<end)
  }

  /// The same for the places after those of a block. Its bytes are on their way to the cache while that block is read.
  @unsafe @inline(__always)
  private func blockAfter(
    _ chosen: ChosenBlock, _ places: UnsafePointer<UInt32>, count: Int, base: UInt32,
    withPositions: Bool = false
  ) -> ChosenBlock? {
    guard let next = unsafe nextBlock(places, from: chosen.places.upperBound, count: count, base: base) else {
      return nil
    }
    prefetch(block: next.block, withPositions: withPositions)
    return next
  }
}

/// Postings of chosen documents, side by side: at most one block of them.
@safe package final class PostingsBatch {
  package fileprivate(set) var count = 0
  package fileprivate(set) var hasTitles = false
  /// Which of the places that were looked up, from 0.
  package let chosen: UnsafeMutablePointer<UInt32>
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
    unsafe chosen = .allocate(capacity: 5 * size)
    unsafe chosen.initialize(repeating: 0, count: 5 * size)
    unsafe docIDs = chosen + size
    unsafe frequencies = chosen + 2 * size
    unsafe titleFrequencies = chosen + 3 * size
    unsafe indices = chosen + 4 * size
    unsafe marks = .allocate(capacity: Self.markWords)
    unsafe marks.initialize(repeating: 0, count: Self.markWords)
  }

  deinit {
    unsafe chosen.deallocate()
    unsafe marks.deallocate()
  }
}
