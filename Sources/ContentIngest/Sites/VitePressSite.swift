/// Addresses as VitePress makes them.
struct VitePressSite: AddressRules {
  var baseURL: String?
  var basePath = "/"
  /// Relative to the root of the site.
  var sourceFolder: String
  var hasCleanURLs = false
  var anchors: AnchorRule { .vitePress }

  /// - Parameter home: the folder that holds `.vitepress`, relative to the root of the site.
  init(config text: String, home: String) {
    baseURL = scriptValue("hostname", in: text)
    basePath = scriptValue("base", in: text) ?? "/"
    hasCleanURLs = text.contains(#/\bcleanUrls:\s*true/#)
    let source = (scriptValue("srcDir", in: text) ?? ".").split(separator: "/").filter { $0 != "." }
    sourceFolder = (home.split(separator: "/") + source).joined(separator: "/")
  }

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    guard sourceFolder.isEmpty || name.hasPrefix(sourceFolder + "/") else {
      return PagePlace(skip: "it is outside the content folders")
    }
    let path = sourceFolder.isEmpty ? name : String(name.dropFirst(sourceFolder.count + 1))
    let home = folder(of: path)
    let stem = withoutExtension(lastPart(of: path))
    var link = (basePath.hasSuffix("/") ? String(basePath.dropLast()) : basePath) + "/"
    if !home.isEmpty { link += home + "/" }
    if stem != "index" { link += stem + (hasCleanURLs ? "" : ".html") }
    var place = PagePlace(url: address(baseURL, percentEncoded(link)))
    place.categories = path.split(separator: "/").dropLast().first.map { [String($0)] } ?? []
    return place
  }
}
