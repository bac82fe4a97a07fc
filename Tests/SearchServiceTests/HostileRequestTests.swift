import SearchTestSupport
import Testing

@testable import SearchService

/// The short form of `Tests/Endpoint/torture.py`: bytes of people who mean harm, on real connections.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HostileRequestTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private static let good =
    "GET /search?q=%E9%9B%86%E7%BE%A4 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
  private static let pieces = [
    "\r\n", "\n", "\r", "\0", " ", "\t", ":", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
    "Host: u\r\n", "HTTP/1.1", "GET ", "%00", "%zz", "/../", "?", "#", "0\r\n\r\n",
    String(repeating: "A", count: 9_000),
  ]

  @Test("spoilt requests are refused or the connection ends, and the next one is answered")
  func spoilt() async throws {
    try await fixture.serve { port, _ in
      for seed in UInt64(0)..<200 {
        var random = SplitMix64(seed: seed)
        var bytes = Array(Self.good.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: bytes.indices, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes[place] = UInt8.random(in: 0...127, using: &random)
          case 1:
            bytes.insert(contentsOf: Self.pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
          default:
            bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
          }
        }
        let client = try await Client(port: port)
        try await client.send(String(decoding: bytes, as: UTF8.self))
        client.finishSending()
        let answer = try await client.all()
        #expect(answer == "" || !answer.hasPrefix("HTTP/1.1 5"), "seed \(seed): \(answer)")
        #expect(answer.components("HTTP/1.1 5").count == 1, "seed \(seed)")
      }
      let next = try await Client(port: port)
      try await next.send(Self.good)
      #expect(try await next.all().hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test(
    "HTTP/1.1 names one valid host; HTTP/1.0 may name none, and ends after one answer unless it asks for more",
    arguments: [
      ("1.1", "Host: t\r\nConnection: close\r\n", "HTTP/1.1 200"), ("1.1", "", "HTTP/1.1 400"),
      ("1.1", "Host: t\r\nHost: t\r\n", "HTTP/1.1 400"), ("1.1", "Host:\r\n", "HTTP/1.1 400"),
      ("1.1", "Host: a b\r\n", "HTTP/1.1 400"), ("1.1", "Host: a/b\r\n", "HTTP/1.1 400"),
      ("1.1", "Host: [::1]:80\r\nConnection: close\r\n", "HTTP/1.1 200"), ("1.0", "", "HTTP/1.0 200"),
      ("1.0", "Host: t\r\n", "HTTP/1.0 200"), ("1.0", "Host: t\r\nHost: u\r\n", "HTTP/1.0 400"),
    ])
  func hosts(version: String, fields: String, status: String) async throws {
    try await fixture.serve { port, _ in
      let client = try await Client(port: port)
      try await client.send("GET /healthz HTTP/\(version)\r\n\(fields)\r\n")
      // All there is until the server ends the connection, which it does by itself.
      let answer = try await client.all()
      #expect(answer.dropFirst("HTTP/1.x".count).hasPrefix(status.dropFirst("HTTP/1.x".count)), "\(answer)")
    }
  }

  @Test(
    "a request hidden in another's body is not answered",
    arguments: [
      "Content-Length: 37\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 37\r\nContent-Length: 0\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Content-Length: 37\r\n",
      "Content-Length: +37\r\n", "Transfer-Encoding : chunked\r\n", "X: a\r\n Content-Length: 37\r\n",
    ])
  func smuggled(fields: String) async throws {
    try await fixture.serve { port, _ in
      for method in ["GET", "POST", "HEAD"] {
        let client = try await Client(port: port)
        let hidden = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"
        try await client.send("\(method) /search?q=a HTTP/1.1\r\nHost: t\r\n\(fields)\r\n\(hidden)")
        client.finishSending()
        let answer = try await client.all()
        #expect(!answer.contains("\"status\":\"ok\""), "\(method): \(answer)")
      }
    }
  }

  @Test("a client that does not read is answered no more than is on its way, and cut off")
  func neverReading() async throws {
    var impatient = ServiceLimits()
    impatient.idleTime = .milliseconds(300)
    try await fixture.serve(impatient) { port, server in
      let metrics = server.endpoint.metrics
      let client = try await Client(port: port, receiveBuffer: 4_096)
      try await client.send(String(repeating: "GET /search.js HTTP/1.1\r\nHost: t\r\n\r\n", count: 3_000))
      while metrics.current.outcomes.isEmpty || metrics.connectionCount > 0 {
        try await Task.sleep(for: .milliseconds(10))
      }
      // All of them are 60 MB. The system keeps up to 4 MB for a connection, the server as good as nothing.
      let answered = metrics.current.outcomes.values.reduce(0, +)
      let byteCount = PageAsset.script.bytes.count
      #expect(answered > 0 && answered * byteCount < 8 << 20, "\(answered) answers of \(byteCount) bytes")
    }
  }

  @Test("a client may close its side after asking")
  func halfClosed() async throws {
    try await fixture.serve { port, _ in
      for count in [1, 3] {
        let client = try await Client(port: port)
        let request = "GET /search?q=a HTTP/1.1\r\nHost: t\r\n\r\n"
        try await client.send(String(repeating: request, count: count))
        client.finishSending()
        #expect(try await client.all().components("HTTP/1.1 200 ").count == count + 1)
      }
    }
  }
}
