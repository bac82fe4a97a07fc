import HTTPTypes
import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// Every parameter of the table in ALGOLIA.md does what stands there.
@Suite struct AlgoliaParameterTests {
  let server: SearchServer

  init() throws { server = try Fixture(Fixture.site).server() }

  private static let ignoredNames = [
    "advancedSyntax", "advancedSyntaxFeatures", "allowTyposOnNumericTokens", "alternativesAsExact",
    "analytics",
    "analyticsTags", "aroundPrecision", "aroundRadius", "attributeCriteriaComputedBy",
    "attributeCriteriaComputedByMinProximity", "clickAnalytics", "decompoundQuery",
    "disableExactOnAttributes",
    "disableTypoToleranceOnAttributes", "enableABTest", "enablePersonalization", "enableReRanking",
    "enableRules",
    "exactOnSingleWordQuery", "explain", "extensions", "facetingAfterDistinct", "getRankingInfo",
    "ignorePlurals",
    "minProximity", "minWordSizefor1Typo", "minWordSizefor2Typos", "minimumAroundRadius", "mode",
    "naturalLanguages",
    "optionalFilters", "optionalWords", "percentileComputation", "personalizationImpact", "queryLanguages",
    "ranking",
    "reRankingApplyFilter", "relevancyStrictness", "removeStopWords", "renderingContent",
    "replaceSynonymsInHighlight", "ruleContexts", "semanticSearch", "similarQuery", "sumOrFiltersScores",
    "synonyms",
    "userToken",
  ]

  private func ids(_ members: String) async throws -> Set<String> {
    Set(try await server.algolia(members).ids)
  }

