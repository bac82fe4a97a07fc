import Glibc
package import IndexFormat
package import IndexStorage
package import SearchModel
import TextAnalysis

/// Builds the next state of an index from entries and publishes it in one step.
///
/// Holds the writer lock from `init` on. Nothing is visible before `commit`, which ends the writer's work;
/// dropping it before leaves the index as it was and removes what was written. After an error every further
/// call throws the same error, so that nothing half done is published. For one thread at a time.
///
/// Entries are buffered up to a memory budget, flushed as segments, and merged at the end. What grows with
/// the corpus is some twenty bytes per entry, and what a segment keeps per entry while it is made: its id and
/// its facet values. The published segment depends on the entries and their order alone.
package final class IndexWriter {
  package struct Options: Sendable {
    /// Bytes of buffered postings and columns before a segment is flushed.
    package var memoryBudget: Int
    /// Bytes of items that wait to be united with the same item of another file. Decides the order of entries.
    package var waitingBytes: Int
    /// Seconds since 1970, for the commit.
    package var now: Int

    package init(memoryBudget: Int = 256 << 20, waitingBytes: Int = 32 << 20, now: Int) {
      self.memoryBudget = min(memoryBudget, Self.largestBudget)
      self.waitingBytes = waitingBytes
      self.now = now
    }

    /// Half of what the 32-bit addresses of the buffer reach: the other half is for the entry that crosses it.
    private static let largestBudget = 2 << 30
  }

  private let directory: IndexDirectory
  private let lock: WriterLock
  private let previous: Commit?
  private let options: Options

  private var analyzer: EntryAnalyzer
  private var buffer = PostingsBuffer()
  private var builder: SegmentBuilder?
  /// Of the documents in `builder`.
  private var buffered = BufferedDocuments()
  private var segments: [FlushedSegment] = []
  /// Documents in `segments`: the number of the first one in `builder`.
  private var flushedCount = 0

  /// Nil where an item was taken out again.
  private var waitingItems: [WaitingItem?] = []
  private var waiting = EntryLocations()
  private var waitingByteCount = 0

  /// The only live copy of each id, by its number among all documents of this run.
  private var locations = EntryLocations()

  private var failure: (any Error)?
  private var isCommitted = false

  private struct FlushedSegment {
    var segment: CommittedSegment
    var live: LiveBits
    /// Opened when it is first asked for an id.
    var reader: SegmentReader?
    /// The number of its first document.
    var firstNumber: Int
    var columnByteCount: Int
  }

  /// What has to be known of documents that cannot be read back yet.
  private struct BufferedDocuments {
    private var idBytes: [UInt8] = []
    private var idEnds: [Int] = []
    private var isItem: [Bool] = []
    var deleted: [Int] = []
    /// Bytes of ids and facet values.
    private(set) var columnByteCount = 0

    mutating func append(_ entry: Entry) {
      idBytes.append(contentsOf: entry.id.utf8)
      idEnds.append(idBytes.count)
      isItem.append(entry.kind == .item)
      columnByteCount += entry.columnByteCount
    }

    func isItem(_ document: Int) -> Bool { isItem[document] }

    func hasID(_ id: String, _ document: Int) -> Bool {
      idBytes[(document == 0 ? 0 : idEnds[document - 1])..<idEnds[document]].elementsEqual(id.utf8)
    }
  }

  /// Takes the writer lock; makes the directory if it is not there.
  ///
  /// - Throws: `IndexLockedError` while another writer is at work, `FileError`, `IndexFormatError`.
  package init(in directory: IndexDirectory, options: Options) throws {
    self.directory = directory
    self.options = options
    try directory.create()
    lock = try directory.lockForWriting()
    analyzer = try EntryAnalyzer()
    // A damaged or foreign pointer is no reason not to build anew; what it named is left until that is done.
    let isReadable: Bool
    (previous, isReadable) = try {
      do { return (try Commit(in: directory), true) } catch is IndexFormatError {
        return (nil, false)
      } catch let error as FileError where error.code == EFBIG { return (nil, false) }
    }()
    guard isReadable else { return }
    let garbage = garbageNames(keeping: previous?.fileNames ?? [])
    if !garbage.isEmpty {
      // The run that published this commit may have died, or have failed, before that was durable. As long as
      // it is not, a power failure brings back the commit before, and with it the need for its files.
      try directory.sync()
      remove(garbage)
    }
  }

  deinit {
    // A scratch file may have to go by its name, so it goes while nobody else can have one of that name.
    builder = nil
    guard !isCommitted, (try? lock.isCurrent()) ?? false else { return }
    // A commit that failed may be the current one all the same: its name may have changed before the error.
    guard let current = try? Commit(in: directory)?.fileNames ?? [] else { return }
    remove(garbageNames(keeping: current.union(previous?.fileNames ?? [])))
  }

  /// The state that readers saw when this writer began.
  package var currentCommit: Commit? { previous }

  /// Runs `body` unless something failed before.
  private func working<R>(_ body: () throws -> R) throws -> R {
    precondition(!isCommitted, "a writer is done once it has committed")
    if let failure { throw failure }
    do { return try body() } catch {
      failure = error
      throw error
    }
  }

  // MARK: Adding

  /// Adds an entry. An item with the id of another item is united with it (`WaitingItem`); any other entry
  /// replaces the one with its id.
  ///
  /// - Throws: `IndexLimitError.entryTooLarge`, after which the writer goes on without the entry; others are final.
  package func add(_ entry: Entry) throws {
    let byteCount = entry.storedByteCount
    guard byteCount <= IndexLimitError.largestEntry else {
      throw IndexLimitError.entryTooLarge(id: entry.id, byteCount: byteCount)
    }
    try working {
      if entry.kind == .item {
        try addItem(entry)
      } else {
        try replace(entry)
      }
    }
  }

  private func addItem(_ entry: Entry) throws {
    let hash = EntryLocations.hash(entry.id)
    if let place = waitingPlace(of: entry.id, hash) {
      waitingByteCount -= waitingItems[place]?.byteCount ?? 0
      waitingItems[place]?.unite(with: entry)
      waitingByteCount += waitingItems[place]?.byteCount ?? 0
    } else {
      var item = WaitingItem(entry)
      if let earlier = try takeIndexedItem(entry.id, hash) {
        item = WaitingItem(earlier)
        item.unite(with: entry)
      }
      waiting.insert(UInt32(waitingItems.count), hash: hash)
      waitingItems.append(item)
      waitingByteCount += item.byteCount
    }
    if waitingByteCount > options.waitingBytes { try indexWaiting() }
  }

  private func replace(_ entry: Entry) throws {
    let hash = EntryLocations.hash(entry.id)
    if let place = waitingPlace(of: entry.id, hash) {
      waiting.remove(UInt32(place), hash: hash)
      waitingByteCount -= waitingItems[place]?.byteCount ?? 0
      waitingItems[place] = nil
      // The place itself costs something too, and a page may take an item's id again and again.
      if waitingItems.count > 1_024, waiting.count * 2 < waitingItems.count { closeWaitingGaps() }
    }
    if let number = try location(of: entry.id, hash) { delete(number, hash) }
    try index(entry, hash)
  }

  private func waitingPlace(of id: String, _ hash: UInt64) -> Int? {
    waiting.find(hash) { waitingItems[Int($0)]?.entry.id.utf8.elementsEqual(id.utf8) ?? false }.map(Int.init)
  }

  private func closeWaitingGaps() {
    waitingItems.removeAll { $0 == nil }
    waiting.removeAll()
    for (place, item) in waitingItems.enumerated() {
      if let item { waiting.insert(UInt32(place), hash: EntryLocations.hash(item.entry.id)) }
    }
  }

  private func indexWaiting() throws {
    let items = waitingItems
    waiting.removeAll()
    waitingItems = []
    waitingByteCount = 0
    for case let item? in items { try index(item.entry, EntryLocations.hash(item.entry.id)) }
  }

  /// Appends an entry whose id stands nowhere else.
  private func index(_ entry: Entry, _ hash: UInt64) throws {
    let builder = self.builder ?? SegmentBuilder(directory: directory)
    self.builder = builder
    let document = builder.documentCount
    guard flushedCount + document < IndexLimitError.mostEntries else { throw IndexLimitError.tooManyEntries }
    let lengths = analyzer.analyze(entry) { tokens, isTitle in
      buffer.add(document: UInt32(document), tokens: tokens, isTitle: isTitle)
    }
    try builder.add(
      SegmentDocument(
        entry, titleLength: lengths.title, bodyLength: lengths.body,
        completions: analyzer.completions(of: entry)),
      fields: StoredFields(entry))
    buffered.append(entry)
    locations.insert(UInt32(flushedCount + document), hash: hash)
    if buffer.byteCount + buffered.columnByteCount > options.memoryBudget { try flush() }
  }

  // MARK: Finding and deleting

  /// The number of the live entry with this id.
  private func location(of id: String, _ hash: UInt64) throws -> Int? {
    try locations.find(hash) { number in
      let number = Int(number)
      if number >= flushedCount { return buffered.hasID(id, number - flushedCount) }
      let (segment, document) = place(of: number)
      return try reader(segment).keys.id(of: document).utf8.elementsEqual(id.utf8)
    }.map(Int.init)
  }

  /// The flushed segment of a document, and its doc ID there.
  private func place(of number: Int) -> (segment: Int, document: Int) {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].firstNumber <= number { low = middle + 1 } else { high = middle }
    }
    return (low - 1, number - segments[low - 1].firstNumber)
  }

  private func reader(_ segment: Int) throws -> SegmentReader {
    if let reader = segments[segment].reader { return reader }
    let reader = try SegmentReader(segments[segment].segment, in: directory)
    segments[segment].reader = reader
    return reader
  }

  private func delete(_ number: Int, _ hash: UInt64) {
    locations.remove(UInt32(number), hash: hash)
    if number >= flushedCount {
      buffered.deleted.append(number - flushedCount)
    } else {
      let (segment, document) = place(of: number)
      segments[segment].live.delete(document)
    }
  }

  /// Deletes what stands under an id, and gives it back if it is an item.
  private func takeIndexedItem(_ id: String, _ hash: UInt64) throws -> Entry? {
    guard let number = try location(of: id, hash) else { return nil }
    if number >= flushedCount {
      guard buffered.isItem(number - flushedCount) else {
        delete(number, hash)
        return nil
      }
      // Happens at most once after each `indexWaiting`: items come into a segment in no other way.
      try flush()
    }
    let (segment, document) = place(of: number)
    let reader = try reader(segment)
    let entry = try reader.entry(document, from: try reader.storedFields())
    delete(number, hash)
    return entry.kind == .item ? entry : nil
  }

  // MARK: Segments

  private func flush() throws {
    guard let builder else { return }
    let documentCount = builder.documentCount
    try buffer.flush(to: builder)
    let file = try builder.finish()
    var live = LiveBits(documentCount: documentCount)
    for document in buffered.deleted { live.delete(document) }
    segments.append(
      FlushedSegment(
        segment: CommittedSegment(file: file, documentCount: documentCount), live: live, reader: nil,
        firstNumber: flushedCount, columnByteCount: buffered.columnByteCount))
    flushedCount += documentCount
    buffered = BufferedDocuments()
    self.builder = nil
  }

  /// Makes everything added so far the state of the index, durably, in one step. The last call of a writer.
  ///
  /// - Parameter sourcePaths: where the entries come from, for the next run.
  /// - Returns: the new commit, or the current one when nothing differs from it.
  package func commit(sourcePaths: [String]) throws -> Commit {
    let next = try working {
      try indexWaiting()
      try flush()
      return try published(try mergedSegment(), sourcePaths: sourcePaths)
    }
    isCommitted = true
    segments = []
    remove(garbageNames(keeping: next.fileNames))
    return next
  }

  private func published(_ segment: CommittedSegment?, sourcePaths: [String]) throws -> Commit {
    let next = Commit(
      // A pointer may claim any number, as long as its checksum is right.
      number: min(previous?.number ?? 0, Int.max - 1) + 1, createdAt: options.now,
      analyzer: Analyzer.identity,
      sourcePaths: sourcePaths, segments: segment.map { [$0] } ?? [])
    // Somebody may have removed or replaced the directory: then this lock keeps nobody out.
    guard try lock.isCurrent() else {
      throw FileError(operation: "rename", path: directory.path, code: ESTALE)
    }
    if let previous, previous.segments == next.segments, previous.sourcePaths == next.sourcePaths,
      previous.analyzer == next.analyzer
    {
      // The run that published it may have failed before that was durable.
      try directory.sync()
      return previous
    }
    try next.publish(in: directory)
    return next
  }

  private func mergedSegment() throws -> CommittedSegment? {
    segments.removeAll { $0.live.liveCount == 0 }
    if segments.count == 1, let only = segments.first, only.live.liveCount == only.segment.documentCount {
      return only.segment
    }
    guard !segments.isEmpty else { return nil }
    let columnByteCount = segments.reduce(0) { $0 + $1.columnByteCount }
    guard columnByteCount <= IndexLimitError.largestColumns else {
      throw IndexLimitError.tooManyColumnBytes(columnByteCount)
    }
    let readers = try segments.map { try SegmentReader($0.segment, live: $0.live, in: directory) }
    return try SegmentMerger.merge(readers, in: directory)
  }

  // MARK: Cleaning up

  /// Names of segment files that are not to be kept, and of what a killed writer left; nobody else's.
  ///
  /// None when the directory cannot be listed: garbage harms nobody, and the next run tries again.
  private func garbageNames(keeping names: Set<String>) -> [String] {
    guard let found = try? directory.fileNames() else { return [] }
    return found.filter { name in
      !names.contains(name)
        && (name.hasPrefix("segment-") && name.hasSuffix(".seg")
          || name.hasPrefix("live-") && name.hasSuffix(".bits")
          || name.hasPrefix(IndexDirectory.temporaryPrefix))
    }
  }

  /// Removes files; one that cannot be removed is left, for the same reason.
  private func remove(_ names: [String]) {
    for name in names { try? directory.remove(name) }
  }
}

extension Entry {
  /// Bytes that its id and facet values take in the columns of a segment, about.
  fileprivate var columnByteCount: Int {
    var bytes = id.utf8.count + 64 + min(title.utf8.count, CompletionText.longest) + 32
    for key in FacetKey.allCases {
      for value in key.values(of: self) { bytes += value.utf8.count + 4 }
    }
    for tag in tags { bytes += min(tag.utf8.count, CompletionText.longest) + 32 }
    for pin in pins { bytes += pin.utf8.count + 32 }
    return bytes
  }
}
