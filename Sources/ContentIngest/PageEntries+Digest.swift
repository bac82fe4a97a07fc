import SearchModel

/// The items of a link digest.
extension PageEntries {
  // MARK: - Items of a digest

  func digestEntries() -> [Entry] {
    let shapes = listShapes()
    var page = pageEntry()
    var pageBlocks = introduction()
    var items: [Entry] = []
    var anchors = anchorNames()
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
      let names = unit.headings.map { anchors.name(for: $0) }
      switch unit.kind {
      case .heading(let level):
        close()
        guard !unit.text.isEmpty else { continue }
        if isItemHeading(unit) {
          // A sibling of the items before it; what is above them stays their category.
          trail.removeAll { $0.level >= level }
          open = (unit, names.first)
          openIsParagraph = true
          continue
        }
        let text = String(decoding: unit.text, as: UTF8.self)
        let anchor = names.first ?? ""
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
      case .tableRow(let table):
        let shape = shapes[table] ?? ListShape()
        isItem = shape.strong * 2 >= shape.items && unit.lead.start == .link
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
      id: id, kind: .item, title: itemTitle, text: text,
      url: url.map { source.rules.resolve($0, in: siteName, at: place.url) ?? $0 } ?? place.url,
      anchor: url == nil ? anchor : nil, path: path,
      category: own.map { [$0] } ?? [], tags: front.tags, date: date, lang: language(itemTitle, text),
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
      // A number says where the item stands, not what it is.
      let before = text.text(min(lead.numberEnd, lead.title.lowerBound)..<lead.title.lowerBound)
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
  func trimmedTitle(_ title: String) -> String {
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
}
