/// The text of raw HTML: tags, comments, scripts and styles go, what a reader would see stays.
struct HTMLText {
  /// What a piece of HTML stands for.
  enum Piece: Equatable {
    case text(Range<Int>)
    /// Alternative text of an image.
    case alternative(Range<Int>)
    case lineBreak
    case blockBreak
    /// The end of a table cell.
    case cellBreak
  }

  /// The name of the element whose content is not shown (`script`, `style`), while it is open.
  private(set) var hidden: [UInt8]?

  var isHidden: Bool { hidden != nil }

  private static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl",
    "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "header", "hr",
    "html", "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary",
    "table",
    "tbody", "tfoot", "thead", "title", "tr", "ul", "tab", "tabs", "tabitem",
  ]
  private static let hiddenElements: Set<String> = ["script", "style", "template"]

  /// Cuts HTML into what is seen of it. Unclosed tags are text; an unclosed comment hides the rest.
  mutating func pieces(of html: [UInt8], _ emit: (Piece) -> Void) {
    var index = 0
    var textStart = 0
    func flush(_ end: Int, _ visible: Bool) { if visible, end > textStart { emit(.text(textStart..<end)) } }
    while index < html.count {
      guard html[index] == UInt8(ascii: "<") else {
        index += 1
        continue
      }
      if Self.matches("<!--", html, at: index) {
        flush(index, !isHidden)
        index = Self.find("-->", html, from: index + 4).map { $0 + 3 } ?? html.count
        textStart = index
        continue
      }
      if index + 1 < html.count, html[index + 1] == UInt8(ascii: "!") || html[index + 1] == UInt8(ascii: "?")
      {
        flush(index, !isHidden)
        if Self.matches("<![CDATA[", html, at: index) {
          let end = Self.find("]]>", html, from: index + 9) ?? html.count
          if !isHidden { emit(.text(index + 9..<end)) }
          index = min(end + 3, html.count)
        } else {
          index = Self.find(">", html, from: index).map { $0 + 1 } ?? html.count
        }
        textStart = index
        continue
      }
      guard let tag = Self.tag(html, at: index) else {
        index += 1
        continue
      }
      let name = html[tag.name].map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
      if let open = hidden {
        if tag.isClosing, name == open { hidden = nil }
        index = hidden == nil ? tag.end : index + 1
        textStart = index
        continue
      }
      flush(index, true)
      let text = String(decoding: name, as: UTF8.self)
      if Self.hiddenElements.contains(text) {
        if !tag.isClosing, !tag.isEmpty { hidden = name }
      } else if text == "br" {
        emit(.lineBreak)
      } else if text == "td" || text == "th" {
        emit(.cellBreak)
      } else if Self.blocks.contains(text) {
        emit(.blockBreak)
      } else if text == "img", let alternative = Self.attribute("alt", html, tag) {
        emit(.alternative(alternative))
      }
      index = tag.end
      textStart = index
    }
    flush(html.count, !isHidden)
  }

  /// Forgets an element that was not closed where its paragraph ends.
  mutating func reset() { hidden = nil }

  // MARK: - Tags

  private struct Tag {
    var name: Range<Int>
    var attributes: Range<Int>
    var end: Int
    var isClosing: Bool
    var isEmpty: Bool
  }

  private static func tag(_ html: [UInt8], at start: Int) -> Tag? {
    var index = start + 1
    let closing = index < html.count && html[index] == UInt8(ascii: "/")
    if closing { index += 1 }
    let nameStart = index
    while index < html.count, isNameByte(html[index], first: index == nameStart) { index += 1 }
    guard index > nameStart, index < html.count else { return nil }
    let name = nameStart..<index
    var quote: UInt8 = 0
    while index < html.count {
      let byte = html[index]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return Tag(
          name: name, attributes: name.upperBound..<index, end: index + 1, isClosing: closing,
          isEmpty: html[index - 1] == UInt8(ascii: "/"))
      } else if byte == UInt8(ascii: "<") {
        return nil
      }
      index += 1
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
    let letter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
    return letter
      || (!first
        && ((0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
          || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")))
  }

  private static func attribute(_ name: String, _ html: [UInt8], _ tag: Tag) -> Range<Int>? {
    var index = tag.attributes.lowerBound
    while index < tag.attributes.upperBound {
      while index < tag.attributes.upperBound, html[index] <= 0x20 || html[index] == UInt8(ascii: "/") {
        index += 1
      }
      let nameStart = index
      while index < tag.attributes.upperBound, html[index] > 0x20, html[index] != UInt8(ascii: "=") {
        index += 1
      }
      let found = html[nameStart..<index]
      while index < tag.attributes.upperBound, html[index] <= 0x20 { index += 1 }
      guard index < tag.attributes.upperBound, html[index] == UInt8(ascii: "=") else {
        if found.isEmpty { index += 1 }
        continue
      }
      index += 1
      while index < tag.attributes.upperBound, html[index] <= 0x20 { index += 1 }
      guard index < tag.attributes.upperBound else { return nil }
      var value = index..<index
      if html[index] == UInt8(ascii: "\"") || html[index] == UInt8(ascii: "'") {
        let quote = html[index]
        let end =
          html[(index + 1)..<tag.attributes.upperBound].firstIndex(of: quote) ?? tag.attributes.upperBound
        value = index + 1..<end
        index = min(end + 1, tag.attributes.upperBound)
      } else {
        while index < tag.attributes.upperBound, html[index] > 0x20 { index += 1 }
        value = value.lowerBound..<index
      }
      if found.map({ $0 | 0x20 }).elementsEqual(name.utf8) { return value }
    }
    return nil
  }

  private static func matches(_ text: StaticString, _ html: [UInt8], at index: Int) -> Bool {
    guard index + text.utf8CodeUnitCount <= html.count else { return false }
    for offset in 0..<text.utf8CodeUnitCount where html[index + offset] != text.utf8Start[offset] {
      return false
    }
    return true
  }

  private static func find(_ text: StaticString, _ html: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + text.utf8CodeUnitCount <= html.count {
      if matches(text, html, at: index) { return index }
      index += 1
    }
    return nil
  }

  // MARK: - Entities

  private static let entities: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®",
    "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
    "rdquo": "”", "middot": "·", "bull": "•", "times": "×", "rarr": "→", "larr": "←", "ensp": " ",
    "emsp": " ",
    "laquo": "«", "raquo": "»", "yen": "¥", "deg": "°", "para": "¶", "sect": "§", "check": "✓",
  ]

  /// The text with `&lt;`, `&#20013;`, `&#x4E2D;` and the common names replaced; others stay as they are.
  static func decodeEntities(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "&")) else { return Array(text) }
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index] == UInt8(ascii: "&"),
        let end = text[index...].prefix(34).firstIndex(of: UInt8(ascii: ";"))
      else {
        output.append(text[index])
        index += 1
        continue
      }
      let name = String(decoding: text[(index + 1)..<end], as: UTF8.self)
      var decoded = entities[name]
      if name.utf8.first == UInt8(ascii: "#") {
        let digits = name.dropFirst()
        let value =
          digits.first == "x" || digits.first == "X"
          ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        // The numbers of no character, and NUL, become the replacement character.
        if let value {
          decoded = String(value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}")
        }
      }
      if let decoded {
        output += decoded.utf8
        index = end + 1
      } else {
        output.append(text[index])
        index += 1
      }
    }
    return output
  }
}