  private static let wrongValues: [(members: String, name: String)] = [
    (#""query":1"#, "query"), (#""page":-1"#, "page"), (#""page":1.5"#, "page"),
    (#""hitsPerPage":1001"#, "hitsPerPage"),
    (#""hitsPerPage":"x""#, "hitsPerPage"), (#""offset":-1"#, "offset"), (#""length":1001"#, "length"),
    (#""facets":1"#, "facets"), (#""facets":[1]"#, "facets"), (#""facets":"[\"a""#, "facets"),
    (#""filters":["a"]"#, "filters"), (#""filters":"a:""#, "filters"), (#""facetFilters":1"#, "facetFilters"),
    (#""facetFilters":[[["a:b"]]]"#, "facetFilters"), (#""facetFilters":["a"]"#, "facetFilters"),
    (#""numericFilters":"year>""#, "numericFilters"), (#""tagFilters":[1]"#, "tagFilters"),
    (#""attributesToRetrieve":{}"#, "attributesToRetrieve"),
    (#""attributesToHighlight":true"#, "attributesToHighlight"),
    (#""attributesToSnippet":["content:0"]"#, "attributesToSnippet"),
    (#""attributesToSnippet":["a:b:c"]"#, "attributesToSnippet"),
    (#""attributesToSnippet":[":"]"#, "attributesToSnippet"), (#""highlightPreTag":1"#, "highlightPreTag"),
    (#""highlightPostTag":"\#(String(repeating: "x", count: 101))""#, "highlightPostTag"),
    (#""snippetEllipsisText":[]"#, "snippetEllipsisText"), (#""distinct":-1"#, "distinct"),
    (#""restrictHighlightAndSnippetArrays":"x""#, "restrictHighlightAndSnippetArrays"),
    (#""maxValuesPerFacet":1001"#, "maxValuesPerFacet"), (#""sortFacetValuesBy":"x""#, "sortFacetValuesBy"),
    (#""queryType":"x""#, "queryType"), (#""typoTolerance":"x""#, "typoTolerance"),
    (#""removeWordsIfNoResults":"x""#, "removeWordsIfNoResults"), (#""responseFields":1"#, "responseFields"),
    (#""restrictSearchableAttributes":1"#, "restrictSearchableAttributes"),
    (#""aroundLatLng":"1,2""#, "aroundLatLng"), (#""insideBoundingBox":[[1,2,3,4]]"#, "insideBoundingBox"),
    (#""insidePolygon":[[1,2]]"#, "insidePolygon"), (#""aroundLatLngViaIP":true"#, "aroundLatLngViaIP"),
    (#""params":"query=%zz""#, "params"), (#""params":"query=%FF""#, "params"),
  ]

  @Test("the table in ALGOLIA.md names every parameter that these tests know")
  func documented() throws {
    let folder = IndexDirectory(path: Repository.path("Sources/SearchService/Dialects"))
    let text = String(decoding: try folder.read("ALGOLIA.md", limit: 1 << 20), as: UTF8.self)
    for name in Self.ignoredNames + Self.wrongValues.map { $0.name } {
      #expect(text.contains("`\(name)`"), "\(name)")
    }
  }

  // MARK: What is found

  @Test("query: whole words, prefixes, typos; without one everything")
  func query() async throws {
    #expect(try await ids(#""query":"多集群""#) == ["多集群"])
    #expect(try await ids(#""query":"nod""#) == ["guide#add", "guide#deep"])
    #expect(try await ids(#""query":"clutser""#).contains("guide"))
    for empty in ["", #""query":"""#, #""query":" ""#, #""query":null"#] {
      #expect(try await server.algolia(empty)["nbHits"] == .integer(Fixture.site.count))
    }
    #expect(try await server.algolia(#""query":"多集群""#)["query"] == .string("多集群"))
  }

  @Test("query: what is longer than 512 characters is cut")
  func longQuery() async throws {
    let text = "集群 " + String(repeating: "\u{1F600}", count: 5_000)
    let answer = try await server.algolia(#""query":"\#(text)""#)
    #expect(answer["query"].string?.unicodeScalars.count == 512 && answer["nbHits"] != .null)
  }

  @Test(
    "filters, facetFilters, numericFilters and tagFilters choose entries",
    arguments: [
      (#""filters":"category:Guides""#, ["guide", "guide#add", "guide#deep"]),
      (#""filters":"category:Guides AND NOT tags:intro""#, ["guide#add", "guide#deep"]),
      (#""filters":"category:\"工具推荐\" OR tags:多集群""#, ["item", "多集群"]),
      (#""filters":"intro""#, ["guide"]),
      (#""filters":"date >= 1667260800""#, ["guide#add", "多集群", "item"]),
      (#""filters":"date:2022-11-01 TO 2022-12-31""#, ["guide#add", "多集群"]),
      (#""filters":"year = 2023""#, ["item"]),
      (#""filters":"kind:heading""#, ["guide#add", "guide#deep"]),
      (#""filters":"unheard_of:x""#, Set(Fixture.site.map(\.id))),
      (#""filters":"category:unheard""#, []),
      (#""facetFilters":["category:Guides","tags:-intro"]"#, ["guide#add", "guide#deep"]),
      (#""facetFilters":[["category:指南","category:工具推荐"]]"#, ["多集群", "item"]),
      (#""facetFilters":"[[\"category:指南\"],\"lang:zh\"]""#, ["多集群"]),
      (#""facetFilters":["language:zh-Hans",["docusaurus_tag:default"]]"#, ["多集群", "item", "code"]),
      (#""facetFilters":["lang:zh"]"#, ["多集群", "item"]),
      (#""numericFilters":["date>=20221101","date<20230101"]"#, ["guide#add", "多集群"]),
      (#""numericFilters":"year>2022""#, ["item"]),
      (#""tagFilters":["cluster","-intro"]"#, ["guide#add"]),
      (#""filters":"category:Guides","facetFilters":["tags:cluster"],"tagFilters":"intro""#, ["guide"]),
    ] as [(String, Set<String>)])
  func filters(members: String, expected: Set<String>) async throws {
    #expect(try await ids(members) == expected)
  }

  @Test("page counts from 0, hitsPerPage may be 0, offset and length go instead")
  func paging() async throws {
    let all = try await server.algolia("")
    let first = try await server.algolia(#""hitsPerPage":3"#)
    #expect(first.ids == Array(all.ids.prefix(3)))
    #expect(
      first["page"] == .integer(0) && first["nbPages"] == .integer(3) && first["hitsPerPage"] == .integer(3))
    #expect(try await server.algolia(#""hitsPerPage":3,"page":2"#).ids == Array(all.ids.dropFirst(6)))
    #expect(try await server.algolia(#""page":9999999999999"#).ids.isEmpty)
    let none = try await server.algolia(#""hitsPerPage":0"#)
    #expect(
      none.ids.isEmpty && none["nbHits"] == .integer(Fixture.site.count) && none["nbPages"] == .integer(0))
    let slice = try await server.algolia(#""offset":2,"length":3"#)
    #expect(slice.ids == Array(all.ids[2..<5]))
    #expect(slice["offset"] == .integer(2) && slice["length"] == .integer(3) && slice["page"] == .null)
    #expect(try await server.algolia(#""offset":9999999999"#).ids.isEmpty)
    #expect(all["hitsPerPage"] == .integer(20))
  }

  @Test("facets: a list, a string, everything; counts by the name that was asked for")
  func facets() async throws {
    let list = try await server.algolia(#""facets":["category","language","nothing"],"query":"集群""#)
    #expect(list["facets"].keys == ["category", "language"])
    #expect(list["facets.language.zh"] == .integer(2) && list["facets.category.工具推荐"] == .integer(1))
    #expect(list["exhaustiveFacetsCount"] == .bool(true))
    #expect(try await server.algolia(#""facets":"category""#)["facets"].keys == ["category"])
    let every = try await server.algolia(#""facets":["*"]"#)
    #expect(every["facets"].keys == Set(FacetKey.allCases.map(\.rawValue)))
    #expect(try await server.algolia(#""facets":"*""#)["facets"] == every["facets"])
    #expect(try await server.algolia("")["facets"] == .null)
  }

  @Test("maxValuesPerFacet and sortFacetValuesBy")
  func facetValues() async throws {
    let one = try await server.algolia(#""facets":["category"],"maxValuesPerFacet":1"#)
    #expect(one["facets.category"] == .object(["Guides": .integer(3)]))
    let body = #"{"facets":["category"],"maxValuesPerFacet":2,"sortFacetValuesBy":"alpha"}"#
    #expect(
      await server.post("/1/indexes/docs/query", body).text.contains(#""category":{"<b>":1,"Guides":3}"#))
  }

  @Test("distinct: one entry of a page, or so many; all are counted")
  func distinct() async throws {
    for value in ["true", "1", "\"true\""] {
      let answer = try await server.algolia(#""query":"cluster","distinct":\#(value)"#)
      #expect(answer.ids.filter { $0.hasPrefix("guide#") }.count <= 1)
    }
    let headings = #""filters":"kind:heading","distinct":"#
    #expect(try await server.algolia(headings + "true").ids.count == 1)
    #expect(try await server.algolia(headings + "true")["nbHits"] == .integer(2))
    #expect(try await server.algolia(headings + "2").ids.count == 2)
    #expect(try await server.algolia(headings + "false").ids.count == 2)
  }

  @Test("restrictSearchableAttributes: titles alone")
  func restriction() async throws {
    #expect(
      try await ids(#""query":"cluster","restrictSearchableAttributes":["hierarchy.lvl1","title"]"#) == [
        "guide"
      ])
    #expect(
      try await ids(#""query":"cluster","restrictSearchableAttributes":["content"]"#).contains("guide#add"))
  }

  @Test(
    "removeWordsIfNoResults none wants every word, queryType prefixNone no prefix, typoTolerance false no typo"
  )
  func strictness() async throws {
    #expect(try await !ids(#""query":"cluster unheardofword""#).isEmpty)
    #expect(try await ids(#""query":"cluster unheardofword","removeWordsIfNoResults":"none""#).isEmpty)
    #expect(try await ids(#""query":"nod","queryType":"prefixNone","typoTolerance":false"#).isEmpty)
    #expect(try await ids(#""query":"nod","queryType":"prefixAll""#) == ["guide#add", "guide#deep"])
    #expect(try await ids(#""query":"clutser","typoTolerance":"false""#).isEmpty)
    #expect(try await ids(#""query":"clutser","typoTolerance":"strict""#).contains("guide"))
  }

  // MARK: What is shown

  @Test("attributesToRetrieve: names, outer names, all but some, nothing")
  func retrieved() async throws {
    func keys(_ value: String) async throws -> Set<String> {
      let members = #""query":"nodes","attributesToHighlight":[],"attributesToRetrieve":"# + value
      return try await server.algolia(members)["hits.0"].keys.subtracting(["_highlightResult"])
    }
    #expect(try await keys(#"["url","title"]"#) == ["objectID", "url", "title"])
    #expect(try await keys(#"["hierarchy"]"#) == ["objectID", "hierarchy"])
    #expect(try await keys(#""url,type""#) == ["objectID", "url", "type"])
    #expect(try await keys("[]") == ["objectID"])
    #expect(try await keys(#"["*","-content"]"#).isDisjoint(with: ["content"]))
    #expect(try await keys(#"["-content"]"#).contains("url"))
    let levels = try await server.algolia(
      #""query":"nodes","attributesToRetrieve":["hierarchy.lvl0","hierarchy.lvl2"]"#)
    #expect(levels["hits.0.hierarchy"].keys == ["lvl0", "lvl2"])
  }

  @Test("attributesToHighlight and the tags: all, some, none")
  func highlighted() async throws {
    let all = try await server.algolia(#""query":"nodes""#)["hits.0._highlightResult"]
    #expect(all["title.value"] == .string("Adding <em>nodes</em>"))
    #expect(all["hierarchy.lvl2.value"] == .string("Adding <em>nodes</em>"))
    #expect(
      all["hierarchy.lvl1.matchLevel"] == .string("none") && all["hierarchy.lvl1.matchedWords"] == .array([]))
    #expect(all["content.value"].string?.hasPrefix("<em>Nodes</em> join") == true)
    #expect(all["tags.0.value"] == .string("cluster"))
    let some = try await server.algolia(
      #""query":"nodes","attributesToHighlight":["title"],"highlightPreTag":"<mark>","highlightPostTag":"</mark>""#
    )
    #expect(some["hits.0._highlightResult"].keys == ["title"])
    #expect(some["hits.0._highlightResult.title.value"] == .string("Adding <mark>nodes</mark>"))
    let none = try await server.algolia(#""query":"nodes","attributesToHighlight":[]"#)
    #expect(none["hits.0._highlightResult"].keys.isEmpty)
  }

  @Test("matchLevel, matchedWords and fullyHighlighted say what of the query stands there")
  func levels() async throws {
    let answer = try await server.algolia(#""query":"cluster command""#)
    let hit = try #require(answer["hits"].array.first { $0["objectID"] == .string("guide#add") })
    #expect(hit["_highlightResult.content.matchLevel"] == .string("full"))
    #expect(hit["_highlightResult.hierarchy.lvl1.matchLevel"] == .string("partial"))
    #expect(hit["_highlightResult.hierarchy.lvl1.matchedWords"] == .array([.string("cluster")]))
    #expect(hit["_highlightResult.hierarchy.lvl1.fullyHighlighted"] == .bool(false))
    #expect(hit["_highlightResult.tags.0.fullyHighlighted"] == .bool(true))
    #expect(hit["_highlightResult.title.matchLevel"] == .string("none"))
  }

  @Test("attributesToSnippet and snippetEllipsisText: so many words around what matches")
  func snippets() async throws {
    let answer = try await server.algolia(
      #""query":"command","attributesToSnippet":["content:2","hierarchy.lvl2:1"],"snippetEllipsisText":"[…]""#
    )
    let result = answer["hits.0._snippetResult"]
    let content = result["content.value"].string ?? ""
    #expect(
      content.hasPrefix("[…]") && content.contains("<em>command</em>")
        && content.split(separator: " ").count <= 3)
    #expect(result["content.matchLevel"] == .string("full") && result["content.matchedWords"] == .null)
    #expect(result["hierarchy"].keys == ["lvl2"])
    #expect(try await server.algolia(#""query":"command""#)["hits.0._snippetResult"] == .null)
    let all = try await server.algolia(#""query":"command","attributesToSnippet":["*:5"]"#)
    #expect(all["hits.0._snippetResult"].keys == ["title", "content", "hierarchy", "category", "tags"])
    let chinese = try await server.algolia(#""query":"多集群","attributesToSnippet":["content:3"]"#)
    #expect(chinese["hits.0._snippetResult.content.value"].string?.contains("<em>多集群</em>") == true)
  }

  @Test("restrictHighlightAndSnippetArrays: only values with a match")
  func arrays() async throws {
    let members = #""query":"intro","attributesToSnippet":["tags"],"restrictHighlightAndSnippetArrays":"#
    let some = try await server.algolia(members + "true")["hits.0"]
    #expect(some["_highlightResult.tags"].array.count == 1 && some["_snippetResult.tags"].array.count == 1)
    #expect(try await server.algolia(members + "false")["hits.0._highlightResult.tags"].array.count == 2)
  }

  @Test("responseFields: only those members")
  func fields() async throws {
    #expect(try await server.algolia(#""responseFields":["hits","nbHits"]"#).keys == ["hits", "nbHits"])
    #expect(
      try await server.algolia(#""facets":["lang"]"#).keys == [
        "hits", "nbHits", "page", "nbPages", "hitsPerPage", "facets", "exhaustiveFacetsCount",
        "exhaustiveNbHits",
        "exhaustiveTypo", "query", "params", "index", "processingTimeMS",
      ])
  }

  @Test("params: one URL-encoded string, JSON inside; members of the body go before it")
  func encoded() async throws {
    let text =
      "query=%E5%A4%9A%E9%9B%86%E7%BE%A4&hitsPerPage=2&facets=%5B%22lang%22%5D&facetFilters=%5B%5B%22lang%3Azh%22%5D%5D"
    let answer = try await server.algolia(#""params":"\#(text)""#)
    #expect(
      answer.ids == ["多集群"] && answer["hitsPerPage"] == .integer(2) && answer["facets"].keys == ["lang"])
    #expect(answer["params"] == .string(text))
    #expect(
      try await server.algolia(#""params":"hitsPerPage=2","hitsPerPage":3"#)["hitsPerPage"] == .integer(3))
  }

  @Test(
    "what a search does not need is ignored, whatever it holds",
    arguments: ignoredNames + ["unheardOf"])
  func ignored(name: String) async throws {
    let plain = try await server.algolia(#""query":"cluster""#)
    for value in ["true", "1", #""x""#, "[]", #"{"a":[1]}"#, "null"] {
      let answer = try await server.algolia(#""query":"cluster","\#(name)":\#(value)"#)
      #expect(answer["hits"] == plain["hits"] && answer["nbHits"] == plain["nbHits"])
    }
  }

  @Test("a wrong value is refused by name", arguments: wrongValues)
  func wrong(members: String, name: String) async throws {
    let reply = await server.post("/1/indexes/docs/query", "{\(members)}")
    #expect(reply.status == .badRequest && reply.fields[.cacheControl] == "no-store")
    let answer = try reply.json()
    #expect(answer.keys == ["message", "status"] && answer["status"] == .integer(400))
    #expect(answer["message"].string?.hasPrefix("\(name): ") == true, "\(answer["message"])")
  }
}
