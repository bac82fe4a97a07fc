import Glibc

/// Recognizes what a folder is by the files that generators leave in it.
package enum SiteDetector {
  /// Largest configuration file that is read.
  static let byteLimit = 1 << 20

  /// The source that a path belongs to, nil when it does not exist.
  ///
  /// The folder itself, then the folders above it up to the one that holds `.git`, are looked at; without a
  /// `.git` above, the folder alone. What lies in a site but not where its content is, such as the pages that it was
  /// built to, is no part of it.
  package static func source(around path: String, options: SourceOptions = SourceOptions()) -> ContentSource?
  {
    guard let real = realPath(path) else { return nil }
    var source = source(aroundReal: real, options: options)
    source.paths = [real]
    return source
  }

  private static func source(aroundReal real: String, options: SourceOptions) -> ContentSource {
    let isFolder = status(real).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    let home = isFolder ? real : parent(of: real)
    if options.kind == nil || options.kind == .hugo || options.kind == .mkdocs || options.kind == .docusaurus
      || options.kind == .vitepress
    {
      for root in candidates(from: home) {
        if let site = site(at: root, options), options.kind == nil || options.kind == site.kind,
          site.isAround(isFolder ? home : real)
        {
          return site
        }
      }
    }
    let kind = options.kind ?? (isBuilt(home) || isHTML(real) ? .html : .markdown)
    let rules: any AddressRules =
      switch kind {
      case .html: BuiltSite(baseURL: options.baseURL)
      case .hugo: HugoSite(.map([]), options.baseURL)
      case .mkdocs: MkDocsSite(.map([]), options.baseURL)
      default: PlainSite(baseURL: options.baseURL)
      }
    return ContentSource(
      root: home, kind: kind, options: options, folders: [], evidence: kind == .html ? "index.html" : "",
      rules: rules)
  }

  private static func candidates(from home: String) -> [String] {
    var above: [String] = []
    var folder = home
    while true {
      above.append(folder)
      if status(folder + "/.git") != nil { return above }
      if folder == "/" || folder.isEmpty { return [home] }
      folder = parent(of: folder)
    }
  }

  private static func site(at root: String, _ options: SourceOptions) -> ContentSource? {
    if let (config, file) = hugoConfig(at: root) {
      let site = HugoSite(config.value, options.baseURL)
      var source = ContentSource(
        root: root, kind: .hugo, options: options, folders: site.contentFolders, evidence: file, rules: site)
      source.problem = config.problem
      return source
    }
    for file in ["mkdocs.yml", "mkdocs.yaml"] {
      guard let bytes = read(root + "/" + file) else { continue }
      let config = parse(bytes, file)
      let site = MkDocsSite(config.value, options.baseURL)
      var source = ContentSource(
        root: root, kind: .mkdocs, options: options, folders: [site.docsFolder], evidence: file, rules: site)
      source.problem = config.problem
      return source
    }
    for ending in ["js", "ts", "mjs", "cjs", "mts"] {
      let file = "docusaurus.config." + ending
      guard let bytes = read(root + "/" + file) else { continue }
      var site = DocusaurusSite(config: String(decoding: bytes, as: UTF8.self))
      site.baseURL = options.baseURL ?? site.baseURL
      return ContentSource(
        root: root, kind: .docusaurus, options: options, folders: ["docs", "blog", "src/pages"],
        evidence: file,
        rules: site)
    }
    for home in ["", "docs"] where status(root + "/" + home + "/.vitepress") != nil {
      let place = home.isEmpty ? ".vitepress" : home + "/.vitepress"
      let config = [
        "config.ts", "config.mts", "config.js", "config.mjs", "config/index.ts", "config/index.mts",
      ]
      .lazy.compactMap { file in read(root + "/" + place + "/" + file).map { (place + "/" + file, $0) } }
      .first
      var site = VitePressSite(config: String(decoding: config?.1 ?? [], as: UTF8.self), home: home)
      site.baseURL = options.baseURL ?? site.baseURL
      return ContentSource(
        root: root, kind: .vitepress, options: options, folders: [site.sourceFolder],
        evidence: config?.0 ?? place,
        rules: site)
    }
    return nil
  }

  /// The configuration of a Hugo site, nil where there is none.
  private static func hugoConfig(at root: String) -> (Parsed, String)? {
    for stem in ["hugo", "config"] {
      for ending in ["toml", "yaml", "yml", "json"] {
        let file = "\(stem).\(ending)"
        guard let bytes = read(root + "/" + file) else { continue }
        let config = parse(bytes, file)
        // Other programs have a `config.yaml` too.
        let isHugo = stem == "hugo" || config.value["baseurl"] != nil || status(root + "/content") != nil
        if isHugo { return (config, file) }
      }
    }
    let folder = "config/_default"
    guard status(root + "/" + folder) != nil else { return nil }
    var pairs: [MetaPair] = []
    var problem: SkippedInput?
    var evidence: String?
    /// Parsed, if the file is there.
    func config(_ stem: String, _ ending: String) -> MetaValue? {
      let file = "\(folder)/\(stem).\(ending)"
      guard let bytes = read(root + "/" + file) else { return nil }
      let config = parse(bytes, file)
      problem = problem ?? config.problem
      return config.value
    }
    for ending in ["toml", "yaml", "yml", "json"] {
      for stem in ["hugo", "config"] {
        if let config = config(stem, ending) {
          pairs += config.pairs
          evidence = evidence ?? "\(folder)/\(stem).\(ending)"
        }
      }
      for stem in ["languages", "permalinks", "markup"] {
        if let config = config(stem, ending) {
          pairs.append(MetaPair(key: stem, value: config))
        }
      }
    }
    return evidence.map { (Parsed(value: .map(pairs), problem: problem), $0) }
  }

  /// A configuration; one that cannot be read says nothing, and why is told.
  private struct Parsed {
    var value: MetaValue
    var problem: SkippedInput?
  }

  private static func parse(_ bytes: [UInt8], _ file: String) -> Parsed {
    do {
      switch fileExtension(of: file) {
      case "toml": return Parsed(value: try TOMLReader.read(bytes[...], byteLimit: byteLimit))
      case "json":
        var parser = JSONObjectParser()
        return Parsed(value: try parser.object(in: bytes.span).value)
      default: return Parsed(value: try YAMLReader.read(bytes[...], byteLimit: byteLimit))
      }
    } catch {
      let problem = error as? MetaProblem
      return Parsed(
        value: problem?.rest ?? .map([]),
        problem: SkippedInput(
          file: file, line: problem?.line ?? 1,
          reason:
            "the configuration of the site \(problem?.reason ?? "is no JSON")"))
    }
  }

  /// A folder that a web server could show: a start page, and no Markdown beside it.
  private static func isBuilt(_ folder: String) -> Bool {
    guard status(folder + "/index.html") != nil, let directory = opendir(folder) else { return false }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if ["md", "markdown", "mdx"].contains(fileExtension(of: name)) { return false }
    }
    return true
  }

  private static func isHTML(_ path: String) -> Bool { ["html", "htm"].contains(fileExtension(of: path)) }

  // MARK: - Files

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path.isEmpty ? "." : path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }

  private static func parent(of path: String) -> String {
    let folder = folder(of: path)
    return folder.isEmpty ? "/" : folder
  }

  private static func status(_ path: String) -> stat? {
    var info = stat()
    return stat(path, &info) == 0 ? info : nil
  }

  private static func read(_ path: String) -> [UInt8]? {
    bytes(ofRegularFile: path, upTo: byteLimit, followsLinks: true)
  }
}
