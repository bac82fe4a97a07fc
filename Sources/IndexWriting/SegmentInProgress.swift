import IndexFormat
import IndexStorage
import SearchModel
import Synchronization

/// The segment that entries go into: columns and stored fields on their way to a file, postings in memory.
///
/// Documents are numbered from 0 in the order in which they are added, and anew at the end if they are put in order.
/// Their texts go in batches to the threads of a crew; each thread analyses them and collects postings in a buffer of its
/// own, which it writes to a scratch file as a sorted run when it has used up its share of the budget. `finish` merges
/// buffers and runs by term and document, so that what is written depends on neither threads nor budget.
final class SegmentInProgress {
  private let crew: WorkCrew
  private let builder: SegmentBuilder
  private let lanes: [IndexingLane]
  /// Text of a batch: milliseconds of work, so that handing it over costs nothing, and little beside the budget.
  private let batchBytes: Int
  private var batch: [Entry] = []
  private var batchByteCount = 0
  /// On their way, the oldest first.
  private var batches: [(batch: DocumentBatch, piece: WorkCrew.Piece)] = []
  private var locations = EntryLocations()
  private var isItem: [Bool] = []
  private var deleted: [Int] = []
  private var storing: any EntryAnalyzing
  private let directory: IndexDirectory
  private let memoryBudget: Int
  /// From how many documents on they are put in order; nil for never.
  private let orderedFrom: Int?

  /// Below that an empty buffer would be half of it, and a run hold next to nothing.
  private static let smallestBuffer = 128 << 10
  private static let smallestSorter = 4 << 10
  /// What putting documents in order takes of memory for each, about.
  private static let bytesPerDocument = 64

  /// - Parameters:
  ///   - memoryBudget: bytes of buffers.
  ///   - orderedFrom: from how many documents on they are put in order (`GraphBisection`); nil for never.
  init(
    in directory: IndexDirectory, crew: WorkCrew, memoryBudget: Int, orderedFrom: Int?,
    analyzer: () throws -> any EntryAnalyzing
  ) throws {
    self.crew = crew
    self.directory = directory
    self.orderedFrom = orderedFrom
    self.memoryBudget = memoryBudget
    // A quarter is for postings, of little memory half: larger buffers are no faster, for they leave the caches, and the
    // rest is for what is kept of each document and for the merge, which takes the more the more runs there are.
    let share = max(memoryBudget / 4, min(memoryBudget / 2, 16 << 20)) / crew.threadCount
    let bufferBudget = memoryBudget > 0 ? max(share, Self.smallestBuffer) : 0
    batchBytes = min(128 << 10, memoryBudget >> 8)
    storing = try analyzer()
    builder = SegmentBuilder(
      directory: directory, boundModel: storing.boundModel, keepsLetters: storing.correctsWords,
      numbersLater: orderedFrom != nil, columnBytes: min(256 << 10, memoryBudget >> 10), crew: crew)
    lanes = try (0..<crew.threadCount).map { _ in
      IndexingLane(directory: directory, analyzer: try analyzer(), bufferBudget: bufferBudget)
    }
  }

  deinit {
    // Pieces of work that are still under way hold files, which are to be gone when the lock is.
    crew.finish()
  }

  var documentCount: Int { builder.documentCount }

  /// Appends an entry whose id is not live in this segment.
  func add(_ entry: Entry, _ hash: UInt32) throws {
    let document = documentCount
    try builder.add(
      SegmentDocument(
        entry, titleLength: 0, bodyLength: 0, completions: storing.completions(of: entry)),
      fields: storing.storedFields(of: entry))
    isItem.append(entry.kind == .item)
    locations.insert(UInt32(document), hash: hash)
    batch.append(entry)
    batchByteCount += entry.storedByteCount
    if batchByteCount >= batchBytes { try handOver() }
  }

  private func handOver() throws {
    guard !batch.isEmpty else { return }
    let work = DocumentBatch(batch, first: documentCount - batch.count)
    batch = []
    batchByteCount = 0
    let lanes = lanes
    batches.append((work, crew.submit { lane in lanes[lane].index(work) }))
    while let oldest = batches.first, crew.isDone(oldest.piece) { takeLengths() }
    for lane in lanes { try lane.checkFailure() }
  }

  /// Those of the oldest batch, which is done.
  private func takeLengths() {
    let batch = batches.removeFirst().batch
    builder.setLengths(from: batch.first, batch.lengths)
  }

  // MARK: Finding and deleting

  /// The live document with this id.
  ///
  /// - Throws: `FileError`, `ScratchDamage`.
  func find(_ id: String, _ hash: UInt32) throws -> Int? {
    try locations.find(hash) { try builder.hasID(id, Int($0)) }.map(Int.init)
  }

  func isItem(_ document: Int) -> Bool { isItem[document] }

