import Glibc
import SearchModel

/// One walk: folders still to visit wait on a stack, so a deep tree costs no recursion.
///
/// Folders are visited in the order of whole paths, so that files come out sorted.
struct TreeWalk {
  private struct Identity: Hashable {
    var device: UInt
    var inode: UInt

    init(_ info: stat) {
      device = UInt(info.st_dev)
      inode = UInt(info.st_ino)
    }
  }

  private struct Link {
    var path: String
    var name: String
  }

  /// A folder under way: what is left of its children waits while one of them is visited.
  private struct Visit {
    var path: String
    var name: String
    var children: ArraySlice<FolderListing.Child>
    var rules: IgnoreRules?
    var obeysIgnoreFiles: Bool
    /// Something in it is not to be entered.
    var holdsExcluded: Bool
  }

  /// The paths themselves: the root above several of them holds what nobody asked for.
  private let given: [String]
  private let excluded: Set<String>
  private let withoutIgnoreFiles: Set<String>
  var found: FoundFiles
  private var seenFolders: Set<Identity> = []
  private var links: [Link] = []
  /// Made when it is first asked for: most trees have neither links nor paths that overlap.
  private var seenFiles: Set<String>?
  private var isInOrder = true

  init(root: String, given: [String], excluded: Set<String>, withoutIgnoreFiles: Set<String>) {
    self.withoutIgnoreFiles = withoutIgnoreFiles
    found = FoundFiles(root: root)
    self.given = given
    self.excluded = excluded
  }

