import Glibc

/// How well one ranked list serves a judged query; binary relevance.
package struct QueryMetrics: Equatable, Sendable {
  /// Normalised discounted cumulative gain of the first ten.
  package var nDCG10: Double
  /// 1 / rank of the first right one among the first ten, 0 for none.
  package var mrr10: Double
  /// Share of the right ones among the first ten, and among the first hundred.
  package var recall10: Double
  package var recall100: Double

  package init(nDCG10: Double = 0, mrr10: Double = 0, recall10: Double = 0, recall100: Double = 0) {
    self.nDCG10 = nDCG10
    self.mrr10 = mrr10
    self.recall10 = recall10
    self.recall100 = recall100
  }

  /// - Parameters:
  ///   - ranked: ids, best first, each once.
  ///   - relevant: the ids that are right; at least one.
  package init(ranked: [String], relevant: Set<String>) {
    precondition(!relevant.isEmpty, "a query without judgements has no metrics")
    var gain = 0.0
    for (rank, id) in ranked.prefix(10).enumerated() where relevant.contains(id) {
      gain += 1 / log2(Double(rank) + 2)
    }
    nDCG10 = gain / (0..<min(10, relevant.count)).reduce(0.0) { $0 + 1 / log2(Double($1) + 2) }
    mrr10 = ranked.prefix(10).firstIndex(where: relevant.contains).map { 1 / Double($0 + 1) } ?? 0
    func recall(_ count: Int) -> Double {
      Double(ranked.prefix(count).count(where: relevant.contains)) / Double(relevant.count)
    }
    recall10 = recall(10)
    recall100 = recall(100)
  }

  /// The mean of several; all 0 for none.
  package static func mean(_ all: some Collection<QueryMetrics>) -> QueryMetrics {
    guard !all.isEmpty else { return QueryMetrics() }
    func mean(_ value: (QueryMetrics) -> Double) -> Double {
      all.reduce(0) { $0 + value($1) } / Double(all.count)
    }
    return QueryMetrics(
      nDCG10: mean(\.nDCG10), mrr10: mean(\.mrr10), recall10: mean(\.recall10), recall100: mean(\.recall100))
  }

  /// Name and value of each, as in reports.
  package var named: [(name: String, key: String, value: Double)] {
    [
      ("nDCG@10", "ndcg_10", nDCG10), ("MRR@10", "mrr_10", mrr10), ("R@10", "recall_10", recall10),
      ("R@100", "recall_100", recall100),
    ]
  }
}
