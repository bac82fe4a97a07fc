import IndexFormat
import SearchModel

/// Counts the values of facets over all matches, segment by segment.
struct FacetCollector {
  private let keys: [FacetKey]
  private var segments: [SegmentCounts] = []

  init(_ keys: [FacetKey]) { self.keys = keys }

  /// Counts of one segment: first the documents without a value, then one number per ordinal.
  struct SegmentCounts {
    let column: FacetColumn
    fileprivate var counts: [UInt32]

    init(_ column: FacetColumn) {
      self.column = column
      counts = [UInt32](repeating: 0, count: column.valueCount + 1)
    }

    /// Counts the documents whose bit is set; bit 0 is document `base`.
    mutating func count(
      _ bits: UnsafePointer<UInt64>, wordCount: Int, base: UInt32, documentCount: Int
    ) throws {
      try counts.withUnsafeMutableBufferPointer { counts in
        guard let counts = counts.baseAddress else { return }
        try column.count(bits, wordCount: wordCount, base: base, documentCount: documentCount, into: counts)
      }
    }
  }

  mutating func add(_ segment: SegmentCounts) { segments.append(segment) }

  /// Ordered by count, then by value.
  func counts(of key: FacetKey, limit: Int = .max) throws -> [FacetCount] {
    let segments = segments.filter { $0.column.key == key }
    if segments.count == 1 { return try counts(of: segments[0], limit: limit) }
    var totals: [String: Int] = [:]
    for segment in segments {
      for (ordinal, count) in segment.counts.dropFirst().enumerated() where count > 0 {
        totals[try segment.column.value(ordinal), default: 0] += Int(count)
      }
    }
    let sorted = totals.map { FacetCount(value: $0.key, count: $0.value) }
      .sorted { a, b in
        a.count != b.count ? a.count > b.count : a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
      }
    return Array(sorted.prefix(limit))
  }

  /// Of one segment: ordinals sort like their values, so that only the winners are turned into text.
  private func counts(of segment: SegmentCounts, limit: Int) throws -> [FacetCount] {
    var ordinals = segment.counts.indices.dropFirst().filter { segment.counts[$0] > 0 }
    ordinals.sort {
      segment.counts[$0] != segment.counts[$1] ? segment.counts[$0] > segment.counts[$1] : $0 < $1
    }
    return try ordinals.prefix(limit).map {
      FacetCount(value: try segment.column.value($0 - 1), count: Int(segment.counts[$0]))
    }
  }
}
