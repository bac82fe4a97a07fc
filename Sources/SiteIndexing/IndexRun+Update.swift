import ContentIngest
import IndexFormat
import IndexWriting
import SearchModel

extension IndexRun {
  /// A file that is read in this run, and what it gives now.
  private struct Reread {
    var file: SourceFile
    /// Its record in the old state; nil for a new file.
    var record: Int?
    var newRecord: SourceRecord
    var entries: [SourceEntry]
    /// The entries themselves while they are few; nil when the file has to be read again for them.
    var content: [Entry]?
  }

  /// What is known of each file that was looked into.
  private struct Findings {
    /// In the order of names.
    var reread: [Reread] = []
    /// Records whose content is as it was, with the signature that the file has now.
    var unchanged: [Int: SourceRecord] = [:]
    var gone: [Int] = []
    /// Bytes of text in `Reread.content`.
    var contentBytes = 0
  }

  /// Texts of changed files up to this size are kept between the two looks at them.
  private static let largestKeptContent = 32 << 20
  /// With more new and changed bytes than this, and than what stayed, building anew costs less.
  private static let smallestRebuild = 8 << 20

  /// Reads what changed, and publishes the difference.
  ///
  /// An entry may come from several files: an item is united of all of them, and of pages with one id the last
  /// stays. So the ids that changed are looked up in the other files' records, and the few files that also give
  /// one of them are read again; what the index held under these ids is then put together anew, in the order of
  /// files, as a rebuild would.
  ///
  /// - Parameter touched: absolute paths of files to be read whatever they hold.
  mutating func updateChanged(
    _ files: [SourceFile], touched: Set<String>, since state: SourceState, of commit: Commit,
    _ sources: Sources,
    _ writer: IndexWriter?
  ) throws {
    let changes = FileChanges(files, since: state, touched: touched)
    let readBytes = (changes.new + changes.suspects.map(\.file)).reduce(0) { $0 + $1.byteCount }
    totalBytes = readBytes
    var findings = Findings()
    findings.gone = changes.gone
    // Other sources take its place: what files say about the same ids counts again.
    let hasStandardInput = state.records.last?.isStandardInput == true
    let dropsStandardInput = hasStandardInput && !sources.keepsStandardInput
    if dropsStandardInput { findings.gone.append(state.records.count - 1) }
    for known in changes.suspects {
      try look(into: known.file, record: known.record, isTouched: known.isTouched, of: state, &findings)
    }
    for file in changes.new { try look(into: file, record: nil, of: state, &findings) }

    let sameBytes = changes.same.reduce(0) { $0 + $1.file.byteCount }
    let rereadBytes = findings.reread.reduce(0) { $0 + $1.file.byteCount }
    if rereadBytes > Self.smallestRebuild, rereadBytes > sameBytes { throw RebuildReason.mostChanged }

    var byRecord = [SourceFile?](repeating: nil, count: state.records.count)
    for known in changes.same { byRecord[known.record] = known.file }
    for known in changes.suspects { byRecord[known.record] = known.file }
    let affected = try replay(state, byRecord, &findings, writer)
    report.newFiles = findings.reread.filter { $0.record == nil }.map(\.file.name)
    report.changedFiles = findings.reread.filter { $0.record != nil }.map(\.file.name)
    report.goneFiles = findings.gone.map { state.records[$0].name }
    let replaced = Set(findings.reread.compactMap(\.record)).union(findings.gone)
    for (number, record) in state.records.enumerated() where !record.skips.isEmpty {
      guard byRecord[number] != nil, !replaced.contains(number) else { continue }
      report.skipped += record.skips.map {
        SkippedInput(file: record.name, line: $0.line, reason: $0.reason, isDeliberate: $0.isDeliberate)
      }
    }
    try finishReading()

    let paths =
      sources.paths + (hasStandardInput && !dropsStandardInput ? [Self.standardInputMark] : [])
    // A touch, or an edit that changes no entry, is not worth a new commit.
    guard !affected.isEmpty || dropsStandardInput || paths != commit.sourcePaths else {
      report.commit = commit
      return
    }
    guard let writer else { return }
    let builder = try SourceStateBuilder(in: directory)
    try write(state, findings, byRecord, keepsStandardInput: !dropsStandardInput, to: builder)
    let next = try builder.finish(root: sources.root, settings: recordedSettings(since: state.settings))
    try publish(writer, paths: paths, next)
  }

