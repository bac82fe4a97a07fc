import IndexFormat
import SearchModel

/// A query as one index sees it: parts settled, features weighted by how rare they are.
struct QueryPlan {
  struct WeightedTerm {
    var key: [UInt8]
    /// Weight of the feature × inverse document frequency.
    var weight: Float
  }

  var parts: [Query.Part]
  var excluded: [Query.Part]
  var filters: [Query.Filter]
  var excludedFilters: [Query.Filter]
  var facetFilters: [FacetKey: [String]]
  var features: [Feature]
  var adjacencies: [Adjacency]
  var scoring: [WeightedTerm]

  init(
    _ query: Query, facetFilters: [FacetKey: [String]], resolver: PartResolver, extractor: FeatureExtractor
  ) throws {
    parts = try resolver.resolve(query.parts)
    excluded = query.excluded
    filters = query.filters
    excludedFilters = query.excludedFilters
    self.facetFilters = facetFilters.filter { !$0.value.isEmpty }
    features = try extractor.features(of: query)
    adjacencies = try extractor.adjacencies(of: query)
    scoring = []
    let segments = resolver.snapshot.segments
    let total = segments.reduce(0) { $0 + $1.documentCount }
    for feature in features {
      let matching = try resolver.snapshot.documentFrequency(of: feature.key)
      guard matching > 0, matching <= total else { continue }
      scoring.append(
        WeightedTerm(
          key: feature.key, weight: feature.weight * inverseDocumentFrequency(matching: matching, of: total)))
    }
  }

  /// Nothing was asked: no part, no condition.
  var isEmpty: Bool {
    parts.isEmpty && excluded.isEmpty && filters.isEmpty && excludedFilters.isEmpty && facetFilters.isEmpty
  }
}
