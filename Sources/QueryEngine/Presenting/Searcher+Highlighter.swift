import SearchModel

extension Searcher {
  /// Marks the parts of a text in others, as those of a query.
  ///
  /// - Throws: `QueryLimitError`, `IndexFormatError` for a damaged index.
  package func highlighter(of text: String) throws -> Highlighter {
    Highlighter(try plan(SearchRequest(text: text)).parts, analyzer: analyzer)
  }
}
