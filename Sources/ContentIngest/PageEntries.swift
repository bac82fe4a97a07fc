import SearchModel

/// Units of one page → entries: a digest of items, or a page with sections.
///
/// What the page is made of decides. A **digest** has most of its text in list items and paragraphs that begin
/// with a link (or a bold title) and at least a third of these begin with a link; without any links, four fifths of
/// its text must be bold-titled. Everything else is a page with one entry per section.
struct PageEntries {
  let name: String
  let front: FrontMatter
  let units: [MarkdownUnit]
  let place: PagePlace
  let source: ContentSource
  /// The file as the rules of its source know it.
  let siteName: String
  /// Of the front matter, else of the file's name, else of the title.
  let date: String?
  /// Sections are named by the page alone: one without a name has no anchor.
  var isBuilt = false

  /// Title of the page: front matter, first H1, the site's navigation, file name.
  let title: String
  /// The title stands in the page; a file name does not.
  let titleIsShown: Bool
  /// Index of the unit that is the page's own H1.
  let titleUnit: Int?

  init(
    name: String, front: FrontMatter, units: [MarkdownUnit], place: PagePlace = PagePlace(),
    source: ContentSource = .plain, siteName: String? = nil
  ) {
    self.name = name
    self.front = front
    self.units = units
    self.place = place
    self.source = source
    self.siteName = siteName ?? name
    let ownDate = front.date ?? fileDate(name)
    let headings = units.indices.filter {
      if case .heading = units[$0].kind { !units[$0].text.isEmpty } else { false }
    }
    let tops = headings.filter { units[$0].kind == .heading(level: 1) }
    let firstTop = headings.first.flatMap { units[$0].kind == .heading(level: 1) ? $0 : nil }
    var own: Int?
    if let firstTop {
      // Several H1 under a title from the front matter are sections, unless the first repeats the title.
      let repeats = String(decoding: units[firstTop].text, as: UTF8.self) == front.title
      own = front.title.isEmpty || repeats || tops.count == 1 ? firstTop : nil
    }
    titleUnit = own
    if !front.title.isEmpty {
      title = front.title
      titleIsShown = true
    } else if let own {
      title = String(decoding: units[own].text, as: UTF8.self)
      titleIsShown = true
    } else if let named = place.title, !named.isEmpty {
      title = named
      titleIsShown = true
    } else {
      title = Self.stem(of: name)
      titleIsShown = false
    }
    date = ownDate ?? dateInside(title)
  }

  func entries() -> [Entry] {
    guard !units.isEmpty || !front.title.isEmpty || !front.description.isEmpty else { return [] }
    var entries =
      switch source.options.split {
      // A list of links of a built site leads to its other pages.
      case .auto: isDigest && !isBuilt ? digestEntries() : sectionEntries()
      case .item: digestEntries()
      case .heading: sectionEntries()
      case .page: [wholeEntry()]
      }
    let boost = (front.boost ?? 1) * (source.options.boost ?? 1)
    for index in entries.indices { entries[index].boost = boost }
    // A pin leads to the page, not to each of its sections.
    if !entries.isEmpty { entries[0].pins = Array(front.pins.prefix(Self.longestPinList)) }
    return entries
  }

  /// Queries that one page may ask to be first for.
  private static let longestPinList = 20

