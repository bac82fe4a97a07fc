package import IndexFormat
package import TextAnalysis

extension Completions {
  /// Looks at every text of the snapshot: for a single question, and the oracle of `CompletionTable`.
  ///
  /// - Throws: `QueryLimitError`, `IndexFormatError` for a damaged index.
  /// - Complexity: O(index), it reads all stored fields.
  package static func scanning(
    _ snapshot: IndexSnapshot, for text: String, limit: Int, analyzer: Analyzer
  ) throws -> Completions {
    let prefix = try CompletionPrefix(text, analyzer: analyzer)
    var found: [(place: CompletionPlace, candidate: CompletionCandidates.Candidate)] = []
    if !prefix.isEmpty {
      for candidate in try CompletionCandidates(in: snapshot, analyzer: analyzer).candidates {
        if let place = candidate.folded.withUnsafeBufferPointer({ prefix.place(in: $0) }) {
          found.append((place, candidate))
        }
      }
    }
    found.sort {
      $0.place != $1.place
        ? $0.place < $1.place : CompletionCandidates.precedes($0.candidate, $1.candidate)
    }
    return Completions(
      query: text, suggestions: found.prefix(limit).map(\.candidate.completion),
      commit: snapshot.commit.number)
  }
}
