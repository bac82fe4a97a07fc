import SearchModel

/// Reads the filters of Meilisearch: `category = "工具推荐" AND (lang = zh OR NOT tags IN [k8s, istio])`.
///
/// Bounded by the limits of `SearchFilter`; what cannot be read is named with its place, counted in characters from 1.
struct MeilisearchFilterParser {
  private let text: [Character]
  private var at = 0
  private var depth = 0

  private init(_ text: String) { self.text = Array(text) }

  /// - Throws: `MeilisearchError`, `invalid_search_filter`.
  static func filter(_ value: JSONValue) throws(MeilisearchError) -> SearchFilter? {
    switch value {
    case .null: return nil
    case .string(let text): return try Self.filter(text)
    case .array(let values):
      var all: [SearchFilter] = []
      for value in values {
        switch value {
        case .string(let text): if let filter = try Self.filter(text) { all.append(filter) }
        case .array(let choices):
          var either: [SearchFilter] = []
          for choice in choices {
            guard case .string(let text) = choice else { throw expectedText(choice) }
            if let filter = try Self.filter(text) { either.append(filter) }
          }
          if !either.isEmpty { all.append(.any(either)) }
        default: throw expectedText(value)
        }
      }
      return all.isEmpty ? nil : try checked(.all(all))
    default:
      throw bad("Invalid syntax for the filter parameter: `expected String, Array, found: \(value.text)`.")
    }
  }

  /// Nil for one of white space.
  static func filter(_ text: String) throws(MeilisearchError) -> SearchFilter? {
    var parser = MeilisearchFilterParser(text)
    parser.skipSpace()
    if parser.at == parser.text.count { return nil }
    let filter = try parser.disjunction()
    guard parser.at == parser.text.count else {
      throw parser.expected("the end of the filter, `AND` or `OR`")
    }
    return try checked(filter)
  }

  private static func checked(_ filter: SearchFilter) throws(MeilisearchError) -> SearchFilter {
    guard filter.depth <= SearchFilter.depthLimit, filter.size <= SearchFilter.sizeLimit else {
      throw bad(
        "The filter has more than \(SearchFilter.depthLimit) levels or \(SearchFilter.sizeLimit) conditions and values."
      )
    }
    return filter
  }

  private static func bad(_ message: String) -> MeilisearchError { .bad("invalid_search_filter", message) }

  private static func expectedText(_ value: JSONValue) -> MeilisearchError {
    bad("Invalid syntax for the filter parameter: `expected String, found: \(value.text)`.")
  }

  private func expected(_ what: String) -> MeilisearchError {
    let rest = String(text[min(at, text.count)...].prefix(30))
    return Self.bad(
      "Was expecting \(what) at character \(at + 1), found \(rest.isEmpty ? "the end" : "`\(rest)`").")
  }

  // MARK: Signs and words

  private static let signs: Set<Character> = ["(", ")", "[", "]", "=", "!", "<", ">", ",", "'", "\""]

  private mutating func skipSpace() { while at < text.count, text[at].isWhitespace { at += 1 } }

  private mutating func take(_ sign: String) -> Bool {
    let end = at + sign.count
    guard end <= text.count, text[at..<end].elementsEqual(sign) else { return false }
    at = end
    skipSpace()
    return true
  }

  /// A word that means something by itself, in any case.
  private mutating func take(word: String) -> Bool {
    let end = at + word.count
    guard end <= text.count, String(text[at..<end]).uppercased() == word,
      end == text.count || text[end].isWhitespace || Self.signs.contains(text[end])
    else { return false }
    at = end
    skipSpace()
    return true
  }

  private mutating func take(words: [String]) -> Bool {
    let start = at
    for word in words where !take(word: word) {
      at = start
      return false
    }
    return true
  }

  /// A name or a value, quoted or not.
  private mutating func value(_ what: String) throws(MeilisearchError) -> String {
    guard at < text.count else { throw expected(what) }
    var value = ""
    if text[at] == "'" || text[at] == "\"" {
      let quote = text[at]
      let start = at
      at += 1
      while at < text.count, text[at] != quote {
        if text[at] == "\\", at + 1 < text.count, text[at + 1] == quote || text[at + 1] == "\\" { at += 1 }
        value.append(text[at])
        at += 1
      }
      guard at < text.count else {
        at = start
        throw expected("a closing \(quote)")
      }
      at += 1
    } else {
      while at < text.count, !text[at].isWhitespace, !Self.signs.contains(text[at]) {
        value.append(text[at])
        at += 1
      }
      guard !value.isEmpty else { throw expected(what) }
    }
    skipSpace()
    return value
  }

  // MARK: Conditions

  private mutating func disjunction() throws(MeilisearchError) -> SearchFilter {
    var filters = [try conjunction()]
    while take(word: "OR") { filters.append(try conjunction()) }
    return filters.count == 1 ? filters[0] : .any(filters)
  }

