import SearchModel

/// An entry in the shape that boxes of documentation know: a place in the hierarchy of a site, and a content.
///
/// `lvl0` is what hits are grouped by: the category, or the title of the page. `lvl1` is the page or the item, below
/// it come the headings down to the entry's own, at level 6 at the latest.
struct HierarchyRecord: Sendable {
  static let levelCount = 7
  /// Bytes of UTF-8 of a text that are shown; an excerpt is cut out of all of it.
  static let contentLimit = 32 << 10

  let entry: Entry
  /// The title of each level; nil below the entry's own.
  let levels: [String?]
  /// The level of the entry itself, 1 to 6.
  let level: Int
  /// With the anchor; nil when there is none that a page should follow. Relative ones begin at the root of the site, for
  /// boxes stand on pages in any folder.
  let url: String?
  let urlWithoutAnchor: String?
  let anchor: String?
  /// The text, cut at `contentLimit`; nil when there is none.
  let content: String?

  init(_ entry: Entry) {
    self.entry = entry
    let title = entry.title.isEmpty ? entry.url ?? entry.id : entry.title
    let isSection = entry.kind == .heading
    let above = isSection ? Array(entry.path.prefix(Self.levelCount - 2)) : []
    level = 1 + above.count
    var levels: [String?] = [entry.category.first ?? entry.path.first ?? title] + above + [title]
    levels += [String?](repeating: nil, count: Self.levelCount - levels.count)
    self.levels = levels
    url = linkTarget(entry.url, anchor: entry.anchor).map(Self.fromRoot)
    urlWithoutAnchor = url.map { String($0.prefix { $0 != "#" }) }
    anchor = entry.anchor
    content = entry.text.isEmpty ? nil : Self.beginning(of: entry.text)
  }

  /// `lvl1` … `lvl6`: which level the entry is of.
  var type: String { "lvl\(level)" }

  private static func fromRoot(_ url: String) -> String {
    let hasScheme = url.prefix { !"/?#".contains($0) }.contains(":")
    return hasScheme || url.hasPrefix("/") ? url : "/" + url
  }

  private static func beginning(of text: String) -> String {
    guard text.utf8.count > contentLimit else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: contentLimit)
    while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
    return String(text[..<end])
  }
}
