import Glibc
package import IndexFormat
package import IndexStorage

/// Makes an earlier commit that was kept the state of the index again.
///
/// That is a commit of its own, published like any other: readers take it over, and the commit before it stays and can be
/// rolled back to in turn. Every page of the earlier commit is checked first. It has the time of the earlier one, because
/// its answers, ages of entries included, are those of then.
package struct IndexRollback {
  /// The commit that was current; nil when its pointer is damaged.
  package let previous: Commit?
  /// The number of the kept commit.
  package let target: Int
  /// The current commit now: the previous one if that has the same content.
  package let commit: Commit

  /// - Parameters:
  ///   - number: of the kept commit; nil for the newest.
  ///   - isSearched: whether the program searches terms of this identity of an analyzer.
  ///   - keptCommits: commits that stay, the new one included.
  /// - Throws: `IndexOpenError`, `RollbackError`, `IndexLockedError`, `IndexFormatError` when the kept commit is damaged;
  ///   `FileError`. The current commit stays then.
  package init(
    in directory: IndexDirectory, to number: Int?, isSearched: (String) -> Bool,
    keptCommits: Int,
    patience: LockPatience = .none
  ) throws {
    // No lock is left in a folder that is none of an index.
    guard directory.exists(), try directory.fileNames().contains(where: Self.isPointer) else {
      throw IndexOpenError.missing(path: directory.path)
    }
    let lock = try directory.lockForWriting(patience: patience)
    defer { withExtendedLifetime(lock) {} }
    let previous: Commit?
    do { previous = try Commit(in: directory) } catch is IndexFormatError { previous = nil }
    let kept = try KeptCommits(in: directory, before: previous?.number).commits
    guard let target = number.map({ number in kept.first { $0.number == number } }) ?? kept.first else {
      throw RollbackError.notKept(number, kept: kept.map(\.number))
    }
    guard isSearched(target.analyzer) else { throw RollbackError.otherAnalyzer(target.number) }
    try Self.check(target, in: directory)
    self.previous = previous
    self.target = target.number
    if let previous, previous.hasContent(of: target) {
      commit = previous
      return
    }
    // What is rolled back from stays, so that nothing is lost by a wrong number.
    let history = CommitHistory(in: directory, keeping: max(keptCommits, 2))
    var next = target
    next.number = try history.nextNumber(after: previous)
    guard try lock.isCurrent() else {
      throw FileError(operation: "rename", path: directory.path, code: ESTALE)
    }
    try history.publish(next, after: previous)
    commit = next
    try? history.removeGarbage(current: next)
  }

  private static func isPointer(_ name: String) -> Bool {
    name == Commit.fileName || KeptCommits.number(in: name) != nil
  }

  private static func check(_ commit: Commit, in directory: IndexDirectory) throws {
    do {
      for segment in try IndexSnapshot(commit, in: directory).segments { try segment.file.verifyPages() }
      if let state = commit.state { _ = try SourceState(state, in: directory) }
    } catch let error as FileError where error.isNotFound {
      throw IndexFormatError(missing: error)
    }
  }
}

/// Why there is nothing to roll back to.
package enum RollbackError: Error, Equatable, CustomStringConvertible {
  /// The commit asked for, if any, and those that there are, newest first.
  case notKept(Int?, kept: [Int])
  /// Other rules of analysis made its terms: this program would not find them.
  case otherAnalyzer(Int)

  package var description: String {
    switch self {
    case .notKept(let number, let kept):
      let there =
        kept.isEmpty
        ? "no earlier commit is kept" : "kept are \(kept.map(String.init).joined(separator: ", "))"
      return number.map { "commit \($0) is not kept: \(there)" } ?? there
    case .otherAnalyzer(let number):
      return "commit \(number) was made by other rules of analysis, which this program does not search by"
    }
  }
}
