import QueryEngine
import SearchModel

/// The tags of a client around what matches, and whether the text between them is escaped.
struct HighlightTags: Sendable {
  var before = "<em>"
  var after = "</em>"

  /// Boxes print marked text as HTML: then everything but the tags is escaped here, as sites cannot be trusted to be. Where
  /// the tags are none of HTML (InstantSearch's `__ais-highlight__`), the client escapes by itself, and would do it twice.
  var escapes: Bool { before.contains("<") || after.contains("<") }

  func text(_ marked: MarkedText) -> String {
    guard !escapes else {
      // DocSearch undoes this way to write an apostrophe and no other.
      return markedHTML(marked.text, marked.ranges, before: before, after: after, apostrophe: "&#039;")
    }
    let bytes = Array(marked.text.utf8)
    var result: [UInt8] = []
    var next = 0
    for range in marked.ranges {
      result += bytes[next..<range.lowerBound]
      result += before.utf8
      result += bytes[range]
      result += after.utf8
      next = range.upperBound
    }
    return String(decoding: result + bytes[next...], as: UTF8.self)
  }
}