  /// Reads a file unless it has the content that is known.
  private mutating func look(
    into file: SourceFile, record: Int?, isTouched: Bool = false, of state: SourceState,
    _ findings: inout Findings
  ) throws {
    var entries: [SourceEntry] = []
    var content: [Entry]? = []
    var bytes = findings.contentBytes
    let known = record.map { state.records[$0] }
    let (reading, newRecord) = try read(file, unless: isTouched ? nil : known?.hash) { entry in
      entries.append(SourceEntry(entry))
      bytes += entry.text.utf8.count + entry.title.utf8.count + 256
      if bytes > Self.largestKeptContent { content = nil } else { content?.append(entry) }
    }
    switch (reading.outcome, record) {
    case (.read, let record?)
    where try isTouched && reading.hash == known?.hash && entries == state.entries(of: record):
      // What it skips is in its record.
      report.skipped.removeAll { $0.file == file.name }
      findings.unchanged[record] = newRecord
    case (.read, _):
      if content != nil { findings.contentBytes = bytes }
      findings.reread.append(
        Reread(file: file, record: record, newRecord: newRecord, entries: entries, content: content))
    case (.unchanged, let record?):
      var same = state.records[record]
      same.signature = reading.signature
      same.isUncertain = reading.isUncertain
      findings.unchanged[record] = same
    case (.gone, let record?): findings.gone.append(record)
    // The last good version stays, under the signature that it had: the next run looks again.
    case (.unreachable, let record?): findings.unchanged[record] = state.records[record]
    // What could not be read has no record: it is new to the next run.
    default: break
    }
  }

  // MARK: The entries that changed

  /// Puts together anew what changed. Returns the ids.
  private mutating func replay(
    _ state: SourceState, _ files: [SourceFile?], _ findings: inout Findings, _ writer: IndexWriter?
  ) throws -> Set<String> {
    while true {
      let (affected, before) = try affectedIDs(state, findings)
      if affected.isEmpty { return [] }
      let hashes = Set(affected.map { SourceEntry.hash(ofID: $0) })
      let read = Set(findings.reread.compactMap(\.record)).union(findings.gone)
      // What came through standard input was asked for by id, after the files: it stays.
      let last = state.records.count - 1
      let standardInput = last >= 0 && state.records[last].isStandardInput && !read.contains(last) ? last : -1
      let others = state.records(giving: hashes).filter { !read.contains($0) && $0 != standardInput }
      var given: [(name: String, entries: [Entry])] = []
      var hasMoved = false
      for record in others {
        guard let file = files[record] else { continue }
        var entries: [Entry] = []
        let (reading, newRecord) = try self.read(file) { entry in
          if affected.contains(entry.id) { entries.append(entry) }
        }
        report.skipped.removeAll { $0.file == file.name }
        if reading.outcome == .read, reading.hash == state.records[record].hash {
          given.append((file.name, entries))
        } else if reading.outcome == .gone {
          findings.gone.append(record)
          hasMoved = true
        } else if reading.outcome == .read {
          // Changed although its signature did not say so, or just now.
          findings.unchanged[record] = nil
          var all: [SourceEntry] = []
          let again = try self.read(file) { all.append(SourceEntry($0)) }
          _ = newRecord
          findings.reread.append(
            Reread(file: file, record: record, newRecord: again.record, entries: all, content: nil))
          hasMoved = true
        }
      }
      if hasMoved { continue }
      try put(affected, before, given, findings, standardInput: standardInput, state, writer)
      return affected
    }
  }

