import HTTPTypes
import SearchModel

/// The parameters of a search, read strictly: a name that is not known is refused, as theirs does.
struct MeilisearchQuery: Sendable {
  /// Which of the two ways to turn pages is used.
  enum Paging: Equatable, Sendable {
    case offset(Int, limit: Int)
    /// From 1; 0 lists nothing.
    case page(Int, size: Int)
  }

  struct Crop: Equatable, Sendable {
    /// `*` for all.
    var name: String
    var length: Int?
  }

  var text = ""
  var paging = Paging.offset(0, limit: 20)
  var retrieved: [String] = ["*"]
  var highlighted: [String] = []
  var preTag = "<em>"
  var postTag = "</em>"
  var cropped: [Crop] = []
  var cropLength = 10
  var cropMarker = "…"
  var showsMatches = false
  var filter: SearchFilter?
  /// Nil when none were asked for.
  var facets: [FacetKey]?
  /// Nil for relevance; whether the oldest come first.
  var oldestFirst: Bool?
  var isDistinct = false
  var allowsPartial = true
  var onlyTitles = false
  var showsScore = false
  var showsScoreDetails = false
  var scoreThreshold: Double?

  // MARK: Names and kinds

  enum Kind { case text, whole, number, flag, list, filter, any }

  /// Every parameter of a search, in the order in which messages list them.
  static let parameters: [(name: String, kind: Kind)] = [
    ("q", .text), ("vector", .any), ("media", .any), ("offset", .whole), ("limit", .whole), ("page", .whole),
    ("hitsPerPage", .whole), ("attributesToRetrieve", .list), ("retrieveVectors", .any),
    ("attributesToCrop", .list),
    ("cropLength", .whole), ("attributesToHighlight", .list), ("showMatchesPosition", .flag),
    ("filter", .filter),
    ("sort", .list), ("distinct", .text), ("facets", .list), ("highlightPreTag", .text),
    ("highlightPostTag", .text),
    ("cropMarker", .text), ("matchingStrategy", .text), ("attributesToSearchOn", .list),
    ("showRankingScore", .flag),
    ("showRankingScoreDetails", .flag), ("rankingScoreThreshold", .number), ("hybrid", .any),
    ("locales", .any),
    ("personalize", .any), ("useNetwork", .any), ("showPerformanceDetails", .any),
  ]

  static let names = Set(parameters.map(\.name))

  // MARK: Reading

  /// - Parameter others: members of the object that are no parameters of a search and looked at elsewhere.
  /// - Throws: `MeilisearchError`, also for a name that is not known.
  init(_ body: JSONValue, besides others: Set<String> = []) throws(MeilisearchError) {
    let reader = MeilisearchParameters(body.members ?? [:])
    guard body.members != nil else {
      throw .bad(
        "bad_request", "Invalid value type: expected an object, but found \(body.kind): `\(body.text)`")
    }
    try reader.refuseUnknown(Self.names.union(others), listed: Self.parameters.map(\.name))
    text = try reader.text("q") ?? ""
    if text.utf8.count > SearchRequest.maximumTextBytes {
      throw .bad(
        "invalid_search_q",
        "The query has \(text.utf8.count) bytes; the limit is \(SearchRequest.maximumTextBytes).")
    }
    try readPaging(reader)
    try readPresentation(reader)
    if let value = reader.members["filter"] { filter = try MeilisearchFilterParser.filter(value) }
    facets = try Self.facets(try reader.list("facets"))
    try readOrder(reader)
    switch try reader.text("matchingStrategy") {
    case nil, "last", "frequency": break
    case "all": allowsPartial = false
    case let other?:
      throw .bad(
        "invalid_search_matching_strategy",
        "Unknown value `\(other.prefix(40))` at `.matchingStrategy`: expected one of `last`, `all`, `frequency`"
      )
    }
    try readScope(reader)
    showsScore = try reader.flag("showRankingScore") ?? false
    showsScoreDetails = try reader.flag("showRankingScoreDetails") ?? false
    scoreThreshold = try reader.number("rankingScoreThreshold")
    if let scoreThreshold, !(0...1).contains(scoreThreshold) {
      throw .bad(
        "invalid_search_ranking_score_threshold",
        "Invalid value at `.rankingScoreThreshold`: the value of `rankingScoreThreshold` is invalid, expected a float between `0.0` and `1.0`."
      )
    }
  }

  private mutating func readPaging(_ reader: MeilisearchParameters) throws(MeilisearchError) {
    let offset = try reader.whole("offset") ?? 0
    let limit = try reader.whole("limit") ?? 20
    let page = try reader.whole("page")
    let size = try reader.whole("hitsPerPage")
    paging = page != nil || size != nil ? .page(page ?? 1, size: size ?? 20) : .offset(offset, limit: limit)
  }