  func delete(_ document: Int, _ hash: UInt32) {
    locations.remove(UInt32(document), hash: hash)
    deleted.append(document)
  }

  // MARK: The end

  /// Writes the segment; the end of this object's work.
  func finish() throws -> (segment: CommittedSegment, live: LiveBits) {
    try handOver()
    crew.finish()
    locations.removeAll()
    isItem = []
    for lane in lanes { try lane.checkFailure() }
    while !batches.isEmpty { takeLengths() }
    // To put many documents in order takes the memory of the buffers.
    let leavesMemory = isOrdered && documentCount * Self.bytesPerDocument >= memoryBudget / 16
    for lane in lanes { crew.submit { _ in lane.end(leavingMemory: leavesMemory) } }
    crew.finish()
    for lane in lanes { try lane.checkFailure() }
    let order = try writeTerms()
    for lane in lanes { lane.removeAll() }
    let documentCount = documentCount
    let file = try builder.finish()
    var live = LiveBits(documentCount: documentCount)
    for document in deleted { live.delete(order.map { Int($0.docIDs[document]) } ?? document) }
    return (CommittedSegment(file: file, documentCount: documentCount), live)
  }

  /// Whether the documents are put in order at the end.
  private var isOrdered: Bool {
    orderedFrom.map { documentCount >= $0 && documentCount <= GraphBisection.mostDocuments } ?? false
  }

  /// Numbers the documents and hands their terms to the builder; runs and buffers are not needed afterwards.
  private func writeTerms() throws -> DocumentOrder? {
    let terms = TermParts(lanes.flatMap(\.sources), documentCount: documentCount)
    var order: DocumentOrder?
    if isOrdered {
      let features = try DocumentFeatures.collect(
        from: terms, documentCount: documentCount, directory: directory, by: crew)
      order = DocumentOrder(documents: GraphBisection(features).order(by: crew))
    }
    if orderedFrom != nil { try builder.number(by: order) }
    let sorterBytes = min(max(memoryBudget / 16 / crew.threadCount, Self.smallestSorter), 16 << 20)
    try PostingsAssembly(terms, for: builder, in: order, directory: directory, sorterBytes: sorterBytes)
      .run(by: crew)
    return order
  }
}

/// Consecutive documents on their way through one thread.
///
/// `@unchecked Sendable`: its piece of work alone touches it, and the crew hands that over (`WorkCrew.isDone`).
private final class DocumentBatch: @unchecked Sendable {
  let first: Int
  fileprivate var entries: [Entry]
  fileprivate(set) var lengths: [(title: UInt32, body: UInt32)] = []

  init(_ entries: [Entry], first: Int) {
    self.entries = entries
    self.first = first
  }
}

/// What one thread indexes with.
///
/// `@unchecked Sendable`: only pieces of work of its own lane touch it, and the owner of the crew when it is idle;
/// the failure, which is looked for meanwhile, has a lock.
private final class IndexingLane: @unchecked Sendable {
  private let directory: IndexDirectory
  private var analyzer: any EntryAnalyzing
  /// In bytes.
  private let bufferBudget: Int
  private let buffer = PostingsBuffer()
  private var runs: [TermSource] = []
  private let failure = Mutex<(any Error)?>(nil)

  init(directory: IndexDirectory, analyzer: any EntryAnalyzing, bufferBudget: Int) {
    self.directory = directory
    self.analyzer = analyzer
    self.bufferBudget = bufferBudget
  }

  func checkFailure() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  func index(_ batch: DocumentBatch) {
    do {
      try checkFailure()
      for (offset, entry) in batch.entries.enumerated() {
        var spillFailure: (any Error)?
        let document = UInt32(batch.first + offset)
        let lengths = analyzer.analyze(entry) { tokens, isTitle in
          // After a failure the buffer is sorted and takes no more; the rest of the text is passed over.
          guard spillFailure == nil else { return }
          buffer.add(document: document, tokens: tokens, isTitle: isTitle)
          // Also in the middle of a document: one may be larger than the budget.
          if buffer.byteCount > bufferBudget {
            do { try spill() } catch { spillFailure = error }
          }
        }
        if let spillFailure { throw spillFailure }
        batch.lengths.append((lengths.title, lengths.body))
      }
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
    batch.entries = []
  }

  private func spill() throws {
    buffer.sort()
    runs.append(try TermSource(writing: buffer, to: directory))
    buffer.removeAll()
  }

  /// Ends the additions.
  ///
  /// - Parameter leavingMemory: whether the buffer, too, becomes a run.
  func end(leavingMemory: Bool) {
    do {
      if leavingMemory, buffer.termCount > 0 { try spill() } else { buffer.sort() }
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }

  /// Everything that was collected, in the order of time.
  var sources: [TermSource] { runs + (buffer.termCount > 0 ? [TermSource(buffer)] : []) }

  func removeAll() {
    runs = []
    buffer.removeAll()
  }
}
