import SearchModel

/// Units of one page → entries: a digest of items, or a page with sections.
///
/// What the page is made of decides. A **digest** has most of its text in list items and paragraphs that begin
/// with a link (or a bold title) and at least a third of these begin with a link; without any links, four fifths of
/// its text must be bold-titled. Everything else is a page with one entry per section.
struct PageEntries {
  let name: String
  let front: FrontMatter
  private let units: [MarkdownUnit]

  /// Title of the page: front matter, first H1, file name.
  private let title: String
  /// The title stands in the page; a file name does not.
  private let titleIsShown: Bool
  /// Index of the unit that is the page's own H1.
  private let titleUnit: Int?

  init(name: String, front: FrontMatter, units: [MarkdownUnit]) {
    self.name = name
    self.front = front
    self.units = units
    let headings = units.indices.filter { if case .heading = units[$0].kind { true } else { false } }
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
    } else {
      title = Self.stem(of: name)
      titleIsShown = false
    }
  }

  func entries() -> [Entry] {
    guard !units.isEmpty || !front.title.isEmpty || !front.description.isEmpty else { return [] }
    return isDigest ? digestEntries() : sectionEntries()
  }

  /// `guides/setup.md` → `setup`; an index page is called after its folder.
  private static func stem(of name: String) -> String {
    let parts = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    guard let file = parts.last else { return name }
    let stem = file.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(file[..<$0]) } ?? file
    let isIndex = ["index", "_index", "readme"].contains(stem.lowercased())
    return isIndex && parts.count > 1 ? parts[parts.count - 2] : stem
  }

  // MARK: - What the page is made of

  /// Per list: how its items begin.
  private struct ListShape {
    var items = 0
    var strong = 0
    var linked = 0
    var isOrdered = false
    /// Most items begin with a link or a bold title.
    var beginsWithTitles: Bool { strong * 2 >= items }
    /// Most items hold a link.
    var holdsLinks: Bool { linked * 2 >= items }
  }

  private func listShapes() -> [Int: ListShape] {
    var shapes: [Int: ListShape] = [:]
    for unit in units {
      guard case .listItem(let list, let isOrdered) = unit.kind else { continue }
      var shape = shapes[list] ?? ListShape()
      shape.items += 1
      shape.isOrdered = isOrdered
      if unit.lead.start != .text { shape.strong += 1 }
      if unit.firstLink != nil { shape.linked += 1 }
      shapes[list] = shape
    }
    return shapes
  }

  /// Bold words that introduce a remark, not an item.
  private static let remarks: Set<String> = [
    "注意", "提示", "说明", "警告", "备注", "注", "重要", "参考", "小结", "总结", "结论",
    "note", "notes", "tip", "tips", "warning", "caution", "important", "info", "example", "danger", "tl;dr",
    "update",
  ]

  /// A paragraph that may be an item: it starts with a link, or with a bold title that is set off.
  private func isItemParagraph(_ unit: MarkdownUnit) -> Bool {
    switch unit.lead.start {
    case .link: return true
    case .bold:
      guard unit.lead.isSetOff, unit.lead.title.upperBound < unit.text.count else { return false }
      let title = trimmedTitle(unit.text.text(unit.lead.title))
      return !Self.remarks.contains(title.lowercased())
    case .text: return false
    }
  }

  private var isDigest: Bool {
    let shapes = listShapes()
    var total = 0
    var inItems = 0
    var candidates = 0
    var linkStarts = 0
    var inBold = 0
    var inLinkedProse = 0
    var linkedProse = 0
    for unit in units {
      let isCandidate: Bool
      switch unit.kind {
      case .heading, .thematicBreak, .footnote: continue
      case .paragraph:
        // Prose may begin with a link too: only what is set off speaks for a digest by itself.
        isCandidate = isItemParagraph(unit) && unit.lead.isSetOff
        if !isCandidate, unit.lead.start == .link {
          linkedProse += 1
          inLinkedProse += unit.text.count
        }
      case .listItem(let list, _):
        isCandidate = shapes[list].map { $0.beginsWithTitles || $0.holdsLinks } ?? false
      case .other: isCandidate = false
      }
      // Code says nothing about what a page is.
      if unit.kind != .other { total += unit.text.count }
      guard isCandidate else { continue }
      candidates += 1
      inItems += unit.text.count
      if unit.lead.start == .link || unit.lead.isTaggedLink
        || (unit.lead.start == .bold && unit.lead.url != nil)
      {
        linkStarts += 1
      } else if unit.lead.start == .bold {
        inBold += unit.text.count
      }
    }
    if linkStarts + linkedProse >= 3, (inItems + inLinkedProse) * 5 >= total * 4, linkedProse > 0,
      (linkStarts + linkedProse) * 3 >= candidates + linkedProse
    {
      return true
    }
    guard candidates > 0 else { return false }
    if inItems * 2 >= total, linkStarts * 3 >= candidates, linkStarts >= min(2, candidates) { return true }
    return candidates >= 3 && inBold * 5 >= total * 4
  }

  // MARK: - Sections of a page

  private struct Heading {
    var level: Int
    var text: String
    var anchor: String
  }

  private func sectionEntries() -> [Entry] {
    var page = pageEntry()
    var pageBlocks = introduction()
    var entries: [Entry] = []
    var anchors = AnchorNames()
    var trail: [Heading] = []
    var open: Heading?
    var blocks: [[UInt8]] = []
    let base = titleIsShown ? [title] : []

    func close() {
      guard let heading = open else { return }
      let text = joined(blocks)
      blocks = []
      let outer = trail.dropLast().map(\.text)
      entries.append(
        Entry(
          id: name + "#" + heading.anchor, kind: .heading, title: heading.text, text: text,
          anchor: heading.anchor,
          path: base + outer, category: front.categories, tags: front.tags, date: front.date,
          lang: language(heading.text, text), sources: [name]))
    }

    for (index, unit) in units.enumerated() {
      if case .heading(let level) = unit.kind {
        let text = String(decoding: unit.text, as: UTF8.self)
        let anchor = anchors.name(for: text, explicit: unit.anchor)
        if index == titleUnit {
          if text != title { pageBlocks.append(unit.text) }
          continue
        }
        close()
        trail.removeAll { $0.level >= level }
        trail.append(Heading(level: level, text: text, anchor: anchor))
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

  // MARK: - Items of a digest

  private func digestEntries() -> [Entry] {
    let shapes = listShapes()
    var page = pageEntry()
    var pageBlocks = introduction()
    var items: [Entry] = []
    var anchors = AnchorNames()
    var trail: [Heading] = []
    var open: (unit: MarkdownUnit, anchor: String?)?
    var openIsParagraph = false
    var following: [[UInt8]] = []
    var unlinked: [String: Int] = [:]
    let base = titleIsShown ? [title] : []

    func close() {
      guard let (unit, anchor) = open else { return }
      items.append(
        item(
          unit, following, path: base + trail.map(\.text), anchor: anchor, category: trail.last?.text,
          &unlinked))
      open = nil
      following = []
    }

    for (index, unit) in units.enumerated() {
      var isItem = false
      switch unit.kind {
      case .heading(let level):
        close()
        let text = String(decoding: unit.text, as: UTF8.self)
        let anchor = anchors.name(for: text, explicit: unit.anchor)
        if index != titleUnit {
          trail.removeAll { $0.level >= level }
          trail.append(Heading(level: level, text: withoutNumbering(text), anchor: anchor))
          pageBlocks.append(unit.text)
        } else if text != title {
          pageBlocks.append(unit.text)
        }
        continue
      case .thematicBreak:
        // A rule ends what an item says: what follows is a new item or the page's own words.
        close()
        continue
      case .footnote:
        pageBlocks.append(unit.text)
        continue
      case .paragraph: isItem = isItemParagraph(unit)
      case .listItem(let list, _):
        let shape = shapes[list] ?? ListShape()
        if shape.beginsWithTitles {
          isItem = true
        } else if shape.isOrdered {
          // Steps under a titled paragraph belong to it.
          isItem = !(open != nil && openIsParagraph)
        } else {
          isItem = shape.holdsLinks && open == nil
          if !isItem, case .listItem(list, _)? = open?.unit.kind { isItem = shape.holdsLinks }
        }
      case .other: isItem = false
      }
      if isItem {
        close()
        open = (unit, trail.last?.anchor)
        openIsParagraph = unit.kind == .paragraph
      } else if open != nil, !(unit.kind == .paragraph && isLabel(index, shapes)) {
        following.append(unit.text)
      } else {
        close()
        pageBlocks.append(unit.text)
      }
    }
    close()
    page.text = joined(pageBlocks)
    page.lang = language(page.title, page.text, front.description)
    let united = unite(items)
    if page.lang == "und", let known = united.first(where: { $0.lang != "und" }) { page.lang = known.lang }
    return [page]
      + united.map { item in
        var item = item
        if item.lang == "und" { item.lang = page.lang }
        return item
      }
  }

  /// A short paragraph without an end mark just before a list of items names the list, as a heading would.
  private func isLabel(_ index: Int, _ shapes: [Int: ListShape]) -> Bool {
    guard index + 1 < units.count, case .listItem(let list, _) = units[index + 1].kind,
      let shape = shapes[list], shape.beginsWithTitles || shape.holdsLinks
    else { return false }
    let text = units[index].text
    guard text.count <= 120, !text.contains(0x0A) else { return false }
    let last = scalar(before: text.count, in: text)
    return ![0x3002, 0xFF01, 0x21, 0x2E, 0xFF1B, 0x3B, 0x2026].contains(last)
  }

  /// One item with the blocks that follow it.
  private func item(
    _ unit: MarkdownUnit, _ following: [[UInt8]], path: [String], anchor: String?, category: String?,
    _ unlinked: inout [String: Int]
  ) -> Entry {
    let (itemTitle, rest) = titleAndRest(unit)
    let url = unit.lead.url ?? unit.firstLink
    let text = joined([rest] + following)
    let id: String
    if let url {
      id = stableID(url + "\n" + itemTitle)
    } else {
      // Nothing but its place tells such items apart.
      let count = (unlinked[itemTitle] ?? 0) + 1
      unlinked[itemTitle] = count
      id = stableID(name + "\n" + itemTitle + (count > 1 ? "\n\(count)" : ""))
    }
    let own = category ?? (titleIsShown ? title : nil)
    return Entry(
      id: id, kind: .item, title: itemTitle, text: text, url: url, anchor: url == nil ? anchor : nil,
      path: path,
      category: own.map { [$0] } ?? [], tags: front.tags, date: front.date, lang: language(itemTitle, text),
      sources: [name])
  }

  static let titleLimit = 60

  /// The title of an item and what of its text is not in the title.
  private func titleAndRest(_ unit: MarkdownUnit) -> (title: String, rest: [UInt8]) {
    let text = unit.text
    let lead = unit.lead
    if lead.start != .text {
      let title = trimmedTitle(text.text(lead.title))
      var end = lead.title.upperBound
      skipSeparators(text, &end)
      let before = text.text(0..<lead.title.lowerBound)
      return (title, Array(before.utf8) + (before.isEmpty ? [] : [0x20]) + text[end...])
    }
    // The text up to the first 。：: of the first block, at most 60 characters.
    let blockEnd = min(lead.blockEnd, text.count)
    if let address = lead.addressStart, address > 0, address < lead.terminator?.lowerBound ?? blockEnd {
      // An address is no title; everything stays text.
      let words = withoutOpenBrackets(text.text(0..<address))
      if !words.isEmpty, words.unicodeScalars.count <= Self.titleLimit { return (words, text) }
    }
    let wanted = lead.terminator ?? (blockEnd..<blockEnd)
    var end = 0
    var characters = 0
    while end < wanted.lowerBound, characters < Self.titleLimit, text[end] != 0x0A {
      end += scalar(at: end, in: text).width
      characters += 1
    }
    if end == wanted.lowerBound {
      var rest = wanted.upperBound
      skipSeparators(text, &rest)
      return (text.text(0..<end), Array(text[rest...]))
    }
    // Cut short: not inside a Latin word, and the text keeps all of it so that no run of characters breaks.
    var cut = end
    if text[cut] != 0x0A {
      func isLatin(_ byte: UInt8) -> Bool { byte < 0x80 && isWordScalar(UInt32(byte)) }
      while cut > end - 20, cut > 0, isLatin(text[cut]), isLatin(text[cut - 1]) { cut -= 1 }
      if cut <= end - 20 || cut == 0 { cut = end }
    }
    return (text.text(0..<cut), text)
  }

  /// `标题：` → `标题`.
  private func trimmedTitle(_ title: String) -> String {
    var scalars = title.unicodeScalars
    while let last = scalars.last, last == ":" || last == "：" || last == " " { scalars.removeLast() }
    return scalars.isEmpty ? title : String(scalars)
  }

  /// `[Serving API proposal(` → `Serving API proposal`.
  private func withoutOpenBrackets(_ title: String) -> String {
    var scalars = title.unicodeScalars
    while let last = scalars.last, "(（[<《 :：".unicodeScalars.contains(last) { scalars.removeLast() }
    if scalars.first == "[", !scalars.contains("]") { scalars.removeFirst() }
    return String(scalars)
  }

  /// Moves past ` : `, `：`, ` - `, `，` and the like between a title and its text.
  private func skipSeparators(_ text: [UInt8], _ index: inout Int) {
    while index < text.count {
      let (value, width) = scalar(at: index, in: text)
      switch value {
      case 0x20, 0x0A, 0x3A, 0xFF1A, 0x2C, 0xFF0C, 0x3001, 0x3002, 0xFF1B, 0x2014, 0x2013: index += width
      case 0x2D where index + 1 == text.count || text[index + 1] == 0x20 || text[index + 1] == 0x2D:
        index += 1
      case 0x7C where index + 1 == text.count || text[index + 1] == 0x20: index += 1
      default: return
      }
    }
  }

  /// The same item twice in one page is one entry, with both categories and every text.
  private func unite(_ items: [Entry]) -> [Entry] {
    var united: [Entry] = []
    var places: [String: Int] = [:]
    for item in items {
      guard let place = places[item.id] else {
        places[item.id] = united.count
        united.append(item)
        continue
      }
      for category in item.category where !united[place].category.contains(category) {
        united[place].category.append(category)
      }
      if !item.text.isEmpty, item.text != united[place].text {
        united[place].text += united[place].text.isEmpty ? item.text : "\n\n" + item.text
      }
    }
    return united
  }

  // MARK: - Shared

  private func pageEntry() -> Entry {
    Entry(
      id: name, kind: .page, title: title, category: front.categories, tags: front.tags, date: front.date,
      sources: [name], description: front.description, author: front.authors.joined(separator: ", "),
      keywords: front.keywords)
  }

  /// What the front matter says that has no field of its own.
  private func introduction() -> [[UInt8]] {
    front.subtitle.isEmpty || front.subtitle == title ? [] : [Array(front.subtitle.utf8)]
  }

  private func language(_ texts: String...) -> String {
    if let given = front.lang { return given }
    return texts.count == 3
      ? detectLanguage(texts[0], texts[1], texts[2]) : detectLanguage(texts[0], texts[1])
  }

  private func joined(_ blocks: [[UInt8]]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(blocks.reduce(0) { $0 + $1.count + 2 })
    for block in blocks where !block.isEmpty {
      if !bytes.isEmpty { bytes += [0x0A, 0x0A] }
      bytes += block
    }
    return bytes.text(0..<bytes.count)
  }
}
