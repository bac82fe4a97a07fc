import QueryEngine
import SearchModel

/// One search: what was found, and the members of the reply that tell of it.
struct MeilisearchSearch {
  /// Values of a facet that are listed.
  static let facetValueLimit = 100

  let query: MeilisearchQuery
  /// Hits that score enough.
  let entries: [FoundEntry]
  let total: Int
  let facets: [(key: FacetKey, counts: [FacetCount])]
  let writer: MeilisearchHitWriter
  /// For the log of queries.
  let finding: Finding

  /// - Parameter window: other hits than those the query asks for.
  init(
    _ query: MeilisearchQuery, window: (offset: Int, limit: Int)? = nil, in searcher: Searcher,
    deadline: Deadline
  ) throws {
    try deadline.check()
    let start = ContinuousClock.now
    let (offset, limit) = window ?? query.range
    let request = query.request(offset: offset, limit: limit, facets: query.facets ?? [])
    let found = try searcher.find(forBox: request, deadline: deadline)
    self.query = query
    finding = Finding(found, for: request, in: ContinuousClock.now - start)
    facets = found.facets
    writer = MeilisearchHitWriter(query: query, highlighter: found.highlighter, deadline: deadline)
    let least = query.scoreThreshold ?? 0
    entries = found.entries.filter { MeilisearchHitWriter.rankingScore($0) >= least }
    // What fills a page up is not counted, but it is there; what scores too little ends the list.
    let end = request.offset + entries.count
    total = entries.count < found.entries.count ? end : entries.isEmpty ? found.total : max(found.total, end)
  }

  /// The members of a reply, without the braces.
  func write(to json: inout JSONWriter, since start: ContinuousClock.Instant) throws {
    json.key("hits")
    try json.array { json in for entry in entries { try writer.write(entry, to: &json) } }
    json.field("query", query.text)
    json.field("processingTimeMs", start.millisecondsToNow)
    Self.write(query.paging, total, to: &json)
    if query.facets != nil { Self.write(facets, to: &json) }
    json.field("requestUid", TimeOrderedID.make())
  }

  static func write(_ paging: MeilisearchQuery.Paging, _ total: Int, to json: inout JSONWriter) {
    switch paging {
    case .offset(let offset, let limit):
      json.field("limit", limit)
      json.field("offset", offset)
      json.field("estimatedTotalHits", total)
    case .page(let page, let size):
      json.field("hitsPerPage", size)
      json.field("page", page)
      json.field("totalPages", pageCount(total, size: size))
      json.field("totalHits", total)
    }
  }

  private static func pageCount(_ total: Int, size: Int) -> Int {
    guard size > 0 else { return 0 }
    // Nobody gets beyond the largest offset.
    let reached = min(total, SearchRequest.offsets.upperBound + 1)
    return reached / size + (reached % size > 0 ? 1 : 0)
  }

  static func write(_ facets: [(key: FacetKey, counts: [FacetCount])], to json: inout JSONWriter) {
    json.key("facetDistribution")
    writeDistribution(facets, to: &json)
    json.key("facetStats")
    writeStats(facets, to: &json)
  }

  static func writeDistribution(_ facets: [(key: FacetKey, counts: [FacetCount])], to json: inout JSONWriter)
  {
    json.object { json in
      for facet in facets {
        json.key(facet.key.rawValue)
        json.object { json in
          for count in facet.counts.prefix(facetValueLimit) { json.field(count.value, count.count) }
        }
      }
    }
  }

  /// Years are the only values that are numbers.
  static func writeStats(_ facets: [(key: FacetKey, counts: [FacetCount])], to json: inout JSONWriter) {
    json.object { json in
      guard let years = facets.first(where: { $0.key == .year })?.counts.compactMap({ Int($0.value) }),
        let first = years.min(), let last = years.max()
      else { return }
      json.key("year")
      json.object { json in
        json.field("min", first)
        json.field("max", last)
      }
    }
  }
}
