import HTTPTypes
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// Every parameter of a search: what it does, or that it is refused. `MEILISEARCH.md` has the table.
@Suite struct MeilisearchSearchTests {
  static let entries = [
    Entry(
      id: "a", kind: .item, title: "多集群入门 <b>", text: "用一个入口管理多集群，三处机房同时可用，一处出事另外两处接着跑。",
      url: "https://example.org/a?x=1&y=2", path: ["分享", "工具推荐"], category: ["工具推荐"],
      tags: ["multi-cluster", "k8s"],
      date: "2022-11-01", lang: "zh"),
    Entry(
      id: "docs/b.md", title: "Kubernetes guide", text: "How to run many clusters, 多集群 included.",
      url: "guide/",
      category: ["Guides & more"], tags: ["k8s"], date: "2024-05-06", lang: "en"),
    Entry(
      id: "docs/b.md#top", kind: .heading, title: "Upgrade", text: "多集群 upgrade of the guide.", url: "guide/",
      anchor: "top", path: ["Kubernetes guide"], category: ["Guides & more"], date: "2024-05-06", lang: "en"),
    Entry(
      id: "c", title: "集群备份", text: "备份一个集群。", url: "javascript:alert(1)", category: ["最佳实践"], lang: "zh"),
  ]

  let server: SearchServer
  let fixture: Fixture

  init() throws {
    fixture = try Fixture(Self.entries)
    server = try fixture.server()
  }

  private func search(_ body: String) async throws -> JSONValue {
    let reply = await server.meilisearch("/indexes/docs/search", body)
    #expect(reply.status == .ok, "\(body): \(reply.text)")
    return try reply.content
  }

  private func ids(_ body: String) async throws -> [String] {
    try await search(body)[at: "hits"].asList.compactMap { $0[at: "objectID"].asText }
  }

