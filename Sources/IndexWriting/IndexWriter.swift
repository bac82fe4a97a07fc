import Glibc
package import IndexFormat
package import IndexStorage
package import SearchModel
import TextAnalysis

/// Builds the next state of an index from entries and publishes it in one step.
///
/// Holds the writer lock from `init` on. Nothing is visible before `commit`, and dropping the writer leaves the
/// index as it was. For one thread at a time.
///
/// Entries are buffered up to a memory budget, flushed as segments, and merged at the end, so memory does not
/// grow with the corpus. The published segment depends on the entries and their order alone.
package final class IndexWriter {
  package struct Options: Sendable {
    /// Bytes of buffered postings before a segment is flushed.
    package var memoryBudget: Int
    /// Seconds since 1970, for the commit.
    package var now: Int

    package init(memoryBudget: Int = 256 << 20, now: Int) {
      self.memoryBudget = memoryBudget
      self.now = now
    }
  }

  /// Where the only live copy of an id stands.
  private struct Location: Equatable {
    var segment: Int
    var document: Int
  }

  /// Items wait in memory up to this many bytes of text, to be united with the same item of another file.
  private static let waitingBytes = 32 << 20

  private let directory: IndexDirectory
  private let lock: WriterLock
  private let previous: Commit?
  private let options: Options

  private var analyzer: EntryAnalyzer
  private var buffer = PostingsBuffer()
  private var builder: SegmentBuilder?
  private var segments: [FlushedSegment] = []
  private var bufferedDeletions: [Int] = []

  private var waiting: [String: Int] = [:]
  private var waitingItems: [Entry] = []
  private var waitingByteCount = 0

  private var locations: [String: Location] = [:]

  private struct FlushedSegment {
    var segment: CommittedSegment
    var live: LiveBits
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
      do { return (try Commit(in: directory), true) } catch is IndexFormatError { return (nil, false) }
    }()
    if isReadable { try removeGarbage(keeping: previous?.fileNames ?? []) }
  }

  /// The state that readers see now.
  package var currentCommit: Commit? { previous }

  // MARK: Adding

  /// Adds an entry. An item with the id of another item is united with it; any other entry replaces the one
  /// with its id.
  package func add(_ entry: Entry) throws {
    guard entry.kind == .item else {
      try delete(entry.id)
      try index(entry)
      return
    }
    if let place = waiting[entry.id] {
      waitingByteCount -= waitingItems[place].text.utf8.count
      waitingItems[place] = waitingItems[place].united(with: entry)
      waitingByteCount += waitingItems[place].text.utf8.count
    } else {
      var item = entry
      if let earlier = try takeIndexed(entry.id) {
        if earlier.kind == .item { item = earlier.united(with: entry) }
      }
      waiting[item.id] = waitingItems.count
      waitingItems.append(item)
      waitingByteCount += item.text.utf8.count
    }
    if waitingByteCount > Self.waitingBytes { try indexWaiting() }
  }

  private func indexWaiting() throws {
    let items = waitingItems
    waiting = [:]
    waitingItems = []
    waitingByteCount = 0
    for item in items { try index(item) }
  }

  private func index(_ entry: Entry) throws {
    let builder = self.builder ?? SegmentBuilder(directory: directory)
    self.builder = builder
    let document = builder.documentCount
    let lengths = analyzer.analyze(entry) { tokens, isTitle in
      buffer.add(document: UInt32(document), tokens: tokens, isTitle: isTitle)
    }
    try builder.add(
      SegmentDocument(entry, titleLength: lengths.title, bodyLength: lengths.body), fields: StoredFields(entry))
    locations[entry.id] = Location(segment: segments.count, document: document)
    if buffer.byteCount > options.memoryBudget { try flush() }
  }

  // MARK: Replacing

  /// Deletes what stands under an id, wherever it is.
  private func delete(_ id: String) throws {
    if let place = waiting.removeValue(forKey: id) {
      waitingItems.remove(at: place)
      for (other, index) in waiting where index > place { waiting[other] = index - 1 }
    }
    guard let location = locations.removeValue(forKey: id) else { return }
    if location.segment < segments.count {
      segments[location.segment].live.delete(location.document)
    } else {
      bufferedDeletions.append(location.document)
    }
  }

  /// Reads back what stands under an id in a segment of this run, and deletes it there.
  private func takeIndexed(_ id: String) throws -> Entry? {
    guard let location = locations[id] else { return nil }
    if location.segment == segments.count { try flush() }
    let reader = try SegmentReader(segments[location.segment].segment, in: directory)
    let entry = try reader.entry(location.document, from: try reader.storedFields())
    try delete(id)
    return entry
  }

  // MARK: Segments

  private func flush() throws {
    guard let builder else { return }
    let documentCount = builder.documentCount
    try buffer.flush(to: builder)
    let file = try builder.finish()
    var live = LiveBits(documentCount: documentCount)
    for document in bufferedDeletions { live.delete(document) }
    segments.append(
      FlushedSegment(segment: CommittedSegment(file: file, documentCount: documentCount), live: live))
    bufferedDeletions = []
    self.builder = nil
  }

  /// Makes everything added so far the state of the index, durably, in one step.
  ///
  /// - Parameter sourcePaths: where the entries come from, for the next run.
  /// - Returns: the new commit, or the current one when nothing differs from it.
  package func commit(sourcePaths: [String]) throws -> Commit {
    try indexWaiting()
    try flush()
    let segment = try mergedSegment()
    var next = Commit(
      number: (previous?.number ?? 0) + 1, createdAt: options.now, analyzer: Analyzer.identity,
      sourcePaths: sourcePaths, segments: segment.map { [$0] } ?? [])
    if let previous, previous.segments == next.segments, previous.sourcePaths == next.sourcePaths,
      previous.analyzer == next.analyzer
    {
      next = previous
    } else {
      // Somebody may have removed or replaced the directory: then this lock keeps nobody out.
      guard try lock.isCurrent() else {
        throw FileError(operation: "rename", path: directory.path, code: ESTALE)
      }
      try next.publish(in: directory)
    }
    try removeGarbage(keeping: next.fileNames)
    return next
  }

  private func mergedSegment() throws -> CommittedSegment? {
    segments.removeAll { $0.live.liveCount == 0 }
    if segments.count == 1, let only = segments.first, only.live.liveCount == only.segment.documentCount {
      return only.segment
    }
    guard !segments.isEmpty else { return nil }
    let readers = try segments.map { try SegmentReader($0.segment, live: $0.live, in: directory) }
    return try SegmentMerger.merge(readers, in: directory)
  }

  /// Removes segment files that no commit names and what a killed writer left; nothing else.
  ///
  /// A file that cannot be removed is left: it harms nobody, and the next run tries again.
  private func removeGarbage(keeping names: Set<String>) throws {
    for name in try directory.fileNames() where !names.contains(name) {
      let isOurs =
        name.hasPrefix("segment-") && name.hasSuffix(".seg") || name.hasPrefix("live-") && name.hasSuffix(".bits")
        || name.hasPrefix(IndexDirectory.temporaryPrefix)
      if isOurs { try? directory.remove(name) }
    }
  }
}

extension Entry {
  /// One entry of two with the same id: categories, tags and sources united, texts that differ both kept.
  func united(with other: Entry) -> Entry {
    func union(_ a: [String], _ b: [String]) -> [String] { a + b.filter { !a.contains($0) } }
    var result = self
    result.category = union(category, other.category)
    result.tags = union(tags, other.tags)
    result.sources = union(sources, other.sources)
    result.keywords = union(keywords, other.keywords)
    if result.path.isEmpty { result.path = other.path }
    if result.date == nil { result.date = other.date }
    if other.text != text, !other.text.isEmpty, !text.contains(other.text) {
      result.text = text.isEmpty ? other.text : text + "\n\n" + other.text
    }
    return result
  }
}
