import SearchService

/// The report of a log of queries, for people.
struct ReportView {
  /// Columns of a query.
  private static let queryWidth = 40

  let report: QueryReport

  var lines: [String] {
    var lines = [
      "\(Numbers.grouped(report.searchCount)) searches, \(Numbers.grouped(report.distinctCount)) different; "
        + "\(Numbers.grouped(report.unansweredCount)) without a full answer"
    ]
    if report.badLineCount > 0 {
      let isOne = report.badLineCount == 1
      lines.append(
        "\(Numbers.grouped(report.badLineCount)) \(isOne ? "line is" : "lines are") none of a log of queries")
    }
    if report.lostCount > 0 {
      lines.append(
        "more different queries than are counted one by one: numbers may be too low by \(report.lostCount)")
    }
    lines += table("most asked", report.top)
    lines += table("without a full answer", report.unanswered)
    if !report.retries.isEmpty {
      lines += ["", "tried again with other words"]
      for retry in report.retries {
        lines.append("\(Self.number(retry.count))  \(Self.shown(retry.from))  \(Output.harmless(retry.to))")
      }
    }
    return lines
  }

  private func table(_ title: String, _ queries: [QueryReport.Query]) -> [String] {
    guard !queries.isEmpty else { return [] }
    let rows = queries.map {
      let entries = "\(Numbers.grouped($0.total)) \($0.total == 1 ? "entry" : "entries")"
      return "\(Self.number($0.count))  \(Self.shown($0.text))  \(entries)"
    }
    return ["", title] + rows
  }

  private static func shown(_ query: String) -> String {
    TextWidth.fitted(Output.harmless(query), to: queryWidth)
  }

  private static func number(_ count: Int) -> String {
    let text = Numbers.grouped(count)
    return String(repeating: " ", count: max(0, 9 - text.count)) + text
  }
}
