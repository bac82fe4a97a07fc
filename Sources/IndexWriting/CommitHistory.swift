import IndexFormat
import IndexStorage

/// The commits of an index as the holder of its writer lock sees them: publishes the next one, lets those before it stay
/// for a rollback, removes the files that none of them names.
struct CommitHistory {
  private let directory: IndexDirectory
  /// Commits that stay, the current one included.
  private let limit: Int

  init(in directory: IndexDirectory, keeping limit: Int) {
    self.directory = directory
    self.limit = max(limit, 1)
  }

  /// The number of the commit after `current`: higher than any that is there, also when the pointer is damaged.
  func nextNumber(after current: Commit?) throws -> Int {
    let last = try current?.number ?? KeptCommits(in: directory, before: nil).commits.first?.number ?? 0
    // A pointer may claim any number, as long as its checksum is right.
    return last < Commit.maximumNumber ? last + 1 : 1
  }

  /// Makes `next` the current commit, durably, and lets `current` stay. The files of `next` are durable under their names.
  func publish(_ next: Commit, after current: Commit?) throws {
    if limit > 1, let current {
      let bytes = current.encode()
      // Its name becomes durable with those of the new files, before the pointer changes.
      try directory.write(KeptCommits.fileName(of: current.number)) { (file: inout FileWriter) in
        try file.write(bytes)
      }
    }
    try next.publish(in: directory)
  }

  /// Removes our files that neither the commits given nor those that stay before `current` name; nobody else's.
  ///
  /// Nothing is removed when the directory or a kept commit cannot be read: garbage harms nobody, and the next run tries
  /// again. Nor does a file that cannot be removed.
  ///
  /// - Parameters:
  ///   - current: the commit that readers see.
  ///   - other: one that they see again if the power fails now.
  ///   - sync: whether the names in the directory may differ from those on the disk.
  /// - Throws: what the sync throws.
  func removeGarbage(current: Commit?, other: Commit? = nil, sync: Bool = false) throws {
    guard let found = try? directory.fileNames(),
      let kept = try? KeptCommits(in: directory, before: current?.number).commits.prefix(limit - 1)
    else { return }
    var names = Set(kept.map { KeptCommits.fileName(of: $0.number) })
    for commit in kept + [current, other].compactMap({ $0 }) { names.formUnion(commit.fileNames) }
    let garbage = found.filter { !names.contains($0) && Self.isOurs($0) }
    if garbage.isEmpty { return }
    if sync { try directory.sync() }
    // By name, so that a kept commit goes before its files.
    for name in garbage { try? directory.remove(name) }
  }

  /// The pointer and the lock are never garbage.
  private static func isOurs(_ name: String) -> Bool {
    name.hasPrefix("segment-") && name.hasSuffix(".seg")
      || name.hasPrefix("live-") && name.hasSuffix(".bits")
      || name.hasPrefix("sources-") && name.hasSuffix(".state")
      || name.hasPrefix(IndexDirectory.temporaryPrefix)
      || KeptCommits.number(in: name) != nil
  }
}
