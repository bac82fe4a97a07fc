import SearchModel

/// What one search asks for, read from its parameters. `ALGOLIA.md` has the table of all of them.
struct AlgoliaQuery: Sendable {
  static let defaultHitsPerPage = 20
  static let hitsPerPage = 0...1_000
  /// Unicode scalars of a query that count, as with them.
  static let textLimit = 512
  static let defaultValuesPerFacet = 100
  static let valuesPerFacet = 0...1_000

  enum Paging: Equatable, Sendable {
    case pages(number: Int, size: Int)
    case slice(offset: Int, length: Int)
  }

  private enum QueryType: String, CaseIterable {
    case prefixLast, prefixAll, prefixNone
  }

  private enum TypoTolerance: String, CaseIterable {
    case `true`, `false`, min, strict
  }

  private enum WordRemoval: String, CaseIterable {
    case none, lastWords, firstWords, allOptional
  }

  enum FacetOrder: String, CaseIterable, Sendable {
    case count, alpha
  }

  /// As it was sent, up to `textLimit`.
  var text: String
  var request: SearchRequest
  var paging: Paging
  /// Facets to count, by the names they were asked for by.
  var facets: [(name: String, key: FacetKey)]
  var valuesPerFacet: Int
  var facetOrder: FacetOrder
  /// Whether the last word may go on.
  var goesOn: Bool
  /// Whether words that no entry has may be mended.
  var mendsTypos: Bool
  var presentation: AlgoliaPresentation
  /// Members of the answer.
  var fields: AlgoliaAttributeList
  /// The `params` string as it was sent.
  var encoded: String

  init(_ parameters: AlgoliaParameters) throws(AlgoliaError) {
    try Self.refuseGeography(parameters)
    encoded = parameters.encoded ?? ""
    text = Self.cut(try parameters.string("query") ?? "")
    paging = try Self.paging(parameters)
    facets = Self.facets(try parameters.strings("facets") ?? [])
    valuesPerFacet =
      try parameters.integer("maxValuesPerFacet", in: Self.valuesPerFacet) ?? Self.defaultValuesPerFacet
    facetOrder = try parameters.word("sortFacetValuesBy", FacetOrder.self) ?? .count
    goesOn = try parameters.word("queryType", QueryType.self) != .prefixNone
    mendsTypos = try Self.typoTolerance(parameters) != .false
    presentation = try AlgoliaPresentation(parameters)
    fields = AlgoliaAttributeList(try parameters.strings("responseFields") ?? ["*"])
    request = SearchRequest(text: text, facets: facets.map(\.key))
    request.filter = try Self.filter(parameters, text)
    (request.offset, request.limit) = Self.window(paging)
    request.perPage = try Self.perPage(parameters)
    request.allowsPartial =
      try parameters.word("removeWordsIfNoResults", WordRemoval.self) != WordRemoval.none
    if let names = try parameters.strings("restrictSearchableAttributes"), !names.isEmpty {
      request.onlyTitles = names.allSatisfy { $0 == "title" || $0.hasPrefix("hierarchy") }
    }
  }

  // MARK: Reading

  /// The beginning of a query; longer ones are pasted by accident.
  static func cut(_ text: String) -> String {
    text.utf8.count <= textLimit ? text : String(text.unicodeScalars.prefix(textLimit))
  }

  /// Nothing in a site has a place on the map: leaving such a condition out would show what is elsewhere.
  private static func refuseGeography(_ parameters: AlgoliaParameters) throws(AlgoliaError) {
    for name in ["aroundLatLng", "insideBoundingBox", "insidePolygon"] {
      guard let value = try parameters.value(of: name), value != .string(""), value != .array([]) else {
        continue
      }
      throw .parameter(name, "entries have no place on the map; leave it out")
    }
    if try parameters.bool("aroundLatLngViaIP") == true {
      throw .parameter("aroundLatLngViaIP", "entries have no place on the map; leave it out")
    }
  }

  private static func paging(_ parameters: AlgoliaParameters) throws(AlgoliaError) -> Paging {
    let size = try parameters.integer("hitsPerPage", in: hitsPerPage) ?? defaultHitsPerPage
    let offset = try parameters.integer("offset", in: 0...Int.max)
    let length = try parameters.integer("length", in: hitsPerPage)
    if offset != nil || length != nil { return .slice(offset: offset ?? 0, length: length ?? size) }
    return .pages(number: try parameters.integer("page", in: 0...Int.max) ?? 0, size: size)
  }

  /// What of the list is asked for; nothing of what lies behind the last place that can be listed.
  private static func window(_ paging: Paging) -> (offset: Int, limit: Int) {
    switch paging {
    case .slice(let offset, let length):
      return SearchRequest.offsets.contains(offset) ? (offset, length) : (0, 0)
    case .pages(let number, let size):
      let (offset, isTooFar) = number.multipliedReportingOverflow(by: size)
      return !isTooFar && SearchRequest.offsets.contains(offset) ? (offset, size) : (0, 0)
    }
  }

  /// `true` and `1` are one entry of a page, a number so many of them.
  private static func perPage(_ parameters: AlgoliaParameters) throws(AlgoliaError) -> Int? {
    switch try parameters.value(of: "distinct") {
    case nil, .bool(false), .string("false"), .integer(0), .string("0"): return nil
    case .bool(true), .string("true"): return 1
    default: return try parameters.integer("distinct", in: 0...1_000)
    }
  }

  private static func typoTolerance(_ parameters: AlgoliaParameters) throws(AlgoliaError) -> TypoTolerance {
    if case .bool(let value)? = try parameters.value(of: "typoTolerance") { return value ? .true : .false }
    return try parameters.word("typoTolerance", TypoTolerance.self) ?? .true
  }

  /// - Returns: every condition; without a text every entry that meets them is asked for.
  static func filter(_ parameters: AlgoliaParameters, _ text: String) throws(AlgoliaError) -> SearchFilter? {
    let conditions = [
      try parameters.string("filters").flatMap { text throws(AlgoliaError) in
        try AlgoliaFilterParser.filter(text)
      },
      try AlgoliaFilterLists.facets(try parameters.value(of: "facetFilters")),
      try AlgoliaFilterLists.numbers(try parameters.value(of: "numericFilters")),
      try AlgoliaFilterLists.tags(try parameters.value(of: "tagFilters")),
    ]
    let filter = SearchFilter.every(conditions)
    return filter ?? (text.allSatisfy(\.isWhitespace) ? .all([]) : nil)
  }

  /// What can be counted of what is asked for, each name once.
  static func facets(_ names: [String]) -> [(name: String, key: FacetKey)] {
    let names = names.contains("*") ? FacetKey.allCases.map(\.rawValue) + names : names
    return names.reduce(into: []) { found, name in
      guard let key = AlgoliaAttribute(name).facetKey, !found.contains(where: { $0.name == name }) else {
        return
      }
      found.append((name, key))
    }
  }
}
