import IndexFormat
import QueryEngine
import SearchModel
import Synchronization
import TextAnalysis

/// One commit as it is served. Every request holds on to the one it began with; when the last of them is done,
/// mappings and tables of an old commit go.
final class ServedCommit: Sendable {
  let snapshot: IndexSnapshot
  /// Differs between any two commits, also of an index that was built anew.
  let identity: UInt64
  /// The answer of the health probe.
  let health: [UInt8]
  let answers: AnswerCache
  private let choices: OwnerChoices
  private let idle = Mutex<[Workbench]>([])
  private let completions: CompletionTable

  /// What one search needs for itself.
  ///
  /// `@unchecked Sendable`: it wanders between threads, but only one has it at a time, see `withWorkbench`.
  private final class Workbench: @unchecked Sendable {
    let searcher: Searcher
    let analyzer: Analyzer

    init(_ snapshot: IndexSnapshot, _ choices: OwnerChoices) throws {
      searcher = try Searcher(snapshot, analysis: choices.analysis, options: choices.search)
      analyzer = try Analyzer()
    }
  }

  init(_ snapshot: IndexSnapshot, cacheByteCount: Int, choices: OwnerChoices) {
    self.snapshot = snapshot
    self.choices = choices
    answers = AnswerCache(byteCount: cacheByteCount)
    identity = EntityTag.checksum(snapshot.commit.encode())
    var json = JSONWriter()
    json.object { json in
      json.field("status", "ok")
      json.field("commit", snapshot.commit.number)
      json.field("entries", snapshot.entryCount)
    }
    health = json.bytes
    completions = CompletionTable(snapshot)
  }

  private func withWorkbench<R>(_ body: (Workbench) throws -> R) throws -> R {
    let bench = try idle.withLock { $0.popLast() } ?? Workbench(snapshot, choices)
    defer { idle.withLock { $0.append(bench) } }
    return try body(bench)
  }

  func search(_ request: SearchRequest, deadline: Deadline) throws -> SearchResults {
    try withWorkbench { try $0.searcher.search(request, deadline: deadline) }
  }

  /// Lets somebody search who presents what is found in another way.
  func withSearcher<R>(_ body: (Searcher) throws -> R) throws -> R {
    try withWorkbench { try body($0.searcher) }
  }

  func complete(_ prefix: String, limit: Int) throws -> Completions {
    try withWorkbench { try completions.completions(of: prefix, limit: limit, analyzer: $0.analyzer) }
  }
}
