import Foundation
import HTTPTypes
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct AccessLogTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// The lines that some requests give.
  private func lines(
    ip: OperationOptions.ClientDetail = .none, _ requests: (SearchServer) async -> Void
  ) async throws -> [String] {
    let path = folder.path(of: "access.jsonl")
    let server = try Fixture().server {
      $0.operation.accessLog = path
      $0.operation.accessLogClient = ip
    }
    await requests(server)
    await server.endpoint.logs.stop()
    return String(decoding: try folder.read("access.jsonl"), as: UTF8.self).split(separator: "\n").map(
      String.init)
  }

  @Test("a line has what was asked and answered, and nothing of the query or the visitor")
  func line() async throws {
    let secret = "%E6%9F%90%E4%BA%BA"
    let lines = try await lines { server in
      _ = await server.ask(
        "/search?q=\(secret)", from: "203.0.113.77",
        [.referer: "https://example.org/private/page?token=abc", .userAgent: "Browser 1"])
      _ = await server.ask("/no\"thing/\(String(repeating: "x", count: 5_000))?q=1", method: .head)
      _ = await server.ask("/search?q=a", method: .post)
    }
    #expect(lines.count == 3)
    let entries = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(Set(entries[0].keys) == ["time", "method", "path", "status", "bytes", "us", "route", "referer"])
    #expect(entries[0]["path"] as? String == "/search" && entries[0]["route"] as? String == "/search")
    #expect(entries[0]["status"] as? Int == 200 && entries[0]["bytes"] as? Int ?? 0 > 50)
    #expect(entries[0]["referer"] as? String == "https://example.org")
    let time = try #require(entries[0]["time"] as? String)
    #expect(time.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    for personal in ["203.0.113", secret, "某人", "token", "private", "Browser"] {
      #expect(!lines[0].contains(personal))
    }
    #expect(
      entries[1]["status"] as? Int == 404 && entries[1]["bytes"] as? Int == 0 && entries[1]["route"] == nil)
    #expect((entries[1]["path"] as? String)?.utf8.count == 256)
    #expect(entries[2]["status"] as? Int == 405 && entries[2]["method"] as? String == "POST")
  }

  @Test(
    "the address is written as far as the owner of the site wants it",
    arguments: [
      (OperationOptions.ClientDetail.truncated, #""ip":"203.0.113.0""#), (.full, #""ip":"203.0.113.77""#),
    ])
  func addresses(ip: OperationOptions.ClientDetail, expected: String) async throws {
    let lines = try await lines(ip: ip) { server in
      _ = await server.ask("/healthz", from: "127.0.0.1", [.xForwardedFor: "203.0.113.77"])
    }
    #expect(lines.count == 1 && lines[0].contains(expected))
  }

  @Test("a referer is named by its origin or not at all")
  func referers() {
    #expect(AccessLog.refererHost("http://a.example:8080?x") == "http://a.example:8080")
    for text in [nil, "", "about:blank", "https://", "https://user:secret@example.org/", "ftp://a/"] {
      #expect(AccessLog.refererHost(text) == nil)
    }
  }

  @Test("lost lines are counted in the metrics")
  func metrics() async throws {
    let server = try Fixture().server {
      $0.operation.accessLog = "/dev/full"
      $0.hasMetrics = true
    }
    _ = await server.ask("/healthz")
    while true {
      let text = await server.ask("/metrics").text
      #expect(text.contains("search_log_lines_dropped_total"))
      if !text.contains("search_log_lines_dropped_total{log=\"access\"} 0\n") { break }
    }
  }
}
