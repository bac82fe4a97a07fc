import IndexFormat
import SearchModel

/// A query as one index sees it: parts settled, features weighted by how rare they are.
package struct QueryPlan {
  /// Something that adds to the score.
  package struct WeightedFeature {
    package enum Content: Equatable {
      case term([UInt8])
      case phrase(TermSequence)
    }

    package var content: Content
    /// Weight of the feature × inverse document frequency.
    package var weight: Float

    package init(content: Content, weight: Float) {
      self.content = content
      self.weight = weight
    }
  }

  var parts: [Query.Part]
  var excluded: [Query.Part]
  var filters: [Query.Filter]
  var excludedFilters: [Query.Filter]
  var facetFilters: [FacetKey: [String]]
  var features: [Feature]
  var adjacencies: [Adjacency]
  var wholeTitles = WholeTitles.none
  var scoring: [WeightedFeature]
  /// Whether the parts and the scoring features are the same, so that a document with no score is no match.
  var scoringDecides = false

  /// Parts that are scored as they stand: no resolution, no features of their own.
  ///
  /// - Parameter scoring: what each part is worth, one for each part.
  package init(parts: [Query.Part], scoring: [WeightedFeature]) {
    self.parts = parts
    self.scoring = scoring
    excluded = []
    filters = []
    excludedFilters = []
    facetFilters = [:]
    features = []
    adjacencies = []
    scoringDecides = true
  }

  init(
    _ query: Query, facetFilters: [FacetKey: [String]], resolver: PartResolver, extractor: FeatureExtractor,
    synonyms: SynonymTable
  ) throws {
    parts = synonyms.expand(try resolver.resolve(query.parts))
    excluded = query.excluded
    filters = query.filters
    excludedFilters = query.excludedFilters
    self.facetFilters = facetFilters.filter { !$0.value.isEmpty }
    features = try extractor.features(of: query)
    features += try SynonymTable.features(of: parts, besides: features, extractor: extractor)
    adjacencies = try extractor.adjacencies(of: query)
    scoring = []
    let total = resolver.snapshot.statistics.documentCount
    for feature in features {
      let matching = try resolver.snapshot.documentFrequency(of: feature.key)
      guard matching > 0, matching <= total else { continue }
      scoring.append(
        WeightedFeature(
          content: .term(feature.key),
          weight: feature.weight * inverseDocumentFrequency(matching: matching, of: total)))
    }
  }

  /// No document gets more from all terms together.
  var mostOfFeatures: Float { scoring.reduce(0) { $0 + $1.weight } }

  /// Nothing was asked: no part, no condition.
  var isEmpty: Bool {
    parts.isEmpty && excluded.isEmpty && filters.isEmpty && excludedFilters.isEmpty && facetFilters.isEmpty
  }
}
