/// The days on which files were last changed, as the history of their repository says.
///
/// The history is read from its newest commit on, only as far as the files that are asked for lie back. Not for more
/// than one thread at a time.
final class ChangeDays {
  /// Commits that are looked at: a file that was not changed in them has no day.
  static let commitLimit = 10_000

  private let repository: GitRepository
  private let folder: String
  private var days: [String: String] = [:]
  private var output: GitOutput?
  private var hasStarted = false
  /// Of the commit whose files are being read; nil for one that tells nothing.
  private var day: String?

  /// - Parameter folder: absolute; only files below it are asked for.
  init(_ repository: GitRepository, below folder: String) {
    self.repository = repository
    self.folder = folder
  }

  /// `YYYY-MM-DD` in the author's time zone; nil for files that were never committed.
  func day(of path: String) -> String? {
    guard let name = repository.name(of: path) else { return nil }
    while true {
      if let day = days[name] { return day }
      guard readPiece() else { return nil }
    }
  }

  /// The files that commits touched which only one of two commits has behind it; nil when that cannot be told.
  ///
  /// - Returns: absolute paths.
  func filesTouched(since commit: String) -> Set<String>? {
    var touched = Set<String>()
    let output = GitOutput(
      ["log", "-z", "--name-only", "--no-renames", "--format=", "\(commit)...\(repository.head)", "--"]
        + pathspec,
      in: repository.top)
    while let name = output.piece() { touched.insert(repository.top + "/" + name.drop { $0 == "\n" }) }
    return output.finish() ? touched : nil
  }

  private func readPiece() -> Bool {
    if !hasStarted {
      hasStarted = true
      output = GitOutput(
        ["log", "-z", "--name-only", "--no-renames", "--format=%x01%H %as", "-n", String(Self.commitLimit)]
          + [repository.head, "--"] + pathspec, in: repository.top)
    }
    guard let piece = output?.piece() else {
      output = nil
      return false
    }
    let text = piece.drop { $0 == "\n" }
    if text.utf8.first == 1 {
      let words = text.dropFirst().split(separator: " ")
      day = words.count == 2 && !repository.shallowCommits.contains(words[0]) ? String(words[1]) : nil
    } else if let day, !text.isEmpty, days[String(text)] == nil {
      days[String(text)] = day
    }
    return true
  }

  private var pathspec: [String] {
    repository.name(of: folder).map { [":(top,literal)" + $0] } ?? []
  }
}
