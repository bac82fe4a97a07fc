package import SearchModel

/// One entry of an answer as it is kept.
package struct FoundEntry: Sendable {
  package var entry: Entry
  /// 3 literal in the title, 2 literal, 1 full, 0 partial.
  package var tier: UInt8
  /// Compares within one answer and tier only.
  package var score: Float
  package var isPinned: Bool

  package var match: MatchKind { tier > 0 ? .full : .some }

  package init(entry: Entry, tier: UInt8, score: Float, isPinned: Bool) {
    self.entry = entry
    self.tier = tier
    self.score = score
    self.isPinned = isPinned
  }
}

/// What a request finds, before anything is marked or cut out.
package struct FoundEntries {
  package var match: MatchKind
  /// Exact number of matches, as in `SearchResults`.
  package var total: Int
  package var entries: [FoundEntry]
  package var facets: [(key: FacetKey, counts: [FacetCount])]
  package var suggestion: Suggestion?
  /// Marks the parts of the query in any text.
  package let highlighter: Highlighter
}
