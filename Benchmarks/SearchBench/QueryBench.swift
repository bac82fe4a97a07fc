import ArgumentParser
import FoundationEssentials
import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import QueryEngine
import SearchModel
import TextAnalysis

/// Times queries on an index of ready-made tokens, and writes times and answers as one JSON object.
struct QueryBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Time queries on an index made with --analyzer whitespace.",
    discussion: """
      QUERIES has one query a line: id, class, operation (term, and, or, phrase or miss)
      and tokens, with tabs between them and spaces between tokens.
      """)

  @Argument(help: "Index directory.") var directory: String
  @Argument(help: "Queries, tab-separated.") var queries: String
  @Argument(help: "JSON file to write.") var output: String
  @Option(help: "Rounds before timing.") var warm = 2
  @Option(help: "Timed rounds of each mode.") var rounds = 10
  @Option(help: "Modes, with commas.") var modes = TimedQuery.Mode.allCases.map(\.rawValue).joined(
    separator: ",")

  func run() throws {
    let chosen = try modes.split(separator: ",").map { name in
      guard let mode = TimedQuery.Mode(rawValue: String(name)) else {
        throw ValidationError("there is no mode \(name)")
      }
      return mode
    }
    let snapshot = try IndexSnapshot(in: IndexDirectory(path: directory))
    let searcher = try Searcher(plansOn: snapshot, parameters: .plain)
    let lines = try String(contentsOfFile: queries, encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }
    let all = try lines.map { try TimedQuery($0, snapshot: snapshot) }
    var times: [TimedQuery.Mode: [[Double]]] = [:]
    for mode in chosen { times[mode] = try time(mode, all, on: searcher) }
    var json = JSONWriter()
    try QueryReport(directory: directory, searcher: searcher, queries: all, times: times).write(to: &json)
    try Data(json.bytes).write(to: URL(filePath: output))
  }

  /// Microseconds of every round of every query. The order is shuffled, the same in every mode.
  private func time(_ mode: TimedQuery.Mode, _ queries: [TimedQuery], on searcher: Searcher) throws
    -> [[Double]]
  {
    var order = Array(queries.indices)
    var random = SplitMix64(state: 1)
    order.shuffle(using: &random)
    var times = [[Double]](repeating: [], count: queries.count)
    for round in 0..<warm + rounds {
      for index in order {
        let start = nanoseconds()
        try queries[index].run(mode, on: searcher)
        let elapsed = nanoseconds() - start
        if round >= warm { times[index].append(Double(elapsed) / 1_000) }
      }
    }
    return times
  }
}

extension BM25F.Parameters {
  /// BM25 as the other engines have it; the index has one field.
  static let plain = BM25F.Parameters(k1: 1.2, b: 0.75, titleWeight: 1, titleB: 0.75)
}
