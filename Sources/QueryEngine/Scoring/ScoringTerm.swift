import CKernels
import IndexFormat

/// One feature on one segment: what it adds to the scores of documents, and what it can add at most.
///
/// A base class rather than a protocol: its methods are called once per window, never per document.
class ScoringTerm {
  /// For each window of 2^`shift` documents what none of them gets more of from this term.
  func ceilings(ofWindows shift: Int) -> [Double] { [] }

  /// No more documents than this hold the term.
  var documentFrequency: Int { 0 }

  /// About how many postings the list has in a window.
  func postingCount(inWindowOf documentCount: Int) -> Int { 0 }

  /// Lists the documents of the window that hold the term, and sets `sums[place]` to what it adds to each; how many.
  ///
  /// - Parameters:
  ///   - window: up to 2^`WindowScratch.widestShift` documents.
  ///   - least: documents that get less from this term may be left out, or get less than they should if none is.
  ///   - listsAll: whether none is left out.
  func list(
    into places: UnsafeMutablePointer<UInt32>, sums: UnsafeMutablePointer<Double>, window: Range<UInt32>,
    least: Double, listsAll: Bool
  ) throws -> Int { 0 }

  /// Adds to `sums[place]` where the document is marked; marks the others that hold the term, and sets their sums.
  func mark(
    _ documents: inout DocumentWindow, sums: UnsafeMutablePointer<Double>, window base: UInt32
  ) throws {}

  /// Adds to the places that hold the term, and keeps those alone; how many are left.
  ///
  /// - Parameters:
  ///   - least: places whose sum stays below it may be left out, or get less than they should if none is.
  ///   - keepsAll: whether none is left out that holds the term.
  func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, sums: UnsafeMutablePointer<Double>,
    window base: UInt32, least: Double, keepsAll: Bool
  ) throws -> Int { 0 }

  /// Adds to `sums[d - base]` for every document `d` of the window that holds the term.
  func addAll(to sums: UnsafeMutablePointer<Double>, window base: UInt32) throws {}

  /// Adds to `sums[place]` for those of the ascending `places`, relative to `base`, that hold the term.
  ///
  /// - Parameter least: places whose sum stays below it may be left out.
  func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafePointer<UInt32>, count: Int,
    least: Double
  ) throws {}
}

/// A feature that is one term of the dictionary.
final class PostingsScoringTerm: ScoringTerm {
  let cursor: PostingsCursor
  /// Weight × inverse document frequency.
  let weight: Float
  private let model: BM25F
  private let lengths: DocumentColumns
  /// Of the segment's bounds, see `BoundModel.factor(to:)`.
  private let factor: Float
  private let scratch: WindowScratch

  init(
    _ cursor: PostingsCursor, weight: Float, model: BM25F, factor: Float, lengths: DocumentColumns,
    scratch: WindowScratch
  ) {
    self.scratch = scratch
    self.cursor = cursor
    self.weight = weight
    self.model = model
    self.lengths = lengths
    self.factor = factor
  }

  /// What no document gets from a block with this bound.
  @inline(__always)
  func ceiling(_ bound: UInt16) -> Float { weight * model.ceiling(bound, factor: factor) }

  /// The smallest bound of a block that may hold a document worth `least`; nil when none can.
  func bound(reaching least: Float) -> UInt16? {
    guard ceiling(BlockBound.unknown) >= least else { return nil }
    var low = 0
    var high = Int(BlockBound.unknown)
    while low < high {
      let middle = (low + high) / 2
      if ceiling(UInt16(middle)) >= least { high = middle } else { low = middle + 1 }
    }
    return UInt16(low)
  }

  override func ceilings(ofWindows shift: Int) -> [Double] {
    cursor.bounds(ofWindows: shift).map { $0 == 0 ? 0 : Double(ceiling($0)) }
  }

  override var documentFrequency: Int { cursor.documentFrequency }

  override func postingCount(inWindowOf documentCount: Int) -> Int {
    min(
      cursor.documentFrequency,
      cursor.documentFrequency * Int(DocumentWindow.size) / max(documentCount, 1) + 1)
  }

  override func list(
    into places: UnsafeMutablePointer<UInt32>, sums: UnsafeMutablePointer<Double>, window: Range<UInt32>,
    least: Double, listsAll: Bool
  ) throws -> Int {
    var count = 0
    let least = least > 0 ? bound(reaching: Float(least)) : 0
    if least == nil, !listsAll { return 0 }
    let base = window.lowerBound
    try forEachRun(window, boundedBy: least, showsOthers: listsAll) { run, isEnough in
      if isEnough {
        kernel_set_scores(run.docIDs, scores(of: run), run.count, base, sums, places + count)
      } else {
        for i in 0..<run.count {
          places[count + i] = run.docIDs[i] - base
          sums[Int(run.docIDs[i] - base)] = 0
        }
      }
      count += run.count
    }
    return count
  }

  override func mark(
    _ documents: inout DocumentWindow, sums: UnsafeMutablePointer<Double>, window base: UInt32
  ) throws {
    try documents.withMutableWords { words in
      try forEachRun(base..<base + DocumentWindow.size) { run, _ in
        kernel_mark_scores(run.docIDs, scores(of: run), run.count, base, sums, words)
      }
    }
  }

