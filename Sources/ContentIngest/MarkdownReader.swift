import CMarkdown
import Synchronization

/// One piece of a page at its top level: what entries are made of.
struct MarkdownUnit {
  enum Kind: Equatable {
    case heading(level: Int)
    case paragraph
    /// An item of the list with this number, counted from the start of the page.
    case listItem(list: Int, isOrdered: Bool)
    /// A row of the table with this number; lists and tables are counted together.
    case tableRow(table: Int)
    case thematicBreak
    case footnote
    /// Code, quote, raw HTML.
    case other
  }

  var kind: Kind
  /// Plain text; blocks are separated by one empty line.
  var text: [UInt8] = []
  var lead = Lead()
  /// The first target in the unit that may become a link.
  var firstLink: String?
  /// The headings in it, for their anchors: a heading has itself.
  var headings: [HeadingSource] = []

  /// What a paragraph is numbered with: 3 for `3、标题`.
  var number: Int? {
    guard lead.numberEnd > 0 else { return nil }
    return Int(String(decoding: text[..<lead.numberEnd].filter { (0x30...0x39).contains($0) }, as: UTF8.self))
  }
}

/// How a list item or a paragraph begins: what may become its title.
struct Lead: Equatable {
  enum Start { case text, link, bold }
  var start = Start.text
  /// The leading links or the leading bold text, in the text of the unit.
  var title = 0..<0
  /// Target of the first leading link.
  var url: String?
  /// A bold title is set off from what follows: by a colon, a dash, a full stop, or because nothing follows.
  var isSetOff = false
  /// A bold title ends its line, or a space that Han does not need follows it.
  var isSetOffBySpace = false
  /// The first link with words, of a table row.
  var link: LeadLink?
  /// Text starts with `[…]` or `【…】` and then a link.
  var isTaggedLink = false
  /// End of the number that stands before the title, or before the text of a paragraph, such as `3、`; 0 without one.
  var numberEnd = 0
  /// End of the first block.
  var blockEnd = 0
  /// The first 。：: outside links, in the first block.
  var terminator: Range<Int>?
  /// The first bare address, in the first block: a title does not go that far.
  var addressStart: Int?
}

/// A link in the text of a unit.
struct LeadLink: Equatable {
  var range: Range<Int>
  var url: String
}

/// Markdown → units, by cmark-gfm with tables, strikethrough, autolinks, task lists and footnotes.
///
/// The tree is walked by the library's iterator, never by recursion, so its depth costs no stack.
struct MarkdownReader {
  private var builder = TextBuilder()
  private var html = HTMLText()
  /// Of the piece that is being read.
  private var lines = SourceLines([])

  /// Autolinks last: a page with very many `@`, each of which may be an address, is read without them.
  private static let extensions: [SyntaxExtension] = {
    cmark_gfm_core_extensions_ensure_registered()
    let names = ["table", "strikethrough", "tasklist", "autolink"]
    return names.compactMap { name in cmark_find_syntax_extension(name).map(SyntaxExtension.init) }
  }()

  /// The library keeps the special characters of strikethrough and autolink in one table for the whole
  /// process and clears it when a parser ends: two parsers at once would read different text from run to run.
  /// Parsing is a small part of indexing, so it takes turns; walking the tree does not.
  private static let parserTurn = Mutex(())

  /// The units of a text in one or more pieces.
  ///
  /// Of a long text paragraphs without a title become one unit, and past 100,000 headings, items and titled
  /// paragraphs the rest is text: a page of millions of them is no page.
  mutating func units(of pieces: [[UInt8]]) -> [MarkdownUnit] {
    var units: [MarkdownUnit] = []
    var listCount = 0
    var partCount = 0
    for piece in pieces {
      var found: [MarkdownUnit] = []
      read(piece, &listCount, into: &found)
      if pieces.count == 1 { return found }
      for var unit in found {
        if unit.kind != .paragraph || unit.lead.start != .text {
          partCount += 1
          if partCount > Self.partLimit {
            unit.kind = .paragraph
            unit.lead = Lead()
            unit.firstLink = nil
            unit.headings = []
          }
        }
        if unit.kind == .paragraph, unit.lead.start == .text, let last = units.last, last.kind == .paragraph,
          last.lead.start == .text, last.text.count < MarkdownSource.pieceSize
        {
          units[units.count - 1].text += [0x0A, 0x0A] + unit.text
        } else {
          units.append(unit)
        }
      }
    }
    return units
  }

