import CMarkdown

/// A heading as anchors are made of it.
struct HeadingSource: Equatable {
  /// The visible text, without pictures and without `{#name}`.
  var text: String
  /// The Markdown of its last line, without the marks of the heading.
  var markdown: String
  /// `{#name}`.
  var explicit: String?
  /// `{ data-search-exclude }`: its section is not to be found.
  var isExcluded = false
}

extension HeadingSource {
  /// - Parameter node: a heading of the tree made from these lines.
  init(_ node: OpaquePointer, _ lines: SourceLines) {
    let written = Self.text(of: node)
    let (visible, name) = Self.split(written)
    isExcluded = String(decoding: written[min(visible.count, written.count)...], as: UTF8.self).contains(
      "data-search-exclude")
    text = String(decoding: visible, as: UTF8.self)
    explicit = name
    let first = Int(cmark_node_get_start_line(node))
    let last = Int(cmark_node_get_end_line(node))
    var line = lines.line(first).dropFirst(max(0, Int(cmark_node_get_start_column(node)) - 1))
    if line.first == UInt8(ascii: "#") {
      line = line.drop { $0 == UInt8(ascii: "#") }
      var end = line
      while let sign = end.last, sign <= 0x20 { end.removeLast() }
      let closing = end.reversed().prefix { $0 == UInt8(ascii: "#") }.count
      if closing > 0, closing == end.count || end.dropLast(closing).last == 0x20 {
        line = end.dropLast(closing)
      }
    } else {
      // The last line may be the underline, or one after it.
      var number = last
      while number > first,
        lines.line(number).allSatisfy({ $0 <= 0x20 || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "-") })
      { number -= 1 }
      if number > first { line = lines.line(number) }
    }
    markdown = String(decoding: Self.split(Array(line)).text.filter { $0 != 0x0C }, as: UTF8.self)
  }

  /// Cuts `{#name}`, `{: #name .class}`, `{ id="name" }` from the end of a heading.
  static func split(_ whole: [UInt8]) -> (text: [UInt8], name: String?) {
    var end = whole.count
    while end > 0, whole[end - 1] <= 0x20 { end -= 1 }
    guard end > 0, whole[end - 1] == UInt8(ascii: "}"),
      let open = whole[..<end].lastIndex(of: UInt8(ascii: "{"))
    else { return (whole, nil) }
    // `{{ .Title }}` is no list of names.
    if open > 0, whole[open - 1] == UInt8(ascii: "{") { return (whole, nil) }
    let inner = whole[(open + 1)..<(end - 1)].drop { $0 == UInt8(ascii: ":") || $0 == 0x20 }
    var name: String?
    var isList = false
    for word in inner.split(separator: 0x20) {
      let text = String(decoding: word, as: UTF8.self)
      if text == "data-search-exclude" || text.hasPrefix("#") || text.hasPrefix(".") {
        isList = true
        if text.hasPrefix("#"), text.utf8.count > 1 { name = String(text.dropFirst()) }
      } else if let equals = text.firstIndex(of: "="), equals > text.startIndex {
        isList = true
        let value = text[text.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
        if text[..<equals] == "id", !value.isEmpty { name = value }
      } else if !isList {
        return (whole, nil)
      }
    }
    guard isList else { return (whole, nil) }
    let before = whole.text(0..<open)
    return (before.isEmpty && name == nil ? whole : Array(before.utf8), name)
  }

  /// The text of a heading without pictures and tags.
  private static func text(of heading: OpaquePointer) -> [UInt8] {
    var text: [UInt8] = []
    guard let iterator = cmark_iter_new(heading) else { return text }
    defer { cmark_iter_free(iterator) }
    var pictures = 0
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return text }
      guard let node = cmark_iter_get_node(iterator) else { return text }
      switch UInt32(bitPattern: markdown_kind_of(node)) {
      case MARKDOWN_IMAGE.rawValue: pictures += event == CMARK_EVENT_ENTER ? 1 : -1
      case MARKDOWN_SOFT_BREAK.rawValue, MARKDOWN_LINE_BREAK.rawValue: text.append(0x20)
      case MARKDOWN_TEXT.rawValue, MARKDOWN_CODE.rawValue:
        guard pictures == 0, let literal = cmark_node_get_literal(node) else { continue }
        var index = 0
        while literal[index] != 0 {
          if literal[index] != 0x0C { text.append(UInt8(bitPattern: literal[index])) }
          index += 1
        }
      default: break
      }
    }
  }
}

/// The lines of a text by number.
struct SourceLines {
  private let text: [UInt8]
  /// Where each line starts.
  private let starts: [Int]

  init(_ text: [UInt8]) {
    self.text = text
    var starts = [0]
    // Only headings are asked for, and most texts have no other use of their lines.
    if text.contains(UInt8(ascii: "#")) || text.contains(UInt8(ascii: "="))
      || text.contains(UInt8(ascii: "-"))
    {
      for (index, byte) in text.enumerated() where byte == 0x0A { starts.append(index + 1) }
    }
    self.starts = starts
  }

  /// A line without its end; empty for a number that no line has.
  func line(_ number: Int) -> ArraySlice<UInt8> {
    guard starts.indices.contains(number - 1) else { return [] }
    let start = starts[number - 1]
    let end = number < starts.count ? starts[number] - 1 : text.count
    return text[start..<max(start, end)]
  }
}
