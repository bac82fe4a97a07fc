import Glibc
import HTTPTypes
import Logging
import SearchTestSupport
import ServiceLifecycle
import Testing

@testable import SearchService

@Suite struct WebhookTests {
  private static let secret = "It's a Secret to Everybody"
  private static let body = "Hello, World!"
  /// The example that GitHub gives for its webhooks.
  private static let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Adds a line to a file, slowly.
  private func hook(_ script: String) -> Webhook {
    Webhook(
      secret: Self.secret, command: ["/bin/sh", "-c", script, folder.path(of: "runs")],
      environment: ["PATH=/usr/bin:/bin", "NAME=value"])
  }

  private func runs() throws -> [String] {
    try folder.names().contains("runs")
      ? String(decoding: try folder.read("runs"), as: UTF8.self).split(separator: "\n").map(String.init) : []
  }

  @Test("a body counts only with the signature of who knows the secret")
  func signature() {
    let hook = hook("")
    #expect(hook.isSigned(Array(Self.body.utf8), by: Self.signature))
    for wrong in [
      nil, "", "sha256=", String(Self.signature.dropFirst(7)), Self.signature + "00",
      "sha1=" + Self.signature.dropFirst(7),
      Self.signature.replacing("7", with: "8"), "sha256=" + String(repeating: "0", count: 64),
    ] as [String?] {
      #expect(!hook.isSigned(Array(Self.body.utf8), by: wrong), "\(wrong ?? "none")")
    }
    #expect(!hook.isSigned(Array("Hello, World".utf8), by: Self.signature))
    #expect(!hook.isSigned([], by: Self.signature))
  }

  @Test("what is asked for in a moment is one run; what is asked for meanwhile one more; never two at once")
  func debounce() async throws {
    let script = "echo begin >> $0; sleep 0.2; echo end >> $0"
    let reindexing = Reindexing(
      hook(script), timing: .init(quietTime: .milliseconds(30), longestWait: .seconds(60)),
      logger: .init(label: "test") { _ in LogRecorder() })
    func wait(until condition: () throws -> Bool) async throws {
      while try !condition() {
        reindexing.runIfDue()
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    for _ in 0..<10 { reindexing.request() }
    try await wait { try !runs().isEmpty }
    for _ in 0..<10 { reindexing.request() }
    try await wait { reindexing.counts == (2, 0) }
    for _ in 0..<1_000 { reindexing.runIfDue() }
    #expect(try runs() == ["begin", "end", "begin", "end"])
    await reindexing.stop()
  }

  @Test("a run that fails is said with its exit code and counted; the end of the server ends a run")
  func failure() async throws {
    let recorder = LogRecorder()
    let script =
      "echo $NAME >> $0; ls /proc/self/fd | wc -l >> $0; test -e $0.second && exec sleep 600; touch $0.second; exit 3"
    let reindexing = Reindexing(
      hook(script), timing: .init(quietTime: .zero), logger: .init(label: "test") { _ in recorder })
    reindexing.request()
    reindexing.runIfDue()
    while reindexing.counts.failures == 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(recorder.lines.count == 1)
    #expect(recorder.lines.first?.hasPrefix("error index not brought up to date exit=3") == true)
    // The environment that was given; three streams and the folder itself, nothing of ours.
    #expect(try runs() == ["value", "4"])
    reindexing.request()
    reindexing.runIfDue()
    while try runs().count < 4 { try await Task.sleep(for: .milliseconds(5)) }
    await reindexing.stop()
    let counts = reindexing.counts
    #expect(counts.successes == 0 && counts.failures == 2)
    #expect(recorder.lines.last?.contains("signal=15") == true)
  }

  @Test("over HTTP: 202 and a run, 403 without signature, 405 for reading, 404 where there is no hook")
  func endpoint() async throws {
    let hook = hook("echo run >> $0")
    let server = try Fixture().server {
      $0.operation.webhook = hook
      $0.operation.keys = APIKeys(hashes: [APIKeys.hash(of: "key")]) ?? APIKeys()
      $0.limits.reindexing.quietTime = .zero
      $0.hasMetrics = true
    }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let group = server.services { announce.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await server.run(group) }
      for await port in ports {
        do { try await check(port, server) } catch {
          await group.triggerGracefulShutdown()
          throw error
        }
        break
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
    #expect(await (try Fixture().server()).ask("/_hook", method: .post).status == .notFound)
  }

  private func check(_ port: Int, _ server: SearchServer) async throws {
    let client = try await Client(port: port)
    func post(_ fields: String) async throws -> String {
      let length = Self.body.utf8.count
      try await client.send(
        "POST /_hook HTTP/1.1\r\nHost: t\r\n\(fields)Content-Length: \(length)\r\n\r\n\(Self.body)")
      return try await client.response()
    }
    #expect(try await post("").hasPrefix("HTTP/1.1 403 "))
    #expect(try await post("X-Hub-Signature-256: \(Self.signature)\r\n").hasPrefix("HTTP/1.1 202 "))
    while try runs() != ["run"] { try await Task.sleep(for: .milliseconds(5)) }
    try await client.send("GET /_hook HTTP/1.1\r\nHost: t\r\n\r\n")
    #expect(try await client.response().hasPrefix("HTTP/1.1 405 "))
    let text = await server.ask("/metrics", [.authorization: "Bearer key"]).text
    #expect(text.contains("search_webhook_runs_total{outcome=\"success\"}"))
  }
}
