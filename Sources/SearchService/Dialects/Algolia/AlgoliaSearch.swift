import QueryEngine
import SearchModel

/// Answers searches and searches for facet values, in Algolia's words.
struct AlgoliaSearch {
  private let searcher: Searcher
  private let deadline: Deadline

  init(_ searcher: Searcher, _ deadline: Deadline) {
    self.searcher = searcher
    self.deadline = deadline
  }

  // MARK: Hits

  func answer(_ query: AlgoliaQuery, of index: String, to json: inout JSONWriter) throws -> Finding {
    let start = ContinuousClock.now
    let found = try searcher.find(
      forBox: query.request, goesOn: query.goesOn, mendsTypos: query.mendsTypos, deadline: deadline)
    let finding = Finding(found, for: query.request, in: ContinuousClock.now - start)
    let fields = query.fields
    try json.object { json in
      if fields.contains("hits") {
        json.key("hits")
        try json.array { json in
          for entry in found.entries {
            try deadline.check()
            write(entry, query.presentation, found.highlighter, to: &json)
          }
        }
      }
      if fields.contains("nbHits") { json.field("nbHits", found.total) }
      writePaging(query.paging, found.total, fields, to: &json)
      if fields.contains("facets"), !query.facets.isEmpty {
        json.key("facets")
        json.object { json in
          for facet in query.facets {
            let counts = found.facets.first { $0.key == facet.key }?.counts ?? []
            json.key(facet.name)
            json.object { json in
              for count in ordered(counts, query.facetOrder).prefix(query.valuesPerFacet) {
                json.field(count.value, count.count)
              }
            }
          }
        }
        json.field("exhaustiveFacetsCount", true)
      }
      if fields.contains("exhaustiveNbHits") { json.field("exhaustiveNbHits", true) }
      if fields.contains("exhaustiveTypo") { json.field("exhaustiveTypo", true) }
      if fields.contains("query") { json.field("query", query.text) }
      if fields.contains("params") { json.field("params", query.encoded) }
      if fields.contains("index") { json.field("index", index) }
      if fields.contains("processingTimeMS") {
        json.field("processingTimeMS", start.millisecondsToNow)
      }
    }
    return finding
  }

  private func write(
    _ found: FoundEntry, _ presentation: AlgoliaPresentation, _ highlighter: Highlighter,
    to json: inout JSONWriter
  ) {
    let record = AlgoliaRecord(found.entry, for: highlighter)
    json.object { json in
      record.write(presentation.retrieved, asHTML: presentation.marks.escapes, to: &json)
      record.writeMarked(presentation, highlighter, to: &json)
    }
  }

  /// Pages up to the last place that can be listed.
  private func writePaging(
    _ paging: AlgoliaQuery.Paging, _ total: Int, _ fields: AlgoliaAttributeList, to json: inout JSONWriter
  ) {
    switch paging {
    case .pages(let number, let size):
      let listed = min(total, SearchRequest.offsets.upperBound)
      if fields.contains("page") { json.field("page", number) }
      if fields.contains("nbPages") { json.field("nbPages", size > 0 ? (listed + size - 1) / size : 0) }
      if fields.contains("hitsPerPage") { json.field("hitsPerPage", size) }
    case .slice(let offset, let length):
      if fields.contains("offset") { json.field("offset", offset) }
      if fields.contains("length") { json.field("length", length) }
    }
  }

  private func ordered(_ counts: [FacetCount], _ order: AlgoliaQuery.FacetOrder) -> [FacetCount] {
    order == .count ? counts : counts.sorted { $0.value.utf8.lexicographicallyPrecedes($1.value.utf8) }
  }

  // MARK: Facet values

  func answer(_ query: AlgoliaFacetQuery, to json: inout JSONWriter) throws {
    let start = ContinuousClock.now
    var counts: [FacetCount] = []
    if query.key != nil {
      let found = try searcher.find(forBox: query.request, deadline: deadline)
      counts = ordered(found.facets.first?.counts ?? [], query.order)
    }
    let values = try searcher.values(counts, holding: query.text, limit: query.limit, deadline: deadline)
    json.object { json in
      json.key("facetHits")
      json.array { json in
        for (count, marked) in values {
          json.object { json in
            json.field("value", count.value)
            json.field("highlighted", query.marks.text(marked))
            json.field("count", count.count)
          }
        }
      }
      json.field("exhaustiveFacetsCount", true)
      json.field("processingTimeMS", start.millisecondsToNow)
    }
  }
}
