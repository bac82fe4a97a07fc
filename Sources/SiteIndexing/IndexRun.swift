package import ContentIngest
package import IndexFormat
package import IndexStorage
import IndexWriting
import SearchModel
import TextAnalysis

/// One run of `search index`: finds out what changed, reads that, and publishes the result in one step.
///
/// For one thread at a time; for one call.
package struct IndexRun {
  package struct Options: Sendable {
    /// Everything is read, whatever is known.
    package var isFull = false
    /// Nothing is written.
    package var isDryRun = false
    /// Bad content stops the run.
    package var isStrict = false
    package var memoryBudget = 256 << 20
    package var threadCount = 1
    /// Commits that stay for a rollback, the new one included.
    package var keptCommits = 1
    /// How long to wait for another run.
    package var patience = LockPatience.none
    /// Seconds since 1970, for the commit.
    package var now: Int
    /// Which files are content, and how they are read.
    package var plan = ContentPlan()
    /// ISO day for pages with a day of publication; without it no page is too early or too late.
    package var today: String?
    /// Larger files are named and skipped.
    package var fileByteLimit = ContentReader.byteLimit
    /// Other values that decide what is made of a file.
    package var settings: [SourceSetting] = []

    package init(now: Int) { self.now = now }
  }

  /// What a run is told while it reads. It may throw to end it: then nothing is published.
  package typealias Progress = (_ doneBytes: Int, _ totalBytes: Int, _ entries: Int) throws -> Void

  let directory: IndexDirectory
  let options: Options
  let progress: Progress

  var report = RunReport()
  var reader = ContentReader()
  /// What the files decide about their neighbours; known after the walk.
  private var knowledge = ""
  /// The commit that is checked out where the files lie; empty outside a repository.
  private var head = ""
  private var doneBytes = 0
  var totalBytes = 0
  private var entryCount = 0
  /// What a damaged index does not give back, which is no file.
  private var lostInput: SkippedInput?

  package init(
    in directory: IndexDirectory, options: Options, progress: @escaping Progress = { _, _, _ in }
  ) {
    self.directory = directory
    self.options = options
    self.progress = progress
  }

  private static let readerSetting = "reader"
  private static let knowledgeSetting = "arrangement of the site's files"
  private static let nextChangeSetting = "day of the next publication"
  private static let historySetting = "history of the repository"

  /// What the index is made from besides the files, and known before the walk.
  private var settings: [SourceSetting] {
    let plan = options.plan.fingerprint { RecordedPath.relative($0, to: directory) }
    return [
      SourceSetting(name: Self.readerSetting, value: String(ContentReader.version)),
      SourceSetting(name: "configuration of the site", value: ContentHash(of: plan).hexadecimal),
      SourceSetting(name: "limit of a file's size", value: String(options.fileByteLimit)),
    ] + options.settings
  }

  /// Everything of the kind, for the record.
  ///
  /// - Parameter known: the settings of the state that goes on.
  func recordedSettings(since known: [SourceSetting] = []) -> [SourceSetting] {
    let days = [Self.value(of: Self.nextChangeSetting, in: known), reader.nextChange].compactMap { $0 }
    return settings + [
      SourceSetting(name: Self.knowledgeSetting, value: ContentHash(of: knowledge).hexadecimal),
      SourceSetting(name: Self.nextChangeSetting, value: days.filter { !$0.isEmpty }.min() ?? ""),
      SourceSetting(name: Self.historySetting, value: head),
    ]
  }

  private static func value(of name: String, in settings: [SourceSetting]) -> String? {
    settings.first { $0.name == name }?.value
  }

  /// Why the settings of a state do not hold any more; nil if they do.
  private func change(since known: [SourceSetting]) -> RebuildReason? {
    let byFiles = [Self.knowledgeSetting, Self.nextChangeSetting, Self.historySetting]
    let old = known.filter { !byFiles.contains($0.name) }
    if old != settings {
      let other = settings.first { Self.value(of: $0.name, in: old) != $0.value }
      return .otherSetting(other?.name ?? "configuration")
    }
    if let today = options.today, let day = Self.value(of: Self.nextChangeSetting, in: known), !day.isEmpty,
      day <= today
    {
      return .otherDay
    }
    return nil
  }

  /// Brings the index to the state of the given files and folders.
  ///
  /// - Parameters:
  ///   - recordedPaths: the paths as the commit names them.
  ///   - keepsStandardInput: whether entries that came through standard input stay.
  /// - Throws: `MissingInputError`, `UnreadableFolderError`, `BadContentError`, `IndexLockedError`, `FileError`,
  ///   `IndexFormatError`, and what `progress` throws; nothing is published then.
  package mutating func update(
    paths: [String], recordedPaths: [String], keepsStandardInput: Bool
  ) throws -> RunReport {
    do {
      try update(paths, recordedPaths, keepsStandardInput, rebuilding: nil)
    } catch let reason as RebuildReason {
      report = RunReport()
      (doneBytes, entryCount, lostInput) = (0, 0, nil)
      try update(paths, recordedPaths, keepsStandardInput, rebuilding: reason)
    }
    return report
  }

  private mutating func update(
    _ paths: [String], _ recordedPaths: [String], _ keepsStandardInput: Bool,
    rebuilding reason: RebuildReason?
  ) throws {
    let root = RecordedPath.relative(try FileWalker(paths: paths).root ?? ".", to: directory)
    let (base, writer) = try open(root: root, rebuilding: reason)
    var plan = options.plan
    let found = try plan.find(paths, excluding: [directory.path])
    reader = ContentReader(plan: plan, today: options.today)
    reader.fileByteLimit = options.fileByteLimit
    let repository = GitRepository(around: found.root)
    let days = repository.map { ChangeDays($0, below: found.root) }
    reader.changeDay = days.map { days in { days.day(of: $0) } }
    head = repository?.head ?? ""
    knowledge = plan.knowledge
    report.watchedFolders = Self.watchedFolders(found)
    report.ignoredCount = found.ignoredCount
    report.skipped = found.skipped
    report.fileCount = found.files.count + found.skipped.count { !$0.isFolder && $0.line == nil }
    // What cannot be read is not gone: an index loses nothing because its sources are out of reach.
    if found.files.isEmpty || base.hasCommit, let folder = found.skipped.first(where: \.isFolder) {
      throw UnreadableFolderError(folder: folder)
    }
    let sources = Sources(paths: recordedPaths, root: root, keepsStandardInput: keepsStandardInput)
    switch base {
    case .nothing(let reason, _): try rebuild(found.files, because: reason, sources, writer)
    case .state(let commit, let state):
      guard
        Self.value(of: Self.knowledgeSetting, in: state.settings) == ContentHash(of: knowledge).hexadecimal
      else { throw RebuildReason.otherSetting(Self.knowledgeSetting) }
      var touched: Set<String>? = []
      let known = Self.value(of: Self.historySetting, in: state.settings) ?? ""
      if known != head { touched = known.isEmpty || head.isEmpty ? nil : days?.filesTouched(since: known) }
      guard let touched else { throw RebuildReason.otherSetting(Self.historySetting) }
      try updateChanged(found.files, touched: touched, since: state, of: commit, sources, writer)
    }
  }

  /// How a commit records standard input among its sources.
  package static let standardInputMark = "-"

  /// What a commit says about where its entries come from.
  struct Sources {
    var paths: [String]
    var root: String
    var keepsStandardInput: Bool
  }

  // MARK: Where to begin

  enum Base {
    /// Everything is to be read; whether there is a commit whose entries would be lost by a mistake.
    case nothing(RebuildReason, Commit?)
    case state(Commit, SourceState)

    var hasCommit: Bool { if case .nothing(_, nil) = self { false } else { true } }
  }

  /// The state to begin with, and the writer that continues it. No writer in a dry run.
  ///
  /// - Parameter root: what names are relative to; nil when no files are read: then their settings do not count.
  func open(root: String?, rebuilding reason: RebuildReason?) throws -> (Base, IndexWriter?) {
    while true {
      let (commit, found) = try base(root: root)
      let base = reason.map { Base.nothing($0, commit) } ?? found
      if options.isDryRun { return (base, nil) }
      let keepsExisting = if case .state = base { true } else { false }
      let writer: IndexWriter
      do {
        writer = try IndexWriter(
          in: directory,
          options: .init(
            keepsExisting: keepsExisting, threadCount: options.threadCount,
            memoryBudget: options.memoryBudget, keptCommits: options.keptCommits,
            patience: options.patience, now: options.now))
      } catch let error as IndexFormatError where keepsExisting {
        return try open(root: root, rebuilding: .unreadable("\(error)"))
      } catch let error as FileError where keepsExisting && error.isNotFound {
        return try open(root: root, rebuilding: .unreadable("\(error)"))
      }
      // Another run may have published between the reading of the pointer and the lock.
      if writer.currentCommit == commit { return (base, writer) }
    }
  }

  private func base(root: String?) throws -> (Commit?, Base) {
    let commit: Commit?
    do { commit = try Commit(in: directory) } catch let error as IndexFormatError {
      return (nil, .nothing(.unreadable("\(error)"), nil))
    }
    func rebuild(_ reason: RebuildReason) -> (Commit?, Base) { (commit, .nothing(reason, commit)) }
    guard let commit else { return rebuild(.firstRun) }
    if options.isFull { return rebuild(.asked) }
    guard let reference = commit.state else { return rebuild(.noRecord) }
    if commit.analyzer != Analyzer.identity { return rebuild(.otherAnalyzer) }
    let state: SourceState
    do { state = try SourceState(reference, in: directory) } catch let error as IndexFormatError {
      return rebuild(.unreadable("\(error)"))
    }
    if let root {
      if state.root != root { return rebuild(.otherRoot) }
      if let reason = change(since: state.settings) { return rebuild(reason) }
    } else if Self.value(of: Self.readerSetting, in: state.settings) != String(ContentReader.version) {
      return rebuild(.otherSetting(Self.readerSetting))
    }
    return (commit, .state(commit, state))
  }

  private static func watchedFolders(_ found: FoundFiles) -> [String] {
    var folders = Set(found.folders)
    // A file that was given by its name, or that a link leads to.
    var last: Substring?
    for file in found.files {
      guard let slash = file.path.utf8.lastIndex(of: UInt8(ascii: "/")) else { continue }
      let folder = slash == file.path.utf8.startIndex ? "/" : file.path[..<slash]
      if folder == last { continue }
      last = folder
      folders.insert(String(folder))
    }
    return folders.sorted()
  }

  // MARK: Reading

  /// Reads a file, and says what was read as a record without entries.
  mutating func read(
    _ file: SourceFile, unless known: ContentHash? = nil, entry: (Entry) throws -> Void
  ) throws -> (reading: FileReading, record: SourceRecord) {
    var skips: [SkippedInput] = []
    var done = doneBytes
    var count = entryCount
    let (progress, total) = (self.progress, totalBytes)
    let reading = try reader.read(file, unless: known, progress: { done += $0 }) { found in
      count += 1
      if count & 0xFF == 0 { try progress(done, total, count) }
      try entry(found)
    } skipped: {
      skips.append($0)
    }
    doneBytes = done
    entryCount = count
    try progress(done, total, count)
    if reading.outcome != .unchanged { report.skipped += skips }
    if reading.outcome == .read { report.readFileCount += 1 }
    return (
      reading,
      SourceRecord(
        name: file.name, signature: reading.signature, hash: reading.hash, isUncertain: reading.isUncertain,
        skips: skips.map {
          SourceRecord.Skip(line: $0.line, reason: $0.reason, isDeliberate: $0.isDeliberate)
        })
    )
  }

  /// Stops a strict run that met bad content; counts what is indexed.
  mutating func finishReading() throws {
    report.skipped.sort { bytesPrecede($0.file, $1.file) }
    let unread = Set(report.skipped.lazy.filter { $0.line == nil }.map(\.file))
    report.indexedFileCount = report.fileCount - unread.count
    if let lostInput { report.skipped.append(lostInput) }
    let bad = report.skipped.filter { !$0.isDeliberate }
    if options.isStrict, let first = bad.first { throw BadContentError(first: first, count: bad.count) }
  }

  // MARK: Everything

  /// Reads all files and publishes what they give in the place of what there was.
  mutating func rebuild(
    _ files: [SourceFile], because reason: RebuildReason, _ sources: Sources, _ writer: IndexWriter?
  ) throws {
    report.rebuildReason = reason
    report.newFiles = files.map(\.name)
    totalBytes = files.reduce(0) { $0 + $1.byteCount }
    let kept = sources.keepsStandardInput ? try standardInputEntries() : []
    let builder = try writer.map { _ in
      try SourceStateBuilder(in: directory)
    }
    var ids = Set<String>()
    for file in files {
      var entries: [SourceEntry] = []
      let (reading, record) = try read(file) { entry in
        entries.append(SourceEntry(entry))
        if writer == nil { ids.insert(entry.id) }
        try writer?.add(entry)
      }
      // What could not be read has no record: it is new to the next run.
      if reading.outcome == .read { try builder?.add(record, entries: entries) }
    }
    try finishReading()
    for entry in kept {
      if writer == nil { ids.insert(entry.id) }
      try writer?.replace(entry)
    }
    if !kept.isEmpty { try builder?.add(.standardInput(), entries: kept.map { SourceEntry($0) }) }
    report.addedEntryCount = ids.count
    guard let writer, let builder else { return }
    let state = try builder.finish(root: sources.root, settings: recordedSettings())
    try publish(writer, paths: sources.paths + (kept.isEmpty ? [] : [Self.standardInputMark]), state)
    // Ids by themselves would take memory without bound.
    report.addedEntryCount = try IndexSnapshot(in: directory).entryCount
  }

  mutating func publish(_ writer: IndexWriter, paths: [String], _ state: FileReference) throws {
    let previous = writer.currentCommit
    let commit = try writer.commit(sourcePaths: paths, state: state)
    report.commit = commit
    report.isNewCommit = commit != previous
  }

  /// The entries that came through standard input and cannot be asked for again, read back from the index.
  ///
  /// Damage may have taken them, which the report says then; a disk that fails for now must not.
  mutating func standardInputEntries() throws -> [Entry] {
    let commit: Commit?
    do { commit = try Commit(in: directory) } catch is IndexFormatError { return [] }
    guard let commit, let reference = commit.state else { return [] }
    let known: [SourceEntry]
    do {
      let state = try SourceState(reference, in: directory)
      guard state.records.last?.isStandardInput == true else { return [] }
      known = try state.entries(of: state.records.count - 1)
    } catch  where Self.isDamage(error) {
      if commit.sourcePaths.contains(Self.standardInputMark) { lostInput = Self.lostInput("the entries") }
      return []
    }
    // A file that is lost or damaged takes what stands in it, not what stands in the others.
    let segments = try commit.segments.compactMap { segment in
      try Self.unlessDamaged { try SegmentReader(segment, in: directory) }
    }
    let entries = try known.compactMap { known in
      for segment in segments {
        let entry = try Self.unlessDamaged { try Self.liveEntry(known.id, in: segment) }
        if let entry = entry ?? nil { return entry }
      }
      return nil as Entry?
    }
    let lostCount = known.count - entries.count
    if lostCount > 0 { lostInput = Self.lostInput("\(lostCount) of \(known.count) entries") }
    return entries
  }

  private static func liveEntry(_ id: String, in segment: SegmentReader) throws -> Entry? {
    guard let document = try segment.keys.document(withID: id), segment.live?.isLive(document) ?? true else {
      return nil
    }
    return try segment.entry(document, from: try segment.storedFields())
  }

  private static func unlessDamaged<R>(_ body: () throws -> R) throws -> R? {
    do { return try body() } catch  where isDamage(error) { return nil }
  }

  private static func isDamage(_ error: any Error) -> Bool {
    error is IndexFormatError || (error as? FileError)?.isNotFound == true
  }

  private static func lostInput(_ what: String) -> SkippedInput {
    SkippedInput(
      file: SourceRecord.standardInput().name,
      reason: "\(what) that came this way cannot be read back from the damaged index; send them again")
  }
}

extension SourceRecord {
  /// The record of what came through standard input.
  static func standardInput() -> SourceRecord {
    SourceRecord(
      name: "standard input",
      signature: FileSignature(byteCount: 0, modificationTime: 0, changeTime: 0, inode: 0),
      hash: ContentHash(high: 0, low: 0), isStandardInput: true)
  }
}

/// A file that changed between two readings of the same run, which could not keep its first content.
package struct FileInMotionError: Error {
  package var file: String
}

/// A folder that cannot be read: what is in it is unknown, so nothing is published.
package struct UnreadableFolderError: Error {
  package var folder: SkippedInput
}

/// Bad content in a run that must not meet any.
package struct BadContentError: Error {
  package var first: SkippedInput
  package var count: Int
}
