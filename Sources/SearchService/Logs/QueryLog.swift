import Synchronization

/// One JSON line per search that a person meant; `QueryLogLine` says what stands in it.
final class QueryLog: Sendable {
  let file: LogFile
  private let typed = Mutex(TypedQueries())
  private let start = ContinuousClock.now

  init(_ file: LogFile) { self.file = file }

  /// Takes what a search has found.
  func add(_ finding: Finding, from client: Client?) {
    // Turning pages is no other search.
    guard finding.isFirstPage else { return }
    let line = QueryLogLine(
      time: LogTime.now(), query: QueryLogLine.folded(finding.query), total: finding.total,
      match: finding.match, microseconds: finding.microseconds)
    let visitor = client.flatMap { $0.isKnown ? $0.address : nil }
    write(typed.withLock { $0.add(line, from: visitor, isTyping: finding.isTyping, at: now) })
  }

  /// Writes what has become certain by now.
  func writeDue() { write(typed.withLock { $0.due(at: now) }) }

  func stop() async {
    write(typed.withLock { $0.finishAll(at: now) })
    await file.stop()
  }

  private var now: Duration { ContinuousClock.now - start }

  private func write(_ lines: [QueryLogLine]) {
    for line in lines { file.append(line.json()) }
  }
}
