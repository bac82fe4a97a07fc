import HTTPTypes
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct EndpointTests {
  let fixture: Fixture
  let server: SearchServer

  init() throws {
    fixture = try Fixture()
    server = try fixture.server()
  }

  // MARK: Answers

  @Test("the JSON is that of the command line but for the time it took")
  func sameJSON() async throws {
    let reply = await server.ask("/search?q=%E5%A4%9A%E9%9B%86%E7%BE%A4&facets=category,tags&facet=lang:zh")
    #expect(reply.status == .ok)
    #expect(reply.fields[.contentType] == "application/json; charset=utf-8")
    let request = SearchRequest(text: "多集群", filters: [.lang: ["zh"]], facets: [.category, .tags])
    let expected = String(decoding: try Searcher(in: fixture.directory).search(request).json(), as: UTF8.self)
    func withoutTime(_ json: String) -> String {
      guard let start = json.range(of: "\"took_us\":") else { return json }
      return String(json[..<start] + json[start...].drop { $0 != "," })
    }
    #expect(withoutTime(reply.text) == withoutTime(expected))
    #expect(reply.text.contains("\"total\":1,"))
  }

  @Test("limit, offset, sort and an empty q work")
  func parameters() async {
    #expect(await server.ask("/search?q=%E9%9B%86%E7%BE%A4&limit=1&offset=1&sort=date").status == .ok)
    // A skin tone joins the colon to one character.
    #expect(await server.ask("/search?q=a&facet=category:%F0%9F%8F%BB&facets=").status == .ok)
    let empty = await server.ask("/search?q=")
    #expect(empty.status == .ok && empty.text.contains("\"total\":0"))
    #expect(await server.ask("/search?q=guide+clusters&unknown=1").text.contains("\"id\":\"b\""))
  }

  @Test("the health probe names commit and entries")
  func health() async {
    #expect(await server.ask("/healthz").text == #"{"status":"ok","commit":1,"entries":3}"#)
  }

  @Test(
    "page, script and style are there",
    arguments: [
      ("/", "text/html; charset=utf-8"), ("/search.js", "text/javascript; charset=utf-8"),
      ("/search.css", "text/css; charset=utf-8"),
    ])
  func assets(path: String, type: String) async {
    let reply = await server.ask(path)
    #expect(reply.status == .ok && reply.fields[.contentType] == type && reply.body.count > 500)
    #expect(reply.fields[.xContentTypeOptions] == "nosniff" && reply.fields[.referrerPolicy] == "no-referrer")
  }

  // MARK: Wrong requests

  @Test(
    "what is wrong with a request is named",
    arguments: [
      ("/search", 400, "missing_parameter"),
      ("/suggest", 400, "missing_parameter"),
      ("/search?q=a&limit=-1", 400, "invalid_parameter"),
      ("/search?q=a&limit=0", 400, "invalid_parameter"),
      ("/search?q=a&limit=1001", 400, "invalid_parameter"),
      ("/search?q=a&limit=x", 400, "invalid_parameter"),
      ("/search?q=a&limit=99999999999999999999", 400, "invalid_parameter"),
      ("/search?q=a&offset=10001", 400, "invalid_parameter"),
      ("/search?q=a&sort=up", 400, "invalid_parameter"),
      ("/search?q=a&q=b", 400, "invalid_parameter"),
      ("/search?q=a&facet=category", 400, "invalid_parameter"),
      ("/search?q=a&facet=colour:red", 400, "unknown_facet"),
      ("/search?q=a&facets=category,colour", 400, "unknown_facet"),
      ("/search?q=%", 400, "invalid_encoding"),
      ("/search?q=%4", 400, "invalid_encoding"),
      ("/search?q=%zz", 400, "invalid_encoding"),
      ("/search?q=%FF", 400, "invalid_encoding"),
      ("/search?q=%00", 400, "invalid_encoding"),
      ("/search?q=" + String(repeating: "a", count: 4_097), 400, "query_too_large"),
      ("/search?q=" + String(repeating: "a+", count: 65), 400, "query_too_large"),
      ("/suggest?q=" + String(repeating: "a", count: 4_097), 400, "query_too_large"),
      ("/search?q=" + String(repeating: "a", count: 8_192), 414, "target_too_long"),
      ("/nope", 404, "not_found"),
      ("/search/", 404, "not_found"),
      ("/../etc/passwd", 404, "not_found"),
      ("/%2e%2e/%2e%2e/etc/passwd", 404, "not_found"),
      ("*", 400, "malformed_request"),
    ])
  func wrong(target: String, status: Int, code: String) async {
    let reply = await server.ask(target)
    #expect(reply.status.code == status)
    #expect(reply.string("code") == code)
    #expect(reply.fields[.contentType] == "application/json; charset=utf-8")
    #expect(!reply.text.contains(fixture.files.path) && !reply.text.contains("/tmp"))
  }

  @Test("only GET, HEAD and OPTIONS work", arguments: ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
  func methods(name: String) async throws {
    let reply = await server.ask("/search?q=a", method: try #require(HTTPRequest.Method(name)))
    #expect(reply.status == .methodNotAllowed && reply.fields[.allow] == "GET, HEAD, OPTIONS")
  }

  @Test(
    "a body is refused, and the connection ends", arguments: [HTTPRequest.Method.get, .head, .options, .post])
  func bodies(method: HTTPRequest.Method) async {
    let reply = await server.ask("/search?q=a", method: method, [.contentLength: "3"])
    #expect([413, 405, 204].contains(reply.status.code))
    #expect(reply.fields[.connection] == "close")
    let empty = await server.ask("/search?q=a", [.contentLength: "0"])
    #expect(empty.status == .ok && empty.fields[.connection] == nil)
  }

  // MARK: Caches

  @Test(
    "an answer that the client has is not sent again",
    arguments: ["/search?q=a", "/", "/search.js", "/suggest?q=a"])
  func entityTags(target: String) async throws {
    let first = await server.ask(target)
    let tag = try #require(first.fields[.eTag])
    #expect(tag.hasPrefix("W/\"") && first.fields[.cacheControl] == "no-cache")
    for known in [tag, "\"x\", \(tag)", String(tag.dropFirst(2)), "*"] {
      let second = await server.ask(target, [.ifNoneMatch: known])
      #expect(second.status == .notModified && second.body.isEmpty && second.fields[.eTag] == tag)
    }
    #expect(await server.ask(target, [.ifNoneMatch: "W/\"x\""]).status == .ok)
  }

  @Test("the tag differs by request, by commit and by language of the page")
  func entityTagsDiffer() async throws {
    let before = await server.ask("/search?q=a").fields[.eTag]
    #expect(await server.ask("/search?q=b").fields[.eTag] != before)
    let english = await server.ask("/", [.acceptLanguage: "en"])
    let chinese = await server.ask("/", [.acceptLanguage: "zh"])
    #expect(
      english.fields[.eTag] != chinese.fields[.eTag]
        && english.fields[.vary] == "Accept-Language, Accept-Encoding")
    try fixture.publish(Array(Fixture.entries.dropLast()))
    #expect(try await fixture.server().ask("/search?q=a").fields[.eTag] != before)
  }

  // MARK: Origins

  @Test("no other site may read answers unless it is named, exactly")
  func origins() async throws {
    let closed = await server.ask("/search?q=a", [.origin: "https://example.org"])
    #expect(closed.fields[.accessControlAllowOrigin] == nil && closed.fields[.vary] == nil)
    let origin = try #require(Origin("https://example.org"))
    let open = try fixture.server { $0.origins = [origin] }
    let named = await open.ask("/search?q=a", [.origin: "https://example.org"])
    #expect(
      named.fields[.accessControlAllowOrigin] == "https://example.org" && named.fields[.vary] == "Origin")
    #expect(named.fields[.accessControlAllowCredentials] == nil)
    for other in [
      "https://example.org.evil.net", "http://example.org", "https://sub.example.org", "null", "*",
    ] {
      let reply = await open.ask("/search?q=a", [.origin: other])
      #expect(reply.fields[.accessControlAllowOrigin] == nil && reply.fields[.vary] == "Origin")
    }
    let failed = await open.ask("/search", [.origin: "https://example.org"])
    #expect(failed.status == .badRequest && failed.fields[.accessControlAllowOrigin] == "https://example.org")
    let preflight = await open.ask("/search?q=a", method: .options, [.origin: "https://example.org"])
    #expect(
      preflight.status == .noContent && preflight.fields[.accessControlAllowMethods] == "GET, HEAD, OPTIONS")
  }

  @Test(
    "an origin is scheme, host and port",
    arguments: [
      ("https://example.org", true), ("http://localhost:8000", true), ("https://EXAMPLE.org", true),
      ("*", false),
      ("null", false), ("https://example.org/", false), ("https://*.example.org", false),
      ("example.org", false),
      ("https://", false), ("https://a:0", false), ("https://a:99999", false), ("https://a b", false),
    ])
  func originForms(text: String, isValid: Bool) { #expect((Origin(text) != nil) == isValid) }

  @Test("the usual port is left out, as browsers leave it out")
  func usualPorts() {
    for (text, origin) in [
      ("https://B.org:443", "https://b.org"), ("http://c.org:80", "http://c.org"),
      ("http://d.org:443", "http://d.org:443"),
    ] {
      #expect(Origin(text)?.description == origin)
    }
  }

  // MARK: Failures of ours

  @Test("a damaged index is a 500 whose reason stays in the log")
  func damaged() async throws {
    let reply = await server.ask("/search?q=guide")
    #expect(reply.status == .ok)
    let broken = try fixture.server { $0.limits.checkedBytes = 0 }
    let names = try fixture.files.names(in: "index").filter { $0.hasSuffix(".seg") }
    // Damage from outside, in place: the mapping of the running server sees it.
    for offset in stride(from: 64, to: 2_000, by: 16) {
      try fixture.damage(try #require(names.first), at: offset)
    }
    let failed = await broken.ask("/search?q=guide")
    #expect(failed.status == .internalServerError && failed.string("code") == "internal")
    #expect(!failed.text.contains(".seg"))
    #expect(fixture.log.lines.contains { $0.hasPrefix("error request failed") && $0.contains(".seg") })
  }

  @Test("a full queue and a passed deadline are 503 with Retry-After")
  func overload() async throws {
    let full = try fixture.server { $0.limits.queueLength = -$0.threadCount }
    let refused = await full.ask("/search?q=a")
    #expect(refused.status == .serviceUnavailable && refused.string("code") == "overloaded")
    #expect(refused.fields[.retryAfter] == "1")
    #expect(await full.ask("/healthz").status == .ok)
    let hasty = try fixture.server { $0.limits.queryTime = .zero }
    let late = await hasty.ask("/search?q=a")
    #expect(late.status == .serviceUnavailable && late.string("code") == "deadline")
  }
}
