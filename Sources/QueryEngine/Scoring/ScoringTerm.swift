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

  /// Lists the documents of the window that hold the term, and beside them what it adds to each; how many.
  ///
  /// - Parameters:
  ///   - window: up to 2^`WindowScratch.widestShift` documents.
  ///   - least: documents that get less from this term may be left out, or get less than they should if none is.
  ///   - listsAll: whether none is left out.
  func list(
    into places: UnsafeMutablePointer<UInt32>, sums: UnsafeMutablePointer<Double>, window: Range<UInt32>,
    least: Double, listsAll: Bool
  ) throws -> Int { 0 }

  /// Of listed documents keeps those that hold the term, with what it adds to each; how many are left.
  ///
  /// - Parameters:
  ///   - sums: beside the places.
  ///   - least: documents whose sum stays below it may be left out, or get less than they should if none is.
  ///   - keepsAll: whether none is left out that holds the term.
  func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, sums: UnsafeMutablePointer<Double>,
    window base: UInt32, least: Double, keepsAll: Bool
  ) throws -> Int { 0 }

  /// Adds to `sums[place]` where the document is marked; marks the others that hold the term, and sets their sums.
  func mark(
    _ documents: inout DocumentWindow, sums: UnsafeMutablePointer<Double>, window base: UInt32
  ) throws {}

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
    // The formula turned around is right but for rounding; the last steps are taken by the formula itself.
    let share = min(least / weight, 1)
    let frequency = model.kernel.k1 * share / (1 - share) / factor
    var code = frequency.isFinite ? Int(BlockBound.code(frequency * 0.999)) : Int(BlockBound.unknown)
    while code > 0, ceiling(UInt16(code - 1)) >= least { code -= 1 }
    while code < Int(BlockBound.unknown), ceiling(UInt16(code)) < least { code += 1 }
    return UInt16(code)
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
      kernel_list(run.docIDs, run.count, base, places + count)
      if isEnough {
        let scores = scores(of: run)
        for i in 0..<run.count { sums[count + i] = Double(scores[i]) }
      } else {
        (sums + count).update(repeating: 0, count: run.count)
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

  // Blocks that cannot lift any of their documents to `least` add nothing, and are read only if all that hold are kept.
  override func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, sums: UnsafeMutablePointer<Double>,
    window base: UInt32, least: Double, keepsAll: Bool
  ) throws -> Int {
    let batch = scratch.batch
    var kept = 0
    try cursor.gather(places, count: count, base: base, into: batch, showsUnwanted: keepsAll) { bound, run in
      if least <= 0 { return true }
      let missing = least - Double(ceiling(bound))
      for i in run where sums[i] >= missing { return true }
      return false
    } _: { run, isWanted in
      let scores = isWanted ? scores(of: batch) : nil
      kernel_keep_chosen(
        places + run.lowerBound, sums + run.lowerBound, batch.chosen, scores, batch.count, places + kept,
        sums + kept)
      kept += batch.count
    }
    return kept
  }

  /// Keeps listed documents that get at least `least` from this term alone; how many.
  ///
  /// - Parameters:
  ///   - numbers: beside the places, in as many columns as `columns` says.
  ///   - column: that of this term's list.
  func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, window base: UInt32, least: Double,
    numbers: PostingNumbers, column: Int, columns: Int
  ) throws -> Int {
    let batch = scratch.batch
    let least = Float(least)
    var kept = 0
    try cursor.gather(
      places, ofPostings: numbers.column(column), count: count, base: base, into: batch
    ) {
      ceiling($0) >= least
    } _: { run in
      let enough = kernel_select(scores(of: batch), run.count, least, batch.chosen)
      numbers.move(batch.chosen, count: enough, from: run.lowerBound, to: kept, columns: columns)
      kernel_take(places + run.lowerBound, batch.chosen, enough, places + kept)
      kept += enough
    }
    return kept
  }

  override func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafePointer<UInt32>, count: Int,
    least: Double
  ) throws {
    let batch = scratch.batch
    try cursor.gather(places, count: count, base: base, into: batch) { bound, run in
      if least <= 0 { return true }
      let missing = least - Double(ceiling(bound))
      for i in run where sums[Int(places[i])] >= missing { return true }
      return false
    } _: { _, _ in
      kernel_add_scores(batch.docIDs, scores(of: batch), batch.count, base, sums)
    }
  }

  /// The scores of a run of postings, valid until the next ones are asked for.
  @inline(__always)
  func scores(of run: PostingsCursor.Run) -> UnsafePointer<Float> {
    scores(run.docIDs, run.frequencies, run.hasTitles ? run.titleFrequencies : nil, run.count)
  }

  @inline(__always)
  private func scores(of batch: PostingsBatch) -> UnsafePointer<Float> {
    scores(
      batch.docIDs, batch.frequencies, batch.hasTitles ? batch.titleFrequencies : nil, batch.count)
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
