/// Collects the plain text of one unit: collapses white space, joins lines, separates blocks, and remembers
/// what the first block begins with.
struct TextBuilder {
  /// A stretch of the first block with one format.
  private struct Run {
    var range: Range<Int>
    /// Index of the link it stands in, or -1.
    var link: Int
    var isBold: Bool
    var isImage: Bool
    /// A picture that says how a project is doing: it leads elsewhere, or comes from who draws such.
    var isBadge: Bool
    /// A line break came before it.
    var startsLine: Bool
  }

  private enum Gap { case none, space, foldedLine, softBreak, hardBreak, cell, block }

  private var text: [UInt8] = []
  private var gap = Gap.none
  private var runs: [Run] = []
  private var links: [String] = []
  private var currentLink = -1
  private var firstLink: String?
  private var blockCount = 0
  private var recordsLead = false
  private var blockEnd = 0
  var strongDepth = 0
  var imageDepth = 0
  /// The picture that is being read is a badge by its address.
  var isBadge = false

  mutating func begin(recordsLead: Bool) {
    text.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    links.removeAll(keepingCapacity: true)
    gap = .none
    currentLink = -1
    firstLink = nil
    blockCount = 0
    self.recordsLead = recordsLead
    blockEnd = 0
    strongDepth = 0
    imageDepth = 0
  }

  // MARK: - Structure

  mutating func startBlock() { breakBlock() }

  mutating func endBlock() { breakBlock() }

  /// An empty line before what follows; the first block ends here.
  mutating func breakBlock() {
    guard !text.isEmpty else { return }
    if gap != .block {
      gap = .block
      if blockCount == 0 { blockEnd = text.count }
      blockCount += 1
    }
  }

  mutating func startCell() {
    if gap != .block, !text.isEmpty { gap = .cell }
  }

  mutating func breakLine(isHard: Bool) {
    if gap != .block, gap != .cell, !text.isEmpty { gap = isHard ? .hardBreak : .softBreak }
  }

  mutating func openLink(_ target: String?) {
    guard let target, target.utf8.first != UInt8(ascii: "#") else { return }
    if firstLink == nil { firstLink = target }
    guard recordsLead, blockCount == 0 else { return }
    links.append(target)
    currentLink = links.count - 1
  }

  mutating func closeLink() { currentLink = -1 }

  // MARK: - Text

