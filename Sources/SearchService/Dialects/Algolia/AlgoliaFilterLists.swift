import SearchModel

/// Reads `facetFilters`, `numericFilters` and `tagFilters`: the conditions of a list must all hold, of an inner list
/// one. A condition that says nothing is nil.
enum AlgoliaFilterLists {
  /// - Parameter value: `"attribute:value"` or lists of such; nil or null says nothing.
  static func facets(_ value: JSONValue?) throws(AlgoliaError) -> SearchFilter? {
    try filter(value, of: "facetFilters") { text throws(AlgoliaError) in try facet(text) }
  }

  /// - Parameter value: `"attribute >= number"` or lists of such.
  static func numbers(_ value: JSONValue?) throws(AlgoliaError) -> SearchFilter? {
    try filter(value, of: "numericFilters") { text throws(AlgoliaError) in
      try AlgoliaFilterParser.condition(text, of: "numericFilters")
    }
  }

  /// - Parameter value: `"tag"` or lists of such.
  static func tags(_ value: JSONValue?) throws(AlgoliaError) -> SearchFilter? {
    try filter(value, of: "tagFilters") { text throws(AlgoliaError) in condition(.facet(.tags), text) }
  }

  private static func filter(
    _ value: JSONValue?, of parameter: String,
    _ read: (String) throws(AlgoliaError) -> SearchFilter?
  ) throws(AlgoliaError) -> SearchFilter? {
    func one(_ value: JSONValue) throws(AlgoliaError) -> SearchFilter? {
      guard case .string(let text) = value else {
        throw .parameter(parameter, "conditions are strings, or lists of strings; found \(value.kind)")
      }
      return text.isEmpty ? nil : try read(text)
    }
    switch value {
    case nil, .null: return nil
    case .array(let outer):
      var all: [SearchFilter?] = []
      for value in outer {
        guard case .array(let inner) = value else {
          all.append(try one(value))
          continue
        }
        var any: [SearchFilter?] = []
        for value in inner { any.append(try one(value)) }
        all.append(.some(any))
      }
      return .every(all)
    case .some(let value): return try one(value)
    }
  }

  private static func facet(_ text: String) throws(AlgoliaError) -> SearchFilter? {
    // Bytes, not characters: a value may begin with a mark that would join the colon.
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      throw .parameter(
        "facetFilters", "\(AlgoliaError.shortened(text)) has no value; write it as attribute:value")
    }
    return condition(
      AlgoliaAttribute(String(text[..<colon])), String(text[text.utf8.index(after: colon)...]))
  }

  /// A `-` in front denies; `\-` is a value that begins with one.
  private static func condition(_ attribute: AlgoliaAttribute, _ value: String) -> SearchFilter? {
    if value.hasPrefix("-") { return attribute.equals(String(value.dropFirst())).map { .not($0) } }
    return attribute.equals(value.hasPrefix("\\-") ? String(value.dropFirst()) : value)
  }
}
