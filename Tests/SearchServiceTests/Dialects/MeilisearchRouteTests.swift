import HTTPTypes
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// The routes beside the search itself.
@Suite struct MeilisearchRouteTests {
  let server: SearchServer
  let fixture: Fixture

  init() throws {
    fixture = try Fixture(MeilisearchSearchTests.entries)
    server = try fixture.server()
  }

  @Test("health and version, also with a slash at the end")
  func health() async throws {
    for path in ["/health", "/health/"] {
      #expect(try await server.ask(path).content == .object(["status": .string("available")]))
    }
    #expect(try await server.ask("/version").content[at: "pkgVersion"].asText?.hasPrefix("1.") == true)
  }

  @Test("the one index is listed, with dates that have a fraction")
  func indexes() async throws {
    let list = try await server.ask("/indexes").content
    #expect(
      list[at: "total"] == .integer(1) && list[at: "limit"] == .integer(20)
        && list[at: "offset"] == .integer(0))
    let index = list[at: "results"][place: 0]
    #expect(index[at: "uid"] == .string("docs") && index[at: "primaryKey"] == .string("objectID"))
    #expect(index[at: "updatedAt"] == .string("2023-11-14T22:13:20.000000Z"))
    #expect(try await server.ask("/indexes/docs").content == index)
    #expect(try await server.ask("/indexes?offset=1").content[at: "results"] == .array([]))
    #expect(await server.ask("/indexes?limit=x").string("code") == "invalid_index_limit")
  }

  @Test("any valid name is answered to, or the one that the owner gave")
  func names() async throws {
    #expect(await server.meilisearch("/indexes/my-Docs_2/search", "{}").status == .ok)
    for uid in ["a.b", "%20", "文", String(repeating: "a", count: 401)] {
      let reply = await server.meilisearch("/indexes/\(uid)/search", "{}")
      #expect(reply.status == .badRequest && reply.string("code") == "invalid_index_uid", "\(uid)")
    }
    let strict = try fixture.server { $0.indexNames = IndexNames(only: "blog") }
    #expect(await strict.meilisearch("/indexes/blog/search", "{}").status == .ok)
    for path in [
      "/indexes/docs", "/indexes/docs/stats", "/indexes/docs/documents", "/indexes/docs/documents/a",
    ] {
      let reply = await strict.ask(path)
      #expect(reply.status == .notFound && reply.string("code") == "index_not_found", "\(path)")
    }
    let missing = await strict.meilisearch("/indexes/docs/search", "{}")
    #expect(missing.status == .notFound && missing.string("message") == "Index `docs` not found.")
    #expect(missing.string("type") == "invalid_request")
    #expect(try await strict.ask("/indexes").content[at: "results"][place: 0][at: "uid"] == .string("blog"))
  }

  @Test("stats count the entries")
  func stats() async throws {
    let all = try await server.ask("/stats").content
    #expect(
      all[at: "indexes"][at: "docs"][at: "numberOfDocuments"] == .integer(4)
        && (all[at: "databaseSize"].asWhole ?? 0) > 0)
    let index = try await server.ask("/indexes/docs/stats").content
    #expect(
      index[at: "isIndexing"] == .bool(false) && index[at: "fieldDistribution"][at: "title"] == .integer(4))
  }

  @Test("an entry is found by its id, whether its slashes are encoded or not, and by its address")
  func document() async throws {
    for id in ["docs%2Fb.md", "docs/b.md"] {
      #expect(
        try await server.ask("/indexes/docs/documents/\(id)").content[at: "title"]
          == .string("Kubernetes guide"))
    }
    let section = try await server.ask("/indexes/docs/documents/docs%2Fb.md%23top?fields=title,objectID")
      .content
    #expect(section == .object(["title": .string("Upgrade"), "objectID": .string("docs/b.md#top")]))
    let missing = await server.ask("/indexes/docs/documents/nothing")
    #expect(missing.status == .notFound && missing.string("code") == "document_not_found")
    #expect(await server.ask("/indexes/docs/documents/%zz").status == .badRequest)
  }

  @Test("documents are listed, chosen by a filter, by address or body")
  func documents() async throws {
    let list = try await server.ask("/indexes/docs/documents?limit=2&offset=1&fields=objectID").content
    #expect(list[at: "total"] == .integer(4) && list[at: "results"].asList.count == 2)
    #expect(list[at: "results"][place: 0].members?.count == 1)
    let some = try await server.meilisearch(
      "/indexes/docs/documents/fetch", #"{"filter":"lang = zh","limit":1}"#
    )
    .content
    #expect(some[at: "total"] == .integer(2) && some[at: "results"].asList.count == 1)
    #expect(await server.ask("/indexes/docs/documents?ids=a,b").string("code") == "invalid_document_ids")
    #expect(await server.ask("/indexes/docs/documents?filter=x").string("code") == "invalid_document_filter")
  }

  @Test(
    "whatever would change something is refused as for a key that may only search",
    arguments: [
      (HTTPRequest.Method.post, "/indexes"), (.post, "/indexes/docs/documents"),
      (.put, "/indexes/docs/documents"),
      (.delete, "/indexes/docs"), (.patch, "/indexes/docs/settings"), (.get, "/indexes/docs/settings"),
      (.get, "/keys"),
      (.get, "/tasks"), (.post, "/dumps"), (.post, "/swap-indexes"), (.delete, "/indexes/docs/documents/a"),
      (.post, "/health"),
    ])
  func writes(method: HTTPRequest.Method, path: String) async throws {
    let reply = await server.ask(path, method: method)
    #expect(
      reply.status == .forbidden && reply.string("code") == "invalid_api_key"
        && reply.string("type") == "auth")
  }

  @Test("a body has to be JSON and say so")
  func contentTypes() async throws {
    let none = await server.meilisearch("/indexes/docs/search", "{}", [:])
    #expect(none.status == .unsupportedMediaType && none.string("code") == "missing_content_type")
    let text = await server.meilisearch("/indexes/docs/search", "{}", [.contentType: "text/plain"])
    #expect(text.status == .unsupportedMediaType && text.string("code") == "invalid_content_type")
    let charset = await server.meilisearch(
      "/indexes/docs/search", "{}", [.contentType: "Application/JSON; charset=utf-8"])
    #expect(charset.status == .ok)
    let packed = await server.meilisearch(
      "/indexes/docs/search", "{}", [.contentType: "application/json", .contentEncoding: "gzip"])
    #expect(packed.status == .unsupportedMediaType)
  }

  @Test("too many searches at once are told to come again in ten seconds; health answers all the same")
  func overload() async throws {
    let full = try fixture.server { $0.limits.queueLength = -$0.threadCount }
    let reply = await full.meilisearch("/indexes/docs/search", "{}")
    #expect(reply.status == .serviceUnavailable && reply.string("code") == "too_many_search_requests")
    #expect(reply.string("type") == "system" && reply.fields[.retryAfter] == "10")
    #expect(await full.ask("/health").status == .ok)
  }

  @Test("answers are not kept by anybody, and large ones are compressed")
  func caching() async throws {
    let reply = await server.meilisearch(
      "/indexes/docs/search", "{}", [.contentType: "application/json", .acceptEncoding: "gzip"])
    #expect(reply.fields[.cacheControl] == "no-store" && reply.fields[.contentEncoding] == "gzip")
  }

  // MARK: Several searches

  @Test("several searches are answered side by side")
  func multiSearch() async throws {
    let answer = try await server.meilisearch(
      "/multi-search",
      #"{"federation":null,"queries":[{"indexUid":"docs","q":"多集群"},{"indexUid":"blog","q":"备份","limit":1}]}"#
    ).content
    #expect(answer[at: "results"].asList.count == 2)
    #expect(
      answer[at: "results"][place: 0][at: "indexUid"] == .string("docs")
        && answer[at: "results"][place: 0][at: "hits"].asList.count == 3)
    #expect(
      answer[at: "results"][place: 1][at: "indexUid"] == .string("blog")
        && answer[at: "results"][place: 1][at: "limit"] == .integer(1))
    #expect(
      try await server.meilisearch("/multi-search", #"{"queries":[]}"#).content[at: "results"] == .array([]))
  }

  @Test("federated searches are one list by weighted score, each entry once")
  func federation() async throws {
    let answer = try await server.meilisearch(
      "/multi-search",
      #"{"federation":{"limit":3},"queries":[{"indexUid":"docs","q":"多集群"},{"indexUid":"docs","q":"备份","federationOptions":{"weight":2}}]}"#
    ).content
    let hits = answer[at: "hits"].asList
    #expect(hits.count == 3 && hits[0][at: "objectID"] == .string("c"))
    #expect(hits[0][at: "_federation"][at: "queriesPosition"] == .integer(1))
    #expect(hits[0][at: "_federation"][at: "indexUid"] == .string("docs"))
    let scores = hits.compactMap { $0[at: "_federation"][at: "weightedRankingScore"].asNumber }
    #expect(scores == scores.sorted(by: >) && answer[at: "estimatedTotalHits"] == .integer(4))
    let twice = try await server.meilisearch(
      "/multi-search",
      #"{"federation":{"page":1,"hitsPerPage":2},"queries":[{"indexUid":"docs","q":"多集群"},{"indexUid":"docs","q":"多集群"}]}"#
    ).content
    #expect(
      twice[at: "hits"].asList.count == 2 && twice[at: "totalHits"] == .integer(4)
        && twice[at: "totalPages"] == .integer(2))
    let facets = try await server.meilisearch(
      "/multi-search",
      #"{"federation":{"facetsByIndex":{"docs":["lang"]}},"queries":[{"indexUid":"docs"}]}"#
    ).content
    #expect(
      facets[at: "facetsByIndex"][at: "docs"][at: "distribution"][at: "lang"]
        == .object(["zh": .integer(2), "en": .integer(2)]))
  }

  @Test(
    "the first query that is wrong fails them all, with its place",
    arguments: [
      (
        #"{"queries":[{"indexUid":"docs"},{"indexUid":"docs","limit":"x"}]}"#, "invalid_search_limit",
        "Inside `.queries[1]`: "
      ),
      (#"{"queries":[{"q":"a"}]}"#, "missing_index_uid", "Inside `.queries[0]`: "),
      (#"{"queries":[{"indexUid":"a b"}]}"#, "invalid_index_uid", "Inside `.queries[0]`: "),
      (
        #"{"queries":[{"indexUid":"docs","federationOptions":{}}]}"#,
        "invalid_multi_search_federation_options", "federation"
      ),
      (
        #"{"federation":{},"queries":[{"indexUid":"docs","limit":1}]}"#,
        "invalid_multi_search_query_pagination", "limit"
      ),
      (
        #"{"federation":{},"queries":[{"indexUid":"docs","facets":[]}]}"#,
        "invalid_multi_search_query_facets", "facets"
      ),
      (
        #"{"federation":{"facetsByIndex":{"docs":["lang"]}},"queries":[{"indexUid":"docs"},{"indexUid":"docs"}]}"#,
        "invalid_multi_search_facets_by_index", "2 queries"
      ),
      (#"{}"#, "bad_request", "queries"), (#"{"queries":1}"#, "bad_request", "queries"),
      ("[]", "bad_request", "object"),
      (#"{"queries":[],"x":1}"#, "bad_request", "`x`"),
    ])
  func multiSearchMistakes(body: String, code: String, part: String) async throws {
    let reply = await server.meilisearch("/multi-search", body)
    #expect(reply.status == .badRequest && reply.string("code") == code, "\(reply.text)")
    #expect(try reply.content[at: "message"].asText?.contains(part) == true, "\(reply.text)")
  }

  @Test("no more searches than the limit in one request")
  func multiSearchLimit() async throws {
    let queries = [String](repeating: #"{"indexUid":"docs"}"#, count: 65).joined(separator: ",")
    #expect(await server.meilisearch("/multi-search", #"{"queries":[\#(queries)]}"#).status == .badRequest)
  }

  // MARK: Facet values

  @Test("values of a facet that hold a text, among the matches")
  func facetSearch() async throws {
    func values(_ body: String) async throws -> [String] {
      try await server.meilisearch("/indexes/docs/facet-search", body).content[at: "facetHits"].asList
        .compactMap {
          $0[at: "value"].asText
        }
    }
    #expect(try await values(#"{"facetName":"category","facetQuery":"推荐"}"#) == ["工具推荐"])
    #expect(try await values(#"{"facetName":"category","facetQuery":"guid"}"#) == ["Guides & more"])
    #expect(try await values(#"{"facetName":"category"}"#).count == 3)
    #expect(try await values(#"{"facetName":"lang","q":"多集群","filter":"kind = item","limit":3}"#) == ["zh"])
    let answer = try await server.meilisearch(
      "/indexes/docs/facet-search", #"{"facetName":"tags","facetQuery":"K8S"}"#
    ).content
    #expect(answer[at: "facetHits"] == .array([.object(["value": .string("k8s"), "count": .integer(2)])]))
    #expect(answer[at: "facetQuery"] == .string("K8S") && answer[at: "processingTimeMs"].asWhole != nil)
    for (body, code) in [
      ("{}", "missing_facet_search_facet_name"),
      (#"{"facetName":"price"}"#, "invalid_facet_search_facet_name"),
      (#"{"facetName":1}"#, "invalid_facet_search_facet_name"),
      (#"{"facetName":"tags","facetQuery":1}"#, "invalid_facet_search_facet_query"),
    ] {
      #expect(await server.meilisearch("/indexes/docs/facet-search", body).string("code") == code)
    }
  }
}
