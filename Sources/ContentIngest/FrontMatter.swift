/// What a page says about itself in the block at its start.
struct FrontMatter: Equatable {
  var title = ""
  var subtitle = ""
  var date: String?
  var tags: [String] = []
  var categories: [String] = []
  var authors: [String] = []
  var description = ""
  var keywords: [String] = []
  var lang: String?
  var isDraft = false
  /// The page is not to be found: `search: false` and the names that other tools use for it.
  var isExcluded = false
  /// A bundle that is only there for others: `headless: true`.
  var isHeadless = false
  /// The page is never written: `build: {render: never}`.
  var isNeverWritten = false
  /// Days before and after which the page is not published.
  var publishDate: String?
  var expiryDate: String?
  /// How much the page counts, more than 0 and at most 100; `search: {boost: 2}`.
  var boost: Float?
  /// Queries for which the page comes first; `search: {pin: [安装]}`.
  var pins: [String] = []
  /// The number of a periodical.
  var issue: String?
  // How generators make the address.
  var url: String?
  var slug: String?
  var id: String?

  init() {}

  /// Reads what is known; names are compared without case, `_` and `-`.
  init(_ block: MetaValue) {
    var dates: [String: String] = [:]
    for pair in block.pairs {
      let key = Self.plain(pair.key)
      if Self.dateKeys.contains(key) {
        // A mapping of dates (`created`, `updated`) is how some blogs write it.
        let found =
          if case .map(let inner) = pair.value {
            inner.lazy.compactMap { isoDate($0.value.text) }.first
          } else { isoDate(pair.value.text) }
        if let found { dates[key] = found }
      } else {
        set(key, pair.value)
      }
    }
    date = Self.dateKeys.lazy.compactMap { dates[$0] }.first
    publishDate = dates["publishdate"] ?? dates["pubdate"] ?? dates["published"] ?? dates["date"]
  }

  /// The first of these that is there dates the page.
  private static let dateKeys = [
    "date", "publishdate", "pubdate", "published", "created", "lastmod", "updated", "modified",
  ]

  private static func plain(_ key: String) -> String {
    key.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  private mutating func set(_ key: String, _ value: MetaValue) {
    switch key {
    case "title": title = value.text
    case "subtitle": subtitle = value.text
    case "tags", "tag": tags += value.strings.filter { !tags.contains($0) }
    case "categories", "category": categories += value.strings.filter { !categories.contains($0) }
    case "author", "authors": authors += value.strings.filter { !authors.contains($0) }
    case "description", "summary":
      let text = value.text
      if description.isEmpty {
        description = text
      } else if text != description, !text.isEmpty {
        description += "\n\n" + text
      }
    case "keywords", "keyword": keywords += value.strings.filter { !keywords.contains($0) }
    case "draft": isDraft = value.bool ?? false
    case "lang", "language": lang = languageCode(value.text)
    case "expirydate", "unpublishdate": expiryDate = isoDate(value.text)
    case "url": url = value.scalar
    case "slug": slug = value.scalar
    case "id": id = value.scalar
    case "issue":
      if let number = value.scalar, number.utf8.count <= 5,
        number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      {
        issue = number
      }
    case "headless": isHeadless = isHeadless || value.bool == true
    case "build":
      if let render = value["render"]?.text.lowercased(), render == "never" || render == "false" {
        isNeverWritten = true
      }
      if let list = value["list"]?.text.lowercased(), list == "never" || list == "false" { isExcluded = true }
    case "search": setSearch(value)
    case "params":
      // Hugo's place for the fields of themes.
      for pair in value.pairs { noteExclusion(Self.plain(pair.key), pair.value) }
    default: noteExclusion(key, value)
    }
  }

  /// The names under which a page says that it is not to be found.
  private mutating func noteExclusion(_ key: String, _ value: MetaValue) {
    switch key {
    case _ where Self.exclusions.contains(key): isExcluded = isExcluded || value.bool == true
    case "pagefind", "searchable": isExcluded = isExcluded || value.bool == false
    case "robots":
      let words = value.strings.map { $0.lowercased() }
      isExcluded = isExcluded || words.contains("noindex") || words.contains("none")
    default: break
    }
  }

  private static let exclusions: Set<String> = [
    "excludefromsearch", "searchexclude", "booksearchexclude", "searchhidden", "hiddenfromsearch",
    "excludesearch", "nosearch", "robotsnoindex", "noindex", "private", "hidden", "unlisted",
  ]

  /// Whether a key, as it is written, may leave the page out.
  static func mayExclude(_ key: String) -> Bool {
    let key = plain(key)
    return exclusions.contains(key)
      || ["draft", "search", "build", "params", "pagefind", "searchable", "robots"].contains(key)
  }

  private mutating func setSearch(_ value: MetaValue) {
    if value.bool == false || ["exclude", "hidden"].contains(value.scalar?.lowercased()) {
      isExcluded = true
    }
    for pair in value.pairs {
      switch Self.plain(pair.key) {
      case "exclude", "hidden": isExcluded = isExcluded || pair.value.bool == true
      case "boost":
        if let number = Float(pair.value.text), number > 0, number <= 100 { boost = number }
      case "pin", "pins": pins += pair.value.strings.filter { !pins.contains($0) }
      case "keywords": keywords += pair.value.strings.filter { !keywords.contains($0) }
      case "category", "categories": categories = pair.value.strings
      default: break
      }
    }
  }
}
