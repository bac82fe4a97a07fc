import Glibc
package import IndexStorage

/// Paths as an index records them: relative to its directory, so that both can move together.
package enum RecordedPath {
  /// The path without links, seen from the index directory; as it is when one of the two cannot be found.
  ///
  /// A directory that is still to be made counts as if it were there.
  package static func relative(_ path: String, to directory: IndexDirectory) -> String {
    guard let base = canonicalOrFuture(directory.path), let path = canonical(path) else { return path }
    let from = base.split(separator: "/")
    let to = path.split(separator: "/")
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = Array(repeating: "..", count: from.count - shared) + to[shared...].map(String.init)
    return steps.isEmpty ? "." : steps.joined(separator: "/")
  }

  /// Where a recorded path is, without steps out of the index directory if it is still there.
  package static func located(_ recorded: String, from directory: IndexDirectory) -> String {
    let path = recorded.hasPrefix("/") ? recorded : directory.path + "/" + recorded
    return canonical(path) ?? path
  }

  package static func canonical(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(validatingCString: real)
  }

  private static func canonicalOrFuture(_ path: String) -> String? {
    if let path = canonical(path) { return path }
    var parts = path.split(separator: "/").map(String.init)
    guard let last = parts.popLast(), last != "..", last != "." else { return nil }
    let parent = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    return canonicalOrFuture(parent.isEmpty ? "." : parent).map { ($0 == "/" ? "" : $0) + "/" + last }
  }
}
