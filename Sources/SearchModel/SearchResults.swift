/// How well an entry, or the best entries of an answer, match.
package enum MatchKind: String, Sendable {
  /// Every part of the query is held.
  case full
  /// At least one is.
  case some
}

/// One entry of an answer.
package struct Hit: Equatable, Sendable {
  package var entry: Entry
  package var match: MatchKind
  /// Compares within one answer only.
  package var score: Float
  /// Excerpt of the text.
  package var snippet: String
  /// UTF-8 ranges of the matches in the title and the snippet, in order, apart, on character borders.
  package var titleHighlights: [Range<Int>]
  package var snippetHighlights: [Range<Int>]
  /// Stands first because the owner of the site or its author wants it so.
  package var isPinned = false

  package init(
    entry: Entry, match: MatchKind, score: Float, snippet: String, titleHighlights: [Range<Int>],
    snippetHighlights: [Range<Int>]
  ) {
    self.entry = entry
    self.match = match
    self.score = score
    self.snippet = snippet
    self.titleHighlights = titleHighlights
    self.snippetHighlights = snippetHighlights
  }
}

/// A value of a facet and the number of matches that have it.
package struct FacetCount: Equatable, Sendable {
  package var value: String
  package var count: Int

  package init(value: String, count: Int) {
    self.value = value
    self.count = count
  }
}

/// Another query that would serve better.
package struct Suggestion: Equatable, Sendable {
  package enum Kind: String, Sendable {
    case typo
    case pinyin
  }

  package var kind: Kind
  package var query: String

  package init(kind: Kind, query: String) {
    self.kind = kind
    self.query = query
  }
}

/// The answer to a `SearchRequest`.
package struct SearchResults: Equatable, Sendable {
  package var query: String
  package var match: MatchKind
  /// Exact number of matches; partial ones that fill up a first page of full ones are not counted.
  package var total: Int
  package var tookMicroseconds: Int
  package var commit: Int
  package var hits: [Hit]
  /// In the order asked for; counts exact over all matches.
  package var facets: [(key: FacetKey, counts: [FacetCount])]
  package var suggestion: Suggestion?

  package init(
    query: String, match: MatchKind, total: Int, tookMicroseconds: Int, commit: Int, hits: [Hit],
    facets: [(key: FacetKey, counts: [FacetCount])], suggestion: Suggestion? = nil
  ) {
    self.query = query
    self.match = match
    self.total = total
    self.tookMicroseconds = tookMicroseconds
    self.commit = commit
    self.hits = hits
    self.facets = facets
    self.suggestion = suggestion
  }

  package static func == (a: SearchResults, b: SearchResults) -> Bool {
    a.query == b.query && a.match == b.match && a.total == b.total && a.commit == b.commit && a.hits == b.hits
      && a.suggestion == b.suggestion
      && a.facets.elementsEqual(b.facets) { $0.key == $1.key && $0.counts == $1.counts }
  }
}
