/// A text of an entry with what stands in it of a query.
package struct MarkedText: Equatable, Sendable {
  package var text: String
  /// UTF-8 ranges of the matches in `text`, in order, apart, on character borders.
  package var ranges: [Range<Int>]
  /// The parts of the query that stand in the text, as places in `Highlighter.words`.
  package var parts: Set<Int>

  package init(text: String, ranges: [Range<Int>] = [], parts: Set<Int> = []) {
    self.text = text
    self.ranges = ranges
    self.parts = parts
  }
}
