import ContentIngest
import IndexFormat
import IndexStorage
import IndexWriting
import QueryEngine
import SearchModel
import SearchTestSupport

/// An index of a few entries in a temporary directory.
final class TestIndex {
  private let temporary: TemporaryDirectory
  let directory: IndexDirectory
  let searcher: Searcher

  /// The entries as the index holds them.
  let entries: [Entry]

  init(
    _ entries: [Entry], memoryBudget: Int = 256 << 20, orderedFrom: Int = 4_096,
    options: SearchOptions = SearchOptions()
  ) throws {
    temporary = try TemporaryDirectory()
    directory = IndexDirectory(path: temporary.path + "/index")
    let writer = try IndexWriter(
      in: directory, options: .init(memoryBudget: memoryBudget, orderedFrom: orderedFrom, now: 0))
    for entry in entries { try writer.add(entry) }
    _ = try writer.commit(sourcePaths: [])
    searcher = try Searcher(in: directory, options: options)
    self.entries = try Self.entries(in: searcher.snapshot)
  }

  convenience init(paths: [String]) throws { try self.init(Self.read(paths)) }

  func search(_ text: String, limit: Int = 1_000, offset: Int = 0) throws -> SearchResults {
    try searcher.search(
      SearchRequest(text: text, limit: limit, offset: offset, facets: [.category, .lang]))
  }

  static func read(_ paths: [String]) throws -> [Entry] {
    var entries: [Entry] = []
    var reader = ContentReader()
    for file in try FileWalker(paths: paths).files().files {
      try reader.read(file, entry: { entries.append($0) }, skipped: { _ in })
    }
    return entries
  }

  static func readJSONL(_ bytes: [UInt8]) throws -> [Entry] {
    var entries: [Entry] = []
    var reader = ContentReader()
    try reader.read(bytes, name: "lines.jsonl", entry: { entries.append($0) }, skipped: { _ in })
    return entries
  }

  private static func entries(in snapshot: IndexSnapshot) throws -> [Entry] {
    try snapshot.segments.flatMap { segment in
      let stored = try segment.storedFields()
      return try (0..<segment.documentCount).map { try segment.entry($0, from: stored) }
    }
  }

  /// The sample, and the real documents where they are.
  static let corpora: [String] = [Corpora.data] + (Corpora.seeds.map { [$0] } ?? [])
}
