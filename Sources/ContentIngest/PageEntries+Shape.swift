/// What a page is made of: items of a digest, or sections.
extension PageEntries {
  // MARK: - What the page is made of

  /// Per list: how its items begin.
  struct ListShape {
    var items = 0
    var strong = 0
    var linked = 0
    /// Begin with a link.
    var leading = 0
    /// Hold a link to another site.
    var external = 0
    var isOrdered = false
    /// Most items begin with a link or a bold title.
    var beginsWithTitles: Bool { strong * 2 >= items }
    /// Most items hold a link.
    var holdsLinks: Bool { linked * 2 >= items }
    /// The rows of a table are items: most begin with a link, or there are three or more and most lead to another site.
    var isLinkTable: Bool { leading * 2 >= items || (items >= 4 && external * 2 >= items) }
  }

  func listShapes() -> [Int: ListShape] {
    var shapes: [Int: ListShape] = [:]
    for unit in units {
      let (list, isOrdered): (Int, Bool)
      switch unit.kind {
      case .listItem(let number, let ordered): (list, isOrdered) = (number, ordered)
      case .tableRow(let number): (list, isOrdered) = (number, false)
      default: continue
      }
      var shape = shapes[list] ?? ListShape()
      shape.items += 1
      shape.isOrdered = isOrdered
      if unit.lead.start != .text { shape.strong += 1 }
      if unit.firstLink != nil { shape.linked += 1 }
      if unit.lead.start == .link { shape.leading += 1 }
      if let url = unit.lead.link?.url, url.hasPrefix("http://") || url.hasPrefix("https://") {
        shape.external += 1
      }
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
  func isItemParagraph(_ unit: MarkdownUnit) -> Bool {
    switch unit.lead.start {
    case .link: return !isAttribution(unit.text)
    case .bold:
      guard unit.lead.isSetOff, unit.lead.title.upperBound < unit.text.count else { return false }
      return !Self.remarks.contains(boldTitle(unit).lowercased())
    case .text: return false
    }
  }

  private func boldTitle(_ unit: MarkdownUnit) -> String { trimmedTitle(unit.text.text(unit.lead.title)) }

  /// `-- [Source](url)`, `——某人`: who said what stands above.
  private func isAttribution(_ text: [UInt8]) -> Bool {
    text.starts(with: "--".utf8) || text.starts(with: "——".utf8) || text.starts(with: "―".utf8)
  }

  /// How often paragraphs begin with the same bold words: what is repeated is a label of each item.
  func boldTitleCounts() -> [String: Int] {
    units.reduce(into: [:]) { counts, unit in
      if unit.kind == .paragraph, unit.lead.start == .bold { counts[boldTitle(unit), default: 0] += 1 }
    }
  }

  /// A bold title that no sign sets off: alone before a paragraph, on a line of its own, or with a space behind it.
  ///
  /// Prose has such words too, so this counts only among items that are paragraphs.
  func isLooseTitle(_ unit: MarkdownUnit, before next: MarkdownUnit?, _ counts: [String: Int]) -> Bool {
    guard unit.lead.start == .bold else { return false }
    if unit.lead.title.upperBound < unit.text.count {
      guard unit.lead.isSetOffBySpace else { return false }
    } else {
      guard let next, next.kind == .paragraph, next.lead.start != .link else { return false }
    }
    let last = scalar(before: unit.lead.title.upperBound, in: unit.text)
    let title = boldTitle(unit)
    return ![0x3002, 0xFF0C, 0x3A, 0xFF1A, 0x2E].contains(last) && counts[title] == 1
      && title.unicodeScalars.count <= Self.titleLimit && !Self.remarks.contains(title.lowercased())
  }

  var isDigest: Bool {
    let shapes = listShapes()
    if isMadeOfLinkHeadings { return true }
    var numbered = 0
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
        if unit.lead.numberEnd > 0, unit.lead.start == .link { numbered += 1 }
        isCandidate = isItemParagraph(unit) && unit.lead.isSetOff
        if !isCandidate, unit.lead.start == .link {
          linkedProse += 1
          inLinkedProse += unit.text.count
        }
      case .listItem(let list, _):
        isCandidate = shapes[list].map { $0.beginsWithTitles || $0.holdsLinks } ?? false
      case .tableRow(let table):
        // A table of links is a list of items; any other one says nothing, as code does not.
        guard shapes[table]?.isLinkTable == true, unit.firstLink != nil else { continue }
        isCandidate = true
        if unit.lead.start != .link { linkStarts += 1 }
      case .other: continue
      }
      total += unit.text.count
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
    // `1、[title](url)` and paragraphs below it: nobody numbers anything else so.
    if numbered >= 3 { return true }
    guard candidates > 0 else { return false }
    if inItems * 2 >= total, linkStarts * 3 >= candidates, linkStarts >= min(2, candidates) { return true }
    return candidates >= 3 && inBold * 5 >= total * 4
  }

  /// A heading that is a link to another site names an item.
  func isItemHeading(_ unit: MarkdownUnit) -> Bool {
    guard case .heading(let level) = unit.kind, level > 1, unit.lead.start == .link,
      unit.lead.title.upperBound + 2 >= unit.text.count, let url = unit.lead.url
    else { return false }
    return url.hasPrefix("http://") || url.hasPrefix("https://")
  }

  /// Three such headings or more, most of all, with short texts: a list of projects, not of chapters.
  private var isMadeOfLinkHeadings: Bool {
    var links = 0
    var headings = 0
    var text = 0
    var isInItem = false
    for unit in units {
      if case .heading(let level) = unit.kind {
        isInItem = isItemHeading(unit)
        if isInItem { links += 1 } else if level > 2 { headings += 1 }
      } else if isInItem, unit.kind != .other {
        text += unit.text.count
      }
    }
    return links >= 3 && links > headings && text <= links * 1_500
  }
}
