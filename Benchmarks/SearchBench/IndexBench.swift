import ArgumentParser
import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel

/// Indexes a corpus and prints how long that took, as one line that begins with `JSON`.
struct IndexBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Index a JSONL corpus and print the time.")

  enum Analysis: String, ExpressibleByArgument, CaseIterable {
    case whitespace, `default`
  }

  @Argument(help: "JSONL with id, title, text and category.") var corpus: String
  @Argument(help: "Index directory; one that is there is built anew.") var directory: String
  @Option(
    help: "whitespace: one field of tokens between single spaces, no stored text; default: as the product.")
  var analyzer = Analysis.whitespace
  @Option(help: "Threads; 0 for as many as cores.") var threads = 1
  @Option(help: "Read at most this many lines; 0 for all.") var limit = 0
  @Option(help: "Megabytes of buffers.") var memory = 256

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let target = IndexDirectory(path: directory)
    let threadCount = threads > 0 ? threads : WorkCrew.coreCount
    let options = IndexWriter.Options(
      threadCount: threadCount, memoryBudget: memory << 20, now: Int(time(nil)))
    let writer =
      switch analyzer {
      case .whitespace: try IndexWriter(in: target, options: options) { WhitespaceAnalyzer() }
      case .default: try IndexWriter(in: target, options: options)
      }
    let (count, skippedCount) = try Corpus(path: corpus, limit: limit).read { entry in
      try writer.add(analyzer == .whitespace ? Self.plain(entry) : entry)
    }
    let commit = try writer.commit(sourcePaths: [])
    let seconds = (clock.now - start) / .seconds(1)
    var json = JSONWriter()
    json.object { json in
      json.field("engine", "search")
      json.field("docs", count)
      json.field("skipped", skippedCount)
      json.key("commit_s")
      json.number(seconds)
      json.key("merged_s")
      json.number(seconds)
      json.field("segments", commit.segments.count)
    }
    print("JSON " + String(decoding: json.bytes, as: UTF8.self))
  }

  /// The fields that the other engines get.
  private static func plain(_ entry: Entry) -> Entry {
    Entry(id: entry.id, title: entry.title, text: entry.text, category: [entry.comparedCategory])
  }
}