  private mutating func readPresentation(_ reader: MeilisearchParameters) throws(MeilisearchError) {
    retrieved = try reader.list("attributesToRetrieve") ?? ["*"]
    highlighted = try reader.list("attributesToHighlight") ?? []
    preTag = try reader.text("highlightPreTag") ?? preTag
    postTag = try reader.text("highlightPostTag") ?? postTag
    cropMarker = try reader.text("cropMarker") ?? cropMarker
    cropLength = try reader.whole("cropLength") ?? cropLength
    cropped = (try reader.list("attributesToCrop") ?? []).map { name in
      guard let colon = name.lastIndex(of: ":"), let length = Int(name[name.index(after: colon)...]),
        length >= 0
      else { return Crop(name: name) }
      return Crop(name: String(name[..<colon]), length: length)
    }
    showsMatches = try reader.flag("showMatchesPosition") ?? false
  }

  private static func facets(_ names: [String]?) throws(MeilisearchError) -> [FacetKey]? {
    guard let names else { return nil }
    if names.contains("*") { return FacetKey.allCases }
    var facets: [FacetKey] = []
    for name in names {
      guard let key = MeilisearchAttribute.facet(name) else {
        throw .bad(
          "invalid_search_facets",
          "Invalid facet distribution: Attribute `\(name.prefix(60))` is not filterable. Available filterable attributes patterns are: \(MeilisearchAttribute.facetNames)."
        )
      }
      facets.append(key)
    }
    return facets
  }

  private mutating func readOrder(_ reader: MeilisearchParameters) throws(MeilisearchError) {
    for (place, rule) in (try reader.list("sort") ?? []).enumerated() {
      guard let colon = rule.lastIndex(of: ":"), ["asc", "desc"].contains(rule[rule.index(after: colon)...])
      else {
        throw .bad(
          "invalid_search_sort",
          "Invalid syntax for the sort parameter: expected expression ending by `:asc` or `:desc`, found `\(rule.prefix(60))`."
        )
      }
      guard rule[..<colon] == "date" else {
        throw .bad(
          "invalid_search_sort",
          "Attribute `\(rule[..<colon].prefix(60))` is not sortable. Available sortable attributes are: `date`."
        )
      }
      if place == 0 { oldestFirst = rule.hasSuffix(":asc") }
    }
    if let name = try reader.text("distinct") {
      guard name == "page" || name == "url_without_anchor" else {
        throw .bad(
          "invalid_search_distinct",
          "Attribute `\(name.prefix(60))` cannot be used as distinct attribute. Available ones are: `page`, `url_without_anchor`."
        )
      }
      isDistinct = true
    }
  }

  private mutating func readScope(_ reader: MeilisearchParameters) throws(MeilisearchError) {
    guard let names = try reader.list("attributesToSearchOn"), !names.isEmpty, !names.contains("*") else {
      return
    }
    for name in names where !MeilisearchAttribute.searchable.contains(name) {
      throw .bad(
        "invalid_search_attributes_to_search_on",
        "Attribute `\(name.prefix(60))` is not searchable. Available searchable attributes are: \(MeilisearchAttribute.searchable.sorted().map { "`\($0)`" }.joined(separator: ", "))."
      )
    }
    onlyTitles = names.allSatisfy(MeilisearchAttribute.isTitle)
  }

  // MARK: For the engine

  /// Where the hits of the answer begin, and how many there are at most.
  var range: (offset: Int, limit: Int) {
    switch paging {
    case .offset(let offset, let limit): return (offset, limit)
    case .page(let page, let size):
      guard page > 0 else { return (0, 0) }
      let (offset, overflow) = (page - 1).multipliedReportingOverflow(by: size)
      return overflow ? (.max, 0) : (offset, size)
    }
  }

  /// As theirs, more than a limit is asked for in vain, and not refused.
  func request(offset: Int, limit: Int, facets: [FacetKey]) -> SearchRequest {
    let isReached = offset <= SearchRequest.offsets.upperBound
    var request = SearchRequest(
      text: text, limit: isReached ? min(limit, SearchRequest.limits.upperBound) : 0,
      offset: min(offset, SearchRequest.offsets.upperBound), facets: facets,
      order: oldestFirst == nil ? .relevance : .date, perPage: isDistinct ? 1 : nil)
    request.oldestFirst = oldestFirst ?? false
    request.allowsPartial = allowsPartial
    request.onlyTitles = onlyTitles
    // Without a text every entry is listed.
    request.filter = filter ?? .all([])
    return request
  }
}

extension MeilisearchQuery {
  /// Every entry, as it is.
  static let everything = MeilisearchQuery()

  private init() {}
}
