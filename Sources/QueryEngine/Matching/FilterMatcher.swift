import IndexFormat
import SearchModel

/// Documents of one segment that a filter lets through.
struct FilterMatcher {
  private enum Condition {
    /// Ordinals that are allowed, as flags.
    case facet(FacetColumn, [Bool])
    case days(ClosedRange<UInt32>)
    case all([FilterMatcher])
    case any([FilterMatcher])
    case not([FilterMatcher])
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
    case .after(let day): self.init(condition: .days(day...UInt32.max), in: segment)
    case .before(let day): self.init(condition: .days(1...max(2, day) - 1), in: segment)
    case .nested(let filter): try self.init(filter, in: segment)
    }
  }

  private init(condition: Condition, in segment: SegmentReader) {
    self.condition = condition
    self.segment = segment
  }

  private init(_ filter: SearchFilter, in segment: SegmentReader) throws {
    switch filter {
    case .all(let filters):
      self.init(condition: .all(try filters.map { try FilterMatcher($0, in: segment) }), in: segment)
    case .any(let filters):
      self.init(condition: .any(try filters.map { try FilterMatcher($0, in: segment) }), in: segment)
    case .not(let filter): self.init(condition: .not([try FilterMatcher(filter, in: segment)]), in: segment)
    case .value(let key, let values): try self.init(key, anyOf: values, in: segment)
    case .exists(let key):
      let column = segment.facet(key)
      self.init(
        condition: .facet(column, [Bool](repeating: true, count: column.valueCount)), in: segment)
    case .days(let days): self.init(condition: .days(days), in: segment)
    }
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
    case .all(let matchers):
      passed = candidates
      for matcher in matchers { passed = try matcher.match(window: base, among: passed) }
    case .any(let matchers):
      for matcher in matchers { passed.formUnion(try matcher.match(window: base, among: candidates)) }
    case .not(let matchers):
      passed = candidates
      for matcher in matchers { passed.subtract(try matcher.match(window: base, among: candidates)) }
    }
    return passed
  }
}
