import HTTPTypes
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// Bodies, methods and origins on the routes of dialects, on real connections where bytes matter.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DialectRequestTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private static func post(_ body: String, _ fields: String = "") -> String {
    "POST /indexes HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test(
    "bodies are taken one after the other on one connection, whole or in pieces, between requests without")
  func bodies() async throws {
    try await fixture.serve { port, _ in
      let client = try await Client(port: port)
      let body = #"{"q":"多集群\r\n\r\n"}"#
      try await client.send(Self.post(body) + "GET /health HTTP/1.1\r\nHost: t\r\n\r\n" + Self.post(body))
      #expect(try await client.response().contains("invalid_api_key"))
      #expect(try await client.response().contains("available"))
      #expect(try await client.response().contains("invalid_api_key"))
      for byte in Self.post(body).unicodeScalars { try await client.send(String(byte)) }
      #expect(try await client.response().contains("invalid_api_key"))
      // As long as a body may be; all of it would be too much for a header.
      try await client.send(Self.post(String(repeating: "\n", count: 64 << 10)))
      #expect(try await client.response().contains("invalid_api_key"))
      try await client.send("GET /health HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
      #expect(try await client.all().contains("available"))
    }
  }

  @Test("a client that asks whether to go on is told to, one whose body is too large is not")
  func expectation() async throws {
    try await fixture.serve { port, _ in
      let client = try await Client(port: port)
      let whole = Self.post("{}", "Expect: 100-continue\r\n")
      try await client.send(String(whole.dropLast(2)))
      #expect(try await client.response().hasPrefix("HTTP/1.1 100 "))
      try await client.send("{}")
      #expect(try await client.response().hasPrefix("HTTP/1.1 403 "))
      try await client.send(
        "POST /indexes HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n")
      let refused = try await client.all()
      #expect(refused.hasPrefix("HTTP/1.1 413 ") && refused.contains("payload_too_large"))
      #expect(refused.contains("Connection: close"))
    }
  }

  @Test(
    "a body that is not wanted, or of unknown size, is refused and ends the connection",
    arguments: [
      ("POST /search?q=a", "Content-Length: 2\r\n", "405"), ("GET /health", "Content-Length: 2\r\n", "413"),
      ("POST /indexes", "Transfer-Encoding: chunked\r\n", "411"),
      ("POST /indexes", "Content-Length: 99999999999999999999\r\n", "4"),
      ("POST /indexes", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "4"),
    ])
  func refused(line: String, fields: String, status: String) async throws {
    try await fixture.serve { port, _ in
      let client = try await Client(port: port)
      try await client.send(
        "\(line) HTTP/1.1\r\nHost: t\r\n\(fields)\r\n{}GET /health HTTP/1.1\r\nHost: t\r\n\r\n")
      let answer = try await client.all()
      #expect(answer.hasPrefix("HTTP/1.1 \(status)") && !answer.contains("available"), "\(answer)")
    }
  }

  @Test("a body that does not come to its end is cut off after its time")
  func slowBody() async throws {
    var limits = ServiceLimits()
    limits.bodyTime = .milliseconds(200)
    try await fixture.serve(limits) { port, _ in
      let client = try await Client(port: port)
      try await client.send(String(Self.post("{}").dropLast()))
      #expect(try await client.all() == "")
      let half = try await Client(port: port)
      try await half.send(String(Self.post("{}").dropLast()))
      half.finishSending()
      #expect(try await !half.all().contains("HTTP/1.1 2"))
    }
  }

  @Test("spoilt requests with bodies never end in a failure of ours", arguments: UInt64(0)..<4)
  func spoilt(round: UInt64) async throws {
    try await fixture.serve { port, _ in
      for seed in round * 40..<round * 40 + 40 {
        var random = SplitMix64(seed: seed)
        var bytes = Array((Self.post(#"{"q":"a"}"#) + Self.post("{}")).utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let place = Int.random(in: bytes.indices, using: &random)
          if Bool.random(using: &random) {
            bytes[place] = UInt8.random(in: 0...127, using: &random)
          } else {
            bytes.remove(at: place)
          }
        }
        let client = try await Client(port: port)
        try await client.send(String(decoding: bytes, as: UTF8.self))
        client.finishSending()
        let answer = try await client.all()
        #expect(!answer.contains("HTTP/1.1 5"), "seed \(seed): \(answer)")
      }
    }
  }

  @Test("pages of named origins may send what clients of dialects send, others nothing")
  func preflight() async throws {
    let origin = try #require(Origin("https://example.org"))
    let server = try fixture.server { $0.origins = [origin] }
    let fields: HTTPFields = [.origin: "https://example.org", .accessControlRequestMethod: "POST"]
    let reply = await server.ask("/indexes/docs/search", method: .options, fields)
    #expect(reply.status == .noContent)
    #expect(reply.fields[.accessControlAllowOrigin] == "https://example.org")
    #expect(reply.fields[.accessControlAllowMethods] == "GET, HEAD, POST, OPTIONS")
    let allowed = reply.fields[.accessControlAllowHeaders] ?? ""
    for name in ["Authorization", "Content-Type", "X-Meilisearch-Client", "X-Algolia-API-Key"] {
      #expect(allowed.contains(name))
    }
    let other = await server.ask(
      "/indexes/docs/search", method: .options, [.origin: "https://evil.example"])
    #expect(other.fields[.accessControlAllowOrigin] == nil)
    #expect(other.fields[.accessControlAllowMethods] == nil)
  }

  @Test("a dialect that is switched off is not there")
  func off() async throws {
    let server = try fixture.server { $0.dialects = [] }
    #expect(await server.ask("/health").status == .notFound)
    #expect(await server.ask("/indexes", method: .post).status == .notFound)
    #expect(await server.ask("/healthz").status == .ok)
  }

  @Test("metrics count a dialect's routes by their kind, not by their path")
  func metrics() async throws {
    let server = try fixture.server { $0.hasMetrics = true }
    _ = await server.ask("/health")
    _ = await server.ask("/indexes/a/documents/b", method: .delete)
    _ = await server.ask("/indexes/c/documents/d%2Fe", method: .delete)
    let text = await server.ask("/metrics").text
    #expect(text.contains(#"search_requests_total{path="/health",status="200"} 1"#))
    #expect(text.contains(#"search_requests_total{path="/indexes/{uid}/documents/{id}",status="403"} 2"#))
  }
}
