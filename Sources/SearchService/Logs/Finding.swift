import QueryEngine
import SearchModel

/// What a search has found, for the log of queries.
struct Finding: Sendable, Equatable {
  var query: String
  var total: Int
  var match: MatchKind
  var microseconds: Int
  /// Whether this is the first page of the answer.
  var isFirstPage: Bool
  /// Whether it was asked for before the visitor was done typing.
  var isTyping: Bool

  init(_ results: SearchResults, isFirstPage: Bool, isTyping: Bool) {
    query = results.query
    total = results.total
    match = results.match
    microseconds = results.tookMicroseconds
    self.isFirstPage = isFirstPage
    self.isTyping = isTyping
  }

  /// Of a box of another engine, which asks key by key.
  init(_ found: FoundEntries, for request: SearchRequest, in duration: Duration) {
    query = request.text
    total = found.total
    match = found.match
    microseconds = Int(clamping: duration.microseconds)
    isFirstPage = request.offset == 0
    isTyping = true
  }
}
