import IndexFormat
import IndexStorage
import Logging
import QueryEngine
import Synchronization

/// The index that is served: always one whole commit, the newest that is sound.
final class ServedIndex: Sendable {
  private let directory: IndexDirectory
  private let limits: ServiceLimits
  private let choices: OwnerChoices
  private let state: Mutex<State>

  private struct State {
    var commit: ServedCommit
    /// The pointer file of that commit, or a later one that was found to be damaged.
    var pointer: [UInt8]?
    /// The pointer file that a complaint is in the log about; empty for one that cannot be read.
    var reported: [UInt8]?
  }

  /// - Throws: `IndexOpenError`, `OtherAnalyzerError`, `IndexFormatError`, `FileError`.
  init(_ directory: IndexDirectory, limits: ServiceLimits, choices: OwnerChoices = OwnerChoices()) throws {
    self.directory = directory
    self.limits = limits
    self.choices = choices
    let pointer = try? Self.pointer(in: directory)
    let snapshot = try IndexSnapshot(in: directory)
    try Self.check(snapshot, limits: limits)
    state = Mutex(
      State(
        commit: ServedCommit(snapshot, cacheByteCount: limits.cacheBytes, choices: choices), pointer: pointer)
    )
  }

  var current: ServedCommit { state.withLock { $0.commit } }

  /// Looks whether there is another commit, and serves it from now on if it is sound.
  ///
  /// The pointer file is compared by its bytes: it is small, and a new one may have the size and the inode of
  /// the one before the last. Damage is final for a commit; what else goes wrong is tried again. Both are
  /// reported once.
  ///
  /// - Returns: the new commit, when there is one.
  func takeOverNewCommit(_ logger: Logger) -> ServedCommit? {
    let before = state.withLock { $0 }
    var pointer: [UInt8]?
    do {
      pointer = try Self.pointer(in: directory)
      guard pointer != before.pointer else { return nil }
      let snapshot = try IndexSnapshot(in: directory)
      guard snapshot.commit != before.commit.snapshot.commit else {
        state.withLock { $0.pointer = pointer }
        return nil
      }
      try Self.check(snapshot, limits: limits)
      let commit = ServedCommit(snapshot, cacheByteCount: limits.cacheBytes, choices: choices)
      state.withLock { $0 = State(commit: commit, pointer: pointer) }
      logger.info(
        "new commit",
        metadata: [
          "commit": "\(snapshot.commit.number)", "entries": "\(snapshot.entryCount)",
          "segments": "\(snapshot.segments.count)",
        ])
      return commit
    } catch {
      state.withLock { state in
        if error is IndexFormatError { state.pointer = pointer }
        state.reported = pointer ?? []
      }
      if before.reported != pointer ?? [] {
        logger.error(
          "new commit refused",
          metadata: ["reason": "\(error)", "serving": "\(before.commit.snapshot.commit.number)"])
      }
      return nil
    }
  }

  private static func pointer(in directory: IndexDirectory) throws -> [UInt8] {
    try directory.read(Commit.fileName, limit: 16 << 20)
  }

  /// Compares every page of a commit with its checksum, so that damage shows before anybody asks.
  private static func check(_ snapshot: IndexSnapshot, limits: ServiceLimits) throws {
    try Searcher.checkAnalyzer(of: snapshot)
    guard snapshot.segments.reduce(0, { $0 + $1.file.byteCount }) <= limits.checkedBytes else { return }
    for segment in snapshot.segments { try segment.file.verifyPages() }
  }
}
