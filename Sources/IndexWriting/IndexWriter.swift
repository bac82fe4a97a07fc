import Glibc
package import IndexFormat
package import IndexStorage
package import SearchModel

/// Builds the next state of an index from entries and publishes it in one step.
///
/// Holds the writer lock from `init` on. Nothing is visible before `commit`, which ends the writer's work;
/// dropping it before leaves the index as it was and removes what was written. After an error every further
/// call throws the same error, so that nothing half done is published. Called by one thread; a crew of them works.
///
/// The index is built anew from what is added, one segment, whose bytes depend on the entries and their order
/// alone; or, with `keepsExisting`, the entries of the current commit stay until they are replaced or deleted,
/// and the segments are those that `MergePolicy` leaves.
package final class IndexWriter {
  package struct Options: Sendable {
    /// Whether the entries of the current commit stay until they are replaced or deleted; without, those added
    /// are all that there will be.
    package var keepsExisting: Bool
    /// How the segments of a kept index are merged; one that is built anew is always a single segment.
    package var mergePolicy: MergePolicy
    /// Threads that analyse, compress and encode, the caller's included.
    package var threadCount: Int
    /// Bytes of buffers; what is beyond them waits in files. Changes nothing that is written.
    package var memoryBudget: Int
    /// Bytes of items that wait to be united with the same item of another file. Decides the order of entries.
    package var waitingBytes: Int
    /// From how many documents on a segment of an index that is built anew has them in an order that makes it smaller
    /// and faster (`GraphBisection`).
    package var orderedFrom: Int
    /// Commits that stay for a rollback, the new one included.
    package var keptCommits: Int
    /// How long to wait for another writer.
    package var patience: LockPatience
    /// Seconds since 1970, for the commit.
    package var now: Int

    package init(
      keepsExisting: Bool = false, mergePolicy: MergePolicy = MergePolicy(), threadCount: Int = 1,
      memoryBudget: Int = 256 << 20, waitingBytes: Int = 32 << 20,
      orderedFrom: Int = 4_096, keptCommits: Int = 1, patience: LockPatience = .none, now: Int
    ) {
      self.keepsExisting = keepsExisting
      self.mergePolicy = mergePolicy
      self.threadCount = max(threadCount, 1)
      self.memoryBudget = min(memoryBudget, Self.largestBudget)
      self.waitingBytes = waitingBytes
      self.orderedFrom = orderedFrom
      self.keptCommits = keptCommits
      self.patience = patience
      self.now = now
    }

    /// A quarter of it is for postings: half of what the 32-bit addresses of a buffer reach, because the other half is
    /// for the entry that crosses it.
    private static let largestBudget = 8 << 30
  }

  private let directory: IndexDirectory
  private let lock: WriterLock
  private let previous: Commit?
  private let history: CommitHistory
  private let options: Options
  private let makeAnalyzer: @Sendable () throws -> any EntryAnalyzing
  private let analyzerIdentity: String

  private let crew: WorkCrew
  private var waiting = WaitingItems()
  /// Nil until there is an entry for it.
  private var current: SegmentInProgress?
  private var written: WrittenSegments

  private var failure: (any Error)?
  private var isCommitted = false

  /// Takes the writer lock; makes the directory if it is not there.
  ///
  /// - Parameter analyzer: makes the analyzer of a thread.
  /// - Throws: `IndexLockedError` while another writer is at work, `FileError`, `IndexFormatError`;
  ///   `KeepExistingError` when the entries of the current commit are to be kept and cannot be.
  package init<Analyzer: EntryAnalyzing>(
    in directory: IndexDirectory, options: Options, analyzer: @escaping @Sendable () throws -> Analyzer
  ) throws {
    self.directory = directory
    self.options = options
    makeAnalyzer = analyzer
    analyzerIdentity = Analyzer.identity
    crew = WorkCrew(threadCount: options.threadCount)
    written = WrittenSegments(in: directory)
    history = CommitHistory(in: directory, keeping: options.keptCommits)
    try directory.create()
    lock = try directory.lockForWriting(patience: options.patience)
    // A damaged or foreign pointer is no reason not to build anew; what it named is left until that is done.
    let isReadable: Bool
    (previous, isReadable) = try {
      do { return (try Commit(in: directory), true) } catch is IndexFormatError where !options.keepsExisting {
        return (nil, false)
      }
    }()
    guard isReadable else { return }
    if options.keepsExisting, let previous {
      guard previous.analyzer == analyzerIdentity else {
        throw KeepExistingError.otherAnalyzer(found: previous.analyzer)
      }
      for segment in previous.segments { try written.append(segment) }
    }
    // The run that published this commit may have died, or have failed, before that was durable. As long as it is not, a
    // power failure brings back the commit before, and with it the need for its files.
    try history.removeGarbage(current: previous, sync: true)
  }

  /// A writer with the analysis of the product.
  package convenience init(in directory: IndexDirectory, options: Options) throws {
    try self.init(in: directory, options: options) { try EntryAnalyzer() }
  }

  deinit {
    // A scratch file may have to go by its name, so it goes while nobody else can have one of that name.
    current = nil
    guard !isCommitted, (try? lock.isCurrent()) ?? false else { return }
    // A commit that failed may be the current one all the same: its name may have changed before the error.
    guard let current = try? Optional(Commit(in: directory)) else { return }
    try? history.removeGarbage(current: current, other: previous)
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

  // MARK: Changing

  /// Adds an entry. An item with the id of another item is united with it (`WaitingItem`), also with one of the
  /// commit that is kept; any other entry replaces the one with its id.
  ///
  /// - Throws: `IndexLimitError.entryTooLarge`, after which the writer goes on without the entry; others are final.
  package func add(_ entry: Entry) throws {
    try checkSize(of: entry)
    try working {
      let hash = EntryLocations.hash(entry.id)
      guard entry.kind == .item else { return try put(entry, hash) }
      if !waiting.unite(entry, hash) {
        var item = WaitingItem(entry)
        if let earlier = try takeIndexedItem(entry.id, hash) {
          item = WaitingItem(earlier)
          item.unite(with: entry)
        }
        waiting.append(item, hash)
      }
      if waiting.byteCount > options.waitingBytes { try indexWaiting() }
    }
  }

  /// Adds an entry in the place of whatever has its id; an item, too, is then as it is given.
  ///
  /// - Throws: as `add`.
  package func replace(_ entry: Entry) throws {
    try checkSize(of: entry)
    try working { try put(entry, EntryLocations.hash(entry.id)) }
  }

  /// Takes out the entry with this id.
  ///
  /// - Returns: false when there is none.
  @discardableResult
  package func delete(id: String) throws -> Bool {
    try working { try remove(id, EntryLocations.hash(id)) }
  }

  private func checkSize(of entry: Entry) throws {
    let byteCount = entry.storedByteCount
    guard byteCount <= IndexLimitError.largestEntry else {
      throw IndexLimitError.entryTooLarge(id: entry.id, byteCount: byteCount)
    }
  }

  private func put(_ entry: Entry, _ hash: UInt32) throws {
    try remove(entry.id, hash)
    try index(entry, hash)
  }

  @discardableResult
  private func remove(_ id: String, _ hash: UInt32) throws -> Bool {
    if waiting.remove(id, hash) { return true }
    if let current, let document = try current.find(id, hash) {
      current.delete(document, hash)
      return true
    }
    guard let place = try written.find(id) else { return false }
    written.delete(at: place)
    return true
  }

  /// Deletes what stands in a segment under an id, and gives it back if it is an item.
  private func takeIndexedItem(_ id: String, _ hash: UInt32) throws -> Entry? {
    if let current, let document = try current.find(id, hash) {
      guard current.isItem(document) else {
        current.delete(document, hash)
        return nil
      }
      // To be read back it has to stand in a file. Happens at most once after each `indexWaiting`: items come
      // into a segment in no other way.
      try closeCurrent()
    }
    guard let place = try written.find(id) else { return nil }
    let entry = try written.entry(at: place)
    written.delete(at: place)
    return entry.kind == .item ? entry : nil
  }

  private func indexWaiting() throws {
    for entry in waiting.takeAll() { try index(entry, EntryLocations.hash(entry.id)) }
  }

  /// Appends an entry whose id stands nowhere else.
  private func index(_ entry: Entry, _ hash: UInt32) throws {
    let current =
      try self.current
      ?? SegmentInProgress(
        in: directory, crew: crew, memoryBudget: options.memoryBudget,
        orderedFrom: options.keepsExisting ? nil : options.orderedFrom, analyzer: makeAnalyzer)
    self.current = current
    guard written.documentCount + current.documentCount < IndexLimitError.mostEntries else {
      throw IndexLimitError.tooManyEntries
    }
    try current.add(entry, hash)
  }

  /// Writes the segment in progress.
  ///
  /// Entries that were replaced or deleted meanwhile are left out of it: an id stands once in a segment, so that
  /// it can be looked up. Only a last segment that is merged anyway may wait for that.
  private func closeCurrent(isMergedNext: Bool = false) throws {
    guard let current else { return }
    let (segment, live) = try current.finish()
    self.current = nil
    guard live.liveCount > 0 else { return }
    try written.append(segment, live: live)
    if live.liveCount < live.documentCount, !isMergedNext {
      try written.merge([[written.members.count - 1]], crew)
    }
  }

  // MARK: Committing

  /// Makes everything added so far the state of the index, durably, in one step. The last call of a writer.
  ///
  /// - Parameters:
  ///   - sourcePaths: where the entries come from, for the next run.
  ///   - state: what was read, for the next run; a file of this directory.
  /// - Returns: the new commit, or the current one when nothing differs from it.
  package func commit(sourcePaths: [String], state: FileReference? = nil) throws -> Commit {
    let next = try working {
      try checkLock()
      try indexWaiting()
      try closeCurrent(isMergedNext: !options.keepsExisting)
      try merge()
      return try published(try written.committed(), sourcePaths: sourcePaths, state: state)
    }
    isCommitted = true
    written = WrittenSegments(in: directory)
    // What cannot be removed now, the next run removes.
    try? history.removeGarbage(current: next)
    return next
  }

  private func merge() throws {
    written.removeEmpty()
    let members = written.members
    if options.keepsExisting {
      let sizes = members.map {
        MergePolicy.SegmentSize(
          byteCount: $0.segment.file.byteCount, documentCount: $0.live.documentCount,
          liveCount: $0.live.liveCount)
      }
      try written.merge(options.mergePolicy.groups(of: sizes), crew)
    } else if members.count > 1 || members.contains(where: { !$0.isWhole }) {
      try written.merge([Array(members.indices)], crew)
    }
  }

  private func published(
    _ segments: [CommittedSegment], sourcePaths: [String], state: FileReference?
  ) throws -> Commit {
    let next = Commit(
      number: try history.nextNumber(after: previous), createdAt: options.now,
      analyzer: analyzerIdentity, sourcePaths: sourcePaths, segments: segments, state: state)
    try checkLock()
    if let previous, previous.hasContent(of: next) {
      // The run that published it may have failed before that was durable.
      try directory.sync()
      return previous
    }
    try history.publish(next, after: previous)
    return next
  }

  /// Somebody may have removed or replaced the directory: then this lock keeps nobody out.
  private func checkLock() throws {
    guard try lock.isCurrent() else {
      throw FileError(operation: "rename", path: directory.path, code: ESTALE)
    }
  }
}
