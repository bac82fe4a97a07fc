import IndexFormat
import SearchModel

/// Counts the values of facets over all matches, segment by segment.
struct FacetCollector {
  private var totals: [FacetKey: [String: Int]] = [:]

  init(_ keys: [FacetKey]) {
    for key in keys { totals[key] = [:] }
  }

  /// Counts of one segment, by ordinal.
  struct SegmentCounts {
    let column: FacetColumn
    fileprivate var counts: [Int]

    init(_ column: FacetColumn) {
      self.column = column
      counts = [Int](repeating: 0, count: column.valueCount)
    }

    /// Counts the set documents of a window.
    mutating func count(_ documents: DocumentWindow, base: UInt32, documentCount: Int) throws {
      try column.check(Int(base)..<min(Int(base + DocumentWindow.size), documentCount))
      counts.withUnsafeMutableBufferPointer { counts in
        documents.forEach { relative in
          column.forEachOrdinal(of: Int(base + relative)) { counts[$0] += 1 }
        }
      }
    }
  }

  mutating func add(_ segment: SegmentCounts) throws {
    for (ordinal, count) in segment.counts.enumerated() where count > 0 {
      totals[segment.column.key, default: [:]][try segment.column.value(ordinal), default: 0] += count
    }
  }

  /// Ordered by count, then by value.
  func counts(of key: FacetKey) -> [FacetCount] {
    (totals[key] ?? [:])
      .map { FacetCount(value: $0.key, count: $0.value) }
      .sorted { a, b in
        a.count != b.count ? a.count > b.count : a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
      }
  }
}
