import ArgumentParser
import FoundationEssentials
import IndexFormat
import IndexStorage
import QueryEngine
import SearchModel

/// Times whole answers of the product: what a person types, as `search query` and the endpoint evaluate it.
struct AnswerBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answers", abstract: "Time the product's answers on an index made with --analyzer default.",
    discussion: """
      QUERIES has one query a line. Printed are, in microseconds over the queries: `answer`, the ranking of ten hits
      by all features, with the exact total and the counts of the category facet, without snippets; `snippets`, what
      the ten hits with titles and snippets cost on top of it.
      """)

  @Argument(help: "Index directory.") var directory: String
  @Argument(help: "Queries, one a line.") var queries: String
  @Option(help: "JSON file to write, with the figures of every query.") var output: String?
  @Option(help: "Rounds before timing.") var warm = 2
  @Option(help: "Timed rounds; the best of each query counts.") var rounds = 7

  private struct Figure {
    let query: String
    let total: Int
    let answer: Double
    /// The ranking and the hits, however many.
    let whole: Double
    let isFullPage: Bool

    /// Nil where there are not ten hits.
    var snippets: Double? { isFullPage ? max(0, whole - answer) : nil }
  }

  func run() throws {
    let searcher = try Searcher(in: IndexDirectory(path: directory))
    let lines = try String(contentsOfFile: queries, encoding: .utf8).split(separator: "\n").map(String.init)
    let requests = lines.map { SearchRequest(text: $0) }
    let answers = try best(requests) { _ = try searcher.rankedIDs($0) }
    let whole = try best(requests) { _ = try searcher.search($0) }
    let figures = try zip(requests, zip(answers, whole)).map { request, times in
      let results = try searcher.search(request)
      return Figure(
        query: request.text, total: results.total, answer: times.0, whole: times.1,
        isFullPage: results.match == .full && results.hits.count == SearchRequest.defaultLimit)
    }
    for (name, values) in [("answer", figures.map(\.answer)), ("snippets", figures.compactMap(\.snippets))] {
      print(
        "\(name): \(values.count) queries, median \(percentile(values, 0.5)) µs, p99 \(percentile(values, 0.99)) µs"
      )
    }
    guard let output else { return }
    var json = JSONWriter()
    json.object { json in
      json.field("docs", searcher.snapshot.statistics.documentCount)
      json.key("queries")
      json.array { json in
        for figure in figures {
          json.object { json in
            json.field("q", figure.query)
            json.field("count", figure.total)
            json.field("answer_us", figure.answer)
            json.field("whole_us", figure.whole)
            if let snippets = figure.snippets { json.field("snippets_us", snippets) }
          }
        }
      }
    }
    try Data(json.bytes).write(to: URL(filePath: output))
  }

  /// Microseconds of the fastest round of each request.
  private func best(_ requests: [SearchRequest], _ body: (SearchRequest) throws -> Void) throws -> [Double] {
    var best = [Double](repeating: .infinity, count: requests.count)
    for round in 0..<warm + rounds {
      for (place, request) in requests.enumerated() {
        let start = nanoseconds()
        try body(request)
        let elapsed = Double(nanoseconds() - start) / 1_000
        if round >= warm { best[place] = min(best[place], elapsed) }
      }
    }
    return best
  }
}
