import IndexFormat
import SearchModel
import TextAnalysis

/// The values of facets that a condition in a query text means: `tag:Kubernetes` is also `kubernetes`.
///
/// Compared folded, as texts are. A value that is chosen from counted ones is that value alone, so that the count holds.
struct FacetValues {
  let snapshot: IndexSnapshot
  let analyzer: Analyzer

  /// The condition with every value that folds to what was typed. Sources are paths, which mean what they say.
  ///
  /// - Complexity: O(values of the facet).
  func spelledAsKept(_ filter: Query.Filter) throws -> Query.Filter {
    guard case .facet(let key, var values) = filter, key != .source, let typed = values.first else {
      return filter
    }
    let wanted = analyzer.completionKey(of: typed)
    for segment in snapshot.segments {
      let column = segment.facet(key)
      for ordinal in 0..<column.valueCount {
        let value = try column.value(ordinal)
        if isSame(value, wanted), !values.contains(value) { values.append(value) }
      }
    }
    return .facet(key, values)
  }

  /// The filter with every value as it is kept. One that an entry has as it was given is that value alone, as
  /// counts are of single values; any other stands for those that fold to it.
  ///
  /// - Complexity: O(values of the facet) for a value that no entry has.
  func spelledAsKept(_ filter: SearchFilter) throws -> SearchFilter {
    try filter.mapValues { key, values in
      try values.flatMap { value -> [String] in
        if try snapshot.segments.contains(where: { try $0.facet(key).ordinal(of: value) != nil }) {
          return [value]
        }
        guard case .facet(_, let kept) = try spelledAsKept(.facet(key, [value])) else { return [value] }
        return kept
      }
    }
  }

  private func isSame(_ value: String, _ wanted: [UInt8]) -> Bool {
    // Most values are told apart without folding: ASCII keeps its length.
    if value.utf8.count != wanted.count, value.utf8.allSatisfy({ $0 < 0x80 && $0 > 0x20 }) { return false }
    return analyzer.completionKey(of: value) == wanted
  }
}
