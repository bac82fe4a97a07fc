import IndexFormat

/// What an entry has to pass besides holding the parts of the query: not deleted, not excluded, every filter.
struct WindowConditions {
  private let segment: SegmentReader
  private let excluded: [PartMatcher]
  private let filters: [FilterMatcher]
  private let excludedFilters: [FilterMatcher]

  init(_ plan: QueryPlan, segment: SegmentReader, factory: MatcherFactory) throws {
    self.segment = segment
    excluded = try plan.excluded.map { try factory.matcher(for: $0) }
    filters = try plan.filters.map { try FilterMatcher($0, in: segment) }
    excludedFilters = try plan.excludedFilters.map { try FilterMatcher($0, in: segment) }
  }

  /// Whether every entry passes.
  var isEmpty: Bool {
    segment.live == nil && excluded.isEmpty && filters.isEmpty && excludedFilters.isEmpty
  }

  /// The entries of a window that are not deleted.
  func live(window base: UInt32) -> DocumentWindow {
    var live = DocumentWindow(first: segment.documentCount - Int(base))
    removeDeleted(from: &live, window: base)
    return live
  }

  func removeDeleted(from documents: inout DocumentWindow, window base: UInt32) {
    if let live = segment.live { documents.formIntersection(DocumentWindow(live.words, base: base)) }
  }

  /// Keeps what passes, of documents that are not deleted.
  func apply(to held: inout DocumentWindow, window base: UInt32) throws {
    for matcher in excluded { held.subtract(try matcher.match(window: base, among: held).held) }
    for filter in filters { held = try filter.match(window: base, among: held) }
    for filter in excludedFilters { held.subtract(try filter.match(window: base, among: held)) }
  }

  /// The same for ascending places of a window, with sums beside them if there are any; how many are left.
  func apply(
    to places: UnsafeMutablePointer<UInt32>, sums: UnsafeMutablePointer<Double>?, count: Int,
    window base: UInt32
  ) throws -> Int {
    if count == 0 || isEmpty { return count }
    var held = DocumentWindow(places, count: count)
    removeDeleted(from: &held, window: base)
    try apply(to: &held, window: base)
    var kept = 0
    for i in 0..<count where held.contains(places[i]) {
      places[kept] = places[i]
      if let sums { sums[kept] = sums[i] }
      kept += 1
    }
    return kept
  }
}
