import HTTPTypes
import QueryEngine
import SearchModel

/// Several searches in one request: side by side, or merged into one list (`federation`).
struct MeilisearchMultiSearch {
  /// Searches of one request.
  static let queryLimit = 64

  private struct Item {
    var uid: String
    var query: MeilisearchQuery
    /// Factor of its scores in a merged list.
    var weight: Double
  }

  private struct Federation {
    var paging = MeilisearchQuery.Paging.offset(0, limit: 20)
    /// Facets of the one query; nil when none were asked for.
    var facets: [FacetKey]?
    var mergesFacets = false
  }

  private var items: [Item] = []
  private var federation: Federation?
  private let names: IndexNames

  /// - Throws: `MeilisearchError`; of the first query that is wrong, with its place.
  init(_ body: JSONValue, names: IndexNames) throws(MeilisearchError) {
    self.names = names
    guard let members = body.members else {
      throw .bad(
        "bad_request", "Invalid value type: expected an object, but found \(body.kind): `\(body.text)`")
    }
    let parameters = MeilisearchParameters(members)
    try parameters.refuseUnknown(["queries", "federation"], listed: ["queries", "federation"])
    guard case .array(let queries)? = members["queries"] else {
      throw .bad("bad_request", "Missing field `queries`, which has to be an array")
    }
    guard queries.count <= Self.queryLimit else {
      throw .bad("bad_request", "There are \(queries.count) queries; the limit is \(Self.queryLimit)")
    }
    if let object = try parameters.object("federation") { federation = try Self.federation(object) }
    for (number, query) in queries.enumerated() {
      do { items.append(try item(query, number)) } catch { throw Self.inside(number, error) }
    }
    if federation?.facets != nil, items.count != 1 {
      throw .bad(
        "invalid_multi_search_facets_by_index",
        "`.federation.facetsByIndex` counts the facets of one query; there are \(items.count) queries")
    }
  }

  private static func inside(_ number: Int, _ error: MeilisearchError) -> MeilisearchError {
    var error = error
    error.message = "Inside `.queries[\(number)]`: " + error.message
    return error
  }

  private func item(_ value: JSONValue, _ number: Int) throws(MeilisearchError) -> Item {
    let query = try MeilisearchQuery(value, besides: ["indexUid", "federationOptions"])
    let parameters = MeilisearchParameters(value.members ?? [:])
    guard let uid = try parameters.text("indexUid") else {
      throw .bad("missing_index_uid", "Missing field `indexUid`")
    }
    try MeilisearchRoutes.check(uid, names)
    let options = try parameters.object("federationOptions")
    if federation == nil, options != nil {
      throw .bad(
        "invalid_multi_search_federation_options",
        "Using `federationOptions` is not allowed in a non-federated search.\n - Hint: remove `federationOptions` from query #\(number) or add `federation` to the request."
      )
    }
    if federation != nil {
      for name in ["limit", "offset", "page", "hitsPerPage"] where parameters.members[name] != nil {
        throw .bad(
          "invalid_multi_search_query_pagination",
          "Using pagination options is not allowed in federated queries.\n - Hint: remove `\(name)` from query #\(number) or remove `federation` from the request"
        )
      }
      if parameters.members["facets"] != nil {
        throw .bad(
          "invalid_multi_search_query_facets",
          "Using facet options is not allowed in federated queries.\n - Hint: remove `facets` from query #\(number) or remove `federation` from the request"
        )
      }
    }
    let weight = try options?.number("weight") ?? 1
    guard weight >= 0 else {
      throw .bad(
        "invalid_multi_search_weight",
        "Invalid value at `.federationOptions.weight`: the value of `weight` is invalid, expected a positive float (>= 0.0)."
      )
    }
    return Item(uid: uid, query: query, weight: weight)
  }

  private static func federation(_ object: MeilisearchParameters) throws(MeilisearchError) -> Federation {
    let known = [
      "limit", "offset", "page", "hitsPerPage", "facetsByIndex", "mergeFacets", "distinct",
      "showPerformanceDetails",
    ]
    try object.refuseUnknown(Set(known), listed: known)
    var federation = Federation()
    let page = try object.whole("page")
    let size = try object.whole("hitsPerPage")
    let offset = try object.whole("offset") ?? 0
    let limit = try object.whole("limit") ?? 20
    federation.paging =
      page != nil || size != nil ? .page(page ?? 1, size: size ?? 20) : .offset(offset, limit: limit)
    if let byIndex = try object.object("facetsByIndex") {
      for name in byIndex.members.keys.sorted() {
        let query = try MeilisearchQuery(.object(["facets": byIndex.members[name] ?? .null]))
        if let facets = query.facets { federation.facets = facets }
      }
    }
    federation.mergesFacets = try object.object("mergeFacets") != nil
    return federation
  }

