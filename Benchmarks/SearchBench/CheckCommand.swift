import ArgumentParser
import FoundationEssentials
import SearchModel

/// Compares the answers of a results file with those of an evaluator that looks at every document.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Compare answers with those of an exhaustive evaluation.",
    discussion:
      "Ends with 1 if a count, a score, a top ten or a facet count differs; the first ones are named.")

  @Argument(help: "The corpus of the index: JSONL of ready-made tokens.") var corpus: String
  @Argument(help: "What `search-bench query` has written.") var results: String

  private static let tolerance = 1e-4
  private static let named = 10

  func run() throws {
    let all = try JSONDecoder().decode(Results.self, from: Data(contentsOf: URL(filePath: results))).queries
    let evaluator = try ExhaustiveEvaluator(
      Corpus(path: corpus), words: Set(all.flatMap { $0.q.split(separator: " ").map(String.init) }))
    var wrong = 0
    for query in all {
      let differences = differences(
        of: query, from: evaluator.answer(query.q.split(separator: " ").map(String.init), operation: query.op)
      )
      if differences.isEmpty { continue }
      wrong += 1
      if wrong <= Self.named {
        print("\(query.qid) (\(query.class)) \(query.q): \(differences.joined(separator: "; "))")
      }
    }
    print("\(all.count - wrong) of \(all.count) answers right: counts, top tens, scores, facets")
    if wrong > 0 { throw ExitCode(1) }
  }

  /// What is wrong with an answer.
  private func differences(of query: Query, from right: ExhaustiveEvaluator.Answer) -> [String] {
    var differences: [String] = []
    if query.count != right.count { differences.append("count \(query.count) for \(right.count)") }
    if query.top.count != right.best.count || Set(query.top.map(\.id)).count != query.top.count {
      differences.append("\(query.top.count) hits for \(right.best.count)")
    }
    for (place, (hit, best)) in zip(query.top, right.best).enumerated() {
      let exact = right.scores[hit.id] ?? 0
      if abs(exact - best) > Self.tolerance * best || abs(hit.score - exact) > Self.tolerance * best {
        differences.append(
          "place \(place + 1): \(hit.id) \(hit.score), where \(best) belongs and it has \(exact)")
        break
      }
    }
    for (hit, next) in zip(query.top, query.top.dropFirst())
    where hit.score == next.score && !hit.id.utf8.lexicographicallyPrecedes(next.id.utf8) {
      differences.append("\(next.id) ties with \(hit.id) and comes first")
    }
    let facets = query.facets.map { "\($0.value) \($0.count)" }
    if facets != right.categories.map({ "\($0.value) \($0.count)" }) {
      differences.append("facets \(facets.joined(separator: ", "))")
    }
    return differences
  }

  private struct Results: Decodable {
    let queries: [Query]
  }

  private struct Query: Decodable {
    let qid: String
    let `class`: String
    let op: String
    let q: String
    let count: Int
    let top: [Hit]
    let facets: [Facet]
  }

  private struct Hit: Decodable {
    let id: String
    let score: Double

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      id = try values.decode(String.self)
      score = try values.decode(Double.self)
    }
  }

  private struct Facet: Decodable {
    let value: String
    let count: Int

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      value = try values.decode(String.self)
      count = try values.decode(Int.self)
    }
  }
}