  override func addAll(to sums: UnsafeMutablePointer<Double>, window base: UInt32) throws {
    try forEachRun(base..<base + DocumentWindow.size) { run, _ in
      kernel_add_scores(run.docIDs, scores(of: run), run.count, base, sums)
    }
  }

  /// The postings of a window, block by block; blocks below a bound, or all of them if it is nil, are left out, or shown
  /// without frequencies.
  @inline(__always)
  private func forEachRun(
    _ window: Range<UInt32>, boundedBy least: UInt16? = 0, showsOthers: Bool = false,
    _ body: (_ run: PostingsCursor.Run, _ isEnough: Bool) -> Void
  ) throws {
    var block = cursor.firstBlock(reaching: window.lowerBound)
    while block < cursor.blockCount {
      let isEnough = least.map { $0 == 0 || cursor.bound(ofBlock: block) >= $0 } ?? false
      if isEnough || showsOthers {
        if block != cursor.block { try cursor.load(block: block) }
        let run = try cursor.block(
          from: window.lowerBound, to: window.upperBound, withFrequencies: isEnough)
        if run.count > 0 { body(run, isEnough) }
      }
      if cursor.lastDoc(ofBlock: block) >= window.upperBound - 1 { return }
      block += 1
    }
  }

  override func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, sums: UnsafeMutablePointer<Double>,
    window base: UInt32, least: Double, keepsAll: Bool
  ) throws -> Int {
    var kept = 0
    try addChosen(
      to: sums, window: base, places: places, count: count, least: least, showsAll: keepsAll
    ) { batch in
      (places + kept).update(from: batch.places, count: batch.count)
      kept += batch.count
    }
    return kept
  }

  override func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafePointer<UInt32>, count: Int,
    least: Double
  ) throws {
    try addChosen(to: sums, window: base, places: places, count: count, least: least) { _ in }
  }

  /// Adds to those of the places that hold the term, and shows them. Blocks that cannot lift any of their places to
  /// `least` add nothing, and are shown only if all are.
  @inline(__always)
  private func addChosen(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafePointer<UInt32>, count: Int,
    least: Double, showsAll: Bool = false, _ body: (PostingsBatch) -> Void
  ) throws {
    let batch = scratch.batch
    try cursor.gather(places, count: count, base: base, into: batch, showsUnwanted: showsAll) { bound, run in
      if least <= 0 { return true }
      let missing = least - Double(ceiling(bound))
      for i in run where sums[Int(places[i])] >= missing { return true }
      return false
    } _: { isWanted in
      if isWanted {
        let scores = scores(
          batch.docIDs, batch.frequencies, batch.hasTitles ? batch.titleFrequencies : nil, batch.count)
        kernel_add_scores(batch.places, scores, batch.count, 0, sums)
      }
      body(batch)
    }
  }

  /// The scores of a run of postings, valid until the next ones are asked for.
  @inline(__always)
  func scores(of run: PostingsCursor.Run) -> UnsafePointer<Float> {
    scores(run.docIDs, run.frequencies, run.hasTitles ? run.titleFrequencies : nil, run.count)
  }

  @inline(__always)
  private func scores(
    _ docIDs: UnsafePointer<UInt32>, _ frequencies: UnsafePointer<UInt32>, _ titles: UnsafePointer<UInt32>?,
    _ count: Int
  ) -> UnsafePointer<Float> {
    withUnsafePointer(to: model.kernel) {
      kernel_score(
        $0, weight, lengths.title, lengths.body, docIDs, frequencies, titles, count, scratch.scores)
    }
    return UnsafePointer(scratch.scores)
  }
}

/// The length columns of a segment, as the kernels take them.
final class DocumentColumns {
  let titles: NumberColumn
  let bodies: NumberColumn
  let title: kernel_column
  let body: kernel_column

  init(_ segment: SegmentReader) {
    titles = segment.titleLengths
    bodies = segment.bodyLengths
    title = kernel_column(titles)
    body = kernel_column(bodies)
  }

  /// The saturation of one posting.
  @inline(__always)
  func share(of document: UInt32, frequency: UInt32, titleFrequency: UInt32, _ model: BM25F) -> Float {
    // A damaged list may claim more title occurrences than occurrences: never below zero.
    let title = min(titleFrequency, frequency)
    return model.saturation(
      titleFrequency: title, bodyFrequency: frequency &- title,
      titleLength: title == 0 ? 0 : titles[Int(document)], bodyLength: bodies[Int(document)])
  }

  /// Checks the pages of the documents whose scores are to be computed.
  func check(_ documents: Range<Int>) throws {
    try titles.check(documents)
    try bodies.check(documents)
  }
}

extension kernel_column {
  /// A column, for as long as its segment is open; its pages are checked by whoever reads them.
  init(_ column: NumberColumn) {
    self.init(
      bytes: column.uncheckedBytes?.assumingMemoryBound(to: UInt8.self), width: Int32(column.width))
  }
}
