extension HugoSite {
  /// What a site's configuration says about addresses.
  ///
  /// - Parameter given: a base that the owner of the index prefers.
  init(_ config: MetaValue, _ given: String?) {
    baseURL = given ?? config["baseurl"]?.scalar.flatMap { $0 == "/" ? nil : $0 }
    let home = Self.path(config["contentdir"]?.scalar ?? "content")
    let first = config["defaultcontentlanguage"]?.scalar ?? "en"
    let hasPrefix = config["defaultcontentlanguageinsubdir"]?.bool ?? false
    let disabled = Set(config["disablelanguages"]?.strings ?? [])
    var found: [Language] = []
    for pair in config["languages"]?.pairs ?? [] {
      guard case .map = pair.value else { continue }
      let isFirst = pair.key.lowercased() == first.lowercased()
      found.append(
        Language(
          code: pair.key, contentFolder: pair.value["contentdir"]?.scalar.map(Self.path) ?? home,
          // A language with an address of its own stands at its root.
          prefix: isFirst && !hasPrefix || pair.value["baseurl"] != nil ? "" : pair.key,
          baseURL: pair.value["baseurl"]?.scalar, isDefault: isFirst,
          isDisabled: disabled.contains(pair.key) || pair.value["disabled"]?.bool == true))
    }
    if found.isEmpty {
      found = [Language(code: first, contentFolder: home, prefix: hasPrefix ? first : "", isDefault: true)]
    } else if !found.contains(where: { $0.code.lowercased() == first.lowercased() }) {
      found.append(
        Language(code: first, contentFolder: home, prefix: hasPrefix ? first : "", isDefault: true))
    }
    languages = found
    if let names = config[path: "markup", "goldmark", "parser", "autoheadingidtype"]?.scalar {
      anchors = .goldmark(GoldmarkNames(rawValue: names) ?? .github)
    }
    for pair in config["permalinks"]?.pairs ?? [] {
      if let pattern = pair.value.scalar {
        permalinks[pair.key] = pattern
      } else if pair.key.lowercased() == "page" {
        for inner in pair.value.pairs { permalinks[inner.key] = inner.value.scalar }
      }
    }
    if let ugly = config["uglyurls"] {
      hasUglyURLs = ugly.bool ?? false
      uglySections = Set(ugly.pairs.filter { $0.value.bool == true }.map(\.key))
    }
    keepsLetterCase = config["disablepathtolower"]?.bool ?? false
    removesAccents = config["removepathaccents"]?.bool ?? false
    ignoredFiles = config["ignorefiles"]?.items.compactMap(\.scalar).compactMap { FileExpression($0) } ?? []
  }

  /// The folders that hold pages.
  var contentFolders: [String] {
    var seen: Set<String> = []
    return languages.map(\.contentFolder).filter { seen.insert($0).inserted }
  }

  private static func path(_ text: String) -> String {
    text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }
}
