/// One folder, or file, of content and how it is read.
package struct ContentSource: Sendable {
  /// Absolute, without links: names for the site's rules are relative to it.
  package var root: String
  package var kind: SourceKind
  package var options: SourceOptions
  /// Folders below the root that hold content; none: all of it.
  package var folders: [String]
  /// What it was recognized by, such as `hugo.toml`; empty for plain files.
  package var evidence: String
  var rules: any AddressRules
  /// The rules as the site's own configuration makes them.
  let unknowingRules: any AddressRules
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
    let prefix = root == "/" ? "/" : root + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  /// Whether a file below the root is content of this source.
  func holds(_ name: String) -> Bool {
    guard kind.extensions.contains(fileExtension(of: name)) else { return false }
    if !options.include.isEmpty {
      guard PathPattern.lastMatch(included, name) else { return false }
    } else if !folders.isEmpty, !folders.contains(where: { name.hasPrefix($0 + "/") }) {
      return false
    }
    return !PathPattern.lastMatch(excluded, name)
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

func fileExtension(of name: String) -> String {
  lastPart(of: name).lastIndex(of: ".").map { lastPart(of: name)[$0...].dropFirst().lowercased() } ?? ""
}
