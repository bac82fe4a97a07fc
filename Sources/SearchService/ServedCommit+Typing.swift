import QueryEngine
import SearchModel

extension ServedCommit {
  /// The answer to a query that may not be typed to its end: its last word may go on.
  ///
  /// Whole words rank better than prefixes, so the prefix is asked for only when the words as they stand do not
  /// fill a page, and its answer is given only when it holds more.
  func search(typing request: SearchRequest, deadline: Deadline) throws -> SearchResults {
    guard Self.mayGoOn(request.text) else { return try search(request, deadline: deadline) }
    var asTyped = request
    // A word that is not finished is no mistake; looking for what was meant costs more than all the rest.
    asTyped.allowsSuggestion = false
    let typed = try search(asTyped, deadline: deadline)
    let found = typed.match == .full ? typed.total : 0
    guard found < SearchRequest.defaultLimit else { return typed }
    var longer = request
    longer.text += "*"
    // More words than a prefix may stand for, or a text that is as long as it may be: no reason to refuse.
    guard var results = try? search(longer, deadline: deadline), results.match == .full, results.total > found
    else { return found < Searcher.suggestBelow ? try search(request, deadline: deadline) : typed }
    results.query = typed.query
    results.tookMicroseconds += typed.tookMicroseconds
    return results
  }

  /// Whether a text ends in the middle of a word of letters and digits. Han needs no prefix: any run is found.
  static func mayGoOn(_ text: String) -> Bool {
    guard let last = text.unicodeScalars.last else { return false }
    return last.properties.isAlphabetic && !last.properties.isIdeographic || ("0"..."9").contains(last)
  }
}
