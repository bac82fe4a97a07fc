import IndexFormat
import SearchModel

/// Documents of one segment that a filter lets through.
struct FilterMatcher {
  private enum Condition {
    /// Ordinals that are allowed, as flags.
    case facet(FacetColumn, [Bool])
    case days(Range<UInt32>)
  }

  private let condition: Condition
  private let segment: SegmentReader

  /// - Parameter values: one of them is enough. A `source` also stands for everything below it.
  init(_ key: FacetKey, anyOf values: [String], in segment: SegmentReader) throws {
    let column = segment.facet(key)
    var allowed = [Bool](repeating: false, count: column.valueCount)
    for value in values {
      if let ordinal = try column.ordinal(of: value) { allowed[ordinal] = true }
    }
    if key == .source {
      for ordinal in 0..<column.valueCount where !allowed[ordinal] {
        let source = try column.value(ordinal)
        allowed[ordinal] = values.contains { source.hasPrefix($0 + "/") }
      }
    }
    condition = .facet(column, allowed)
    self.segment = segment
  }

  init(_ filter: Query.Filter, in segment: SegmentReader) throws {
    switch filter {
    case .facet(let key, let values): try self.init(key, anyOf: values, in: segment)
    case .after(let day): self.init(days: day..<UInt32.max, in: segment)
    case .before(let day): self.init(days: 1..<day, in: segment)
    }
  }

  private init(days: Range<UInt32>, in segment: SegmentReader) {
    condition = .days(days)
    self.segment = segment
  }

  /// The candidates that pass.
  func match(window base: UInt32, among candidates: DocumentWindow) throws -> DocumentWindow {
    let documents = Int(base)..<min(Int(base + DocumentWindow.size), segment.documentCount)
    var passed = DocumentWindow()
    switch condition {
    case .facet(let column, let allowed):
      try column.check(documents)
      candidates.forEach { relative in
        column.forEachOrdinal(of: Int(base + relative)) { if allowed[$0] { passed.insert(relative) } }
      }
    case .days(let days):
      try segment.days.check(documents)
      candidates.forEach { relative in
        if days.contains(segment.days[Int(base + relative)]) { passed.insert(relative) }
      }
    }
    return passed
  }
}