  private mutating func conjunction() throws(MeilisearchError) -> SearchFilter {
    var filters = [try single()]
    while take(word: "AND") { filters.append(try single()) }
    return filters.count == 1 ? filters[0] : .all(filters)
  }

  private mutating func single() throws(MeilisearchError) -> SearchFilter {
    depth += 1
    defer { depth -= 1 }
    guard depth <= SearchFilter.depthLimit else {
      throw Self.bad("The filter has more than \(SearchFilter.depthLimit) levels (at character \(at + 1)).")
    }
    if take(word: "NOT") { return .not(try single()) }
    guard take("(") else { return try condition() }
    let filter = try disjunction()
    guard take(")") else { throw expected("`)`") }
    return filter
  }

  private mutating func condition() throws(MeilisearchError) -> SearchFilter {
    let start = at
    let name = try value("an attribute")
    let attribute = try Self.attribute(name, at: start)
    if take(words: ["NOT", "EXISTS"]) { return .not(attribute.exists) }
    if take(word: "EXISTS") { return attribute.exists }
    if take(words: ["IS", "NOT", "NULL"]) || take(words: ["IS", "NOT", "EMPTY"]) { return attribute.exists }
    if take(words: ["IS", "NULL"]) || take(words: ["IS", "EMPTY"]) { return .not(attribute.exists) }
    if take(words: ["NOT", "IN"]) { return .not(try oneOf(attribute)) }
    if take(word: "IN") { return try oneOf(attribute) }
    for sign in [">=", "<=", "!=", "=", ">", "<"] where take(sign) {
      let place = at
      let value = try self.value("a value")
      return try attribute.filter(DayCondition.Comparison(rawValue: sign) ?? .equal, value, at: place)
    }
    let place = at
    guard let low = try? value("a value"), take(word: "TO") else {
      at = place
      throw expected(
        "an operation `=`, `!=`, `>=`, `>`, `<=`, `<`, `IN`, `NOT IN`, `TO`, `EXISTS`, `IS NULL`, `IS EMPTY`")
    }
    let upperPlace = at
    let high = try value("a value")
    return .all([
      try attribute.filter(.atLeast, low, at: place), try attribute.filter(.atMost, high, at: upperPlace),
    ])
  }

  private mutating func oneOf(_ attribute: Attribute) throws(MeilisearchError) -> SearchFilter {
    guard take("[") else { throw expected("`[`") }
    var values: [String] = []
    var places: [Int] = []
    while !take("]") {
      places.append(at)
      values.append(try value("a value or `]`"))
      if take(",") { continue }
      guard take("]") else { throw expected("`,` or `]`") }
      break
    }
    if case .facet(let key) = attribute { return .value(key, values) }
    var filters: [SearchFilter] = []
    for (place, value) in zip(places, values) {
      filters.append(try attribute.filter(.equal, value, at: place))
    }
    return .any(filters)
  }

  // MARK: Attributes

  private enum Attribute {
    case facet(FacetKey)
    case date

    var exists: SearchFilter {
      switch self {
      case .facet(let key): .exists(key)
      case .date: .dated
      }
    }

    func filter(
      _ comparison: DayCondition.Comparison, _ value: String, at place: Int
    ) throws(MeilisearchError) -> SearchFilter {
      switch (self, comparison) {
      case (.date, _):
        guard let day = DayCondition(value) else {
          throw MeilisearchFilterParser.bad(
            "`\(value.prefix(40))` is no date (at character \(place + 1)); write `2022-11-01` or seconds since 1970."
          )
        }
        return day.filter(comparison)
      case (.facet(let key), .equal): return .value(key, [value])
      case (.facet(let key), .notEqual): return .not(.value(key, [value]))
      case (.facet(.year), _):
        guard let year = Double(value), abs(year) < 1e6 else {
          throw MeilisearchFilterParser.bad("`\(value.prefix(40))` is no year (at character \(place + 1)).")
        }
        return DayCondition.filter(year: Int(year), comparison)
      case (.facet(let key), _):
        throw MeilisearchFilterParser.bad(
          "The `\(comparison.rawValue)` operator cannot be used with `\(key.rawValue)` (at character \(place + 1)); it compares `date` and `year`."
        )
      }
    }
  }

  private static func attribute(_ name: String, at place: Int) throws(MeilisearchError) -> Attribute {
    if name == "date" { return .date }
    if let key = MeilisearchAttribute.facet(name) { return .facet(key) }
    throw bad(
      "Attribute `\(name.prefix(60))` is not filterable. Available filterable attributes patterns are: \(MeilisearchAttribute.facetNames), `date` (at character \(place + 1))."
    )
  }
}
