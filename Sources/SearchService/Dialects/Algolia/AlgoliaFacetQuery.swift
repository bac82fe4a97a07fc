import SearchModel

/// A search among the values of a facet: those that visitors may choose from, as they type.
struct AlgoliaFacetQuery: Sendable {
  private static let hitLimits = 1...100

  /// Nil for a facet that the index does not have, which has no values.
  var key: FacetKey?
  /// What the values have to hold.
  var text: String
  var limit: Int
  /// The entries whose values count.
  var request: SearchRequest
  var order: AlgoliaQuery.FacetOrder
  var marks: HighlightTags

  init(_ name: String, _ parameters: AlgoliaParameters) throws(AlgoliaError) {
    key = AlgoliaAttribute(name).facetKey
    text = AlgoliaQuery.cut(try parameters.string("facetQuery") ?? "")
    limit = try parameters.integer("maxFacetHits", in: Self.hitLimits) ?? 10
    let query = try AlgoliaQuery(parameters)
    request = query.request
    (request.offset, request.limit) = (0, 0)
    request.facets = key.map { [$0] } ?? []
    order = query.facetOrder
    marks = query.presentation.marks
  }
}