  // MARK: Answers

  func reply(in searcher: Searcher, deadline: Deadline) throws -> Reply {
    guard let federation else {
      var json = JSONWriter()
      // What was typed is in the first; boxes ask the others for the counts of their facets.
      var finding: Finding?
      try json.object { json in
        json.key("results")
        try json.array { json in
          for (number, item) in items.enumerated() {
            let start = ContinuousClock.now
            let search = try run(item.query, number, in: searcher, deadline: deadline)
            finding = finding ?? search.finding
            try json.object { json in
              json.field("indexUid", item.uid)
              try search.write(to: &json, since: start)
            }
          }
        }
      }
      var reply = Reply.json(json.bytes)
      reply.finding = finding
      return reply
    }
    return try merged(federation, in: searcher, deadline: deadline)
  }

  private func run(
    _ query: MeilisearchQuery, window: (offset: Int, limit: Int)? = nil, _ number: Int, in searcher: Searcher,
    deadline: Deadline
  ) throws -> MeilisearchSearch {
    do { return try MeilisearchSearch(query, window: window, in: searcher, deadline: deadline) } catch {
      guard let refused = ServiceError(error), refused.status == .badRequest else { throw error }
      throw Self.inside(number, MeilisearchError(refused))
    }
  }

  private struct MergedHit {
    var item: Int
    var entry: FoundEntry
    var score: Double
  }

  /// One list by weighted score; an entry that several queries find stands where it scores best.
  private func merged(
    _ federation: Federation, in searcher: Searcher, deadline: Deadline
  ) throws -> Reply {
    let start = ContinuousClock.now
    var whole = MeilisearchQuery.everything
    whole.paging = federation.paging
    let (offset, limit) = whole.range
    let wanted =
      offset > SearchRequest.offsets.upperBound ? 0 : offset + min(limit, SearchRequest.limits.upperBound)
    var hits: [MergedHit] = []
    var searches: [MeilisearchSearch] = []
    var total = 0
    for (number, item) in items.enumerated() {
      var query = item.query
      query.facets = federation.facets
      let search = try run(query, window: (0, wanted), number, in: searcher, deadline: deadline)
      searches.append(search)
      total += search.total
      hits += search.entries.map {
        MergedHit(item: number, entry: $0, score: MeilisearchHitWriter.rankingScore($0) * item.weight)
      }
    }
    // The order of equals is that of the queries, and inside one that of its answer.
    let ranked = hits.enumerated().sorted { a, b in
      a.element.score != b.element.score ? a.element.score > b.element.score : a.offset < b.offset
    }
    var seen: Set<String> = []
    let unique = ranked.map(\.element).filter { seen.insert($0.entry.entry.id).inserted }
    total -= hits.count - unique.count
    let shown = unique.dropFirst(offset).prefix(limit)
    var json = JSONWriter()
    try json.object { json in
      json.key("hits")
      try json.array { json in
        for hit in shown {
          try searches[hit.item].writer.write(hit.entry, to: &json) { json in
            json.key("_federation")
            json.object { json in
              json.field("indexUid", items[hit.item].uid)
              json.field("queriesPosition", hit.item)
              json.field("weightedRankingScore", hit.score)
            }
          }
        }
      }
      json.field("processingTimeMs", start.millisecondsToNow)
      MeilisearchSearch.write(federation.paging, total, to: &json)
      if federation.facets != nil, let only = searches.first { writeFacets(only, federation, to: &json) }
      json.field("requestUid", TimeOrderedID.make())
    }
    return .json(json.bytes)
  }

  private func writeFacets(_ search: MeilisearchSearch, _ federation: Federation, to json: inout JSONWriter) {
    guard !federation.mergesFacets else { return MeilisearchSearch.write(search.facets, to: &json) }
    json.key("facetsByIndex")
    json.object { json in
      json.key(items.first?.uid ?? names.shown)
      json.object { json in
        json.key("distribution")
        MeilisearchSearch.writeDistribution(search.facets, to: &json)
        json.key("stats")
        MeilisearchSearch.writeStats(search.facets, to: &json)
      }
    }
  }
}
