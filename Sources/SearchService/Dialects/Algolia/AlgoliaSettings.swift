import SearchModel

/// The settings of the index in Algolia's words: what holds without a parameter that says otherwise.
enum AlgoliaSettings {
  static func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("searchableAttributes", ["title", "hierarchy", "tags", "content"])
      json.field(
        "attributesForFaceting",
        FacetKey.allCases.map { "searchable(\($0.rawValue))" } + ["searchable(language)"])
      json.field("numericAttributesForFiltering", ["date", "year"])
      json.field("hitsPerPage", AlgoliaQuery.defaultHitsPerPage)
      json.field("paginationLimitedTo", SearchRequest.offsets.upperBound)
      json.field("maxValuesPerFacet", AlgoliaQuery.defaultValuesPerFacet)
      json.field("sortFacetValuesBy", AlgoliaQuery.FacetOrder.count.rawValue)
      json.field("queryType", "prefixLast")
      json.field("removeWordsIfNoResults", "allOptional")
      json.field("typoTolerance", true)
      json.field("distinct", false)
      json.field("highlightPreTag", "<em>")
      json.field("highlightPostTag", "</em>")
      json.field("snippetEllipsisText", "…")
    }
  }
}
