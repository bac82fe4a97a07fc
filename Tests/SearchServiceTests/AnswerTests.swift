import CZlib
import HTTPTypes
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

/// How answers are packed, kept and made again.
@Suite struct AnswerTests {
  private static let search = "/search?q=%E9%9B%86%E7%BE%A4&facets=category,tags,lang"

  /// What gzip's own reader makes of bytes.
  private func unpacked(_ bytes: [UInt8]) throws -> [UInt8] {
    let files = try TemporaryDirectory()
    try files.write("answer.gz", bytes)
    let file = try #require(gzopen(files.path(of: "answer.gz"), "rb"))
    defer { gzclose(file) }
    var unpacked: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = gzread(file, &buffer, UInt32(buffer.count))
      try #require(count >= 0)
      if count == 0 { return unpacked }
      unpacked += buffer[..<Int(count)]
    }
  }

  @Test(
    "what is long is compressed for those who take it, and says so",
    arguments: [search, "/?q=a", "/search.js"])
  func compression(target: String) async throws {
    let server = try Fixture().server()
    let plain = await server.ask(target)
    #expect(plain.fields[.contentEncoding] == nil)
    #expect(plain.fields[.vary]?.contains("Accept-Encoding") == true)
    for field in ["gzip, deflate, br", "br;q=1.0, gzip;q=0.5", "*", "GZIP"] {
      let packed = await server.ask(target, [.acceptEncoding: field])
      #expect(packed.fields[.contentEncoding] == "gzip" && packed.body.count < plain.body.count)
      #expect(packed.fields[.eTag] == plain.fields[.eTag])
      // `took_us` apart: the two are answers of their own.
      #expect(try unpacked(packed.body).count - plain.body.count <= 8)
    }
    for field in ["identity", "gzip;q=0", "br", "", "*;q=0", "gzip;q=0.0, *"] {
      #expect(await server.ask(target, [.acceptEncoding: field]).fields[.contentEncoding] == nil)
    }
    #expect(await server.ask("/healthz", [.acceptEncoding: "gzip"]).fields[.contentEncoding] == nil)
  }

  @Test("random bytes come back from gzip as they were", arguments: UInt64(0)..<20)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 0...100_000, using: &random)
    let width = UInt8.random(in: 0...255, using: &random)
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...width, using: &random) }
    for level: Int32 in [1, 9] {
      #expect(try unpacked(try #require(Gzip.compress(bytes, level: level))) == bytes)
    }
  }

  @Test("an answer is kept for its commit, and only for the same request")
  func keeps() async throws {
    let fixture = try Fixture()
    let server = try fixture.server { $0.limits.pollInterval = .milliseconds(5) }
    let first = await server.ask(Self.search)
    #expect(await server.ask(Self.search).body == first.body, "took_us too: it is the same answer")
    #expect(server.endpoint.metrics.current.cacheHits == 1)
    #expect(await server.ask(Self.search + "&limit=1").body != first.body)
    let english = await server.ask("/?q=a", [.acceptLanguage: "en"]).text
    #expect(await server.ask("/?q=a", [.acceptLanguage: "zh"]).text != english)
    #expect(server.endpoint.metrics.current.cacheHits == 1)
    #expect(await server.ask("/search?q=a&limit=0").status == .badRequest)
    try fixture.publish(Array(Fixture.entries.prefix(1)))
    let later = try fixture.server()
    #expect(await later.ask(Self.search).text.contains("\"commit\":2"))
  }

  @Test("without a cache every answer is made anew")
  func keepsNothing() async throws {
    let server = try Fixture().server { $0.keepsAnswers = false }
    for _ in 0..<3 { #expect(await server.ask(Self.search).status == .ok) }
    #expect(server.endpoint.metrics.current.cacheHits == 0)
  }

  @Test("the cache stays below its size and keeps what is asked for", arguments: UInt64(0)..<10)
  func bounds(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let cache = AnswerCache(byteCount: 200_000)
    let favourite = Reply(body: [7])
    cache.store(favourite, named: "favourite")
    for number in 0..<2_000 {
      let count = Int.random(in: 0...20_000, using: &random)
      cache.store(Reply(body: [UInt8](repeating: 0, count: count)), named: "\(number)")
      #expect(cache.byteCount <= 200_000)
      #expect(cache.reply(named: "favourite")?.body == [7])
    }
    #expect(cache.reply(named: "0") == nil)
    cache.store(Reply(body: [UInt8](repeating: 0, count: 100_000)), named: "large")
    #expect(cache.reply(named: "large") == nil)
  }

  @Test("the date of an answer is that of RFC 9110")
  func date() {
    #expect(HTTPDate.text(of: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(of: 951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
  }
}
