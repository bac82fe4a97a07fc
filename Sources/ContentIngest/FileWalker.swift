import Glibc

/// Finds the files to read under the given paths.
///
/// The deepest common ancestor of the paths is the root, and names are relative to it; a single folder
/// is its own root, the root of a single file is its folder. A path that is given is always read,
/// whatever its name; below it dot files, dot folders and `node_modules` are passed over.
/// Symbolic links are followed only to targets inside the given paths that were not found otherwise.
/// What cannot be read is named, never taken for empty.
package struct FileWalker {
  private let paths: [String]
  private let excluding: [String]

  /// - Parameters:
  ///   - paths: files and folders, absolute or relative to the current folder.
  ///   - excluding: folders (or files) not to be entered, such as the index itself.
  package init(paths: [String], excluding: [String] = []) {
    self.paths = paths
    self.excluding = excluding
  }

  /// The files, sorted by the bytes of their names, and what could not be read.
  ///
  /// - Throws: `MissingInputError` when one of the given paths does not exist.
  package func files() throws -> (files: [SourceFile], skipped: [SkippedInput]) {
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
    var walk = Walk(
      root: commonRoot(of: roots), given: roots.map(\.path),
      excluded: Set(excluding.map { canonicalPath($0) ?? absolutePath($0) }))
    walk.skipped = unreadable
    for (path, info) in roots.sorted(by: { bytesPrecede($0.path, $1.path) }) {
      walk.addGiven(path, info)
    }
    walk.followLinks()
    walk.files.sort { bytesPrecede($0.name, $1.name) }
    walk.skipped.sort { bytesPrecede($0.file, $1.file) }
    return (walk.files, walk.skipped)
  }

  /// The folder that names are relative to, or nil when none of the paths can be read.
  package var root: String? {
    let found = paths.compactMap { path in
      canonicalPath(path.isEmpty ? "." : path).flatMap { real in
        status(of: real, follow: true).map { (real, $0) }
      }
    }
    return found.isEmpty ? nil : commonRoot(of: found)
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

/// One walk: folders still to visit wait on a stack, so a deep tree costs no recursion.
private struct Walk {
  struct Identity: Hashable {
    var device: UInt
    var inode: UInt
  }
  struct Link {
    var path: String
    var name: String
  }

  let root: String
  /// The paths themselves: the root above several of them holds what nobody asked for.
  let given: [String]
  let excluded: Set<String>
  var files: [SourceFile] = []
  var skipped: [SkippedInput] = []
  private var seenFiles: Set<String> = []
  private var seenInodes: Set<Identity> = []
  private var seenFolders: Set<Identity> = []
  private var links: [Link] = []

  init(root: String, given: [String], excluded: Set<String>) {
    self.root = root
    self.given = given
    self.excluded = excluded
  }

  mutating func addGiven(_ path: String, _ info: stat) {
    guard !excluded.contains(path) else { return }
    let name = relativeName(path)
    if isFolder(info) {
      walk(folder: path, name: name, identity: identity(info))
    } else if !isRegular(info) {
      skipped.append(SkippedInput(file: name, reason: "it is not a regular file"))
    } else if ContentFormat(name: name) == nil {
      skipped.append(
        SkippedInput(
          file: name,
          reason: "its kind is not read (.md .markdown .mdx .txt .text .jsonl .ndjson .html .htm are)"))
    } else {
      add(path: path, name: name, info)
    }
  }

  /// Links are looked at last and in order of their names: what the tree holds itself comes first.
  mutating func followLinks() {
    while !links.isEmpty {
      let batch = links.sorted { bytesPrecede($0.name, $1.name) }
      links = []
      for link in batch { follow(link) }
    }
  }

  private mutating func follow(_ link: Link) {
    guard let target = canonicalPath(link.path), let info = status(of: target, follow: false) else {
      skipped.append(SkippedInput(file: link.name, reason: "a link that leads nowhere: \(errorText(errno))"))
      return
    }
    let inside = given.contains { $0 == "/" || target == $0 || target.utf8.starts(with: ($0 + "/").utf8) }
    let folder = isFolder(info)
    guard folder || ContentFormat(name: link.name) != nil else { return }
    guard inside else {
      skipped.append(SkippedInput(file: link.name, reason: "a link that leads out of the indexed folder"))
      return
    }
    guard !excluded.contains(target) else { return }
    if folder {
      // An ancestor, or a folder that was walked already: everything in it has its name.
      if !seenFolders.contains(identity(info)) {
        walk(folder: target, name: link.name, identity: identity(info))
      }
    } else if !isRegular(info) {
      skipped.append(SkippedInput(file: link.name, reason: "it is not a regular file"))
    } else if !seenInodes.contains(identity(info)) {
      add(path: target, name: link.name, info)
    }
  }

  private mutating func walk(folder: String, name: String, identity first: Identity) {
    guard seenFolders.insert(first).inserted else { return }
    var waiting: [(path: String, name: String)] = [(folder, name)]
    while let next = waiting.popLast() {
      guard let children = children(of: next.path, name: next.name) else { continue }
      for child in children.reversed() {
        let path = next.path == "/" ? "/" + child : next.path + "/" + child
        let childName = next.name.isEmpty ? child : next.name + "/" + child
        guard !excluded.contains(path) else { continue }
        guard let info = status(of: path, follow: false) else {
          skipped.append(SkippedInput(file: childName, reason: "it cannot be read: \(errorText(errno))"))
          continue
        }
        if isFolder(info) {
          guard child != "node_modules" else { continue }
          if seenFolders.insert(identity(info)).inserted { waiting.append((path, childName)) }
        } else if isLink(info) {
          links.append(Link(path: path, name: childName))
        } else if ContentFormat(name: child) != nil {
          if isRegular(info) {
            add(path: path, name: childName, info)
          } else {
            skipped.append(SkippedInput(file: childName, reason: "it is not a regular file"))
          }
        }
      }
    }
  }

  /// The names in a folder, sorted, without dot names; nil when it cannot be read (then it is named).
  private mutating func children(of path: String, name: String) -> [String]? {
    let shown = name.isEmpty ? "." : name
    guard let directory = opendir(path) else {
      skipped.append(
        SkippedInput(file: shown, reason: "the folder cannot be read: \(errorText(errno))", isFolder: true))
      return nil
    }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(directory) else {
        if errno != 0 {
          skipped.append(
            SkippedInput(
              file: shown, reason: "the folder cannot be read: \(errorText(errno))", isFolder: true))
        }
        break
      }
      // `d_name` ends with a NUL inside the record; `d_reclen` is its length.
      let child = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          (String(validatingCString: text), String(cString: text))
        }
      }
      guard child.1.utf8.first != UInt8(ascii: ".") else { continue }
      guard let valid = child.0 else {
        skipped.append(
          SkippedInput(
            file: name.isEmpty ? child.1 : name + "/" + child.1, reason: "its name is not valid UTF-8"))
        continue
      }
      names.append(valid)
    }
    names.sort(by: bytesPrecede)
    return names
  }

  private mutating func add(path: String, name: String, _ info: stat) {
    guard !excluded.contains(path), seenFiles.insert(path).inserted else { return }
    seenInodes.insert(identity(info))
    files.append(
      SourceFile(
        path: path, name: name, byteCount: Int(info.st_size), modificationTime: modificationTime(info),
        inode: UInt64(info.st_ino)))
  }

  private func relativeName(_ path: String) -> String {
    if path == root { return "" }
    let prefix = root == "/" ? "/" : root + "/"
    return path.utf8.starts(with: prefix.utf8)
      ? String(Substring(path.utf8.dropFirst(prefix.utf8.count))) : lastComponent(path)
  }

  private func identity(_ info: stat) -> Identity {
    Identity(device: UInt(info.st_dev), inode: UInt(info.st_ino))
  }
}

// MARK: - Thin wrappers over the system calls

func isFolder(_ info: stat) -> Bool { info.st_mode & S_IFMT == S_IFDIR }
func isRegular(_ info: stat) -> Bool { info.st_mode & S_IFMT == S_IFREG }
private func isLink(_ info: stat) -> Bool { info.st_mode & S_IFMT == S_IFLNK }

/// Nanoseconds since 1970; a time beyond 2262 is clamped.
func modificationTime(_ info: stat) -> Int64 {
  let seconds = Int64(info.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
  guard !seconds.overflow else { return info.st_mtim.tv_sec < 0 ? .min : .max }
  let sum = seconds.partialValue.addingReportingOverflow(Int64(info.st_mtim.tv_nsec))
  return sum.overflow ? .max : sum.partialValue
}

func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }

private func status(of path: String, follow: Bool) -> stat? {
  var info = stat()
  return (follow ? stat(path, &info) : lstat(path, &info)) == 0 ? info : nil
}

/// The absolute path without links, or nil with `errno`.
private func canonicalPath(_ path: String) -> String? {
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

private func lastComponent(_ path: String) -> String {
  path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
}

/// Order by bytes: the same on every machine, whatever its locale and normalization tables.
func bytesPrecede(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