  private static let partLimit = 100_000

  private mutating func read(_ source: [UInt8], _ listCount: inout Int, into units: inout [MarkdownUnit]) {
    guard let document = Self.parse(source) else { return }
    defer { cmark_node_free(document) }
    lines = SourceLines(source)
    var next = cmark_node_first_child(document)
    while let node = next {
      next = cmark_node_next(node)
      switch UInt32(bitPattern: markdown_kind_of(node)) {
      case MARKDOWN_LIST.rawValue:
        listCount += 1
        let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
        var item = cmark_node_first_child(node)
        while let current = item {
          append(read(current, .listItem(list: listCount, isOrdered: isOrdered)), to: &units)
          item = cmark_node_next(current)
        }
      case MARKDOWN_HEADING.rawValue:
        var unit = read(node, .heading(level: Int(cmark_node_get_heading_level(node))))
        unit.text = HeadingSource.split(unit.text).text
        // One without text gives no entry, but takes an anchor.
        if !unit.text.isEmpty || units.count < Self.partLimit { units.append(unit) }
      case MARKDOWN_TABLE.rawValue:
        listCount += 1
        var row = cmark_node_first_child(node)
        while let current = row {
          append(read(current, .tableRow(table: listCount)), to: &units)
          row = cmark_node_next(current)
        }
      case MARKDOWN_PARAGRAPH.rawValue: append(read(node, .paragraph), to: &units)
      case MARKDOWN_THEMATIC_BREAK.rawValue: units.append(MarkdownUnit(kind: .thematicBreak))
      case MARKDOWN_FOOTNOTE_DEFINITION.rawValue: append(read(node, .footnote), to: &units)
      default: append(read(node, .other), to: &units)
      }
    }
  }

  private func append(_ unit: MarkdownUnit, to units: inout [MarkdownUnit]) {
    if !unit.text.isEmpty || !unit.headings.isEmpty { units.append(unit) }
  }

  private static let addressLimit = 20_000

