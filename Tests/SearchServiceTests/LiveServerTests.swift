import Glibc
import IndexFormat
import IndexStorage
import Logging
import SearchModel
import SearchTestSupport
import ServiceLifecycle
import Synchronization
import Testing

@testable import SearchService

/// A server on a free port of this machine, for what only a connection shows.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LiveServerTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private func serve(
    _ limits: ServiceLimits = ServiceLimits(),
    _ body: @escaping @Sendable (Int, ServiceGroup) async throws -> Void
  ) async throws {
    try await fixture.serve(limits) { port, _, group in try await body(port, group) }
  }

  // MARK: Requests on the wire

  @Test("answers follow one another on one connection")
  func keepAlive() async throws {
    try await serve { port, _ in
      let client = try await Client(port: port)
      for _ in 0..<3 {
        try await client.send("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(try await client.response().contains("\"status\":\"ok\""))
      }
      try await client.send(
        "HEAD /search?q=a HTTP/1.1\r\nHost: t\r\n\r\nGET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
      let head = try await client.response(hasBody: false)
      #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
      #expect(try await client.response().hasSuffix("\"entries\":3}"))
    }
  }

  @Test(
    "what is no request, or too large, is refused in JSON and the server goes on", arguments: WrongRequest.all
  )
  func refusals(wrong: WrongRequest) async throws {
    try await serve { port, _ in
      let client = try await Client(port: port)
      try await client.send(wrong.bytes)
      let answer = try await client.all()
      #expect(answer.hasPrefix("HTTP/1.1 \(wrong.status) ") && answer.contains("\"code\":\"\(wrong.code)\""))
      #expect(answer.components("HTTP/1.1 ").count == 2, "one answer, then the end")
      let next = try await Client(port: port)
      try await next.send("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
      #expect(try await next.response().hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test("requests before a refused one are answered first, in order")
  func refusalAfterAnswers() async throws {
    try await serve { port, _ in
      let client = try await Client(port: port)
      let good = "GET /search?q=%E9%9B%86%E7%BE%A4 HTTP/1.1\r\nHost: t\r\n\r\n"
      try await client.send(good + good + "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\n\r\n")
      let answers = try await client.all().components("HTTP/1.1 ").dropFirst()
      #expect(answers.map { String($0.prefix(3)) } == ["200", "200", "414"])
    }
  }

  @Test("a header that does not come to its end, and an idle connection, are closed")
  func slowClients() async throws {
    var impatient = ServiceLimits()
    impatient.headTime = .milliseconds(200)
    impatient.idleTime = .milliseconds(400)
    try await serve(impatient) { port, _ in
      let slow = try await Client(port: port)
      try await slow.send("GET / HTTP/1.1\r\nHost:")
      #expect(try await slow.all() == "")
      let idle = try await Client(port: port)
      #expect(try await idle.all() == "")
    }
  }

  // MARK: New commits

  @Test("a new commit is served by itself, and the old mapping goes")
  func takeOver() async throws {
    try await serve(.looking(every: .milliseconds(20))) { [fixture] port, _ in
      let client = try await Client(port: port)
      try await client.send("GET /suggest?q=Kube HTTP/1.1\r\nHost: t\r\n\r\n")
      #expect(try await client.response().contains("Kubernetes guide"))
      let old = try fixture.files.names(in: "index").filter { $0.hasSuffix(".seg") }
      for number in 2...4 {
        try fixture.publish(Fixture.entries + [Entry(id: "new\(number)", title: "Kubelet \(number)")])
        try await client.wait(for: "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n", until: "\"commit\":\(number)")
        try await client.send("GET /search?q=Kubelet HTTP/1.1\r\nHost: t\r\n\r\n")
        let found = try await client.response()
        #expect(found.contains("\"id\":\"new\(number)\"") && found.contains("\"commit\":\(number)"))
        // The completions of the commit before answer until there are new ones.
        try await client.wait(
          for: "GET /suggest?q=Kubelet HTTP/1.1\r\nHost: t\r\n\r\n", until: "Kubelet \(number)")
      }
      #expect(
        !(try mappings()).contains { line in
          old.contains { line.contains(fixture.files.path) && line.contains($0) }
        })
    }
    #expect(fixture.log.lines.filter { $0.hasPrefix("info new commit commit=") }.count == 3)
  }

  @Test("a damaged new commit is refused and reported once, and a sound one after it is taken")
  func damagedCommit() async throws {
    try await serve(.looking(every: .milliseconds(20))) { [fixture] port, _ in
      let client = try await Client(port: port)
      let pointer = try fixture.files.read("index/commit")
      try fixture.files.write("index/new", pointer.dropLast() + [pointer[pointer.count - 1] ^ 1])
      #expect(rename(fixture.files.path(of: "index/new"), fixture.files.path(of: "index/commit")) == 0)
      try await fixture.log.wait { $0.hasPrefix("error new commit refused") }
      try fixture.files.write("index/new", pointer)
      #expect(rename(fixture.files.path(of: "index/new"), fixture.files.path(of: "index/commit")) == 0)
      try fixture.publish(Array(Fixture.entries.prefix(1)))
      try await client.wait(
        for: "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n", until: "\"commit\":2,\"entries\":1}")
    }
    #expect(fixture.log.lines.filter { $0.hasPrefix("error") }.count == 1)
  }

  @Test("the page checksums of a new commit are compared before it is served")
  func damagedPages() async throws {
    try await serve(.looking(every: .seconds(3_600))) { [fixture] port, _ in
      _ = port
      let index = try ServedIndex(fixture.directory, limits: ServiceLimits())
      try fixture.publish(Array(Fixture.entries.prefix(2)))
      let name = try #require(try fixture.files.names(in: "index").first { $0.hasSuffix(".seg") })
      let sound = try fixture.files.read("index/" + name)
      try fixture.damage(name, at: 100)
      let logger = Logger(label: "test") { _ in fixture.log }
      #expect(index.takeOverNewCommit(logger) == nil && index.takeOverNewCommit(logger) == nil)
      #expect(index.current.snapshot.commit.number == 1)
      #expect(fixture.log.lines.filter { $0.hasPrefix("error new commit refused") }.count == 1)
      // The same commit again is not looked at again; the next one is.
      try fixture.files.write("index/" + name, sound)
      #expect(index.takeOverNewCommit(logger) == nil)
      try fixture.publish(Array(Fixture.entries.prefix(1)))
      #expect(index.takeOverNewCommit(logger)?.snapshot.commit.number == 3)
    }
  }

  @Test("no index and a damaged one are refused at the start")
  func badStart() throws {
    let empty = try TemporaryDirectory()
    #expect(throws: IndexOpenError.self) {
      try SearchServer(IndexDirectory(path: empty.path), options: .init(), logger: Logger(label: "test"))
    }
    try fixture.damage(
      try #require(try fixture.files.names(in: "index").first { $0.hasSuffix(".seg") }), at: 100)
    #expect(throws: IndexFormatError.self) { try fixture.server() }
  }

  // MARK: Start and stop

  @Test("told to stop, it answers what is under way, closes idle connections and ends")
  func drain() async throws {
    let start = ContinuousClock.now
    try await serve { port, group in
      let idle = try await Client(port: port)
      try await idle.send("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
      _ = try await idle.response()
      let half = try await Client(port: port)
      // With the answer to the first one it is certain that the second one was read so far.
      try await half.send("GET /healthz HTTP/1.1\r\nHost: t\r\n\r\nGET /search?q=a HTTP/1.1\r\n")
      _ = try await half.response()
      let busy = try await Client(port: port)
      try await busy.send(
        String(repeating: "GET /search?q=%E9%9B%86%E7%BE%A4 HTTP/1.1\r\nHost: t\r\n\r\n", count: 20))
      _ = try await busy.response()
      await group.triggerGracefulShutdown()
      let rest = try await busy.all().components("HTTP/1.1 ").dropFirst()
      #expect(rest.allSatisfy { $0.hasPrefix("200") && $0.hasSuffix("}") })
      #expect(try await idle.all() == "")
      #expect(try await half.all() == "")
    }
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(fixture.log.lines.last == "info stopped")
  }

  @Test("a port in use is an error that says so")
  func portInUse() async throws {
    try await serve { [fixture] port, _ in
      let second = try fixture.server { $0.port = port }
      await #expect(throws: SearchServer.ListenError.self) { try await second.run(second.services()) }
    }
  }

  @Test("an address that is none of ours is an error that says so")
  func wrongHost() async throws {
    let server = try fixture.server { $0.host = "192.0.2.1" }  // kept free for documentation
    await #expect(throws: SearchServer.ListenError.self) { try await server.run(server.services()) }
  }

  private func mappings() throws -> [String] {
    guard let file = fopen("/proc/self/maps", "r") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    while getline(&line, &capacity, file) > 0, let line { lines.append(String(cString: line)) }
    free(line)
    return lines
  }
}

extension ServiceLimits {
  static func looking(every interval: Duration) -> ServiceLimits {
    var limits = ServiceLimits()
    limits.pollInterval = interval
    limits.queryTime = .seconds(900)
    return limits
  }
}

extension LogRecorder {
  /// Returns when there is such a line; the time limit of the suite is the end.
  func wait(for isWanted: (String) -> Bool) async throws {
    while !lines.contains(where: isWanted) { try await Task.sleep(for: .milliseconds(5)) }
  }
}

/// Bytes that are no request for this server, and what it says to them.
struct WrongRequest: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var bytes: String
  var status: Int
  var code: String

  static let all: [WrongRequest] = [
    target(of: 1_000_000), target(of: 9_000),
    headers("one long field", "X: \(String(repeating: "a", count: 17_000))\r\n"),
    headers("101 fields", String(repeating: "X: a\r\n", count: 101)),
    headers("100,000 fields", String(repeating: "X: a\r\n", count: 100_000)),
    malformed("nonsense", "nonsense\r\n\r\n"),
    malformed("NUL in the path", "GET /\u{0} HTTP/1.1\r\nHost: t\r\n\r\n"),
    malformed("a space in a field name", "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n"),
    malformed("HTTP 9.9", "GET / HTTP/9.9\r\n\r\n"),
    malformed("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: t\r\n\r\n"),
    body("a body", "GET /search?q=a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"),
    body("a broken body", "GET / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    WrongRequest(
      testDescription: "a body that does not come",
      bytes: "POST /search HTTP/1.1\r\nHost: t\r\nContent-Length: 90000\r\n\r\nabc", status: 405,
      code: "method_not_allowed"),
  ]

  private static func target(of length: Int) -> WrongRequest {
    WrongRequest(
      testDescription: "a target of \(length) bytes",
      bytes: "GET /search?q=\(String(repeating: "a", count: length)) HTTP/1.1\r\nHost: t\r\n\r\n",
      status: 414,
      code: "target_too_long")
  }

  private static func headers(_ name: String, _ fields: String) -> WrongRequest {
    WrongRequest(
      testDescription: name, bytes: "GET / HTTP/1.1\r\n\(fields)\r\n", status: 431, code: "headers_too_large")
  }

  private static func malformed(_ name: String, _ bytes: String) -> WrongRequest {
    WrongRequest(testDescription: name, bytes: bytes, status: 400, code: "malformed_request")
  }

  private static func body(_ name: String, _ bytes: String) -> WrongRequest {
    WrongRequest(testDescription: name, bytes: bytes, status: 413, code: "body_not_allowed")
  }
}
