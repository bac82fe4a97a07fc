import HTTPTypes
import SearchModel
import Testing

@testable import SearchService

/// What the endpoint tells about itself, to browsers, proxies and monitors.
@Suite struct DescriptionTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("a server whose queue is full wants no requests, but runs")
  func readiness() async throws {
    let ready = await (try fixture.server()).ask("/readyz")
    #expect(ready.status == .ok && ready.text == #"{"status":"ok","commit":1,"entries":3}"#)
    let full = try fixture.server { $0.limits.queueLength = -$0.threadCount }
    let refused = await full.ask("/readyz")
    #expect(refused.status == .serviceUnavailable && refused.fields[.retryAfter] == "1")
    #expect(await full.ask("/healthz").status == .ok)
  }

  // MARK: Metrics

  @Test("numbers are there only for who asked for them")
  func metricsOff() async throws { #expect(await (try fixture.server()).ask("/metrics").status == .notFound) }

  @Test("numbers are valid Prometheus text and count what happened")
  func metrics() async throws {
    let server = try fixture.server { $0.hasMetrics = true }
    for _ in 0..<3 { _ = await server.ask("/search?q=%E9%9B%86%E7%BE%A4") }
    _ = await server.ask("/search")
    _ = await server.ask("/nope")
    let reply = await server.ask("/metrics")
    #expect(reply.fields[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    let lines = reply.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.last == "")
    let sample = try Regex(#"[a-z_]+(\{([a-z]+="[^"\\]*")(,[a-z]+="[^"\\]*")*\})? [0-9.e+-]+"#)
    let comment = try Regex(#"# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))"#)
    for line in lines.dropLast() {
      #expect(try sample.wholeMatch(in: line) != nil || comment.wholeMatch(in: line) != nil, "\(line)")
    }
    for line in [
      #"search_requests_total{path="/search",status="200"} 3"#,
      #"search_requests_total{path="/search",status="400"} 1"#,
      #"search_requests_total{path="none",status="404"} 1"#,
      #"search_request_duration_seconds_bucket{path="/search",le="+Inf"} 4"#,
      #"search_request_duration_seconds_count{path="/search"} 4"#,
      "search_cache_hits_total 2", "search_commit 1", "search_entries 3", "search_jobs 0",
    ] { #expect(lines.contains { $0 == line }, "\(line)") }
    let buckets = lines.filter { $0.hasPrefix("search_request_duration_seconds_bucket{path=\"/search\"") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(buckets.count == ServiceMetrics.bounds.count + 1 && buckets == buckets.sorted())
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"] {
      #expect(lines.contains { $0.hasPrefix(name + " ") && !$0.hasSuffix(" 0") }, "\(name)")
    }
  }

  // MARK: Browsers

  @Test("browsers learn the address that the server was told, or the one they use")
  func browserDescription() async throws {
    let told = try fixture.server { $0.baseURL = BaseURL("https://example.org/search-api") }
    let reply = await told.ask("/opensearch.xml", [.acceptLanguage: "zh"])
    #expect(reply.fields[.contentType] == "application/opensearchdescription+xml")
    #expect(reply.text.contains("<ShortName>搜索</ShortName>"))
    #expect(reply.text.contains("template=\"https://example.org/search-api/?q={searchTerms}\""))
    #expect(
      reply.text.contains(
        "template=\"https://example.org/search-api/suggest?q={searchTerms}&amp;format=opensearch\""))
    let server = try fixture.server()
    #expect(await server.ask("/opensearch.xml").text.contains("template=\"http://test/?q="))
    #expect(await server.ask("/").text.contains("href=\"opensearch.xml\""))
  }

  @Test(
    "an address is scheme, host and plain path",
    arguments: [
      ("https://example.org", "https://example.org/"), ("http://a.b:81/x/y", "http://a.b:81/x/y/"),
      ("https://example.org/s/", "https://example.org/s/"), ("example.org", nil), ("ftp://a", nil),
      ("https://a/?q", nil), ("https://a/<x>", nil), ("https://a/../b", nil), ("https://a b/", nil),
      ("https://", nil), ("", nil), ("://", nil),
    ] as [(String, String?)])
  func baseURL(text: String, expected: String?) { #expect(BaseURL(text)?.description == expected) }

  @Test("a host that is none is refused", arguments: ["a\"b", "a<b>", "a/b?c", "a b", "", "a:b", "a:99999"])
  func wrongHost(host: String) { #expect(BaseURL(host: host) == nil) }

  @Test("browser suggestions have the shape that browsers want")
  func browserSuggestions() async throws {
    let server = try fixture.server()
    let reply = await server.ask("/suggest?q=ku&format=opensearch")
    #expect(reply.fields[.contentType] == "application/x-suggestions+json")
    #expect(reply.text == #"["ku",["kubernetes","Kubernetes guide"],[],[]]"#)
    #expect(await server.ask("/suggest?q=ku&format=xml").status == .badRequest)
  }

  // MARK: The description of the interface

  @Test("every path is described, and nothing else")
  func interface() async throws {
    let reply = await (try fixture.server()).ask("/openapi.json")
    #expect(reply.text.contains("\"openapi\": \"3.1.0\""))
    let described = reply.text.split(separator: "\n").filter { $0.hasPrefix("  \"/") }
      .map { String($0.dropFirst(3).prefix { $0 != "\"" }) }
    #expect(described.sorted() == Route.allCases.map(\.rawValue).sorted())
  }
}
