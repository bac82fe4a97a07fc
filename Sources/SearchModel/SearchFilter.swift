/// A condition on what entries have beside their text, as clients of other engines nest them.
package indirect enum SearchFilter: Equatable, Sendable {
  /// Every one holds; without any, true of every entry.
  case all([SearchFilter])
  /// At least one holds; without any, true of no entry.
  case any([SearchFilter])
  case not(SearchFilter)
  /// The entry has one of the values. A `source` also stands for everything below it.
  case value(FacetKey, [String])
  /// The entry has any value for the key.
  case exists(FacetKey)
  /// The entry is of one of these days, as `CalendarDay` numbers; an entry without a date is of none.
  case days(ClosedRange<UInt32>)

  /// Levels of nesting.
  package static let depthLimit = 32
  /// Conditions and values together.
  package static let sizeLimit = 1_000

  /// Any day there is.
  package static let dated = SearchFilter.days(1...UInt32.max)

  package var depth: Int {
    switch self {
    case .all(let filters), .any(let filters): 1 + (filters.map(\.depth).max() ?? 0)
    case .not(let filter): 1 + filter.depth
    case .value, .exists, .days: 1
    }
  }

  package var size: Int {
    switch self {
    case .all(let filters), .any(let filters): filters.reduce(1) { $0 + $1.size }
    case .not(let filter): 1 + filter.size
    case .value(_, let values): 1 + values.count
    case .exists, .days: 1
    }
  }

  /// The same condition with its values changed.
  package func mapValues(
    _ change: (FacetKey, [String]) throws -> [String]
  ) rethrows -> SearchFilter {
    switch self {
    case .all(let filters): .all(try filters.map { try $0.mapValues(change) })
    case .any(let filters): .any(try filters.map { try $0.mapValues(change) })
    case .not(let filter): .not(try filter.mapValues(change))
    case .value(let key, let values): .value(key, try change(key, values))
    case .exists, .days: self
    }
  }
}
