import SearchModel

/// The items of a link digest.
extension PageEntries {
  // MARK: - Items of a digest

  /// An item that is being read.
  private struct OpenItem {
    enum Form { case listItem, row, paragraph, numbered, heading }
    var unit: MarkdownUnit
    var form: Form
    var anchor: String?
    var following: [[UInt8]] = []
    /// The first link behind the unit, where that may be the item's own.
    var laterLink: String?

    /// `1、` alone in its paragraph: the item begins with the next one.
    var isBareNumber: Bool {
      form == .numbered && unit.lead.numberEnd == unit.text.count && unit.kind == .paragraph
    }
  }

  func digestEntries() -> [Entry] {
    let shapes = listShapes()
    let numbered = numberedTitle
    var page = pageEntry()
    page.title = numbered
    var pageBlocks = introduction()
    var items: [Entry] = []
    var anchors = anchorNames()
    var trail: [Heading] = []
    var open: OpenItem?
    var numbering = Numbering()
    var hasParagraphs = false
    let boldTitles = boldTitleCounts()
    var unlinked: [String: Int] = [:]
    let base = titleIsShown ? [numbered] : []

    func close() {
      guard let closing = open else { return }
      open = nil
      if closing.isBareNumber { return pageBlocks.append(closing.unit.text) }
      items.append(
        item(closing, path: base + trail.map(\.text), category: trail.last?.text, &unlinked))
    }

    for (index, unit) in units.enumerated() {
      var form: OpenItem.Form?
      let names = unit.headings.map { anchors.name(for: $0) }
      switch unit.kind {
      case .heading(let level):
        close()
        numbering = Numbering()
        guard !unit.text.isEmpty else { continue }
        if isItemHeading(unit) {
          // A sibling of the items before it; what is above them stays their category.
          trail.removeAll { $0.level >= level }
          open = OpenItem(unit: unit, form: .heading, anchor: names.first)
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
      case _ where open?.isBareNumber == true:
        open?.unit = unit
        continue
      case .paragraph:
        if let number = unit.number {
          if isItemParagraph(unit) {
            numbering.note(number)
            form = .numbered
          } else if numbering.beginsItem(number, isInside: open != nil) {
            form = .numbered
          }
        } else if isItemParagraph(unit) {
          form = .paragraph
          hasParagraphs = true
        } else if open?.form == .paragraph || (open == nil && hasParagraphs),
          isLooseTitle(unit, before: index + 1 < units.count ? units[index + 1] : nil, boldTitles)
        {
          form = .paragraph
        }
      case .listItem(let list, _):
        let shape = shapes[list] ?? ListShape()
        let isItem =
          if shape.beginsWithTitles {
            true
          } else if shape.isOrdered {
            // Steps under a titled paragraph belong to it.
            open == nil || open?.form == .listItem || open?.form == .row
          } else {
            shape.holdsLinks && (open == nil || open?.form == .listItem)
          }
        if isItem { form = .listItem }
      case .tableRow(let table):
        guard shapes[table]?.isLinkTable == true else { break }
        if index == 0 || units[index - 1].kind != unit.kind, unit.firstLink == nil {
          // The names of the columns.
          close()
          pageBlocks.append(unit.text)
          continue
        }
        form = .row
      case .other: break
      }
      if let form {
        close()
        open = OpenItem(unit: unit, form: form, anchor: trail.last?.anchor)
      } else if open != nil, !(unit.kind == .paragraph && isLabel(index, shapes)) {
        open?.following.append(unit.text)
        if open?.form == .numbered, open?.laterLink == nil { open?.laterLink = unit.firstLink }
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
    _ open: OpenItem, path: [String], category: String?, _ unlinked: inout [String: Int]
  ) -> Entry {
    let unit = open.unit
    let (itemTitle, rest) = (open.form == .row ? rowTitleAndRest(unit) : nil) ?? titleAndRest(unit)
    let url = unit.lead.url ?? unit.lead.link?.url ?? unit.firstLink ?? open.laterLink
    let text = joined([rest] + open.following)
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
      anchor: url == nil ? open.anchor : nil, path: path,
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
    // A number before them is part of neither, unless there is nothing else.
    let numberEnd = min(lead.numberEnd, blockEnd)
    let first = text.hasWord(in: numberEnd..<blockEnd) ? numberEnd : 0
    let terminator = lead.terminator.flatMap { $0.lowerBound >= first ? $0 : nil }
    if let address = lead.addressStart, address > first, address < terminator?.lowerBound ?? blockEnd {
      // An address is no title; everything stays text.
      let words = withoutOpenBrackets(text.text(first..<address))
      if !words.isEmpty, words.unicodeScalars.count <= Self.titleLimit {
        return (words, Array(text[first...]))
      }
    }
    let wanted = terminator ?? (blockEnd..<blockEnd)
    var end = first
    var characters = 0
    while end < wanted.lowerBound, characters < Self.titleLimit, text[end] != 0x0A {
      end += scalar(at: end, in: text).width
      characters += 1
    }
    if end == wanted.lowerBound {
      var rest = wanted.upperBound
      skipSeparators(text, &rest)
      return (text.text(first..<end), Array(text[rest...]))
    }
    // Cut short: not inside a Latin word, and the text keeps all of it so that no run of characters breaks.
    var cut = end
    if text[cut] != 0x0A {
      func isLatin(_ byte: UInt8) -> Bool { byte < 0x80 && isWordScalar(UInt32(byte)) }
      while cut > end - 20, cut > first, isLatin(text[cut]), isLatin(text[cut - 1]) { cut -= 1 }
      if cut <= end - 20 || cut == first { cut = end }
    }
    return (text.text(first..<cut), Array(text[first...]))
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
