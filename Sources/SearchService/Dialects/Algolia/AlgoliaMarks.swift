import QueryEngine
import SearchModel

/// How matches are marked: with the tags of the client around them.
struct AlgoliaMarks: Sendable {
  var before = "<em>"
  var after = "</em>"

  /// Boxes print what is marked as HTML, so with tags of HTML everything between them is escaped here, as sites cannot be
  /// trusted to be. Where the tags are none (`__ais-highlight__` of InstantSearch), the client escapes by itself, and
  /// would do it twice.
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

  /// `{value, matchLevel}`, of a whole attribute also the words of the query that stand in it.
  func write(
    _ marked: MarkedText, _ highlighter: Highlighter, asSnippet: Bool, to json: inout JSONWriter
  ) {
    let words = highlighter.words
    let found = marked.parts.sorted().filter { $0 < words.count }
    json.object { json in
      json.field("value", text(marked))
      json.field("matchLevel", found.isEmpty ? "none" : found.count < words.count ? "partial" : "full")
      if asSnippet { return }
      if !found.isEmpty {
        json.field("fullyHighlighted", marked.ranges == [0..<marked.text.utf8.count])
      }
      json.field("matchedWords", found.map { words[$0] })
    }
  }
}