  /// The ids of which some file says something else than before, and of them those that were there before.
  private func affectedIDs(
    _ state: SourceState, _ findings: Findings
  ) throws -> (affected: Set<String>, before: Set<String>) {
    var affected = Set<String>()
    var before = Set<String>()
    func grouped(_ entries: [SourceEntry]) -> [String: [UInt64]] {
      var groups: [String: [UInt64]] = [:]
      for entry in entries { groups[entry.id, default: []].append(entry.fingerprint) }
      return groups
    }
    for record in findings.gone {
      for entry in try state.entries(of: record) {
        affected.insert(entry.id)
        before.insert(entry.id)
      }
    }
    for reread in findings.reread {
      let old = grouped(try reread.record.map { try state.entries(of: $0) } ?? [])
      let new = grouped(reread.entries)
      for (id, fingerprints) in old where new[id] != fingerprints {
        affected.insert(id)
        before.insert(id)
      }
      for id in new.keys where old[id] == nil { affected.insert(id) }
    }
    return (affected, before)
  }

  /// Deletes what stands under the ids and adds, in the order of files, what they give now.
  private mutating func put(
    _ affected: Set<String>, _ before: Set<String>, _ others: [(name: String, entries: [Entry])],
    _ findings: Findings, standardInput: Int, _ state: SourceState, _ writer: IndexWriter?
  ) throws {
    var affected = affected
    if standardInput >= 0 {
      for entry in try state.entries(of: standardInput) { affected.remove(entry.id) }
    }
    var wasThere = before.intersection(affected)
    for other in others { for entry in other.entries { wasThere.insert(entry.id) } }
    var isThere = Set<String>()
    for id in affected.sorted(by: bytesPrecede) { try writer?.delete(id: id) }
    func add(_ entry: Entry) throws {
      guard affected.contains(entry.id) else { return }
      isThere.insert(entry.id)
      try writer?.add(entry)
    }
    var files = others.map { (name: $0.name, entries: Optional($0.entries), file: SourceFile?.none) }
    files += findings.reread.map { (name: $0.file.name, entries: $0.content, file: $0.file) }
    files.sort { bytesPrecede($0.name, $1.name) }
    for (_, entries, file) in files {
      if let entries {
        for entry in entries { try add(entry) }
      } else if let file {
        let skipped = report.skipped
        let (reading, _) = try read(file) { try add($0) }
        report.skipped = skipped
        let expected = findings.reread.first { $0.file.name == file.name }?.newRecord.hash
        if reading.hash != expected { throw FileInMotionError(file: file.name) }
      }
    }
    report.addedEntryCount = isThere.subtracting(wasThere).count
    report.replacedEntryCount = isThere.intersection(wasThere).count
    report.deletedEntryCount = wasThere.intersection(affected).subtracting(isThere).count
  }

  // MARK: The next state

  private func write(
    _ state: SourceState, _ findings: Findings, _ files: [SourceFile?], keepsStandardInput: Bool,
    to builder: SourceStateBuilder
  ) throws {
    var next: [(record: SourceRecord, old: Int?, entries: [SourceEntry])] = []
    next.reserveCapacity(state.records.count)
    let replaced = Set(findings.reread.compactMap(\.record)).union(findings.gone)
    for (number, record) in state.records.enumerated() where !replaced.contains(number) {
      if record.isStandardInput {
        if keepsStandardInput { next.append((record, number, [])) }
      } else if files[number] != nil {
        next.append((findings.unchanged[number] ?? record, number, []))
      }
    }
    if !findings.reread.isEmpty {
      next += findings.reread.map { ($0.newRecord, nil, $0.entries) }
      next.sort { a, b in
        a.record.isStandardInput != b.record.isStandardInput
          ? b.record.isStandardInput : bytesPrecede(a.record.name, b.record.name)
      }
    }
    for (record, old, entries) in next {
      if let old {
        try builder.add(record, entriesOf: old, in: state)
      } else {
        try builder.add(record, entries: entries)
      }
    }
  }
}