  @Test("a reply has the members of theirs, in their shapes")
  func shape() async throws {
    let answer = try await search(#"{"q":"多集群","limit":1}"#)
    #expect(
      answer[at: "query"] == .string("多集群") && answer[at: "limit"] == .integer(1)
        && answer[at: "offset"] == .integer(0))
    #expect(answer[at: "estimatedTotalHits"] == .integer(3) && answer[at: "processingTimeMs"].asWhole != nil)
    #expect(answer[at: "facetDistribution"] == .null && answer[at: "totalHits"] == .null)
    let uid = try #require(answer[at: "requestUid"].asText)
    #expect(uid.count == 36 && Array(uid)[14] == "7" && "89ab".contains(Array(uid)[19]))
    let hit = answer[at: "hits"][place: 0]
    #expect(hit[at: "objectID"] == .string("a") && hit[at: "url"] == .string("https://example.org/a?x=1&y=2"))
    #expect(hit[at: "hierarchy_lvl0"] == .string("工具推荐") && hit[at: "hierarchy_lvl1"] == .string("多集群入门 <b>"))
    #expect(
      hit[at: "hierarchy_lvl2"] == .null && hit[at: "type"] == .string("lvl1")
        && hit[at: "lang"] == .string("zh"))
    #expect(
      hit[at: "tags"] == .array([.string("multi-cluster"), .string("k8s")]) && hit[at: "_formatted"] == .null)
    let section = try await search(#"{"q":"upgrade"}"#)[at: "hits"][place: 0]
    #expect(
      section[at: "hierarchy_lvl2"] == .string("Upgrade")
        && section[at: "hierarchy_radio_lvl2"] == .string("Upgrade")
    )
    #expect(section[at: "hierarchy_radio_lvl1"] == .null && section[at: "url"] == .string("/guide/#top"))
    #expect(
      section[at: "anchor"] == .string("top") && section[at: "url_without_anchor"] == .string("/guide/"))
    #expect(try await search(#"{"q":"备份"}"#)[at: "hits"][place: 0][at: "url"] == .null)
  }

  @Test("without a text every entry is there")
  func placeholder() async throws {
    for body in ["{}", #"{"q":null}"#, #"{"q":""}"#, #"{"q":" ，"}"#] {
      #expect(try await ids(body).count == 4, "\(body)")
    }
  }

  @Test("offset and limit; page and hitsPerPage instead of them")
  func paging() async throws {
    let all = try await ids("{}")
    #expect(try await ids(#"{"offset":1,"limit":2}"#) == Array(all[1...2]))
    #expect(try await ids(#"{"limit":0}"#) == [])
    #expect(try await ids(#"{"offset":9223372036854775807,"limit":9223372036854775807}"#) == [])
    let page = try await search(#"{"page":2,"hitsPerPage":3,"offset":1,"limit":1}"#)
    #expect(
      page[at: "hits"].asList.count == 1 && page[at: "page"] == .integer(2)
        && page[at: "hitsPerPage"] == .integer(3))
    #expect(
      page[at: "totalHits"] == .integer(4) && page[at: "totalPages"] == .integer(2)
        && page[at: "offset"] == .null)
    let counts = try await search(#"{"hitsPerPage":0}"#)
    #expect(
      counts[at: "hits"] == .array([]) && counts[at: "totalHits"] == .integer(4)
        && counts[at: "totalPages"] == .integer(0))
    #expect(try await search(#"{"page":0}"#)[at: "hits"] == .array([]))
    #expect(try await search(#"{"page":1}"#)[at: "hitsPerPage"] == .integer(20))
    #expect(try await ids(#"{"page":9223372036854775807,"hitsPerPage":9223372036854775807}"#) == [])
  }

  @Test("attributesToRetrieve chooses members; unknown ones are left out")
  func retrieved() async throws {
    let hit = try await search(#"{"q":"多集群","attributesToRetrieve":["title","url","nothing"]}"#)[at: "hits"][
      place: 0]
    #expect(Set((hit.members ?? [:]).keys) == ["title", "url"])
    #expect(try await search(#"{"q":"多集群","attributesToRetrieve":[]}"#)[at: "hits"][place: 0] == .object([:]))
  }

  @Test("what matches is marked, and everything but the tags is escaped")
  func highlights() async throws {
    let hit = try await search(#"{"q":"多集群","attributesToHighlight":["*"]}"#)[at: "hits"][place: 0]
    let formatted = hit[at: "_formatted"]
    #expect(formatted[at: "title"] == .string("<em>多集群</em>入门 &lt;b&gt;"))
    #expect(formatted[at: "hierarchy_lvl1"] == .string("<em>多集群</em>入门 &lt;b&gt;"))
    #expect(
      formatted[at: "url"] == .string("https://example.org/a?x=1&amp;y=2")
        && formatted[at: "hierarchy_lvl2"] == .null
    )
    #expect(formatted[at: "tags"] == .array([.string("multi-cluster"), .string("k8s")]))
    #expect(hit[at: "title"] == .string("多集群入门 <b>"))
    let some = try await search(
      #"{"q":"多集群","attributesToHighlight":["title"],"attributesToRetrieve":["url"],"highlightPreTag":"<mark>","highlightPostTag":"</mark>"}"#
    )[at: "hits"][place: 0][at: "_formatted"]
    #expect(
      some
        == .object([
          "title": .string("<mark>多集群</mark>入门 &lt;b&gt;"), "url": .string("https://example.org/a?x=1&y=2"),
        ]))
    // InstantSearch escapes by itself what stands between its own marks.
    let instant = try await search(
      #"{"q":"多集群","attributesToHighlight":["*"],"highlightPreTag":"__ais-highlight__","highlightPostTag":"__/ais-highlight__"}"#
    )[at: "hits"][place: 0][at: "_formatted"][at: "title"]
    #expect(instant == .string("__ais-highlight__多集群__/ais-highlight__入门 <b>"))
  }

  @Test("a field is cut to so many words around the match")
  func crops() async throws {
    func content(_ parameters: String) async throws -> String? {
      try await search(#"{"q":"管理","# + parameters + "}")[at: "hits"][place: 0][at: "_formatted"][
        at: "content"
      ].asText
    }
    #expect(try await content(#""attributesToCrop":["content:5"]"#) == "…一个入口管理多集群…")
    #expect(
      try await content(#""attributesToCrop":["content"],"cropLength":3,"cropMarker":"~""#) == "~入口管理多~")
    #expect(
      try await content(#""attributesToCrop":["*:3"],"attributesToHighlight":["content"]"#)
        == "…入口<em>管理</em>多…")
    let whole = "用一个入口管理多集群，三处机房同时可用，一处出事另外两处接着跑。"
    #expect(try await content(#""attributesToCrop":["content:0"]"#) == whole)
    #expect(try await content(#""attributesToCrop":["content:99999999"]"#) == whole)
    #expect(try await content(#""attributesToCrop":["title"]"#) == whole)
  }

  @Test("positions of matches are bytes of the attribute")
  func positions() async throws {
    let hit = try await search(#"{"q":"k8s 多集群","showMatchesPosition":true,"filter":"lang = zh"}"#)[
      at: "hits"][place: 0]
    let found = hit[at: "_matchesPosition"]
    #expect(found[at: "title"] == .array([.object(["start": .integer(0), "length": .integer(9)])]))
    #expect(found[at: "content"] == .array([.object(["start": .integer(21), "length": .integer(9)])]))
    #expect(
      found[at: "tags"]
        == .array([.object(["start": .integer(0), "length": .integer(3), "indices": .array([.integer(1)])])]))
    #expect(found[at: "url"] == .null)
  }

  @Test(
    "filters",
    arguments: [
      (#""category = \"工具推荐\"""#, ["a"]), (#"["lang = en", "kind = page"]"#, ["docs/b.md"]),
      (#"[["category = 最佳实践", "tags = multi-cluster"]]"#, ["a", "c"]),
      (#""date > 2023-01-01""#, ["docs/b.md", "docs/b.md#top"]),
      (#""NOT lang = en AND tags EXISTS""#, ["a"]), (#""category = '工具推荐' AND category = x""#, []),
      ("null", ["a", "c", "docs/b.md", "docs/b.md#top"]),
      (#""lang = EN AND kind = heading""#, ["docs/b.md#top"]),
    ])
  func filters(filter: String, expected: [String]) async throws {
    #expect(try await ids(#"{"filter":"# + filter + "}").sorted() == expected)
  }

  @Test("facets are counted over the matches, years have a range")
  func facets() async throws {
    let answer = try await search(#"{"q":"多集群","facets":["category","year"],"limit":0}"#)
    #expect(
      answer[at: "facetDistribution"]
        == .object([
          "category": .object(["工具推荐": .integer(1), "Guides & more": .integer(2)]),
          "year": .object(["2022": .integer(1), "2024": .integer(2)]),
        ]))
    #expect(
      answer[at: "facetStats"]
        == .object(["year": .object(["min": .integer(2_022), "max": .integer(2_024)])]))
    let all = try await search(#"{"facets":["*"]}"#)[at: "facetDistribution"]
    #expect(Set((all.members ?? [:]).keys) == ["category", "tags", "lang", "kind", "year", "source"])
    #expect(try await search(#"{"facets":[]}"#)[at: "facetDistribution"] == .object([:]))
    // The filter counts for every facet, also for the one it is about.
    let filtered = try await search(#"{"facets":["lang"],"filter":"lang = zh"}"#)
    #expect(filtered[at: "facetDistribution"][at: "lang"] == .object(["zh": .integer(2)]))
  }

  @Test("sort by date; what has none is last")
  func sorting() async throws {
    #expect(try await ids(#"{"sort":["date:asc"]}"#) == ["a", "docs/b.md", "docs/b.md#top", "c"])
    #expect(try await ids(#"{"sort":["date:desc"]}"#) == ["docs/b.md", "docs/b.md#top", "a", "c"])
  }

  @Test("distinct takes one entry of a page")
  func distinct() async throws {
    #expect(try await ids(#"{"q":"guide"}"#).count == 2)
    #expect(try await ids(#"{"q":"guide","distinct":"page"}"#) == ["docs/b.md"])
  }

  @Test("matchingStrategy all lists full matches alone, last and frequency others too")
  func strategies() async throws {
    for strategy in ["last", "frequency"] {
      #expect(try await ids(#"{"q":"多集群 备份","matchingStrategy":"\#(strategy)"}"#).count == 4)
    }
    #expect(try await ids(#"{"q":"多集群 备份","matchingStrategy":"all"}"#) == [])
  }

  @Test("attributesToSearchOn: titles alone, or everything")
  func searchedOn() async throws {
    #expect(try await ids(#"{"q":"多集群","attributesToSearchOn":["title"]}"#) == ["a"])
    #expect(try await ids(#"{"q":"多集群","attributesToSearchOn":["hierarchy_lvl1","title"]}"#) == ["a"])
    #expect(try await ids(#"{"q":"多集群","attributesToSearchOn":["content"]}"#).count == 3)
    #expect(try await ids(#"{"q":"多集群","attributesToSearchOn":["*"]}"#).count == 3)
  }

  @Test("scores are from 0 to 1 in the order of the answer, and may be asked to be high enough")
  func scores() async throws {
    let answer = try await search(#"{"q":"多集群","showRankingScore":true,"showRankingScoreDetails":true}"#)
    let scores = answer[at: "hits"].asList.compactMap { $0[at: "_rankingScore"].asNumber }
    #expect(scores.count == 3 && scores == scores.sorted(by: >) && scores.allSatisfy { (0...1).contains($0) })
    #expect(
      answer[at: "hits"][place: 0][at: "_rankingScoreDetails"][at: "tier"][at: "value"] == .string("title"))
    let best = try await search(#"{"q":"多集群","rankingScoreThreshold":0.75}"#)
    #expect(best[at: "hits"].asList.count == 1 && best[at: "estimatedTotalHits"] == .integer(1))
  }

  @Test("the last word may go on, and a word without an entry is mended")
  func boxes() async throws {
    #expect(try await ids(#"{"q":"upgr"}"#) == ["docs/b.md#top"])
    #expect(try await ids(#"{"q":"kubernetse"}"#).contains("docs/b.md"))
    #expect(try await ids(#"{"q":"\"upgr\""}"#) == [])
    #expect(try await ids(#"{"q":"多集群 -guide"}"#) == ["a"])
  }

  @Test("what has no meaning here is taken and ignored")
  func ignored() async throws {
    let body =
      #"{"q":"多集群","locales":["zh"],"hybrid":{"embedder":"x"},"vector":[1,2],"media":{},"retrieveVectors":true,"personalize":null,"useNetwork":false,"showPerformanceDetails":true}"#
    #expect(try await ids(body).count == 3)
  }

  @Test("an address says what a body says")
  func addresses() async throws {
    let reply = await server.ask(
      "/indexes/docs/search/?q=%E5%A4%9A%E9%9B%86%E7%BE%A4&limit=2&attributesToRetrieve=title,objectID&attributesToHighlight=*&filter=lang%20%3D%20zh&facets=lang&showRankingScore=true&sort=date:asc"
    )
    #expect(reply.status == .ok)
    let answer = try reply.content
    #expect(answer[at: "hits"].asList.count == 1 && answer[at: "limit"] == .integer(2))
    #expect(
      answer[at: "hits"][place: 0][at: "_formatted"][at: "title"] == .string("<em>多集群</em>入门 &lt;b&gt;"))
    #expect(
      answer[at: "hits"][place: 0][at: "_rankingScore"].asNumber != nil
        && answer[at: "hits"][place: 0][at: "content"] == .null)
    let list = await server.ask("/indexes/docs/search?filter=%5B%5B%22lang%3Den%22%5D%5D")
    #expect(try list.content[at: "hits"].asList.count == 2)
  }

  @Test(
    "a mistake is answered with its code",
    arguments: [
      (#"{"q":1}"#, "invalid_search_q"), (#"{"limit":-1}"#, "invalid_search_limit"),
      (#"{"limit":"x"}"#, "invalid_search_limit"),
      (#"{"offset":1.5}"#, "invalid_search_offset"), (#"{"page":"1"}"#, "invalid_search_page"),
      (#"{"hitsPerPage":[]}"#, "invalid_search_hits_per_page"), (#"{"filter":1}"#, "invalid_search_filter"),
      (#"{"filter":"price = 3"}"#, "invalid_search_filter"),
      (#"{"facets":["price"]}"#, "invalid_search_facets"),
      (#"{"facets":"category"}"#, "invalid_search_facets"),
      (#"{"sort":["title:asc"]}"#, "invalid_search_sort"),
      (#"{"sort":["date"]}"#, "invalid_search_sort"), (#"{"sort":"date:asc"}"#, "invalid_search_sort"),
      (#"{"distinct":"title"}"#, "invalid_search_distinct"),
      (#"{"cropLength":"x"}"#, "invalid_search_crop_length"),
      (#"{"cropMarker":1}"#, "invalid_search_crop_marker"),
      (#"{"highlightPreTag":1}"#, "invalid_search_highlight_pre_tag"),
      (#"{"highlightPostTag":[]}"#, "invalid_search_highlight_post_tag"),
      (#"{"attributesToRetrieve":"title"}"#, "invalid_search_attributes_to_retrieve"),
      (#"{"attributesToCrop":[1]}"#, "invalid_search_attributes_to_crop"),
      (#"{"attributesToHighlight":{}}"#, "invalid_search_attributes_to_highlight"),
      (#"{"attributesToSearchOn":["url"]}"#, "invalid_search_attributes_to_search_on"),
      (#"{"showMatchesPosition":1}"#, "invalid_search_show_matches_position"),
      (#"{"showRankingScore":"yes"}"#, "invalid_search_show_ranking_score"),
      (#"{"rankingScoreThreshold":2}"#, "invalid_search_ranking_score_threshold"),
      (#"{"matchingStrategy":"most"}"#, "invalid_search_matching_strategy"),
      (#"{"nothing":1}"#, "bad_request"),
      ("[]", "bad_request"), ("{", "malformed_payload"), ("", "missing_payload"),
    ])
  func mistakes(body: String, code: String) async throws {
    let reply = await server.meilisearch("/indexes/docs/search", body)
    let error = try reply.content
    #expect(reply.status == .badRequest && error[at: "code"] == .string(code), "\(reply.text)")
    #expect(error[at: "type"] == .string("invalid_request"))
    #expect(error[at: "link"] == .string("https://docs.meilisearch.com/errors#\(code)"))
    #expect(error[at: "message"].asText?.isEmpty == false)
  }

  @Test("a text that is too long is named with its limit")
  func longText() async throws {
    let reply = await server.meilisearch(
      "/indexes/docs/search", #"{"q":"\#(String(repeating: "a", count: 4_097))"}"#)
    #expect(reply.string("code") == "invalid_search_q" && reply.text.contains("4096"))
    let parts = (0..<70).map { "w\($0)" }.joined(separator: " ")
    #expect(
      await server.meilisearch("/indexes/docs/search", #"{"q":"\#(parts)"}"#).string("code")
        == "invalid_search_q")
  }

  @Test("an answer that would fill the memory is refused", .timeLimit(.minutes(2)))
  func largeAnswer() async throws {
    let text = String(repeating: "。", count: 10_000)
    let large = try Fixture((0..<1_000).map { Entry(id: "\($0)", title: "t", text: text) })
    let query = #"{"indexUid":"docs","limit":1000}"#
    let reply = await (try large.server()).meilisearch("/multi-search", #"{"queries":[\#(query),\#(query)]}"#)
    #expect(reply.status == .badRequest && reply.string("code") == "invalid_search_limit")
  }

  @Test("hostile bodies are refused, never a failure of ours", arguments: UInt64(0)..<150)
  func hostile(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    var bytes = Array(
      #"{"q":"多集群","filter":["lang = zh",["tags IN [a, b]","NOT date > 2020-01-01"]],"facets":["*"],"attributesToCrop":["content:3"],"limit":2,"sort":["date:asc"]}"#
        .utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      if Bool.random(using: &random) {
        bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
      } else {
        bytes.remove(at: place)
      }
    }
    let reply = await server.meilisearch("/indexes/docs/search", String(decoding: bytes, as: UTF8.self))
    #expect(reply.status == .ok || reply.status == .badRequest, "\(reply.text)")
    #expect(try reply.content.members != nil)
  }
}
