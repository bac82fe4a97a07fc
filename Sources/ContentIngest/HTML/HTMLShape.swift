/// What a page may look like before it is given to the parser, whose work is not bounded by the length of the page:
/// nesting it frees by recursion, unclosed formatting it repeats in every paragraph, attributes it compares with each
/// other.
enum HTMLShape {
  static let depthLimit = 1_000
  static let tagLimit = 500_000
  /// Elements repeated, attributes compared, bytes read again.
  static let workLimit = 40_000_000

  private static let closedByOthers: Set<String> = [
    "p", "li", "dt", "dd", "tr", "td", "th", "option", "tbody", "thead", "tfoot", "colgroup", "optgroup",
  ]
  private static let empty: Set<String> = [
    "br", "img", "hr", "input", "meta", "link", "area", "base", "col", "embed", "param", "source", "track",
    "wbr",
  ]

  /// - Throws: for a page that would take the parser out of bounds.
  static func check(_ bytes: [UInt8]) throws(MetaProblem) {
    var depth = 0
    var tags = 0
    var repeated = 0
    var attributes = AttributeWork()
    // A sign in a script or a value may look like a tag too: what follows it is then read more than once.
    var bytesLeft = workLimit + 4 * bytes.count
    var line = 1
    var index = 0
    while index + 1 < bytes.count {
      let byte = bytes[index]
      if byte == 0x0A { line += 1 }
      index += 1
      guard byte == UInt8(ascii: "<") else { continue }
      let isClosing = bytes[index] == UInt8(ascii: "/")
      if isClosing { index += 1 }
      let name = bytes[index...].prefix(16).prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
      guard !name.isEmpty else { continue }
      tags += 1
      attributes.add(tagAt: index, attributeCount(bytes, from: index, within: &bytesLeft))
      let text = String(decoding: name.map { $0 | 0x20 }, as: UTF8.self)
      if closedByOthers.contains(text) {
        if !isClosing { repeated += depth }
      } else if !empty.contains(text) {
        depth = isClosing ? max(0, depth - 1) : depth + 1
      }
      if depth > depthLimit {
        throw MetaProblem(line: line, reason: "its HTML is nested deeper than 1,000 levels")
      }
      if tags > tagLimit || repeated > workLimit {
        throw MetaProblem(
          line: line, reason: "its HTML has more than 500,000 tags, or too many that nothing closes")
      }
      if attributes.compared > workLimit || bytesLeft == 0 {
        throw MetaProblem(line: line, reason: "its HTML has tags with too many attributes, or that never end")
      }
    }
  }

  /// How many attributes the parser compares with each other, at most. Of seeming tags that overlap, one at most is
  /// real at any place: they count together.
  private struct AttributeWork {
    private var total = 0
    private var start = 0
    private var end = 0
    private var squares = 0
    private var most = 0

    var compared: Int { total + min(squares, most * (end - start)) / 2 }

    mutating func add(tagAt place: Int, _ tag: (count: Int, end: Int)) {
      if place >= end {
        total = compared
        (start, squares, most) = (place, 0, 0)
      }
      end = max(end, tag.end)
      squares += tag.count * tag.count
      most = max(most, tag.count)
    }
  }

  /// The attributes of the tag whose name begins at `start`, by the rules of HTML's tokenizer, and where it ends.
  private static func attributeCount(
    _ bytes: [UInt8], from start: Int, within bytesLeft: inout Int
  ) -> (count: Int, end: Int) {
    let end = min(bytes.count, start + bytesLeft)
    var index = start
    var count = 0
    func skip(while isSkipped: (UInt8) -> Bool) {
      while index < end, isSkipped(bytes[index]) { index += 1 }
    }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D && byte != 0x0B) }
    let slash = UInt8(ascii: "/")
    let equals = UInt8(ascii: "=")
    let close = UInt8(ascii: ">")
    skip { !isSpace($0) && $0 != slash && $0 != close }
    while true {
      skip { isSpace($0) || $0 == slash }
      guard index < end, bytes[index] != close else { break }
      count += 1
      index += 1
      skip { !isSpace($0) && $0 != slash && $0 != close && $0 != equals }
      skip(while: isSpace)
      guard index < end, bytes[index] == equals else { continue }
      index += 1
      skip(while: isSpace)
      guard index < end else { break }
      let quote = bytes[index]
      if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        index += 1
        skip { $0 != quote }
        index = min(end, index + 1)
      } else {
        skip { !isSpace($0) && $0 != close }
      }
    }
    bytesLeft -= index - start
    return (count, index)
  }
}
