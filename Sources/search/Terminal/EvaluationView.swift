import QueryEngine
import SearchModel

/// The result of `search eval` as a table and as JSON.
struct EvaluationView {
  /// Changed queries that the table shows, losses and gains each.
  private static let shownChanges = 5

  var record: EvaluationRecord
  /// Texts of the queries by id.
  var texts: [String: String]
  var medianMicroseconds: Int
  var comparison: EvaluationRecord.Comparison?
  var showsQueries: Bool

  func lines() -> [String] {
    var lines = [
      "\(Numbers.grouped(record.rows.count)) queries, median \(Numbers.duration(microseconds: medianMicroseconds))"
    ]
    if let comparison {
      lines.append("\tnow\tbaseline\tchange")
      for (now, before) in zip(comparison.after.named, comparison.before.named) {
        lines.append(
          "\(now.name)\t\(number(now.value))\t\(number(before.value))\t\(signed(now.value - before.value))")
      }
      lines.append(
        "\(Numbers.grouped(comparison.queryCount)) queries in both: \(Numbers.grouped(comparison.better)) better, \(Numbers.grouped(comparison.worse)) worse"
      )
      let losses = comparison.changes.filter { $0.after < $0.before }.prefix(Self.shownChanges)
      let gains = comparison.changes.reversed().filter { $0.after > $0.before }.prefix(Self.shownChanges)
      for change in losses + gains {
        lines.append(
          "\(signed(change.after - change.before))\t\(Output.harmless(change.id))\t\(Output.harmless(texts[change.id] ?? ""))"
        )
      }
    } else {
      for row in record.mean.named { lines.append("\(row.name)\t\(number(row.value))") }
    }
    if showsQueries {
      lines.append((["query"] + record.mean.named.map(\.name)).joined(separator: "\t"))
      for row in record.rows {
        lines.append(
          ([Output.harmless(row.id)] + row.metrics.named.map { number($0.value) }).joined(separator: "\t"))
      }
    }
    return lines
  }

  private func number(_ value: Double) -> String { Numbers.fixed(value, 4) }

  private func signed(_ value: Double) -> String { (value < 0 ? "-" : "+") + number(abs(value)) }

  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("queries", record.rows.count)
      for row in record.mean.named { json.field(row.key, row.value) }
      json.field("median_us", medianMicroseconds)
      if let comparison {
        json.key("baseline")
        json.object { json in
          json.field("queries", comparison.queryCount)
          for row in comparison.before.named { json.field(row.key, row.value) }
          json.field("better", comparison.better)
          json.field("worse", comparison.worse)
          json.key("changes")
          json.array { json in
            for change in comparison.changes {
              json.object { json in
                json.field("id", change.id)
                json.field("before", change.before)
                json.field("after", change.after)
              }
            }
          }
        }
      }
      if showsQueries {
        json.key("per_query")
        json.array { json in
          for row in record.rows {
            json.object { json in
              json.field("id", row.id)
              for metric in row.metrics.named { json.field(metric.key, metric.value) }
            }
          }
        }
      }
    }
    return json.bytes
  }
}
