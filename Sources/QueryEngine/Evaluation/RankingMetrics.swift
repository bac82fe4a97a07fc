import Glibc

/// How well ranked lists serve judged queries; binary relevance.
package struct RankingMetrics: Equatable, Sendable {
  package private(set) var queryCount = 0
  private var gainSum = 0.0
  private var reciprocalSum = 0.0
  private var recall10Sum = 0.0
  private var recall100Sum = 0.0

  package init() {}

  /// Counts one query: its ranked ids, best first, and the ids that are right.
  package mutating func add(ranked: [String], relevant: Set<String>) {
    guard !relevant.isEmpty else { return }
    queryCount += 1
    var gain = 0.0
    for (rank, id) in ranked.prefix(10).enumerated() where relevant.contains(id) {
      gain += 1 / log2(Double(rank) + 2)
    }
    let ideal = (0..<min(10, relevant.count)).reduce(0.0) { $0 + 1 / log2(Double($1) + 2) }
    gainSum += gain / ideal
    if let first = ranked.prefix(10).firstIndex(where: relevant.contains) {
      reciprocalSum += 1 / Double(first + 1)
    }
    func recall(_ count: Int) -> Double {
      Double(ranked.prefix(count).reduce(0) { $0 + (relevant.contains($1) ? 1 : 0) }) / Double(relevant.count)
    }
    recall10Sum += recall(10)
    recall100Sum += recall(100)
  }

  private func mean(_ sum: Double) -> Double { queryCount > 0 ? sum / Double(queryCount) : 0 }

  /// Normalised discounted cumulative gain of the first ten.
  package var nDCG10: Double { mean(gainSum) }
  /// Mean of 1 / rank of the first right one among the first ten.
  package var mrr10: Double { mean(reciprocalSum) }
  package var recall10: Double { mean(recall10Sum) }
  package var recall100: Double { mean(recall100Sum) }
}
