/// What a page is made of: items of a digest, or sections.
extension PageEntries {
  // MARK: - What the page is made of

  /// Per list: how its items begin.
  struct ListShape {
    var items = 0
    var strong = 0
    var linked = 0
    var isOrdered = false
    /// Most items begin with a link or a bold title.
    var beginsWithTitles: Bool { strong * 2 >= items }
    /// Most items hold a link.
    var holdsLinks: Bool { linked * 2 >= items }
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
    case .link: return true
    case .bold:
      guard unit.lead.isSetOff, unit.lead.title.upperBound < unit.text.count else { return false }
      let title = trimmedTitle(unit.text.text(unit.lead.title))
      return !Self.remarks.contains(title.lowercased())
    case .text: return false
    }
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
        guard let shape = shapes[table], shape.strong * 2 >= shape.items, unit.lead.start == .link else {
          continue
        }
        isCandidate = true
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
