/// Addresses as Hugo makes them.
///
/// Checked against Hugo 0.111: `CreateTargetPaths`, `PermalinkExpander`, `UnicodeSanitize` and `autoid` of its source.
struct HugoSite: AddressRules {
  struct Language: Equatable, Sendable {
    var code: String
    var contentFolder: String
    /// What its addresses begin with, such as `zh`; mostly empty for the default language.
    var prefix: String
    var baseURL: String?
    /// Files that name no language are in this one.
    var isDefault = false
    var isDisabled = false
  }

  var baseURL: String?
  var languages: [Language]
  var anchors = AnchorRule.goldmark(.github)
  /// Pattern by first folder.
  var permalinks: [String: String] = [:]
  /// All pages, or those of some sections, are `name.html`.
  var hasUglyURLs = false
  var uglySections: Set<String> = []
  var keepsLetterCase = false
  var removesAccents = false
  /// Patterns over the path of a file, `ignoreFiles`.
  var ignoredFiles: [FileExpression] = []
  /// `:filename` stands in `frontmatter.date`.
  var publishesFuture = false
  /// Folders that are one page and hold other files, which belong to it.
  var bundles: Set<String> = []

  func knowing(names: [String]) -> any AddressRules {
    let homes = Set(names.lazy.filter(isBundlePage).map(folder(of:)))
    var site = self
    for name in names {
      // The page of a bundle does not make it one that holds more.
      var around = isBundlePage(name) ? folder(of: folder(of: name)) : folder(of: name)
      while !around.isEmpty {
        if homes.contains(around) { site.bundles.insert(around) }
        around = folder(of: around)
      }
    }
    return site
  }

  var knowledge: Set<String> { bundles }

  /// `index.md` at the top is a page of its own, not a bundle of the whole site.
  private func isBundlePage(_ name: String) -> Bool {
    guard lastPart(of: name).utf8.starts(with: "index.".utf8), let language = language(of: name) else {
      return false
    }
    return withoutLanguage(withoutExtension(lastPart(of: name))) == "index"
      && folder(of: name) != language.contentFolder
  }

  func place(of name: String, _ front: FrontMatter) -> PagePlace {
    guard let language = language(of: name) else {
      return PagePlace(skip: "it is outside the content folders")
    }
    if language.isDisabled { return PagePlace(skip: "its language \(language.code) is disabled in the site") }
    if ignoredFiles.contains(where: { $0.matches(name) }) {
      return PagePlace(skip: "the site ignores it (ignoreFiles)")
    }
    let home = language.contentFolder
    let path = home.isEmpty ? name : String(name.dropFirst(home.count + 1))
    let base = withoutLanguage(withoutExtension(lastPart(of: path)))
    let isBundle = isBundlePage(name)
    if let bundle = bundle(around: name, isIndex: isBundle) {
      return PagePlace(skip: "it is part of the page \(bundle)")
    }
    // `headless` is a matter of bundles: Hugo writes other pages all the same.
    if front.isNeverWritten || front.isHeadless && isBundle {
      return PagePlace(skip: "the site writes no page for it")
    }
    var parts = folder(of: path).split(separator: "/").map(String.init)
    let section = parts.first
    var place = PagePlace()
    place.language = languages.count > 1 ? languageCode(language.code) : nil
    place.categories = section.map { [$0] } ?? []
    let root = language.baseURL ?? baseURL
    func finish(_ link: String, keepsCase: Bool = false) -> PagePlace {
      let prefixed = language.prefix.isEmpty || keepsCase ? link : "/" + language.prefix + link
      let sane = keepsCase ? sanitized(prefixed) : lowered(sanitized(prefixed))
      place.url = address(root, percentEncoded(sane))
      return place
    }
    if let url = front.url, base != "_index" || section != nil {
      var link = url.hasPrefix("/") ? url : "/" + url
      if !link.hasSuffix("/"), !lastPart(of: link).contains(".") { link += "/" }
      // An address that begins with a slash says the language itself.
      if !url.hasPrefix("/"), !language.prefix.isEmpty { link = "/" + language.prefix + link }
      return finish(link, keepsCase: true)
    }
    let isUgly = hasUglyURLs || section.map(uglySections.contains) == true
    if base == "_index" {
      return finish(parts.isEmpty ? "/" : "/" + parts.joined(separator: "/") + (isUgly ? ".html" : "/"))
    }

    var link: String
    var fileName = base
    if isBundle, let last = parts.popLast() { fileName = last }
    if let pattern = section.flatMap({ permalinks[$0] }) ?? permalinks["/"], section != nil || pattern != "" {
      let sections = folder(of: path).split(separator: "/").map(String.init)
      link = expand(
        pattern, sections: isBundle ? Array(sections.dropLast()) : sections, fileName: fileName, front)
    } else {
      link = "/" + (parts + [front.slug ?? fileName]).joined(separator: "/")
      if !isBundle, base == "index" { link = "/" + parts.joined(separator: "/") }
    }
    while link.hasSuffix("/") { link.removeLast() }
    if isUgly, !(fileName == "index") { return finish(link + ".html") }
    return finish(link + "/")
  }

  // MARK: - Files

