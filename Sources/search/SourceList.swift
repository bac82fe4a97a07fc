import ContentIngest
import IndexFormat
import IndexStorage
import SiteConfiguration
import SiteIndexing

/// What a run of `search index` reads: the PATHs given, those of the configuration or the last commit, or standard
/// input.
struct SourceList {
  /// Files and folders; none when only standard input is read.
  var paths: [String]
  var isStandardInput: Bool
  /// Whether entries that came through standard input before stay. PATHs replace the sources, that one too.
  var keepsStandardInput: Bool

  init(paths: [String], stdin: Bool, settings: Configuration) throws {
    self.paths = paths
    isStandardInput = stdin
    keepsStandardInput = paths.isEmpty
    guard paths.isEmpty, !stdin else { return }
    guard settings.sources.isEmpty else {
      self.paths = settings.sources.map(\.path)
      return
    }
    let directory = IndexDirectory(path: settings.indexPath)
    // A damaged pointer does not stop a rebuild, but its sources are lost.
    let commit: Commit?
    do { commit = try Commit(in: directory) } catch let error as IndexFormatError {
      throw CommandError(
        status: ExitStatus.badData,
        message: "\(error). Name the files and folders again to rebuild: search index PATH…")
    }
    guard let commit else {
      self.paths = ["."]
      return
    }
    let recorded = commit.sourcePaths.filter { $0 != IndexRun.standardInputMark }
    guard !recorded.isEmpty else {
      throw CommandError(
        status: ExitStatus.usage,
        message: "this index was built from standard input; give --stdin again, or name files and folders")
    }
    self.paths = recorded.map { RecordedPath.located($0, from: directory) }
  }

  /// A recorded path as people look for it: from the current folder if it is below, else absolute.
  static func shown(_ recorded: String, from directory: IndexDirectory) -> String {
    if recorded == IndexRun.standardInputMark { return "standard input" }
    let path = RecordedPath.located(recorded, from: directory)
    guard let here = RecordedPath.canonical(".") else { return path }
    return path == here ? "." : path.hasPrefix(here + "/") ? String(path.dropFirst(here.count + 1)) : path
  }

  /// Relative to the index directory, each once, so that index and content can move together.
  func recorded(for directory: IndexDirectory) -> [String] {
    var seen = Set<String>()
    return paths.map { RecordedPath.relative($0, to: directory) }.filter { seen.insert($0).inserted }
  }
}