  mutating func addGiven(_ path: String, _ info: stat) {
    guard !excluded.contains(path) else { return }
    let name = relativeName(path)
    if isFolder(info) {
      walk(folder: path, name: name)
    } else if !isRegular(info) {
      skip(name, "it is not a regular file")
    } else if ContentFormat(name: name) == nil {
      skip(name, "its kind is not read (.md .markdown .mdx .txt .text .jsonl .ndjson .html .htm are)")
    } else if given.count == 1 || !isSeen(path) {
      add(path: path, name: name, FileSignature(info))
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

  /// Everything found, in order.
  consuming func sorted() -> FoundFiles {
    var result = found
    if !isInOrder || given.count > 1 { result.files.sort { bytesPrecede($0.name, $1.name) } }
    result.skipped.sort { bytesPrecede($0.file, $1.file) }
    return result
  }

  private mutating func follow(_ link: Link) {
    guard let target = canonicalPath(link.path), let info = status(of: target, follow: false) else {
      return skip(link.name, "a link that leads nowhere: \(errorText(errno))")
    }
    let inside = given.contains { target == $0 || isBelow(target, $0) }
    let folder = isFolder(info)
    guard folder || ContentFormat(name: link.name) != nil else { return }
    guard inside else { return skip(link.name, "a link that leads out of the indexed folder") }
    guard !excluded.contains(target) else { return }
    isInOrder = false
    if folder {
      // An ancestor, or a folder that was walked already: everything in it has its name.
      if !seenFolders.contains(Identity(info)) { walk(folder: target, name: link.name) }
    } else if !isRegular(info) {
      skip(link.name, "it is not a regular file")
    } else if !isSeen(target) {
      add(path: target, name: link.name, FileSignature(info))
    }
  }

  private mutating func walk(folder: String, name: String) {
    var visits: [Visit] = []
    let obeys =
      given.filter { folder == $0 || isBelow(folder, $0) }
      .max { $0.utf8.count < $1.utf8.count }.map { !withoutIgnoreFiles.contains($0) } ?? true
    let rules = obeys ? Self.rules(above: folder) : nil
    if let first = visit(folder, name: name, rules: rules, obeysIgnoreFiles: obeys) { visits.append(first) }
    while let current = visits.indices.last {
      guard let child = visits[current].children.popFirst() else {
        visits.removeLast()
        continue
      }
      let visit = visits[current]
      let path = visit.path == "/" ? "/" + child.name : visit.path + "/" + child.name
      let childName = visit.name.isEmpty ? child.name : visit.name + "/" + child.name
      if child.isFolder, child.name == "node_modules" { continue }
      if visit.holdsExcluded, excluded.contains(path) { continue }
      if let rules = visit.rules, Self.ignores(rules, path, isFolder: child.isFolder) {
        found.ignoredCount += 1
        continue
      }
      switch child.kind {
      case .folder:
        // One that is given for itself has its own say in it.
        let obeys =
          given.count > 1 && given.contains(path)
          ? !withoutIgnoreFiles.contains(path) : visit.obeysIgnoreFiles
        let next = self.visit(
          path, name: childName, rules: obeys ? visit.rules : nil, obeysIgnoreFiles: obeys)
        if let next { visits.append(next) }
      case .file(let signature): add(path: path, name: childName, signature)
      case .link: links.append(Link(path: path, name: childName))
      case .other: skip(childName, "it is not a regular file")
      }
    }
  }

  /// Lists a folder; nil when it was listed before or cannot be (then it is named).
  private mutating func visit(
    _ path: String, name: String, rules: IgnoreRules?, obeysIgnoreFiles: Bool
  ) -> Visit? {
    let shown = name.isEmpty ? "." : name
    func unreadable(_ code: Int32) -> SkippedInput {
      SkippedInput(file: shown, reason: "the folder cannot be read: \(errorText(code))", isFolder: true)
    }
    // A link that took the folder's place meanwhile must not lead away.
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      // Gone, or no folder any more: there is nothing in it.
      if code != ENOENT, code != ENOTDIR, code != ELOOP { found.skipped.append(unreadable(code)) }
      return nil
    }
    var info = stat()
    guard fstat(descriptor, &info) == 0, let folder = fdopendir(descriptor) else {
      found.skipped.append(unreadable(errno))
      close(descriptor)
      return nil
    }
    defer { closedir(folder) }
    guard seenFolders.insert(Identity(info)).inserted else { return nil }
    found.folders.append(path)
    let listing = FolderListing(folder)
    for problem in listing.problems {
      let place = problem.name.isEmpty ? shown : name.isEmpty ? problem.name : name + "/" + problem.name
      found.skipped.append(
        SkippedInput(file: place, reason: problem.reason, isFolder: problem.name.isEmpty))
    }
    let inner =
      listing.ignoreFiles.isEmpty || !obeysIgnoreFiles
      ? rules : IgnoreRules(folder: path, contents: listing.ignoreFiles, outer: rules)
    return Visit(
      path: path, name: name, children: listing.children[...], rules: inner,
      obeysIgnoreFiles: obeysIgnoreFiles, holdsExcluded: excluded.contains { isBelow($0, path) })
  }

  // MARK: Ignoring

  private static func ignores(_ rules: IgnoreRules, _ path: String, isFolder: Bool) -> Bool {
    var path = path
    return path.withUTF8 { rules.ignores($0, isFolder: isFolder) }
  }

  /// The rules of the folders above one, from the top of the repository that it belongs to.
  private static func rules(above folder: String) -> IgnoreRules? {
    var above: [String] = []
    var current = folder
    while access(current == "/" ? "/.git" : current + "/.git", F_OK) != 0 {
      guard let slash = current.utf8.lastIndex(of: UInt8(ascii: "/")), current != "/" else { return nil }
      current = slash == current.utf8.startIndex ? "/" : String(current[..<slash])
      above.append(current)
    }
    var rules: IgnoreRules?
    for path in above.reversed() {
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      let contents = IgnoreRules.fileNames.compactMap { smallFile($0, in: descriptor) }
      if !contents.isEmpty { rules = IgnoreRules(folder: path, contents: contents, outer: rules) }
    }
    return rules
  }

  // MARK: Keeping

  private mutating func add(path: String, name: String, _ signature: FileSignature) {
    if seenFiles != nil, seenFiles?.insert(path).inserted != true { return }
    found.files.append(SourceFile(path: path, name: name, signature: signature))
  }

  private mutating func isSeen(_ path: String) -> Bool {
    let seen = seenFiles ?? Set(found.files.lazy.map(\.path))
    seenFiles = seen
    return seen.contains(path)
  }

  private mutating func skip(_ name: String, _ reason: String) {
    found.skipped.append(SkippedInput(file: name, reason: reason))
  }

  private func relativeName(_ path: String) -> String {
    if path == found.root { return "" }
    let prefix = found.root == "/" ? "/" : found.root + "/"
    return path.utf8.starts(with: prefix.utf8)
      ? String(Substring(path.utf8.dropFirst(prefix.utf8.count))) : lastComponent(path)
  }
}