  /// `guides/setup.md` → `setup`; an index page is called after its folder.
  private static func stem(of name: String) -> String {
    let parts = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    guard let file = parts.last else { return name }
    let stem = file.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(file[..<$0]) } ?? file
    let isIndex = ["index", "_index", "readme"].contains(stem.lowercased())
    return isIndex && parts.count > 1 ? parts[parts.count - 2] : stem
  }

  // MARK: - Sections of a page

  struct Heading {
    var level: Int
    var text: String
    var anchor: String
    var isExcluded = false
    var isNamed = true
  }

  func sectionEntries() -> [Entry] {
    var page = pageEntry()
    var pageBlocks = introduction()
    var entries: [Entry] = []
    var named: [String: Int] = [:]
    var anchors = anchorNames()
    var trail: [Heading] = []
    var open: Heading?
    var blocks: [[UInt8]] = []
    let base = titleIsShown ? [title] : []

    func close() {
      guard let heading = open else { return }
      let text = joined(blocks)
      blocks = []
      if heading.isExcluded { return }
      // A page may give two headings one name.
      let times = (named[heading.anchor] ?? 0) + 1
      named[heading.anchor] = times
      let id = name + "#" + heading.anchor + (times > 1 ? "~\(times)" : "")
      let outer = trail.dropLast().map(\.text)
      entries.append(
        Entry(
          id: id, kind: .heading, title: heading.text, text: text,
          url: place.url, anchor: heading.isNamed ? heading.anchor : nil, path: base + outer,
          category: categories,
          tags: front.tags, date: date,
          lang: language(heading.text, text), sources: [name]))
    }

    for (index, unit) in units.enumerated() {
      let names = unit.headings.map { anchors.name(for: $0) }
      if case .heading(let level) = unit.kind, !unit.text.isEmpty,
        source.options.headingLevels.contains(level) || index == titleUnit
      {
        let text = String(decoding: unit.text, as: UTF8.self)
        let anchor = names.first ?? ""
        if index == titleUnit {
          if text != title { pageBlocks.append(unit.text) }
          continue
        }
        close()
        trail.removeAll { $0.level >= level }
        trail.append(
          Heading(
            level: level, text: text, anchor: anchor, isExcluded: unit.headings.first?.isExcluded ?? false,
            isNamed: !isBuilt || unit.headings.first?.explicit != nil))
        open = trail.last
      } else if unit.kind == .footnote || open == nil {
        pageBlocks.append(unit.text)
      } else {
        blocks.append(unit.text)
      }
    }
    close()
    page.text = joined(pageBlocks)
    page.lang = language(page.title, page.text, front.description)
    // A page whose own text says nothing about its language speaks that of its sections.
    if page.lang == "und", let known = entries.first(where: { $0.lang != "und" }) { page.lang = known.lang }
    for index in entries.indices where entries[index].lang == "und" { entries[index].lang = page.lang }
    return [page] + entries
  }

  // MARK: - Shared

  var categories: [String] { front.categories.isEmpty ? place.categories : front.categories }

  func anchorNames() -> AnchorNames {
    AnchorNames(source.rules.anchors, explicit: units.lazy.flatMap(\.headings).compactMap(\.explicit))
  }

  /// The page in one entry, headings and all.
  func wholeEntry() -> Entry {
    var page = pageEntry()
    page.text = joined(
      introduction()
        + units.indices.filter { $0 != titleUnit || String(decoding: units[$0].text, as: UTF8.self) != title }
        .map { units[$0].text })
    page.lang = language(page.title, page.text, front.description)
    return page
  }

  func pageEntry() -> Entry {
    Entry(
      id: name, kind: .page, title: title, url: place.url, category: categories, tags: front.tags, date: date,
      sources: [name], description: front.description, author: front.authors.joined(separator: ", "),
      keywords: front.keywords)
  }

  /// What the front matter says that has no field of its own.
  func introduction() -> [[UInt8]] {
    front.subtitle.isEmpty || front.subtitle == title ? [] : [Array(front.subtitle.utf8)]
  }

  func language(_ texts: String...) -> String {
    if let given = front.lang ?? place.language { return given }
    return texts.count == 3
      ? detectLanguage(texts[0], texts[1], texts[2]) : detectLanguage(texts[0], texts[1])
  }

  func joined(_ blocks: [[UInt8]]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(blocks.reduce(0) { $0 + $1.count + 2 })
    for block in blocks where !block.isEmpty {
      if !bytes.isEmpty { bytes += [0x0A, 0x0A] }
      bytes += block
    }
    return bytes.text(0..<bytes.count)
  }
}
