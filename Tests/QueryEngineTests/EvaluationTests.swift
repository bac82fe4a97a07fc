import Foundation
import QueryEngine
import SearchTestSupport
import Testing

@Suite struct EvaluationTests {
  @Test("metrics of one list are those of the definition")
  func metrics() {
    let metrics = QueryMetrics(ranked: ["x", "a", "y", "b"], relevant: ["a", "b", "c"])
    let ideal = 1 + 1 / log2(3.0) + 1 / log2(4.0)
    #expect(abs(metrics.nDCG10 - (1 / log2(3.0) + 1 / log2(5.0)) / ideal) < 1e-12)
    #expect(metrics.mrr10 == 0.5 && metrics.recall10 == 2.0 / 3 && metrics.recall100 == 2.0 / 3)
    let late = (0..<50).map { "n\($0)" } + ["a"]
    #expect(QueryMetrics(ranked: late, relevant: ["a"]) == QueryMetrics(recall100: 1))
    #expect(QueryMetrics.mean([metrics, QueryMetrics()]).mrr10 == 0.25)
  }

  @Test("a record reads back as it was written")
  func roundTrip() throws {
    var random = SplitMix64(seed: 3)
    let rows = (0..<50).map { number in
      EvaluationRecord.Row(
        id: "q \(number) 查询",
        metrics: QueryMetrics(
          nDCG10: .random(in: 0...1, using: &random), mrr10: .random(in: 0...1, using: &random),
          recall10: 1, recall100: 0))
    }
    let record = EvaluationRecord(rows)
    #expect(try EvaluationRecord(parsing: record.text) == record)
  }

  @Test(
    "what is no record is named by its line",
    arguments: [
      ("", 1), ("x", 1), ("query\tndcg_10\tmrr_10\trecall_10\trecall_100\nq\t1\t1\t1", 2),
      ("query\tndcg_10\tmrr_10\trecall_10\trecall_100\nq\t1\t1\t1\t2", 2),
    ])
  func errors(text: String, line: Int) {
    if text.isEmpty {
      #expect((try? EvaluationRecord(parsing: text))?.rows.isEmpty ?? false)
    } else {
      #expect(
        (#expect(throws: EvaluationRecord.FormatError.self) { try EvaluationRecord(parsing: text) })?.line
          == line)
    }
  }

  @Test("a comparison counts queries of both, the greatest loss first")
  func comparison() {
    func record(_ values: [String: Double]) -> EvaluationRecord {
      EvaluationRecord(
        values.sorted { $0.key < $1.key }.map { .init(id: $0.key, metrics: QueryMetrics(nDCG10: $0.value)) })
    }
    let old = record(["a": 1, "b": 0.5, "c": 0.5, "d": 0.9, "gone": 1])
    let new = record(["a": 0.2, "b": 1, "c": 0.5, "d": 0.8, "new": 1])
    let comparison = new.comparison(with: old)
    #expect(comparison.queryCount == 4 && comparison.worse == 2 && comparison.better == 1)
    #expect(comparison.changes.map(\.id) == ["a", "d", "b"])
    #expect(abs(comparison.after.nDCG10 - comparison.before.nDCG10 + 0.1) < 1e-9)
  }
}
