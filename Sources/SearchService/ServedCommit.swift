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
  private let completions: Mutex<CompletionState>

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

  private enum CompletionState {
    /// With the table of the commit before, which answers for as long as there is none of this one.
    case none(earlier: CompletionTable?)
    case building(earlier: CompletionTable?)
    case ready(CompletionTable)
    case failed(any Error)

    var table: CompletionTable? {
      switch self {
      case .none(let earlier), .building(let earlier): earlier
      case .ready(let table): table
      case .failed: nil
      }
    }
  }

  init(
    _ snapshot: IndexSnapshot, cacheByteCount: Int, choices: OwnerChoices, after earlier: ServedCommit? = nil
  ) {
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
    completions = Mutex(.none(earlier: earlier?.completions.withLock { $0.table }))
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

  // MARK: Completions

  /// Nil while there is no table yet.
  func complete(_ prefix: String, limit: Int) throws -> Completions? {
    let state = completions.withLock { $0 }
    if case .failed(let error) = state { throw error }
    guard let table = state.table else { return nil }
    return try withWorkbench { try table.completions(of: prefix, limit: limit, analyzer: $0.analyzer) }
  }

  /// Whether the caller has to call `buildCompletions`; true once.
  func claimCompletions() -> Bool {
    completions.withLock { state in
      guard case .none(let earlier) = state else { return false }
      state = .building(earlier: earlier)
      return true
    }
  }

  func buildCompletions() throws { completions.withLock { $0 = .ready(CompletionTable(snapshot)) } }

  /// Whether somebody has asked for completions, of this commit or of one before.
  var wantsCompletions: Bool {
    completions.withLock { state in
      if case .none(earlier: nil) = state { false } else { true }
    }
  }
}
