import QueryEngine

/// The tags of a client around what matches, and whether the text between them is escaped.
struct HighlightTags: Sendable {
  let pre: String
  let post: String

  /// Boxes print marked text as HTML: then everything but the tags is escaped here, as sites cannot trust it to be. Where
  /// the tags are no HTML (InstantSearch's `__ais-highlight__`), the client escapes by itself, and would do it twice.
  var escapes: Bool { pre.contains("<") || post.contains("<") }

  func text(_ marked: MarkedText) -> String {
    var result: [UInt8] = []
    var next = 0
    for (offset, byte) in marked.text.utf8.enumerated() {
      if next < marked.ranges.count, offset == marked.ranges[next].lowerBound { result += pre.utf8 }
      switch byte {
      case UInt8(ascii: "&") where escapes: result += "&amp;".utf8
      case UInt8(ascii: "<") where escapes: result += "&lt;".utf8
      case UInt8(ascii: ">") where escapes: result += "&gt;".utf8
      case UInt8(ascii: "\"") where escapes: result += "&quot;".utf8
      case UInt8(ascii: "'") where escapes: result += "&#39;".utf8
      default: result.append(byte)
      }
      if next < marked.ranges.count, offset + 1 == marked.ranges[next].upperBound {
        result += post.utf8
        next += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
