/// Addresses as MkDocs makes them.
struct MkDocsSite: AddressRules {
  var baseURL: String?
  var docsFolder = "docs"
  var hasDirectoryURLs = true
  var anchors = AnchorRule.toc(TOCNames())
  /// First section of the navigation by page, relative to the docs folder.
  var sections: [String: String] = [:]
  /// Title in the navigation by page.
  var titles: [String: String] = [:]
  /// Patterns of `exclude_docs` and `draft_docs`.
  var excluded: [PathPattern] = []
  /// Folders that hold an `index.md` and a `README.md`, which is not built then.
  var withIndex: Set<String> = []

  /// - Parameter given: a base that the owner of the index prefers.
  init(_ config: MetaValue, _ given: String?) {
    baseURL = given ?? config["site_url"]?.scalar
    docsFolder = (config["docs_dir"]?.scalar ?? "docs").split(separator: "/").joined(separator: "/")
    hasDirectoryURLs = config["use_directory_urls"]?.bool ?? true
    for key in ["exclude_docs", "draft_docs"] {
      excluded += PathPattern.patterns(
        (config[key]?.scalar ?? "").split(separator: "\n").map { trimmed(String($0)) })
    }
    for item in config["nav"]?.items ?? [] {
      for pair in item.pairs {
        if let path = pair.value.scalar { titles[path] = pair.key }
        collect(pair.value, under: pair.key)
      }
    }
    anchors = .toc(Self.names(config["markdown_extensions"]))
  }

  func knowing(names: [String]) -> any AddressRules {
    var site = self
    func folders(with file: String) -> Set<String> {
      Set(names.filter { lastPart(of: $0) == file }.map(folder(of:)))
    }
    site.withIndex = folders(with: "index.md").intersection(folders(with: "README.md"))
    return site
  }

  var knowledge: Set<String> { withIndex }

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    guard name.hasPrefix(docsFolder + "/") || docsFolder.isEmpty else {
      return PagePlace(skip: "it is outside the content folders")
    }
    let path = docsFolder.isEmpty ? name : String(name.dropFirst(docsFolder.count + 1))
    if PathPattern.lastMatch(excluded, path) { return PagePlace(skip: "the site excludes it") }
    let file = lastPart(of: path)
    let isReadme = file == "README.md"
    if isReadme, withIndex.contains(folder(of: name)) {
      return PagePlace(skip: "the site builds index.md instead of it")
    }
    let home = folder(of: path)
    var place = PagePlace()
    var link = home.isEmpty ? "/" : "/" + home + "/"
    if file != "index.md", !isReadme {
      link += withoutExtension(file) + (hasDirectoryURLs ? "/" : ".html")
    } else if !hasDirectoryURLs {
      link += "index.html"
    }
    place.url = address(baseURL, percentEncoded(link))
    place.title = titles[path]
    if let section = sections[path] {
      place.categories = [section]
    } else if let first = path.split(separator: "/").dropLast().first {
      place.categories = [String(first)]
    }
    return place
  }

  private mutating func collect(_ value: MetaValue, under section: String) {
    // A page at the top of the navigation is its own section, which says nothing.
    for item in value.items {
      switch item {
      case .text(let path): sections[path] = section
      case .map(let pairs):
        for pair in pairs {
          if let path = pair.value.scalar {
            sections[path] = section
            titles[path] = pair.key
          } else {
            collect(pair.value, under: section)
          }
        }
      case .list, .null: break
      }
    }
  }

  private static func names(_ extensions: MetaValue?) -> TOCNames {
    var names = TOCNames()
    var options: MetaValue?
    func note(_ name: String, _ value: MetaValue?) {
      if name == "toc" || name == "markdown.extensions.toc" { options = value }
      if name.hasSuffix("emoji") { names.hasEmoji = true }
    }
    for item in extensions?.items ?? [] {
      if let name = item.scalar { note(name, nil) }
      for pair in item.pairs { note(pair.key, pair.value) }
    }
    for pair in extensions?.pairs ?? [] { note(pair.key, pair.value) }
    if let separator = options?["separator"]?.scalar { names.separator = separator }
    let slugify = options?["slugify"]
    let function = slugify?.scalar ?? slugify?["!"]?.scalar ?? ""
    if function.contains("pymdownx") || function.contains("unicode") {
      names.isASCII = false
      let letterCase = slugify?[path: "kwds", "case"]?.scalar
      let lowers =
        function.contains("uslugify") || function.contains("slugify_unicode") || function.contains("gfm")
      switch letterCase {
      case "lower", "fold": names.letterCase = .lower
      case "lower-ascii": names.letterCase = .lowerASCII
      default: names.letterCase = lowers ? .lower : .kept
      }
    }
    return names
  }
}
