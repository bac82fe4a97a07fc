import QueryEngine
import SearchModel

/// The values of one facet that hold a text, among the matches of a query.
struct MeilisearchFacetSearch {
  private let facet: FacetKey
  private let text: String
  private let query: MeilisearchQuery

  init(_ body: JSONValue) throws(MeilisearchError) {
    // Clients send the parameters of their last search along.
    query = try MeilisearchQuery(
      body, besides: ["facetName", "facetQuery", "exhaustiveFacetCount", "exhaustiveFacetsCount"])
    let members = body.members ?? [:]
    switch members["facetName"] {
    case nil, .null?:
      throw .bad(
        "missing_facet_search_facet_name", "Missing field `facetName`")
    case .string(let name)?:
      guard let key = MeilisearchAttribute.facet(name) else {
        throw .bad(
          "invalid_facet_search_facet_name",
          "Attribute `\(name.prefix(60))` is not facet-searchable. Available facet-searchable attributes patterns are: \(MeilisearchAttribute.facetNames)."
        )
      }
      facet = key
    case let value?:
      throw .bad(
        "invalid_facet_search_facet_name",
        "Invalid value type at `.facetName`: expected a string, but found \(value.kind): `\(value.text)`")
    }
    switch members["facetQuery"] {
    case nil, .null?: text = ""
    case .string(let value)? where value.utf8.count <= SearchRequest.maximumTextBytes: text = value
    case let value?:
      throw .bad(
        "invalid_facet_search_facet_query",
        "Invalid value at `.facetQuery`: expected a string of at most \(SearchRequest.maximumTextBytes) bytes, but found \(value.kind)"
      )
    }
  }

  func reply(in searcher: Searcher, deadline: Deadline) throws -> Reply {
    let start = ContinuousClock.now
    let request = query.request(offset: 0, limit: 0, facets: [facet])
    let counts = try searcher.find(forBox: request, deadline: deadline).facets.first?.counts ?? []
    let found = try searcher.values(
      counts, holding: text, limit: MeilisearchSearch.facetValueLimit, deadline: deadline)
    var json = JSONWriter()
    json.object { json in
      json.key("facetHits")
      json.array { json in
        for (count, _) in found {
          json.object { json in
            json.field("value", count.value)
            json.field("count", count.count)
          }
        }
      }
      json.field("facetQuery", text.isEmpty ? nil : text)
      json.field("processingTimeMs", start.millisecondsToNow)
    }
    return .json(json.bytes)
  }
}
