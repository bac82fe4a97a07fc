import QueryEngine
import SearchModel

extension Searcher {
  /// The first values of a facet that hold every part of a text, the last of which may go on; without a text the first
  /// of all.
  func values(
    _ counts: [FacetCount], holding text: String, limit: Int, deadline: Deadline
  ) throws -> [(count: FacetCount, marked: MarkedText)] {
    guard !text.allSatisfy(\.isWhitespace) else {
      return counts.prefix(limit).map { ($0, MarkedText(text: $0.value)) }
    }
    let highlighter = try highlighter(of: ServedCommit.mayGoOn(text) ? text + "*" : text)
    var found: [(FacetCount, MarkedText)] = []
    for (number, count) in counts.enumerated() where found.count < limit {
      if number.isMultiple(of: 256) { try deadline.check() }
      let marked = highlighter.marked(count.value, isTitle: true)
      if !marked.parts.isEmpty, marked.parts.count == highlighter.words.count {
        found.append((count, marked))
      }
    }
    return found
  }
}
