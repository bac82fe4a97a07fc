/// Addresses as Docusaurus makes them from `docs`, `blog` and `src/pages`.
///
/// The configuration is a program; only values that stand in it as plain strings are known.
struct DocusaurusSite: AddressRules {
  var baseURL: String?
  var basePath = "/"
  var docsRoute = "docs"
  var addsSlash = false
  var anchors: AnchorRule { .github }

  init(config text: String) {
    baseURL = scriptValue("url", in: text)
    basePath = scriptValue("baseUrl", in: text) ?? "/"
    docsRoute = scriptValue("routeBasePath", in: text) ?? "docs"
    addsSlash = text.contains(#/\btrailingSlash:\s*true/#)
  }

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    let parts = name.split(separator: "/").map(String.init)
    if parts.contains(where: { $0.hasPrefix("_") }) {
      return PagePlace(skip: "the site takes it for a part of pages")
    }
    var place = PagePlace()
    let link: String
    switch parts.first {
    case "blog":
      link = blogLink(Array(parts.dropFirst()), front)
      place.categories = ["blog"]
    case "src":
      let steps = parts.dropFirst(2).dropLast() + [withoutExtension(parts.last ?? "")]
      link = "/" + steps.filter { $0 != "index" }.joined(separator: "/")
    default:
      let folders = parts.dropFirst().dropLast().map(withoutNumber)
      place.categories = (folders.first ?? docsRoute).isEmpty ? [] : [folders.first ?? docsRoute]
      link = docLink(folders, file: parts.last ?? "", front)
    }
    var path = (basePath.hasSuffix("/") ? String(basePath.dropLast()) : basePath) + link
    if addsSlash, !path.hasSuffix("/") { path += "/" }
    place.url = address(baseURL, percentEncoded(path.isEmpty ? "/" : path))
    return place
  }

  private func docLink(_ folders: [String], file: String, _ front: FrontMatter) -> String {
    let route = docsRoute.split(separator: "/").map(String.init)
    func joined(_ steps: [String]) -> String { "/" + steps.joined(separator: "/") }
    if let slug = front.slug {
      let steps = slug.split(separator: "/").map(String.init)
      return joined(route + (slug.hasPrefix("/") ? [] : folders) + steps)
    }
    let stem = withoutNumber(withoutExtension(file))
    let isIndex =
      ["index", "readme"].contains(stem.lowercased()) || stem.lowercased() == folders.last?.lowercased()
    if isIndex { return joined(route + folders) + (route + folders == [] ? "" : "/") }
    return joined(route + folders + [front.id ?? stem])
  }

  /// `2024-01-02-name.md`, `2024-01-02-name/index.md`, `2024/01/02/name.md`, `name.md`.
  private func blogLink(_ parts: [String], _ front: FrontMatter) -> String {
    if let slug = front.slug { return "/blog/" + slug.split(separator: "/").joined(separator: "/") }
    var name = parts.joined(separator: "/")
    name = withoutExtension(name)
    if name.hasSuffix("/index") { name.removeLast("/index".count) }
    if let match = name.wholeMatch(of: #/(?:(.*)\/)?(\d{4})[-\/](\d{1,2})[-\/](\d{1,2})[-\/](.*)/#) {
      let folder = match.output.1.map { $0 + "/" } ?? ""
      return "/blog/\(folder)\(match.output.2)/\(match.output.3)/\(match.output.4)/\(match.output.5)"
    }
    if let date = front.date { return "/blog/" + date.replacing("-", with: "/") + "/" + name }
    return "/blog/" + name
  }

  /// `01-intro` → `intro`; dates and versions stay.
  private func withoutNumber(_ name: String) -> String {
    if name.contains(#/^(\d{4}-\d{2}|\d+[._]\d+)/#) { return name }
    guard let match = name.wholeMatch(of: #/\d+\s*[-_.]+\s*([^-_.\s].*)/#) else { return name }
    return String(match.output.1)
  }
}

/// The string after `name:` in a program text, nil when it is not one.
func scriptValue(_ name: String, in text: String) -> String? {
  guard
    let expression = try? Regex(
      #"(?:^|[\s{,])"# + name + #":\s*(['"`])([^'"`$]*)['"`]"#, as: (Substring, Substring, Substring).self)
  else { return nil }
  let lines = text.split(separator: "\n").filter { !$0.contains(#/^\s*(\/\/|\*)/#) }
  return lines.lazy.compactMap { $0.prefix(2_000).firstMatch(of: expression) }.first.map {
    String($0.output.2)
  }
}
