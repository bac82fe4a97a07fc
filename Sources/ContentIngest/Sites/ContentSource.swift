/// One folder, or file, of content and how it is read.
package struct ContentSource: Sendable {
  /// Absolute, without links: names for the site's rules are relative to it.
  package var root: String
  /// The files and folders that were asked for, absolute, without links; none: the root.
  package var paths: [String] = []
  package var kind: SourceKind { didSet { extensions = kind.extensions } }
  package var options: SourceOptions
  /// Folders below the root that hold content; none: all of it.
  package var folders: [String]
  /// What it was recognized by, such as `hugo.toml`; empty for plain files.
  package var evidence: String
  /// What is wrong with the site's own configuration, which then says nothing.
  var problem: SkippedInput?
  var rules: any AddressRules
  /// The rules as the site's own configuration makes them.
  let unknowingRules: any AddressRules
  private var extensions: Set<String>
  private var included: [PathPattern]
  private var excluded: [PathPattern]

  init(
    root: String, kind: SourceKind, options: SourceOptions, folders: [String], evidence: String,
    rules: any AddressRules
  ) {
    self.root = root
    self.kind = kind
    self.options = options
    self.folders = folders.contains("") ? [] : folders
    self.evidence = evidence
    self.rules = rules
    unknowingRules = rules
    extensions = kind.extensions
    included = PathPattern.patterns(options.include)
    excluded = PathPattern.patterns(options.exclude)
  }

  /// Files without a site around them.
  static let plain = ContentSource(
    root: "", kind: .markdown, options: SourceOptions(), folders: [], evidence: "", rules: PlainSite())

  /// Where its pages are, when the site or its owner says it.
  package var baseURL: String? { rules.baseURL }

  /// The path below the root, nil for one outside.
  func name(of path: String) -> String? {
    if path == root { return lastPart(of: path) }
    let count = root == "/" ? 1 : root.utf8.count + 1
    guard isBelow(path, root) else { return nil }
    return String(Substring(path.utf8.dropFirst(count)))
  }

  /// Whether a path is the root, leads to the content below it or lies in it.
  func isAround(_ path: String) -> Bool {
    if path == root || folders.isEmpty { return true }
    return folders.map { root == "/" ? root + $0 : root + "/" + $0 }.contains {
      path == $0 || isBelow(path, $0) || isBelow($0, path)
    }
  }

  /// Whether a file was asked for with this source.
  func reaches(_ path: String) -> Bool {
    paths.isEmpty || paths.contains { path == $0 || isBelow(path, $0) }
  }

  /// Whether a file below the root is content of this source.
  func holds(_ name: String) -> Bool {
    guard extensions.contains(fileExtension(of: name)) else { return false }
    if !options.include.isEmpty {
      guard PathPattern.lastMatch(included, name) else { return false }
    } else if !folders.isEmpty, !folders.contains(where: { isBelow(name, $0) }) {
      return false
    }
    return excluded.isEmpty || !PathPattern.lastMatch(excluded, name)
  }

  /// What the site and its owner say about a page.
  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    var place = rules.place(of: name, front)
    switch options.category {
    case .auto: break
    case .none: place.categories = []
    case .folder(let depth):
      let folders = name.split(separator: "/").dropLast()
      place.categories = folders.dropFirst(depth - 1).first.map { [String($0)] } ?? []
    }
    place.language = place.language ?? options.language
    return place
  }
}

/// Whether a path lies in a folder, by their bytes.
func isBelow(_ path: String, _ folder: String) -> Bool {
  if folder == "/" { return path.utf8.first == UInt8(ascii: "/") && path.utf8.count > 1 }
  let count = folder.utf8.count
  var bytes = path
  return bytes.utf8.count > count
    && bytes.withUTF8 { $0[count] == UInt8(ascii: "/") && $0[..<count].elementsEqual(folder.utf8) }
}

/// What stands behind the last dot of the last part, in lower case; empty when it is longer than any that is read.
func fileExtension(of name: String) -> String {
  // Asked for every file of every run: so short a string takes no memory of its own.
  let end = name.utf8.suffix(12)
  guard let dot = end.lastIndex(of: UInt8(ascii: ".")) else { return "" }
  let letters = end[end.index(after: dot)...]
  return letters.contains(UInt8(ascii: "/")) ? "" : String(Substring(letters)).lowercased()
}
