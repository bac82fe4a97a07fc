import ArgumentParser
import IndexFormat
import QueryEngine
import SearchModel
import TextAnalysis

/// One line of a query file, ready to run.
struct TimedQuery {
  enum Mode: String, CaseIterable {
    case top10 = "TOP_10"
    case top100 = "TOP_100"
    case count = "COUNT"
    case top10Count = "TOP_10_COUNT"
    case facet = "FACET"
  }

  let id: String
  let queryClass: String
  let operation: String
  let text: String
  private let plan: QueryPlan
  private let needsAll: Bool

  init(_ line: Substring, snapshot: IndexSnapshot) throws {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == 4 else { throw ValidationError("not four columns: \(line)") }
    id = String(columns[0])
    queryClass = String(columns[1])
    operation = String(columns[2])
    text = String(columns[3])
    var tokens = columns[3].split(separator: " ").map(String.init)
    needsAll = operation != "or"
    let total = snapshot.statistics.documentCount
    func weight(_ token: String) throws -> Float {
      let matching = try snapshot.documentFrequency(of: Self.key(token))
      return matching == 0 ? 0 : inverseDocumentFrequency(matching: matching, of: total)
    }
    if operation == "phrase", tokens.count > 1 {
      let sequence = Self.chunks(tokens)
      plan = QueryPlan(
        parts: [Query.Part(content: .exact(sequence), scope: .anywhere, range: 0..<0)],
        scoring: [
          QueryPlan.WeightedFeature(
            content: .phrase(TermSequence(sequence)), weight: try tokens.reduce(0) { $0 + (try weight($1)) })
        ])
      return
    }
    var seen: Set<String> = []
    tokens.removeAll { !seen.insert($0).inserted }
    plan = QueryPlan(
      parts: tokens.map { Query.Part(content: .exact(Self.chunks([$0])), scope: .anywhere, range: 0..<0) },
      scoring: try tokens.map {
        QueryPlan.WeightedFeature(content: .term(Self.key($0)), weight: try weight($0))
      })
  }

  private static func key(_ token: String) -> [UInt8] { [TokenKind.latin.rawValue] + Array(token.utf8) }

  private static func chunks(_ tokens: [String]) -> [QueryChunk] {
    [
      .latin(
        LatinChunk(parts: tokens.map { .init(text: $0, stem: nil, range: 0..<0) }, forms: [], range: 0..<0))
    ]
  }

  // MARK: Running

  func run(_ mode: Mode, on searcher: Searcher) throws {
    switch mode {
    case .top10: _ = try top(10, on: searcher)
    case .top100: _ = try top(100, on: searcher)
    case .count: _ = try count(on: searcher)
    case .top10Count: _ = try searcher.best(10, andCountOf: plan, needsAll: needsAll)
    case .facet: _ = try categories(on: searcher)
    }
  }

  func top(_ limit: Int, on searcher: Searcher) throws -> [RankedDocument] {
    try searcher.best(limit, of: plan, needsAll: needsAll)
  }

  func count(on searcher: Searcher) throws -> Int { try searcher.count(plan, needsAll: needsAll) }

  /// The ten categories with most matches.
  func categories(on searcher: Searcher) throws -> [FacetCount] {
    try searcher.facet(.category, of: plan, needsAll: needsAll, limit: 10)
  }
}
