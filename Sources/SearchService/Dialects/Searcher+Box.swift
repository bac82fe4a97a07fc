import QueryEngine
import SearchModel

extension Searcher {
  /// The answer to a box of another engine, which expects the last word to go on and words without an entry to be
  /// mended.
  ///
  /// As in our own box, whole words come first: a prefix is asked for when the words as they stand find little, another
  /// spelling when they find nothing.
  ///
  /// - Parameters:
  ///   - goesOn: whether the last word may go on.
  ///   - mendsTypos: whether words may be mended.
  func find(
    forBox request: SearchRequest, goesOn: Bool = true, mendsTypos: Bool = true, deadline: Deadline
  ) throws -> FoundEntries {
    var asTyped = request
    // Looking for what was meant costs more than all the rest: only when nothing else is found.
    asTyped.allowsSuggestion = false
    let typed = try find(asTyped, deadline: deadline)
    let found = typed.match == .full ? typed.total : 0
    if goesOn, found < SearchRequest.defaultLimit, ServedCommit.mayGoOn(request.text) {
      var longer = asTyped
      longer.text += "*"
      // More words than a prefix may stand for, or a text that is as long as it may be: no reason to refuse.
      if let results = try? find(longer, deadline: deadline), results.match == .full, results.total > found {
        return results
      }
    }
    guard mendsTypos, found == 0, let suggestion = try find(request, deadline: deadline).suggestion else {
      return typed
    }
    var mended = request
    mended.text = suggestion.query
    let results = try find(mended, deadline: deadline)
    return results.match == .full ? results : typed
  }
}
