import QueryEngine
import SearchModel

extension HighlightTags {
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
