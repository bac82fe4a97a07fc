import CKernels
import IndexFormat

/// One feature on one segment: what it adds to the scores of documents, and what it can add at most.
///
/// A base class rather than a protocol: its methods are called once per window, never per document.
class ScoringTerm {
  /// What no document of a window gets from this term; windows are numbered from 0.
  func ceiling(window: Int) -> Double { 0 }

  /// About how many postings the list has in a window.
  func postingCount(inWindowOf documentCount: Int) -> Int { 0 }

  /// Adds the documents of the window that may hold the term.
  func fill(_ documents: inout DocumentWindow, window base: UInt32) throws {}

  /// Adds to `sums[d - base]` for every document `d` of the window that holds the term.
  func addAll(to sums: UnsafeMutablePointer<Double>, window base: UInt32) throws {}

  /// Adds to `sums[place]` for those of the ascending `places`, relative to `base`, that hold the term.
  ///
  /// - Parameter least: places whose sum stays below it may be left out.
  func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafeBufferPointer<UInt32>,
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
  private let factor: Float
  private lazy var bounds = cursor.bounds(ofWindows: DocumentWindow.shift)
  private let scratch: WindowScratch

  init(
    _ cursor: PostingsCursor, weight: Float, model: BM25F, segment: SegmentReader, scratch: WindowScratch
  ) {
    self.scratch = scratch
    self.cursor = cursor
    self.weight = weight
    self.model = model
    lengths = DocumentColumns(segment)
    factor = segment.boundModel.factor(to: model.boundModel)
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

  override func ceiling(window: Int) -> Double {
    let bound = bounds[window]
    return bound == 0 ? 0 : Double(ceiling(bound))
  }

  override func postingCount(inWindowOf documentCount: Int) -> Int {
    min(
      cursor.documentFrequency,
      cursor.documentFrequency * Int(DocumentWindow.size) / max(documentCount, 1) + 1)
  }

  override func fill(_ documents: inout DocumentWindow, window base: UInt32) throws {
    try documents.withMutableWords {
      try cursor.fill($0, titles: nil, from: base, wordCount: DocumentWindow.wordCount)
    }
  }

  override func addAll(to sums: UnsafeMutablePointer<Double>, window base: UInt32) throws {
    let end = base + DocumentWindow.size
    var block = cursor.firstBlock(reaching: base)
    while block < cursor.blockCount {
      if block != cursor.block { try cursor.load(block: block) }
      let run = try cursor.block(from: base, to: end)
      if run.count > 0 {
        kernel_add_scores(run.docIDs, scores(of: run), run.count, base, sums)
      }
      if cursor.lastDoc(ofBlock: block) >= end - 1 { return }
      block += 1
    }
  }

  /// The scores of a run of postings, valid until the next ones are asked for.
  @inline(__always)
  func scores(of run: PostingsCursor.Run) -> UnsafePointer<Float> {
    withUnsafePointer(to: model.kernel) { kernel in
      kernel_score(
        kernel, weight, lengths.title, lengths.body, run.docIDs, run.frequencies,
        run.hasTitles ? run.titleFrequencies : nil, run.count, scratch.scores)
    }
    return UnsafePointer(scratch.scores)
  }

  override func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafeBufferPointer<UInt32>,
    least: Double
  ) throws {
    let batch = scratch.batch
    let scores = scratch.scores
    try cursor.gather(places, base: base, into: batch) {
      withUnsafePointer(to: model.kernel) { kernel in
        kernel_score(
          kernel, weight, lengths.title, lengths.body, batch.docIDs, batch.frequencies,
          batch.hasTitles ? batch.titleFrequencies : nil, batch.count, scores)
      }
      kernel_add_scores(batch.places, scores, batch.count, 0, sums)
    }
  }
}

/// The length columns of a segment, as the kernels take them.
struct DocumentColumns {
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
