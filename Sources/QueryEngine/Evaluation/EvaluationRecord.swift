/// The metrics of every query of a judged set, to be kept in a file and compared with a later run.
///
/// The file is a line of names, then a line per query: id and the four metrics, apart by tabs.
package struct EvaluationRecord: Equatable, Sendable {
  package struct Row: Equatable, Sendable {
    package var id: String
    package var metrics: QueryMetrics

    package init(id: String, metrics: QueryMetrics) {
      self.id = id
      self.metrics = metrics
    }
  }

  package struct FormatError: Error, Equatable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    package var description: String {
      "line \(line): expected a query and four numbers of 0 to 1, apart by tabs; write one with --save"
    }
  }

  private static let header = "query\tndcg_10\tmrr_10\trecall_10\trecall_100"

  package var rows: [Row]

  package init(_ rows: [Row]) { self.rows = rows }

  package init(parsing text: String) throws(FormatError) {
    rows = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index == 0, line == Self.header { continue }
      if line.isEmpty { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let numbers = fields.dropFirst().compactMap { Double($0) }
      guard index > 0, fields.count == 5, numbers.count == 4, numbers.allSatisfy({ (0...1).contains($0) })
      else {
        throw FormatError(line: index + 1)
      }
      rows.append(
        Row(
          id: String(fields[0]),
          metrics: QueryMetrics(
            nDCG10: numbers[0], mrr10: numbers[1], recall10: numbers[2], recall100: numbers[3])))
    }
  }

  package var text: String {
    rows.reduce(into: Self.header + "\n") { text, row in
      // An id with a tab or a line break would be two.
      let id = String(row.id.map { $0 == "\t" || $0.isNewline ? " " : $0 })
      text += ([id] + row.metrics.named.map { $0.value.description }).joined(separator: "\t") + "\n"
    }
  }

  package var mean: QueryMetrics { QueryMetrics.mean(rows.map(\.metrics)) }

  /// What changed from an earlier record to this one, over the queries of both.
  package struct Comparison: Equatable, Sendable {
    /// Queries in both.
    package var queryCount: Int
    package var before: QueryMetrics
    package var after: QueryMetrics
    /// Queries whose nDCG@10 changed, the greatest loss first: id, before, after.
    package var changes: [Change]

    package struct Change: Equatable, Sendable {
      package var id: String
      package var before: Double
      package var after: Double
    }

    package var worse: Int { changes.count { $0.after < $0.before } }
    package var better: Int { changes.count { $0.after > $0.before } }
  }

  package func comparison(with earlier: EvaluationRecord) -> Comparison {
    let old = Dictionary(earlier.rows.map { ($0.id, $0.metrics) }) { first, _ in first }
    let both = rows.compactMap { row in old[row.id].map { (id: row.id, before: $0, after: row.metrics) } }
    let changes = both.filter { $0.before.nDCG10 != $0.after.nDCG10 }.map {
      Comparison.Change(id: $0.id, before: $0.before.nDCG10, after: $0.after.nDCG10)
    }
    return Comparison(
      queryCount: both.count, before: .mean(both.map(\.before)), after: .mean(both.map(\.after)),
      changes: changes.sorted {
        $0.after - $0.before != $1.after - $1.before
          ? $0.after - $0.before < $1.after - $1.before : $0.id < $1.id
      })
  }
}
