import HTTPTypes
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct RateLimiterTests {
  /// A bucket as it is explained: so many tokens, filled with time.
  private struct PlainBucket {
    var tokens: Double
    var at: Double
  }

  private func address(_ number: UInt64) -> ClientAddress {
    ClientAddress(high: 0x2001 << 48 | number, low: 1)
  }

  @Test("it refuses what plain token buckets refuse", arguments: UInt64(0)..<20)
  func agreement(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // Steps of whole nanoseconds that are sums of powers of two: neither has to round.
    let limit = RateLimit(
      perSecond: [0.5, 1, 8, 64].randomElement(using: &random) ?? 1,
      burst: Int.random(in: 1...20, using: &random))
    let limiter = RateLimiter(limit)
    var plain: [UInt64: PlainBucket] = [:]
    var now = 1.0
    var refusals = 0
    for _ in 0..<2_000 {
      now += Double(Int.random(in: 0...2, using: &random)) / 8 / limit.perSecond
      let client = UInt64.random(in: 0..<4, using: &random)
      var bucket = plain[client] ?? PlainBucket(tokens: Double(limit.burst), at: now)
      bucket.tokens = min(Double(limit.burst), bucket.tokens + (now - bucket.at) * limit.perSecond)
      bucket.at = now
      let refused = limiter.refuses(address(client), at: UInt64(now * 1e9)) != nil
      #expect(refused == (bucket.tokens < 1))
      if !refused { bucket.tokens -= 1 }
      refusals += refused ? 1 : 0
      plain[client] = bucket
    }
    #expect(refusals > 0)
  }

  @Test("after the time it names, a client is answered again")
  func retry() throws {
    let limiter = RateLimiter(RateLimit(perSecond: 2, burst: 3))
    let client = address(1)
    for _ in 0..<3 { #expect(limiter.refuses(client, at: 1_000) == nil) }
    let wait = try #require(limiter.refuses(client, at: 1_000))
    #expect(wait == 500_000_000)
    #expect(limiter.refuses(client, at: 1_000 + wait - 1) != nil)
    #expect(limiter.refuses(client, at: 1_000 + wait) == nil)
  }

  @Test("a million addresses take no more room, and one that asks too much stays refused")
  func flood() {
    let limiter = RateLimiter(RateLimit(perSecond: 1, burst: 10), capacity: 1 << 10)
    let greedy = address(.max)
    var (refusals, others) = (0, 0)
    for number in 0..<UInt64(1_000_000) {
      // A request each from a million addresses in ten seconds; one address has as many as a hundredth of them.
      let now = 1 + number * 10_000
      if limiter.refuses(address(number), at: now) != nil { others += 1 }
      if number % 100 == 0, limiter.refuses(greedy, at: now) != nil { refusals += 1 }
    }
    #expect(refusals > 9_900 && others == 0)
  }

  @Test("too many requests are 429 with Retry-After; probes are always answered; neighbours are one client")
  func endpoint() async throws {
    let server = try Fixture().server {
      $0.operation.rateLimit = RateLimit(perSecond: 0.0001, burst: 2)
    }
    #expect(await server.ask("/search?q=a", from: "2001:db8::1").status == .ok)
    #expect(await server.ask("/suggest?q=a", from: "2001:db8::2").status == .ok)
    let refused = await server.ask("/search?q=a", from: "2001:db8::3")
    #expect(refused.status == .tooManyRequests && refused.string("code") == "too_many_requests")
    let seconds = try #require(refused.fields[.retryAfter].flatMap { Int($0) })
    #expect((1...10_001).contains(seconds))
    #expect(await server.ask("/healthz", from: "2001:db8::3").status == .ok)
    #expect(await server.ask("/search?q=a", from: "2001:db8:0:1::3").status == .ok)
    // Through a server in front, which names the client.
    for status in [HTTPResponse.Status.ok, .ok, .tooManyRequests] {
      #expect(
        await server.ask("/search?q=a", from: "127.0.0.1", [.xForwardedFor: "9.9.9.9, 203.0.113.1"]).status
          == status)
    }
    #expect(
      await server.ask("/search?q=a", from: "127.0.0.1", [.xForwardedFor: "9.9.9.9, 203.0.113.2"]).status
        == .ok)
  }
}
