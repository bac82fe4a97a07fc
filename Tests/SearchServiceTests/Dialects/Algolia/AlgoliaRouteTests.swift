import HTTPTypes
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// The routes of Algolia: who answers, in which shape, and how they say no.
@Suite struct AlgoliaRouteTests {
  let server: SearchServer

  init() throws { server = try Fixture(Fixture.site).server() }

  @Test("a hit is a record of DocSearch")
  func record() async throws {
    let hit = try await server.algolia(#""query":"nodes","attributesToHighlight":[]"#)["hits.0"]
    #expect(
      hit.keys == [
        "objectID", "url", "url_without_anchor", "anchor", "type", "kind", "title", "content", "hierarchy",
        "category",
        "tags", "lang", "language", "date", "_highlightResult",
      ])
    #expect(hit["objectID"] == .string("guide#add") && hit["url"] == .string("/guide/#add"))
    #expect(hit["url_without_anchor"] == .string("/guide/") && hit["anchor"] == .string("add"))
    #expect(hit["type"] == .string("lvl2") && hit["date"] == .string("2022-11-01"))
    #expect(hit["hierarchy.lvl0"] == .string("Guides") && hit["hierarchy.lvl1"] == .string("Cluster guide"))
    #expect(hit["hierarchy.lvl2"] == .string("Adding nodes") && hit["hierarchy.lvl3"] == .null)
    #expect(hit["hierarchy"].keys.count == 7)
  }

