/// The rows of a table of links.
extension PageEntries {
  /// What a link is called that leads to what another cell names.
  private static let bareWords: Set<String> = [
    "链接", "连接", "官网", "网站", "网址", "主页", "首页", "地址", "详情", "查看", "访问", "打开", "点击", "原文", "仓库", "源码", "传送门",
    "直达", "文档", "link", "url", "site", "website", "web", "homepage", "home", "page", "here", "visit",
    "open", "view", "repo", "repository", "source", "github", "docs", "go",
  ]

  /// The title of a row and its other cells, or nil where the row reads like any item.
  ///
  /// The cell of the link names the row, unless the link stands inside a text or says nothing by itself; then
  /// the first other cell with words does.
  func rowTitleAndRest(_ unit: MarkdownUnit) -> (title: String, rest: [UInt8])? {
    let text = unit.text
    let cells = Self.cells(of: text)
    let place = unit.lead.link.flatMap { link in cells.firstIndex { $0.contains(link.range.lowerBound) } }
    if let link = unit.lead.link, let place, !isBare(link, text, isFirst: place == 0) {
      if unit.lead.start == .link { return nil }
      let cell = cells[place]
      if !text.hasWord(in: cell.lowerBound..<link.range.lowerBound) {
        let title = text.text(cell)
        if title.unicodeScalars.count <= Self.titleLimit {
          return (title, rest(of: text, cells, without: place))
        }
        return (text.text(link.range), text)
      }
    }
    guard let named = cells.indices.first(where: { $0 != place && Self.hasLetter(text[cells[$0]]) }) else {
      return nil
    }
    let title = text.text(cells[named])
    if title.unicodeScalars.count <= Self.titleLimit { return (title, rest(of: text, cells, without: named)) }
    return (String(title.unicodeScalars.prefix(Self.titleLimit)), text)
  }

  private func isBare(_ link: LeadLink, _ text: [UInt8], isFirst: Bool) -> Bool {
    let words = text.text(link.range).lowercased()
    if Self.bareWords.contains(words) || words.hasPrefix("http://") || words.hasPrefix("https://") {
      return true
    }
    // `example.org` in the first cell may be the name of a project.
    return !isFirst && words.contains(".") && link.url.lowercased().contains(words)
  }

  /// Two spaces stand only between cells.
  private static func cells(of text: [UInt8]) -> [Range<Int>] {
    var cells: [Range<Int>] = []
    var start = 0
    var index = 0
    while index + 1 < text.count {
      if text[index] == 0x20, text[index + 1] == 0x20 {
        cells.append(start..<index)
        index += 2
        start = index
      } else {
        index += 1
      }
    }
    return cells + [start..<text.count]
  }

  private func rest(of text: [UInt8], _ cells: [Range<Int>], without own: Int) -> [UInt8] {
    Array(cells.indices.filter { $0 != own }.map { text[cells[$0]] }.joined(separator: [0x20, 0x20]))
  }

  /// A number or a sign is no name.
  private static func hasLetter(_ cell: ArraySlice<UInt8>) -> Bool {
    cell.contains { $0 >= 0x80 || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) }
      && Array(cell).hasWord(in: 0..<cell.count)
  }
}
