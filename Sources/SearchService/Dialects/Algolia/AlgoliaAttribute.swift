import SearchModel

/// What an attribute that a client filters or counts by is in the index.
enum AlgoliaAttribute: Equatable, Sendable {
  case facet(FacetKey)
  /// DocSearch's word for the language of a page, in which it asks for what suits the page that its reader is on.
  case language
  case date
  /// None of the index: a condition on it says nothing, so that boxes bring what other sites have.
  case unknown

  init(_ name: String) {
    self =
      switch name {
      case "language": .language
      case "date": .date
      case "_tags": .facet(.tags)
      // The category is what hits are grouped by.
      case "hierarchy.lvl0": .facet(.category)
      default: FacetKey(rawValue: name).map { .facet($0) } ?? .unknown
      }
  }

  /// What is counted for it.
  var facetKey: FacetKey? {
    switch self {
    case .facet(let key): key
    case .language: .lang
    case .date, .unknown: nil
    }
  }

  /// The condition `attribute:value`; nil when it says nothing.
  func equals(_ value: String) -> SearchFilter? {
    switch self {
    case .facet(let key): return .value(key, [value])
    case .language:
      // `zh-Hans` and `zh_CN` are kept as `zh`; what has no language suits every reader.
      let code = value.lowercased().prefix { $0 != "-" && $0 != "_" }
      return .value(.lang, [String(code), "und"])
    case .date:
      guard let moment = AlgoliaMoment(value) else { return .nothing }
      return moment.days(.equal)
    case .unknown: return nil
    }
  }

  /// The condition `attribute > value` and its like; nil when it says nothing.
  ///
  /// What is no number has none to compare: no entry meets the condition.
  func compares(_ comparison: NumericComparison, _ value: String) -> SearchFilter? {
    switch (self, comparison) {
    case (.unknown, _): return nil
    case (_, .notEqual): return compares(.equal, value).map { .not($0) }
    case (.date, _): return AlgoliaMoment(value)?.days(comparison) ?? .nothing
    case (.facet(.year), _):
      guard let year = Double(value), year.isFinite else { return .nothing }
      return Self.years(comparison, year)
    case (.facet, .equal), (.language, .equal): return equals(value)
    default: return .nothing
    }
  }

  /// The condition `attribute:low TO high`, both included; nil when it says nothing.
  func lies(from low: String, to high: String) -> SearchFilter? {
    guard let above = compares(.greaterOrEqual, low), let below = compares(.lessOrEqual, high) else {
      return nil
    }
    return .all([above, below])
  }

  private static func years(_ comparison: NumericComparison, _ year: Double) -> SearchFilter {
    // Outside of what dates can be everything is the same, and the arithmetics is safe.
    let year = min(max(year, -1), 10_000)
    let whole = Int(year.rounded(.down))
    let isWhole = Double(whole) == year
    let first = (isWhole ? whole : whole + 1) * 10_000
    return switch comparison {
    case .equal, .notEqual: isWhole ? .dayNumbers(from: first, to: first + 9_999) : .nothing
    case .greater: .dayNumbers(from: (whole + 1) * 10_000, to: nil)
    case .greaterOrEqual: .dayNumbers(from: first, to: nil)
    case .less: .dayNumbers(from: nil, to: first - 1)
    case .lessOrEqual: .dayNumbers(from: nil, to: whole * 10_000 + 9_999)
    }
  }
}

enum NumericComparison: String, CaseIterable, Sendable {
  case lessOrEqual = "<="
  case less = "<"
  case greaterOrEqual = ">="
  case greater = ">"
  case notEqual = "!="
  case equal = "="
}

extension SearchFilter {
  /// No entry meets it.
  static let nothing = SearchFilter.any([])

  /// Days from one to another, both included, as `CalendarDay` numbers; nil is open.
  static func dayNumbers(from first: Int?, to last: Int?) -> SearchFilter {
    let first = max(1, first ?? 1)
    guard let last else { return .days(UInt32(clamping: first)...UInt32.max) }
    return first <= last ? .days(UInt32(clamping: first)...UInt32(clamping: last)) : .nothing
  }

  /// Every one of the conditions that say something; nil when none does.
  static func every(_ conditions: [SearchFilter?]) -> SearchFilter? { joined(conditions) { .all($0) } }

  /// One of the conditions that say something; nil when none does.
  static func some(_ conditions: [SearchFilter?]) -> SearchFilter? { joined(conditions) { .any($0) } }

  private static func joined(
    _ conditions: [SearchFilter?], _ join: ([SearchFilter]) -> SearchFilter
  ) -> SearchFilter? {
    let said = conditions.compactMap { $0 }
    return said.count > 1 ? join(said) : said.first
  }
}
