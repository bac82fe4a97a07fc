import Glibc
import SearchModel

/// Finds the files to read under the given paths.
///
/// The deepest common ancestor of the paths is the root, and names are relative to it; a single folder
/// is its own root, the root of a single file is its folder. A path that is given is always read,
/// whatever its name; below it dot files, dot folders and `node_modules` are passed over, and what an ignore
/// file (`IgnoreRules`) of the folder, of those above it in the same repository, or of those below it names.
/// Symbolic links are followed only to targets inside the given paths that were not found otherwise.
/// What cannot be read is named, never taken for empty.
package struct FileWalker {
  private let paths: [String]
  private let excluding: [String]
  private let withoutIgnoreFiles: [String]

  /// - Parameters:
  ///   - paths: files and folders, absolute or relative to the current folder.
  ///   - excluding: folders (or files) not to be entered, such as the index itself.
  ///   - withoutIgnoreFiles: those of the paths in which ignore files do not count.
  package init(paths: [String], excluding: [String] = [], withoutIgnoreFiles: [String] = []) {
    self.paths = paths
    self.excluding = excluding
    self.withoutIgnoreFiles = withoutIgnoreFiles
  }

  /// - Throws: `MissingInputError` when one of the given paths does not exist.
  package func files() throws -> FoundFiles {
    let (roots, unreadable) = try given()
    var walk = TreeWalk(
      root: commonRoot(of: roots), given: roots.map(\.path),
      excluded: Set(excluding.map { canonicalPath($0) ?? absolutePath($0) }),
      withoutIgnoreFiles: Set(withoutIgnoreFiles.map { canonicalPath($0) ?? absolutePath($0) }))
    walk.found.skipped = unreadable
    for (path, info) in roots.sorted(by: { bytesPrecede($0.path, $1.path) }) {
      walk.addGiven(path, info)
    }
    walk.followLinks()
    return walk.sorted()
  }

  /// The folder that names are relative to, or nil when none of the paths can be read.
  ///
  /// - Throws: `MissingInputError` when one of the given paths does not exist.
  package var root: String? {
    get throws {
      let found = try given().roots
      return found.isEmpty ? nil : commonRoot(of: found)
    }
  }

  /// The given paths without links, and those that cannot be looked at.
  private func given() throws -> (roots: [(path: String, info: stat)], unreadable: [SkippedInput]) {
    var roots: [(path: String, info: stat)] = []
    var unreadable: [SkippedInput] = []
    for path in paths {
      let given = path.isEmpty ? "." : path
      guard let real = canonicalPath(given), let info = status(of: real, follow: true) else {
        let code = errno
        if code == ENOENT || code == ENOTDIR { throw MissingInputError(path) }
        let name = lastComponent(given)
        unreadable.append(
          SkippedInput(file: name, reason: "it cannot be read: \(errorText(code))", isFolder: true))
        continue
      }
      roots.append((real, info))
    }
    return (roots, unreadable)
  }

  private func commonRoot(of found: [(path: String, info: stat)]) -> String {
    var common: [String]?
    for (path, info) in found {
      var parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
      if !isFolder(info), !parts.isEmpty { parts.removeLast() }
      guard let known = common else {
        common = parts
        continue
      }
      common = Array(zip(known, parts).prefix { $0 == $1 }.map(\.0))
    }
    return "/" + (common ?? []).joined(separator: "/")
  }
}

/// What a walk has found.
package struct FoundFiles: Sendable {
  /// What names are relative to.
  package var root: String
  /// Sorted by the bytes of their names.
  package var files: [SourceFile] = []
  /// What could not be read, sorted by name; behind it, with their lines, configurations of sites.
  package var skipped: [SkippedInput] = []
  /// Absolute paths of the folders that were listed: whoever watches these hears of every change.
  package var folders: [String] = []
  /// Files and folders that an ignore file left out.
  package var ignoredCount = 0
}

// MARK: - Thin wrappers over the system calls

func isFolder(_ info: stat) -> Bool { info.st_mode & S_IFMT == S_IFDIR }
func isRegular(_ info: stat) -> Bool { info.st_mode & S_IFMT == S_IFREG }
func isLink(_ info: stat) -> Bool { info.st_mode & S_IFMT == S_IFLNK }

extension FileSignature {
  init(_ info: stat) {
    self.init(
      byteCount: Int(info.st_size), modificationTime: nanoseconds(info.st_mtim),
      changeTime: nanoseconds(info.st_ctim), inode: UInt64(info.st_ino))
  }
}

/// Nanoseconds since 1970; a time beyond 2262 is clamped.
func nanoseconds(_ time: timespec) -> Int64 {
  let seconds = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
  guard !seconds.overflow else { return time.tv_sec < 0 ? .min : .max }
  let sum = seconds.partialValue.addingReportingOverflow(Int64(time.tv_nsec))
  return sum.overflow ? .max : sum.partialValue
}

func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }

func status(of path: String, follow: Bool) -> stat? {
  var info = stat()
  return (follow ? stat(path, &info) : lstat(path, &info)) == 0 ? info : nil
}

/// The absolute path without links, or nil with `errno`.
func canonicalPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  guard let text = String(validatingCString: resolved) else {
    errno = EILSEQ
    return nil
  }
  return text
}

private func absolutePath(_ path: String) -> String {
  guard path.utf8.first != UInt8(ascii: "/"), let current = canonicalPath(".") else { return path }
  return current + "/" + path
}

func lastComponent(_ path: String) -> String {
  path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
}

/// Order by bytes: the same on every machine, whatever its locale and normalization tables.
package func bytesPrecede(_ a: String, _ b: String) -> Bool { orderOfBytes(a, b) < 0 }

/// Below, above or 0: the order of two texts by their bytes.
package func orderOfBytes(_ a: String, _ b: String) -> Int {
  var a = a
  var b = b
  return a.withUTF8 { a in
    b.withUTF8 { b in
      let order = orderOfStarts(a, b)
      return order != 0 ? order : a.count - b.count
    }
  }
}

/// Below, above or 0: the order of the first bytes of both, as many as the shorter has.
func orderOfStarts(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
  guard let left = a.baseAddress, let right = b.baseAddress else { return 0 }
  return Int(memcmp(left, right, min(a.count, b.count)))
}