  static func parse(_ source: [UInt8]) -> OpaquePointer? {
    let hasTooManyAddresses = source.count(where: { $0 == UInt8(ascii: "@") }) > addressLimit
    return parserTurn.withLock { _ in
      guard let parser = cmark_parser_new(CMARK_OPT_FOOTNOTES) else { return nil }
      defer { cmark_parser_free(parser) }
      for syntax in hasTooManyAddresses ? extensions.dropLast() : extensions[...] {
        cmark_parser_attach_syntax_extension(parser, syntax.pointer)
      }
      source.withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
      }
      return cmark_parser_finish(parser)
    }
  }

  // MARK: - One unit

  private mutating func read(_ top: OpaquePointer, _ kind: MarkdownUnit.Kind) -> MarkdownUnit {
    let recordsLead: Bool
    switch kind {
    case .paragraph, .listItem, .tableRow, .heading: recordsLead = true
    default: recordsLead = false
    }
    builder.begin(recordsLead: recordsLead)
    html.reset()
    var headings: [HeadingSource] = []
    guard let iterator = cmark_iter_new(top) else { return MarkdownUnit(kind: kind) }
    defer { cmark_iter_free(iterator) }
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { break }
      guard let node = cmark_iter_get_node(iterator) else { break }
      let entering = event == CMARK_EVENT_ENTER
      switch UInt32(bitPattern: markdown_kind_of(node)) {
      case MARKDOWN_TEXT.rawValue: withLiteral(node) { if !html.isHidden { builder.append($0) } }
      case MARKDOWN_CODE.rawValue: withLiteral(node) { builder.append($0) }
      case MARKDOWN_SOFT_BREAK.rawValue: builder.breakLine(isHard: false)
      case MARKDOWN_LINE_BREAK.rawValue: builder.breakLine(isHard: true)
      case MARKDOWN_HTML_INLINE.rawValue: withLiteral(node) { appendHTML($0) }
      case MARKDOWN_HTML_BLOCK.rawValue:
        builder.startBlock()
        html.reset()
        withLiteral(node) { appendHTML($0) }
        html.reset()
        builder.endBlock()
      case MARKDOWN_CODE_BLOCK.rawValue:
        builder.startBlock()
        withLiteral(node) { builder.appendVerbatim($0) }
        builder.endBlock()
      case MARKDOWN_PARAGRAPH.rawValue, MARKDOWN_HEADING.rawValue, MARKDOWN_TABLE_ROW.rawValue:
        html.reset()
        if entering { builder.startBlock() } else { builder.endBlock() }
        if entering, UInt32(bitPattern: markdown_kind_of(node)) == MARKDOWN_HEADING.rawValue {
          headings.append(HeadingSource(node, lines))
        }
      case MARKDOWN_TABLE_CELL.rawValue: if entering { builder.startCell() }
      case MARKDOWN_STRONG.rawValue: builder.strongDepth += entering ? 1 : -1
      case MARKDOWN_LINK.rawValue:
        if entering {
          builder.openLink(cmark_node_get_url(node).flatMap { safeLink(UnsafeCString($0)) })
        } else {
          builder.closeLink()
        }
      case MARKDOWN_IMAGE.rawValue:
        builder.imageDepth += entering ? 1 : -1
        if case .heading = kind { builder.isBadge = entering && Self.isBadge(node) }
      default: break
      }
    }
    var unit = builder.finish(kind)
    unit.headings = headings
    return unit
  }

  private static func isBadge(_ image: OpaquePointer) -> Bool {
    guard let url = cmark_node_get_url(image) else { return false }
    let address = String(cString: url)
    return address.contains("badge") || address.contains("shields.io")
  }

  private func withLiteral(_ node: OpaquePointer, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    guard let literal = cmark_node_get_literal(node) else { return }
    let count = strlen(literal)
    literal.withMemoryRebound(to: UInt8.self, capacity: count) {
      body(UnsafeBufferPointer(start: $0, count: count))
    }
  }

  private mutating func appendHTML(_ literal: UnsafeBufferPointer<UInt8>) {
    let bytes = Array(literal)
    html.pieces(of: bytes) { piece in
      switch piece {
      case .text(let range):
        HTMLText.decodeEntities(bytes[range]).withUnsafeBufferPointer { builder.append($0) }
      case .alternative(let range):
        builder.imageDepth += 1
        HTMLText.decodeEntities(bytes[range]).withUnsafeBufferPointer { builder.append($0) }
        builder.imageDepth -= 1
      case .lineBreak: builder.breakLine(isHard: true)
      case .blockBreak: builder.breakBlock()
      case .cellBreak: builder.startCell()
      }
    }
  }
}

/// A pointer that the library never changes after registration, so threads may share it.
private struct SyntaxExtension: @unchecked Sendable {
  let pointer: OpaquePointer
}

/// The bytes of a C string up to its NUL.
private struct UnsafeCString: Sequence, IteratorProtocol {
  private var pointer: UnsafePointer<CChar>
  init(_ pointer: UnsafePointer<CChar>) { self.pointer = pointer }
  mutating func next() -> UInt8? {
    guard pointer.pointee != 0 else { return nil }
    defer { pointer += 1 }
    return UInt8(bitPattern: pointer.pointee)
  }
}