  /// The language of a file: by its folder, else by `name.zh.md`, else the default.
  private func language(of name: String) -> Language? {
    let holding = languages.filter { $0.contentFolder.isEmpty || name.hasPrefix($0.contentFolder + "/") }
    guard let longest = holding.map(\.contentFolder.utf8.count).max() else { return nil }
    let here = holding.filter { $0.contentFolder.utf8.count == longest }
    if here.count == 1 { return here[0] }
    let stem = withoutExtension(lastPart(of: name))
    if let dot = stem.lastIndex(of: ".") {
      let code = stem[stem.index(after: dot)...].lowercased()
      if let named = here.first(where: { $0.code.lowercased() == code }) { return named }
    }
    return here.first(where: \.isDefault) ?? here.first
  }

  private func withoutLanguage(_ stem: String) -> String {
    guard let dot = stem.lastIndex(of: ".") else { return stem }
    let code = stem[stem.index(after: dot)...].lowercased()
    return languages.contains { $0.code.lowercased() == code } ? String(stem[..<dot]) : stem
  }

  /// The bundle that a file is only a part of.
  private func bundle(around name: String, isIndex: Bool) -> String? {
    guard !bundles.isEmpty else { return nil }
    var parent = folder(of: name)
    if isIndex { parent = folder(of: parent) }
    while !parent.isEmpty {
      if bundles.contains(parent) { return parent }
      parent = folder(of: parent)
    }
    return nil
  }

  // MARK: - Paths

  private func expand(_ pattern: String, sections: [String], fileName: String, _ front: FrontMatter) -> String
  {
    let date = (front.date ?? "0001-01-01").split(separator: "-").map(String.init)
    let months = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
      "november", "december",
    ]
    var result = ""
    var rest = pattern[...]
    while let colon = rest.firstIndex(of: ":") {
      result += rest[..<colon]
      rest = rest[rest.index(after: colon)...]
      var word = String(rest.prefix { $0.isLetter })
      rest = rest.dropFirst(word.count)
      if rest.first == "[", let close = rest.firstIndex(of: "]") {
        word += rest[...close]
        rest = rest[rest.index(after: close)...]
      }
      let title = front.title.isEmpty ? fileName : front.title
      switch word {
      case "year": result += date.first ?? ""
      case "month": result += date.dropFirst().first ?? ""
      case "day": result += date.dropFirst(2).first ?? ""
      case "monthname":
        let number = date.dropFirst().first.flatMap { Int($0) } ?? 1
        result += months.indices.contains(number - 1) ? months[number - 1] : ""
      case "section": result += sections.first ?? ""
      case "sections": result += sections.joined(separator: "/")
      case "title": result += asURLPart(title)
      case "slug": result += asURLPart(front.slug ?? title)
      case "filename", "contentbasename": result += asURLPart(fileName)
      case "slugorfilename", "slugorcontentbasename": result += asURLPart(front.slug ?? fileName)
      default:
        if word.hasPrefix("sections[") {
          result += slice(sections, word.dropFirst("sections[".count).dropLast()).joined(separator: "/")
        } else {
          result += ":" + word
        }
      }
    }
    return "/" + (result + rest).split(separator: "/").joined(separator: "/")
  }

  /// `1:`, `:2`, `last`, `0` of the sections.
  private func slice(_ sections: [String], _ range: Substring) -> [String] {
    if range == "last" { return sections.suffix(1) }
    guard let colon = range.firstIndex(of: ":") else {
      return Int(range).flatMap { sections.indices.contains($0) ? [sections[$0]] : nil } ?? []
    }
    let from = Int(range[..<colon]) ?? 0
    let to =
      range[range.index(after: colon)...] == "last"
      ? sections.count - 1 : Int(range[range.index(after: colon)...]) ?? sections.count
    guard from >= 0, to <= sections.count, from <= to else { return [] }
    return Array(sections[from..<to])
  }

  /// Slashes of a title are no folders.
  private func asURLPart(_ text: String) -> String {
    lowered(sanitized(text.replacing("/", with: "-")))
  }

  private func lowered(_ text: String) -> String { keepsLetterCase ? text : text.lowercased() }

  /// Letters, digits, marks and `._/\#+~-@` stay, white space becomes one `-`, everything else goes.
  private func sanitized(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var waits = false
    var wasHyphen = false
    let scalars = Array(text.unicodeScalars)
    for (index, unit) in scalars.enumerated() {
      let isEscape =
        unit == "%" && index + 2 < scalars.count
        && scalars[(index + 1)...(index + 2)].allSatisfy { $0.isASCII && isHex(UInt8($0.value)) }
      if "._/\\#+~-@".unicodeScalars.contains(unit) || isEscape || isKept(unit) {
        wasHyphen = unit == "-"
        if waits {
          if !wasHyphen { result.append("-") }
          waits = false
        }
        result.append(unit)
      } else if !result.isEmpty, !wasHyphen, unit.properties.isWhitespace {
        waits = true
      }
    }
    return String(result)
  }

  private func isKept(_ unit: Unicode.Scalar) -> Bool {
    switch unit.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .nonspacingMark, .spacingMark, .enclosingMark:
      true
    default: false
    }
  }
}
