import QueryEngine
import SearchModel

extension RequestTarget {
  /// The text of `q`, which has to be there.
  func queryText() throws(ServiceError) -> String {
    guard let text = try value(of: "q") else {
      throw .badRequest("missing_parameter", "q is missing; ask for example ?q=search")
    }
    // Refused at once, not when a thread is free.
    if text.utf8.count > SearchRequest.maximumTextBytes {
      throw .badRequest("query_too_large", "\(QueryLimitError.text(bytes: text.utf8.count))")
    }
    return text
  }

  /// A number of results, `SearchRequest.defaultLimit` when none is given.
  func limit() throws(ServiceError) -> Int {
    try number("limit", in: SearchRequest.limits) ?? SearchRequest.defaultLimit
  }

  /// What is asked for by `q`, `limit`, `offset`, `facet`, `facets` and `sort`, as on the command line.
  func searchRequest(
    text: String, facets defaultFacets: [FacetKey] = [.category]
  ) throws(ServiceError) -> SearchRequest {
    var filters: [FacetKey: [String]] = [:]
    for choice in values(of: "facet") {
      // Bytes, not characters: a value may begin with a mark that would join the colon.
      guard let colon = choice.utf8.firstIndex(of: UInt8(ascii: ":")) else {
        throw .badRequest("invalid_parameter", "facet is \(Self.shown(choice)); write it as key:value")
      }
      let key = try Self.facet(String(choice[..<colon]))
      filters[key, default: []].append(String(choice[choice.utf8.index(after: colon)...]))
    }
    var facets = defaultFacets
    if let names = try value(of: "facets") {
      facets = []
      for name in names.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true) {
        let key = try Self.facet(String(Substring(name)))
        if !facets.contains(key) { facets.append(key) }
      }
    }
    var order = SearchRequest.Order.relevance
    if let name = try value(of: "sort") {
      guard let known = SearchRequest.Order(rawValue: name) else {
        throw .badRequest("invalid_parameter", "sort is \(Self.shown(name)); choose relevance or date")
      }
      order = known
    }
    return SearchRequest(
      text: text, limit: try limit(), offset: try number("offset", in: SearchRequest.offsets) ?? 0,
      filters: filters, facets: facets, order: order)
  }

  /// Whether the last word of the query may go on: `prefix=last`.
  func isTyping() throws(ServiceError) -> Bool { try choice("prefix", "last") }

  /// Whether a browser asks, which wants suggestions in its own format: `format=opensearch`.
  func isForBrowser() throws(ServiceError) -> Bool { try choice("format", "opensearch") }

  /// Whether a parameter has the one value that it may have.
  private func choice(_ name: String, _ only: String) throws(ServiceError) -> Bool {
    guard let value = try value(of: name) else { return false }
    guard value == only else {
      throw .badRequest("invalid_parameter", "\(name) is \(Self.shown(value)); it can only be \(only)")
    }
    return true
  }

  private func number(_ name: String, in range: ClosedRange<Int>) throws(ServiceError) -> Int? {
    guard let text = try value(of: name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .badRequest(
        "invalid_parameter",
        "\(name) is \(Self.shown(text)); choose \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func facet(_ name: String) throws(ServiceError) -> FacetKey {
    guard let key = FacetKey(rawValue: name) else {
      let known = FacetKey.allCases.map(\.rawValue).joined(separator: ", ")
      throw .badRequest("unknown_facet", "there is no facet \(shown(name)); choose from \(known)")
    }
    return key
  }

  /// A value in a message, not longer than a message should be.
  private static func shown(_ value: String) -> String {
    value.isEmpty ? "empty" : value.count > 40 ? value.prefix(40) + "…" : value
  }
}
