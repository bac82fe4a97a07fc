import Glibc
import HTTPTypes
import IndexFormat
import IndexStorage
import IndexWriting
import Logging
import SearchModel
import SearchTestSupport
import Synchronization

@testable import SearchService

/// An index in a temporary directory, and a server on it.
final class Fixture: Sendable {
  static let entries = [
    Entry(
      id: "a", kind: .item, title: "多集群入门", text: "用一个入口管理多集群。<script>alert(1)</script>",
      url: "https://example.org/a", category: ["工具推荐"], tags: ["multi-cluster"], lang: "zh"),
    Entry(
      id: "b", title: "Kubernetes guide", text: "How to run many clusters, 多集群 included.", url: "guide/",
      anchor: "top", category: ["Guides & more"], tags: ["kubernetes"], date: "2022-11-01", lang: "en"),
    Entry(
      id: "c", title: "集群备份", text: "备份一个集群。", url: "javascript:alert(1)", category: ["最佳实践"],
      tags: ["backup"], lang: "zh"),
  ]

  let files: TemporaryDirectory
  let directory: IndexDirectory
  let log = LogRecorder()

  init(_ entries: [Entry] = Fixture.entries) throws {
    files = try TemporaryDirectory()
    directory = IndexDirectory(path: files.path(of: "index"))
    try publish(entries)
  }

  @discardableResult
  func publish(_ entries: [Entry]) throws -> Commit {
    let writer = try IndexWriter(in: directory, options: .init(memoryBudget: 16 << 20, now: 1_700_000_000))
    for entry in entries { try writer.add(entry) }
    return try writer.commit(sourcePaths: ["."])
  }

  func server(_ change: (inout SearchServer.Options) -> Void = { _ in }) throws -> SearchServer {
    var options = SearchServer.Options(port: 0)
    // Other tests may hold every thread for minutes: that is not what most of these are about.
    options.limits.queryTime = .seconds(900)
    change(&options)
    return try SearchServer(directory, options: options, logger: Logger(label: "test") { _ in self.log })
  }

  /// Changes one byte of a file.
  func damage(_ name: String, at offset: Int) throws {
    var bytes = try files.read("index/" + name)
    bytes[offset] ^= 0xFF
    try files.write("index/" + name, bytes)
  }
}

extension SearchServer {
  /// A request without a connection.
  func ask(
    _ target: String, method: HTTPRequest.Method = .get, from peer: String? = nil, _ fields: HTTPFields = [:],
    body: String? = nil
  ) async -> Reply {
    var fields = fields
    if let body { fields[.contentLength] = String(body.utf8.count) }
    let request = HTTPRequest(
      method: method, scheme: "http", authority: "test", path: target, headerFields: fields)
    return await withCheckedContinuation { waiting in
      endpoint.answer(request, body: body.map { Array($0.utf8) }, from: peer.flatMap { ClientAddress($0) }) {
        waiting.resume(returning: $0)
      }
    }
  }
}

extension Reply {
  var text: String { String(decoding: body, as: UTF8.self) }

  /// What stands between `"key":"` and the next quote.
  func string(_ key: String) -> String? {
    let mark = "\"\(key)\":\""
    guard let start = text.range(of: mark) else { return nil }
    return String(text[start...].dropFirst(mark.count).prefix { $0 != "\"" })
  }
}

extension String {
  /// Where a string begins.
  func range(of other: String) -> Index? {
    indices.first { self[$0...].hasPrefix(other) }
  }
}

/// Keeps log lines as `level message key=value …`.
struct LogRecorder: LogHandler {
  private final class Lines: Sendable {
    let lines = Mutex<[String]>([])
  }

  private let recorded = Lines()
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  var lines: [String] { recorded.lines.withLock { $0 } }

  func log(event: LogEvent) {
    let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    recorded.lines.withLock { $0.append("\(event.level) \(event.message)\(values)") }
  }
}
