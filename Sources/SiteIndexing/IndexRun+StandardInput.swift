import ContentIngest
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel

/// Why lines from standard input cannot be added to an index.
package struct RebuildFirstError: Error {
  package var reason: RebuildReason
}

extension IndexRun {
  /// Adds the JSONL entries that come through a descriptor to the index, each in the place of what has its id,
  /// and takes out the ids of lines with `"_delete": true`.
  ///
  /// Full, or without an index, they are all that there will be.
  ///
  /// - Throws: `RebuildFirstError` when the index is of other rules and its files would have to be read again;
  ///   otherwise as `update`.
  package mutating func update(standardInput descriptor: Int32) throws -> RunReport {
    let (base, writer) = try open(root: nil, rebuilding: nil)
    var input: StandardInput
    var kept: [Entry] = []
    switch base {
    case .state(let commit, let state):
      report.commit = commit
      input = StandardInput(paths: commit.sourcePaths, state: state)
      if let record = input.record {
        for entry in try state.entries(of: record) { input.entries.set(entry) }
      }
    case .nothing(let reason, let commit):
      input = StandardInput(paths: [], state: nil)
      report.rebuildReason = reason
      if reason != .firstRun, reason != .asked {
        guard let commit, commit.sourcePaths == [Self.standardInputMark] else {
          throw RebuildFirstError(reason: reason)
        }
        kept = try standardInputEntries()
        for entry in kept {
          input.entries.set(SourceEntry(entry))
          try writer?.replace(entry)
        }
      }
    }
    try read(from: descriptor, &input, writer)
    try finishReading()
    guard input.isChanged || input.state == nil, let writer else { return report }
    let paths = input.paths.filter { $0 != Self.standardInputMark } + [Self.standardInputMark]
    let builder = try SourceStateBuilder(in: directory)
    if let state = input.state {
      for (number, record) in state.records.enumerated() where !record.isStandardInput {
        try builder.add(record, entriesOf: number, in: state)
      }
    }
    try builder.add(.standardInput(), entries: input.entries.inOrder)
    // Of the files nothing is known but what was known: their next run looks after them.
    let state = try builder.finish(
      root: input.state?.root ?? ".", settings: input.state?.settings ?? recordedSettings())
    try publish(writer, paths: paths, state)
    return report
  }

  private struct StandardInput {
    let paths: [String]
    let state: SourceState?
    var entries = OrderedEntries()
    var isChanged = false

    /// The record of what came through standard input before.
    var record: Int? {
      guard let state, let last = state.records.last, last.isStandardInput else { return nil }
      return state.records.count - 1
    }
  }

  /// Entries by id, in the order in which the ids came first.
  private struct OrderedEntries {
    private var ids: [String?] = []
    private var places: [String: (place: Int, fingerprint: UInt64)] = [:]

    var inOrder: [SourceEntry] {
      ids.compactMap { id in
        id.flatMap { id in places[id].map { SourceEntry(id: id, fingerprint: $0.fingerprint) } }
      }
    }

    subscript(id: String) -> UInt64? { places[id]?.fingerprint }

    mutating func set(_ entry: SourceEntry) {
      if let known = places[entry.id] {
        places[entry.id] = (known.place, entry.fingerprint)
      } else {
        places[entry.id] = (ids.count, entry.fingerprint)
        ids.append(entry.id)
      }
    }

    mutating func remove(_ id: String) {
      if let known = places.removeValue(forKey: id) { ids[known.place] = nil }
    }
  }

  private mutating func read(
    from descriptor: Int32, _ input: inout StandardInput, _ writer: IndexWriter?
  ) throws {
    let snapshot = writer == nil && input.state != nil ? try? IndexSnapshot(in: directory) : nil
    // In a dry run nothing is taken out of the index, so what was deleted is remembered here.
    var deleted = Set<String>()
    var (added, replaced, removed, done, count) = (0, 0, 0, 0, 0)
    var state = input
    func isIndexed(_ id: String) throws -> Bool {
      if state.entries[id] != nil { return true }
      guard !deleted.contains(id) else { return false }
      return try snapshot?.segments.contains { segment in
        try segment.keys.document(withID: id).map { segment.live?.isLive($0) ?? true } ?? false
      } ?? false
    }
    var skipped: [SkippedInput] = []
    let progress = self.progress
    try reader.readJSONL(from: descriptor, name: SourceRecord.standardInput().name, progress: { done += $0 })
    {
      entry in
      count += 1
      if count & 0xFF == 0 { try progress(done, 0, count) }
      let new = SourceEntry(entry)
      if state.entries[new.id] == new.fingerprint { return }
      let wasThere = try writer?.delete(id: entry.id) ?? isIndexed(entry.id)
      try writer?.add(entry)
      state.entries.set(new)
      deleted.remove(new.id)
      state.isChanged = true
      if wasThere { replaced += 1 } else { added += 1 }
    } deleted: { id in
      guard try writer?.delete(id: id) ?? isIndexed(id) else { return }
      state.entries.remove(id)
      deleted.insert(id)
      state.isChanged = true
      removed += 1
    } skipped: {
      skipped.append($0)
    }
    input = state
    report.skipped += skipped
    report.addedEntryCount = added
    report.replacedEntryCount = replaced
    report.deletedEntryCount = removed
  }
}