  @Test("a section that only its text is found by is shown by its text")
  func contentType() async throws {
    let byText = try await server.algolia(#""query":"together""#)["hits.0"]
    #expect(byText["objectID"] == .string("guide#deep") && byText["type"] == .string("content"))
    #expect(try await server.algolia(#""query":"labels""#)["hits.0.type"] == .string("lvl3"))
    #expect(try await server.algolia(#""query":"来回""#)["hits.0.type"] == .string("lvl1"))
  }

  @Test("of a long text a hit carries the paragraph that matches, a record all of it")
  func paragraph() async throws {
    let filler = String(repeating: "filler words without end. ", count: 400)
    let text = filler + "The needle is here. " + filler
    let server = try Fixture([Entry(id: "long", title: "Long", text: text)]).server()
    let hit = try await server.algolia(#""query":"needle""#)["hits.0"]
    let content = hit["content"].string ?? ""
    #expect(content.contains("needle") && content.hasPrefix("…") && content.utf8.count < 1_000)
    #expect(hit["_highlightResult.content.value"].string?.contains("<em>needle</em>") == true)
    #expect(
      try await server.ask("/1/indexes/docs/long").json()["content"].string?.utf8.count == text.utf8.count)
  }

  @Test("nothing of a site becomes markup, marked or not")
  func escaping() async throws {
    for members in [#""query":"cluster","attributesToSnippet":["*:20"]"#, #""attributesToSnippet":["*:20"]"#]
    {
      let answer = try await server.algolia(members)
      let hit = try #require(answer["hits"].array.first { $0["objectID"] == .string("evil") })
      for path in ["hierarchy.lvl0", "hierarchy.lvl1", "content"] {
        for value in [hit[path], hit["_highlightResult.\(path).value"], hit["_snippetResult.\(path).value"]] {
          let text = (value.string ?? "").replacing("<em>", with: "").replacing("</em>", with: "")
          #expect(!text.isEmpty && !text.contains("<") && !text.contains("'"), "\(path) \(text)")
        }
      }
      #expect(hit["_highlightResult.category.0.value"] == .string("&lt;b&gt;"))
      #expect(hit["url"] == .null)
      // Only here the text is as it is: what shows it as HTML shows what is marked.
      #expect(hit["title"] == .string("<img src=x onerror=alert(1)>"))
    }
    #expect(
      try await server.algolia(#""query":"good""#)["hits.0.content"].string?.contains("it&#039;s") == true)
  }

  @Test("with tags that are no HTML nothing is escaped, for then the client does it")
  func placeholders() async throws {
    let answer = try await server.algolia(
      #""query":"cluster","highlightPreTag":"__ais-highlight__","highlightPostTag":"__/ais-highlight__""#)
    let hit = try #require(answer["hits"].array.first { $0["objectID"] == .string("evil") })
    #expect(hit["content"] == .string("<script>alert('cluster')</script> & more"))
    #expect(
      hit["_highlightResult.content.value"]
        == .string("<script>alert('__ais-highlight__cluster__/ais-highlight__')</script> & more"))
    #expect(try await server.ask("/1/indexes/docs/evil").json()["hierarchy.lvl0"] == .string("<b>"))
  }

  @Test("several searches at once, also as browsers send them", arguments: ["*", "%2A", "%2a"])
  func queries(star: String) async throws {
    let body = """
      {"requests":[{"indexName":"docs","query":"多集群"},{"indexName":"other","params":"query=nodes&hitsPerPage=1"},
      {"indexName":"docs","type":"facet","facet":"category","facetQuery":"工具"},
      {"indexName":"docs","type":"default","query":"x","hitsPerPage":0}],"strategy":"none"}
      """
    let reply = await server.post(
      "/1/indexes/\(star)/queries?x-algolia-agent=a&x-algolia-api-key=k&x-algolia-application-id=i", body,
      [.contentType: "text/plain"])
    #expect(reply.status == .ok && reply.fields[.contentType] == "application/json; charset=utf-8")
    let results = try reply.json()["results"].array
    #expect(results.count == 4)
    #expect(results[0].ids == ["多集群"] && results[0]["index"] == .string("docs"))
    #expect(results[1].ids == ["guide#add"] && results[1]["index"] == .string("other"))
    #expect(results[2]["facetHits.0.highlighted"] == .string("<em>工具</em>推荐"))
    #expect(results[3].ids == [])
  }

  @Test("values of a facet: the first of all, or those that hold a text, within what is found")
  func facetValues() async throws {
    func values(_ facet: String, _ members: String) async throws -> [JSONValue] {
      try await server.post("/1/indexes/docs/facets/\(facet)/query", "{\(members)}").json()["facetHits"].array
    }
    let all = try await values("category", "")
    #expect(
      all.first
        == .object(["value": .string("Guides"), "highlighted": .string("Guides"), "count": .integer(3)]))
    #expect(try await values("category", #""maxFacetHits":1"#).count == 1)
    #expect(
      try await values("category", #""facetQuery":"gui""#).map { $0["highlighted"] } == [
        .string("<em>Guides</em>")
      ])
    #expect(try await values("category", #""facetQuery":"推荐","query":"备份""#).count == 1)
    #expect(try await values("category", #""facetQuery":"推荐","filters":"lang:en""#).isEmpty)
    #expect(try await values("category", #""params":"facetQuery=%E6%8C%87%E5%8D%97""#).count == 1)
    #expect(try await values("language", "").count == 3)
    #expect(try await values("unheard", "").isEmpty)
    #expect(try await values("category", #""sortFacetValuesBy":"alpha""#).first?["value"] == .string("<b>"))
    let marked = try await values(
      "category", #""facetQuery":"b","highlightPreTag":"[","highlightPostTag":"]""#)
    #expect(marked.first?["highlighted"] == .string("<[b]>"), "tags that are no HTML: nothing is escaped")
    let reply = await server.post("/1/indexes/docs/facets/lang/query", #"{"maxFacetHits":101}"#)
    #expect(reply.status == .badRequest && reply.text.contains("maxFacetHits"))
  }

  @Test("a search by GET, with its parameters in the address")
  func get() async throws {
    let answer = try await server.ask(
      "/1/indexes/docs?query=%E5%A4%9A%E9%9B%86%E7%BE%A4&hitsPerPage=1&facets=%5B%22lang%22%5D&attributesToRetrieve=url,type"
    ).json()
    #expect(answer.ids == ["多集群"] && answer["facets.lang.zh"] == .integer(1))
    #expect(answer["hits.0"].keys == ["objectID", "url", "type", "_highlightResult"])
  }

  @Test("records by id, one or several, with slashes and without")
  func objects() async throws {
    for path in ["guide%23add", "%E5%A4%9A%E9%9B%86%E7%BE%A4"] {
      #expect(await server.ask("/1/indexes/docs/\(path)").status == .ok)
    }
    let some = try await server.ask("/1/indexes/docs/guide?attributesToRetrieve=url,title").json()
    #expect(some.keys == ["objectID", "url", "title"])
    let body =
      #"{"requests":[{"indexName":"docs","objectID":"guide"},{"indexName":"docs","objectID":"none"}]}"#
    let several = try await server.post("/1/indexes/*/objects", body).json()["results"].array
    #expect(several.count == 2 && several[0]["type"] == .string("lvl1") && several[1] == .null)
    let slashes = try Fixture([Entry(id: "a/b c.md", title: "A")]).server()
    #expect(await slashes.ask("/1/indexes/docs/a%2Fb%20c.md").status == .ok)
    #expect(await slashes.ask("/1/indexes/docs/a/b%20c.md").status == .ok)
  }

  @Test("what clients ask beside searches")
  func beside() async throws {
    #expect(await server.ask("/1/isalive").text == #"{"message":"server is alive"}"#)
    let settings = try await server.ask("/1/indexes/docs/settings").json()
    #expect(settings["hitsPerPage"] == .integer(20) && !settings["attributesForFaceting"].array.isEmpty)
    let list = try await server.ask("/1/indexes").json()
    #expect(
      list["items.0.name"] == .string("docs") && list["items.0.entries"] == .integer(Fixture.site.count))
    #expect(list["items.0.updatedAt"] == .string("2023-11-14T22:13:20.000000Z"))
    let field = try #require(HTTPField.Name("X-Algolia-API-Key"))
    #expect(try await server.ask("/1/keys/abc", [field: "abc"]).json()["acl"] == .array([.string("search")]))
    #expect(await server.ask("/1/keys/abc?x-algolia-api-key=abc").status == .ok)
    #expect(await server.ask("/1/keys/abc", [field: "other"]).status == .notFound)
  }

  @Test("an index that goes by another name is not there")
  func otherIndex() async throws {
    let server = try Fixture(Fixture.site).server { $0.indexNames = IndexNames(only: "site") }
    let message = #"{"message":"Index docs does not exist","status":404}"#
    #expect(await server.post("/1/indexes/docs/query", "{}").text == message)
    #expect(
      await server.post("/1/indexes/*/queries", #"{"requests":[{"indexName":"docs"}]}"#).text == message)
    #expect(
      await server.post("/1/indexes/*/objects", #"{"requests":[{"indexName":"docs","objectID":"guide"}]}"#)
        .text == message)
    for path in ["docs", "docs/guide", "docs/settings"] {
      let reply = await server.ask("/1/indexes/\(path)")
      #expect(reply.status == .notFound && reply.text == message)
    }
    #expect(await server.post("/1/indexes/docs/facets/lang/query", "{}").status == .notFound)
    #expect(await server.post("/1/indexes/site/query", "{}").status == .ok)
  }

  @Test(
    "nothing can be written, and nothing read that a search key may not read",
    arguments: [
      ("POST", "/1/indexes/docs"), ("PUT", "/1/indexes/docs/1"), ("DELETE", "/1/indexes/docs"),
      ("DELETE", "/1/indexes/docs/guide"), ("POST", "/1/indexes/docs/batch"),
      ("POST", "/1/indexes/docs/browse"),
      ("POST", "/1/indexes/docs/clear"), ("PUT", "/1/indexes/docs/settings"),
      ("POST", "/1/indexes/docs/rules/search"),
      ("POST", "/1/indexes/docs/synonyms/search"), ("POST", "/1/indexes/*/recommendations"),
      ("GET", "/1/keys"),
      ("GET", "/1/logs"), ("POST", "/1/keys"), ("POST", "/1/indexes"), ("POST", "/1/isalive"), ("GET", "/1/"),
      ("POST", "/1/events"),
    ])
  func writes(method: String, path: String) async throws {
    let reply = await server.ask(path, method: try #require(HTTPRequest.Method(method)))
    #expect(reply.status == .forbidden)
    #expect(reply.text == #"{"message":"Method not allowed with this API key","status":403}"#)
  }

  @Test(
    "bodies that are no searches are refused",
    arguments: [
      ("/1/indexes/docs/query", "[]"), ("/1/indexes/docs/query", "{"), ("/1/indexes/docs/query", "1"),
      ("/1/indexes/docs/query", "\u{FEFF}{}"), ("/1/indexes/docs/query", #"{"query":"\#("\u{1}")"}"#),
      ("/1/indexes/*/queries", "{}"), ("/1/indexes/*/queries", #"{"requests":{}}"#),
      ("/1/indexes/*/queries", #"{"requests":[1]}"#), ("/1/indexes/*/queries", #"{"requests":[{}]}"#),
      ("/1/indexes/*/queries", #"{"requests":[{"indexName":1}]}"#),
      ("/1/indexes/*/queries", #"{"requests":[{"indexName":"docs","type":"facet"}]}"#),
      (
        "/1/indexes/*/queries",
        #"{"requests":[\#(String(repeating: #"{"indexName":"docs"},"#, count: 50))0]}"#
      ),
      ("/1/indexes/*/objects", #"{"requests":[{"objectID":"a"}]}"#),
      ("/1/indexes/docs/query", String(repeating: "[", count: 60_000)),
      ("/1/indexes/docs/query", #"{"facetFilters":\#(String(repeating: "[", count: 30_000))"#),
      ("/1/indexes/docs/query", #"{"facetFilters":"\#(String(repeating: "[", count: 30_000))"}"#),
      ("/1/indexes/docs/query", #"{"filters":"\#(String(repeating: "NOT ", count: 10_000))"}"#),
      ("/1/indexes/docs/query", #"{"filters":"lang:a\#(String(repeating: " OR lang:a", count: 5_000))"}"#),
      ("/1/indexes/docs/query", #"{"query":"\#((0..<100).map { "w\($0)" }.joined(separator: " "))"}"#),
    ])
  func wrongBodies(path: String, body: String) async throws {
    let reply = await server.post(path, body)
    #expect(reply.status == .badRequest, "\(reply.text.prefix(200))")
    let answer = try reply.json()
    #expect(answer["status"] == .integer(400) && answer["message"].string?.isEmpty == false)
    #expect(reply.body.count < 500)
  }

  @Test(
    "spoilt bodies and addresses are answered or refused, never a failure of ours", arguments: UInt64(0)..<8)
  func spoilt(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let whole = Array(
      """
      {"requests":[{"indexName":"docs","query":"cluster 多集群","filters":"lang:zh OR date > 3","facets":["*"],"hitsPerPage":2,
      "attributesToSnippet":["content:3"],"params":"facetFilters=%5B%22lang%3Azh%22%5D&page=0","distinct":true}]}
      """.utf8)
    for _ in 0..<150 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
        }
      }
      let reply = await server.post("/1/indexes/*/queries", String(decoding: bytes, as: UTF8.self))
      #expect([200, 400, 404].contains(reply.status.code), "seed \(seed)")
      #expect(throws: Never.self) { try reply.json() }
    }
    for _ in 0..<100 {
      let path = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        [
          "/", "1", "/indexes", "/docs", "/*", "%2A", "%", "%ff", "%00", "/query", "/queries", "/facets",
          "/keys", "",
        ].randomElement(
          using: &random) ?? ""
      }.joined()
      let reply = await server.ask("/1" + path)
      #expect(reply.status.code < 500, "\(path)")
    }
  }

  @Test("pages of named origins may read the answers to what browsers send without asking first")
  func origins() async throws {
    let origin = try #require(Origin("https://example.org"))
    let server = try Fixture(Fixture.site).server { $0.origins = [origin] }
    let reply = await server.post(
      "/1/indexes/*/queries", #"{"requests":[]}"#,
      [.origin: "https://example.org", .contentType: "text/plain"])
    #expect(
      reply.text == #"{"results":[]}"# && reply.fields[.accessControlAllowOrigin] == "https://example.org")
    let refused = await server.post("/1/indexes/*/queries", "{", [.origin: "https://example.org"])
    #expect(
      refused.status == .badRequest && refused.fields[.accessControlAllowOrigin] == "https://example.org")
  }

  @Test("what the endpoint refuses is said as Algolia says it, with the same status but for keys")
  func refusals() throws {
    let routes = AlgoliaRoutes(IndexNames())
    let refusals: [(ServiceError, Int)] = [
      (.overloaded, 503), (.deadline, 503), (.bodyTooLarge, 413), (.lengthRequired, 411),
      (.internal, 500),
      (ServiceError(status: .unauthorized, code: "a", message: "b"), 403),
      (ServiceError(status: .tooManyRequests, code: "a", message: "b"), 429),
    ]
    for (error, status) in refusals {
      let reply = try #require(routes.failure(error))
      #expect(reply.status.code == status)
      #expect(try reply.json() == .object(["message": .string(error.message), "status": .integer(status)]))
      #expect((reply.fields[.retryAfter] != nil) == (status == 503))
    }
    #expect(routes.failure(CancellationError())?.status == .serviceUnavailable)
    struct Unknown: Error {}
    let isKnown = routes.failure(Unknown()) != nil
    #expect(!isKnown, "goes to the log first")
  }

  @Test("a dialect that is switched off is not there")
  func off() async throws {
    let server = try Fixture(Fixture.site).server { $0.dialects = [.meilisearch] }
    #expect(await server.post("/1/indexes/*/queries", #"{"requests":[]}"#).status == .notFound)
  }
}
