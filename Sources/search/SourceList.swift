import Glibc
import IndexFormat
import IndexStorage

/// What a run of `search index` reads: the PATHs given, those of the last commit, or standard input.
enum SourceList {
  case paths([String])
  case standardInput

  /// How the commit records standard input.
  private static let standardInputMark = "-"

  /// - Parameter configured: the paths of `sources` in the configuration, which count before those of the last commit.
  init(paths: [String], stdin: Bool, configured: [String] = [], directory: IndexDirectory) throws {
    if stdin {
      self = .standardInput
      return
    }
    if !paths.isEmpty {
      self = .paths(paths)
      return
    }
    if !configured.isEmpty {
      self = .paths(configured)
      return
    }
    // A damaged pointer does not stop a rebuild, but its sources are lost.
    let commit: Commit?
    do { commit = try Commit(in: directory) } catch let error as IndexFormatError {
      throw CommandError(
        status: ExitStatus.badData,
        message: "\(error). Name the files and folders again to rebuild: search index PATH…")
    }
    guard let commit else {
      self = .paths(["."])
      return
    }
    if commit.sourcePaths == [Self.standardInputMark] {
      throw CommandError(
        status: ExitStatus.usage,
        message: "this index was built from standard input; give --stdin again, or name files and folders")
    }
    self = .paths(commit.sourcePaths.map { Self.located($0, from: directory) })
  }

  /// Where a recorded path is, without steps out of the index directory if it is still there.
  private static func located(_ recorded: String, from directory: IndexDirectory) -> String {
    let path = recorded.hasPrefix("/") ? recorded : directory.path + "/" + recorded
    return canonical(path) ?? path
  }

  /// A recorded path as people look for it: from the current folder if it is below, else absolute.
  static func shown(_ recorded: String, from directory: IndexDirectory) -> String {
    if recorded == standardInputMark { return "standard input" }
    let path = located(recorded, from: directory)
    guard let here = canonical(".") else { return path }
    return path == here ? "." : path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
  }

  /// Relative to the index directory, so that index and content can move together.
  func recorded(for directory: IndexDirectory) -> [String] {
    guard case .paths(let paths) = self else { return [Self.standardInputMark] }
    guard let base = Self.canonical(directory.path) else { return paths }
    var seen = Set<String>()
    return paths.map { path in Self.canonical(path).map { relative($0, to: base) } ?? path }.filter {
      seen.insert($0).inserted
    }
  }

  private static func canonical(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private func relative(_ path: String, to base: String) -> String {
    let from = base.split(separator: "/")
    let to = path.split(separator: "/")
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = Array(repeating: "..", count: from.count - shared) + to[shared...].map(String.init)
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }
}
