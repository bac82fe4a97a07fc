/// What somebody asks: the text as typed, and which part of the answer they want to see.
package struct SearchRequest: Equatable, Sendable {
  package enum Order: String, CaseIterable, Sendable {
    case relevance
    case date
  }

  package static let defaultLimit = 10
  package static let limits = 1...1_000
  package static let offsets = 0...10_000
  /// Bytes of UTF-8.
  package static let maximumTextBytes = 4_096
  package static let maximumParts = 64
  /// Words that the prefixes of a query may stand for, in one segment.
  package static let maximumExpansions = 1_000

  package var text: String
  package var limit: Int
  package var offset: Int
  /// Values chosen per facet: one of the same key is enough, every key must agree.
  package var filters: [FacetKey: [String]]
  /// Any other condition. Without a text, every entry that meets it is listed.
  package var filter: SearchFilter?
  /// Facets to count, each once.
  package var facets: [FacetKey]
  package var order: Order
  /// By date, whether the oldest come first; entries without a date are last in any case.
  package var oldestFirst = false
  /// Whether entries that hold only some of the parts may be listed, where full matches are few.
  package var allowsPartial = true
  /// Whether another query may be looked for, where full matches are few.
  package var allowsSuggestion = true
  /// Whether every part has to stand in the title.
  package var onlyTitles = false
  /// Most entries of one page in the answer; nil for all. `total` and facets count all of them.
  package var perPage: Int?

  package init(
    text: String, limit: Int = SearchRequest.defaultLimit, offset: Int = 0,
    filters: [FacetKey: [String]] = [:], facets: [FacetKey] = [.category], order: Order = .relevance,
    perPage: Int? = nil
  ) {
    self.text = text
    self.limit = limit
    self.offset = offset
    self.filters = filters
    self.facets = facets.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    self.order = order
    self.perPage = perPage
  }
}