  /// - Parameter foldingLines: whether a line break is only how the source is written: it is nothing between Han.
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, foldingLines: Bool = false) {
    var index = 0
    while index < bytes.count {
      if bytes[index] <= 0x20 {
        // A form feed is our own mark, see `MarkdownSource`.
        if gap == .none, !text.isEmpty, bytes[index] != 0x0C { gap = .space }
        if foldingLines, gap == .space, bytes[index] == 0x0A || bytes[index] == 0x0D { gap = .foldedLine }
        index += 1
        continue
      }
      var end = index + 1
      while end < bytes.count, bytes[end] > 0x20 { end += 1 }
      appendWord(UnsafeBufferPointer(rebasing: bytes[index..<end]))
      index = end
    }
  }

  /// Keeps white space and line breaks as they are; drops empty lines at both ends.
  mutating func appendVerbatim(_ bytes: UnsafeBufferPointer<UInt8>) {
    var start = 0
    var end = bytes.count
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    var index = start
    while index < end, bytes[index] <= 0x20 {
      if bytes[index] == 0x0A { start = index + 1 }
      index += 1
    }
    guard start < end else { return }
    if text.isEmpty { start = index }
    if bytes[start..<end].contains(0x0C) {
      bytes[start..<end].filter { $0 != 0x0C }.withUnsafeBufferPointer { appendWord($0) }
    } else {
      appendWord(UnsafeBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private mutating func appendWord(_ bytes: UnsafeBufferPointer<UInt8>) {
    let startsLine = gap == .softBreak || gap == .hardBreak
    switch gap {
    case .none: break
    case .space: text.append(0x20)
    case .cell:
      text.append(0x20)
      text.append(0x20)
    case .block:
      text.append(0x0A)
      text.append(0x0A)
    case .foldedLine, .softBreak, .hardBreak:
      let left = scalar(before: text.count, in: text)
      let right = Self.firstScalar(bytes)
      // Two lines that the author broke on purpose stay two words.
      let wordsMeet = gap == .hardBreak && isHan(left) && isHan(right)
      if wordsMeet || !joinsWithoutSpace(left, right) { text.append(0x20) }
    }
    gap = .none
    let start = text.count
    text.append(contentsOf: bytes)
    guard recordsLead, blockCount == 0 else { return }
    let run = Run(
      range: start..<text.count, link: currentLink, isBold: strongDepth > 0, isImage: imageDepth > 0,
      isBadge: imageDepth > 0 && (currentLink >= 0 || isBadge), startsLine: startsLine)
    if let last = runs.last, last.link == run.link, last.isBold == run.isBold, last.isImage == run.isImage,
      last.isBadge == run.isBadge, !startsLine
    {
      runs[runs.count - 1].range = last.range.lowerBound..<text.count
    } else {
      runs.append(run)
    }
  }

  private static func firstScalar(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    scalar(at: 0, in: Array(bytes.prefix(4))).value
  }

  // MARK: - Result

  mutating func finish(_ kind: MarkdownUnit.Kind) -> MarkdownUnit {
    if case .heading = kind { dropBadges() }
    if blockCount == 0 { blockEnd = text.count }
    var unit = MarkdownUnit(kind: kind, text: text, firstLink: firstLink)
    unit.lead = lead()
    if kind == .paragraph, unit.lead.start == .text, unit.lead.numberEnd == 0 {
      unit.lead.numberEnd = numberEnd()
    }
    if case .tableRow = kind { unit.lead.link = firstWordedLink() }
    return unit
  }

  /// Takes badges out of a heading that has words besides them.
  private mutating func dropBadges() {
    guard runs.contains(where: \.isBadge),
      runs.contains(where: { !$0.isBadge && text.hasWord(in: $0.range) })
    else { return }
    var kept: [UInt8] = []
    var keptRuns: [Run] = []
    for var run in runs where !run.isBadge {
      let isApart = run.range.lowerBound > 0 && text[run.range.lowerBound - 1] == 0x20
      if isApart, !kept.isEmpty { kept.append(0x20) }
      let start = kept.count
      kept += text[run.range]
      run.range = start..<kept.count
      keptRuns.append(run)
    }
    text = kept
    runs = keptRuns
    blockEnd = kept.count
  }

  private func lead() -> Lead {
    var lead = Lead()
    lead.blockEnd = blockEnd
    guard recordsLead, !runs.isEmpty else { return lead }
    findTerminator(&lead)

    // Pictures and a few signs (emoji, 《, ★) may stand before the title.
    var first = 0
    var signs = 0
    var titleStart: Int?
    while first < runs.count {
      let run = runs[first]
      if run.isImage {
        titleStart = nil
      } else if first == 0, run.link < 0, !run.isBold, isNumber(run.range) {
        lead.numberEnd = run.range.upperBound
      } else if run.link < 0, !run.isBold, run.range.count <= 16, !text.hasWord(in: run.range),
        !text[run.range].contains(UInt8(ascii: "["))
      {
        signs += run.range.count
        if titleStart == nil { titleStart = run.range.lowerBound }
      } else {
        break
      }
      first += 1
    }
    guard first < runs.count, signs <= 16 else { return lead }
    let start = titleStart ?? runs[first].range.lowerBound

    if runs[first].link >= 0 {
      var last = first
      // Bold text around the link belongs to the title with it.
      var index = first + 1
      while index < runs.count, !runs[index].startsLine, !runs[index].isImage {
        if runs[index].link >= 0 || (runs[first].isBold && runs[index].isBold) {
          last = index
        } else if index + 1 < runs.count, runs[index + 1].link >= 0, !runs[index + 1].startsLine,
          !runs[index + 1].isImage, isConnector(runs[index].range)
        {
          // The sign between two links, with the next link, is title.
        } else {
          break
        }
        index += 1
      }
      lead.start = .link
      lead.url = links[runs[first].link]
      lead.title = start..<closingSigns(after: runs[last].range.upperBound, from: start, first: first)
      lead.isSetOff = isSetOff(lead.title.upperBound)
    } else if runs[first].isBold {
      var last = first
      while last + 1 < runs.count, runs[last + 1].isBold, !runs[last + 1].isImage { last += 1 }
      let bold = runs[first].range.lowerBound..<runs[last].range.upperBound
      if text.hasWord(in: bold), bold.count <= 600 {
        lead.start = .bold
        lead.url = runs[first...last].first { $0.link >= 0 }.map { links[$0.link] }
        lead.title = start..<bold.upperBound
        let inside = scalar(before: bold.upperBound, in: text)
        let isSentence = bold.upperBound < blockEnd && scalar(at: bold.upperBound, in: text).value == 0x3002
        lead.isSetOff = inside == 0x3A || inside == 0xFF1A || isSentence || isSetOff(bold.upperBound)
        lead.isSetOffBySpace =
          last + 1 < runs.count
          && (runs[last + 1].startsLine || (text[bold.upperBound] == 0x20 && isHan(inside)))
      }
    } else {
      lead.isTaggedLink = tagThenLink()
    }
    return lead
  }

  /// `3、`, `12.`, `（4）` in front of a title.
  private func isNumber(_ range: Range<Int>) -> Bool {
    guard range.count <= 12 else { return false }
    var sign = Array(text.text(range).unicodeScalars)[...]
    if let first = sign.first, first == "(" || first == "（" { sign.removeFirst() }
    guard let last = sign.popLast(), "、.．)）:：".unicodeScalars.contains(last) else { return false }
    return (1...3).contains(sign.count) && sign.allSatisfy { ("0"..."9").contains($0) }
  }

  /// `3、` at the start of a paragraph; other signs are those of decimals and of lists.
  private func numberEnd() -> Int {
    let digits = text.prefix(4).prefix { (0x30...0x39).contains($0) }.count
    guard (1...3).contains(digits), digits < text.count else { return 0 }
    let (sign, width) = scalar(at: digits, in: text)
    return sign == 0x3001 ? digits + width : 0
  }

  private func firstWordedLink() -> LeadLink? {
    guard let first = runs.firstIndex(where: { $0.link >= 0 && !$0.isImage && text.hasWord(in: $0.range) })
    else { return nil }
    let link = runs[first].link
    let last = runs[first...].prefix { $0.link == link }.last ?? runs[first]
    return LeadLink(range: runs[first].range.lowerBound..<last.range.upperBound, url: links[link])
  }

  /// `&`, `、`, `+`, `/` or nothing between two links of one title.
  private func isConnector(_ range: Range<Int>) -> Bool {
    let sign = text.text(range)
    return sign.isEmpty || sign == "&" || sign == "＆" || sign == "、" || sign == "+" || sign == "/"
  }

  /// A title that begins with 《 or 「 takes the sign that closes it.
  private func closingSigns(after end: Int, from start: Int, first: Int) -> Int {
    guard start < runs[first].range.lowerBound, end < blockEnd else { return end }
    let (value, width) = scalar(at: end, in: text)
    let closers: [UInt32] = [0x300B, 0x300D, 0x300F, 0x3011, 0xFF09, 0x201D, 0x29, 0x5D]
    return closers.contains(value) ? end + width : end
  }

  private func isSetOff(_ end: Int) -> Bool {
    var index = end
    while index < blockEnd, text[index] == 0x20 { index += 1 }
    guard index < blockEnd else { return true }
    let value = scalar(at: index, in: text).value
    return value == 0x3A || value == 0xFF1A || value == 0x2014 || value == 0x2013
      || (value == 0x2D && index + 1 < blockEnd && text[index + 1] == 0x20)
  }

  private func tagThenLink() -> Bool {
    let (open, width) = scalar(at: 0, in: text)
    guard open == 0x5B || open == 0x3010 else { return false }
    var index = width
    while index < min(blockEnd, 120) {
      let (value, width) = scalar(at: index, in: text)
      index += width
      guard value == 0x5D || value == 0x3011 else { continue }
      while index < blockEnd, text[index] == 0x20 { index += 1 }
      return runs.contains { $0.link >= 0 && $0.range.lowerBound == index }
    }
    return false
  }

  /// The first 。 or colon outside a link that ends a title; `10:30` and `https://` have none.
  private func findTerminator(_ lead: inout Lead) {
    var index = 0
    var run = 0
    // A title ends within 60 characters: no need to look further than 60 × 4 bytes and a little.
    let end = min(blockEnd, 512)
    while index < end {
      while run < runs.count, runs[run].range.upperBound <= index { run += 1 }
      if run < runs.count, runs[run].link >= 0, runs[run].range.contains(index) {
        if text[index...].starts(with: "http".utf8), lead.addressStart == nil {
          noteAddress(at: index, &lead)
        }
        index = runs[run].range.upperBound
        continue
      }
      let (value, width) = scalar(at: index, in: text)
      if value == 0x3A {
        let next = index + 1 < blockEnd ? text[index + 1] : 0x20
        if next == UInt8(ascii: "/") {
          var start = index
          while start > 0, text[start - 1] | 0x20 >= 0x61, text[start - 1] | 0x20 <= 0x7A { start -= 1 }
          noteAddress(at: start, &lead)
        } else if !(0x30...0x39).contains(next) {
          lead.terminator = index..<index + 1
          return
        }
      } else if value == 0x3002 || value == 0xFF1A {
        lead.terminator = index..<index + width
        return
      }
      index += width
    }
  }

  private func noteAddress(at index: Int, _ lead: inout Lead) {
    if lead.addressStart == nil, text[index...].prefix(8).contains(UInt8(ascii: "/")) {
      lead.addressStart = index
    }
  }
}
