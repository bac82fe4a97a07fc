import Dispatch
import SearchModel
import Synchronization

/// What people looked for, and what they did not find: the log of queries added up.
package struct QueryReport: Sendable, Equatable {
  package struct Query: Sendable, Equatable {
    package var text: String
    package var count: Int
    /// Of the search that was read last.
    package var total: Int
  }

  /// A search that found little, and what the same visitor tried next.
  package struct Retry: Sendable, Equatable {
    package var from: String
    package var to: String
    package var count: Int
  }

  package var searchCount = 0
  package var unansweredCount = 0
  package var distinctCount = 0
  /// Lines that are none of a log of queries.
  package var badLineCount = 0
  /// By how much counts may be too low; more than 0 only with very many different queries.
  package var lostCount = 0
  package var top: [Query] = []
  /// Queries that no entry matched in full.
  package var unanswered: [Query] = []
  package var retries: [Retry] = []

  /// What one thread has read.
  private struct Part: Sendable {
    var queries = QueryTally()
    var retries = QueryTally(entryLimit: 1 << 18, byteLimit: 32 << 20)
    var searchCount = 0
    var unansweredCount = 0
    var badLineCount = 0

    mutating func add(_ other: Part) {
      queries.add(other.queries)
      retries.add(other.retries)
      searchCount += other.searchCount
      unansweredCount += other.unansweredCount
      badLineCount += other.badLineCount
    }
  }

  package init() {}

  /// Reads logs.
  ///
  /// - Parameters:
  ///   - paths: `-` for standard input.
  ///   - since: time from which on lines count, as they have it or the beginning of that: `2026-05-04`.
  ///   - limit: entries of each list.
  ///   - threadCount: threads per file.
  /// - Throws: `FileError`.
  package init(_ paths: [String], since: String? = nil, limit: Int, threadCount: Int) throws {
    var sum = Part()
    for path in paths { sum.add(try Self.read(path, since: Array((since ?? "").utf8), threadCount)) }
    searchCount = sum.searchCount
    unansweredCount = sum.unansweredCount
    badLineCount = sum.badLineCount
    distinctCount = sum.queries.entries.count
    lostCount = max(sum.queries.lostCount, sum.retries.lostCount)
    let queries = sum.queries
    func list(_ entries: [QueryTally.Entry], _ count: (QueryTally.Entry) -> Int) -> [Query] {
      entries.map { Query(text: queries.text(of: $0), count: count($0), total: $0.total) }
    }
    top = list(queries.largest(limit) { $0.count }) { $0.count }
    unanswered = list(queries.largest(limit) { $0.failureCount }) { $0.failureCount }
    retries = sum.retries.largest(limit) { $0.count }.map { entry in
      let parts = sum.retries.bytes(of: entry).split(separator: 0, maxSplits: 1)
      let texts = parts.map { String(decoding: $0, as: UTF8.self) }
      return Retry(from: texts.first ?? "", to: texts.last ?? "", count: entry.count)
    }
  }

  private static func read(_ path: String, since: [UInt8], _ threadCount: Int) throws -> Part {
    let byteCount = try QueryLogFile(path).byteCount
    guard let byteCount, byteCount > 1 << 20, threadCount > 1 else {
      return try read(path, 0..<(byteCount ?? .max), since: since)
    }
    let parts = Mutex([Result<Part, any Error>?](repeating: nil, count: threadCount))
    DispatchQueue.concurrentPerform(iterations: threadCount) { number in
      let range =
        byteCount / threadCount
        * number..<(number + 1 == threadCount ? byteCount : byteCount / threadCount * (number + 1))
      let part = Result { try read(path, range, since: since) }
      parts.withLock { $0[number] = part }
    }
    return try parts.withLock { parts in
      var sum = Part()
      for (number, part) in parts.enumerated() {
        guard let part = try part?.get() else { continue }
        if number == 0 { sum = part } else { sum.add(part) }
        parts[number] = nil
      }
      return sum
    }
  }

  private static func read(_ path: String, _ range: Range<Int>, since: [UInt8]) throws -> Part {
    var part = Part()
    var parser = QueryLogParser()
    var pair: [UInt8] = []
    try QueryLogFile(path).forEachLine(startingIn: range) { line in
      guard let line, let fields = parser.parse(line), let time = fields.time, let total = fields.total else {
        part.badLineCount += 1
        return
      }
      if !since.isEmpty, isBefore(line.extracting(time), since) { return }
      let failed = total == 0 || !fields.isFull
      part.searchCount += 1
      part.unansweredCount += failed ? 1 : 0
      part.queries.add(parser.query.span, failures: failed ? 1 : 0, total: total)
      if !parser.after.isEmpty {
        pair.removeAll(keepingCapacity: true)
        pair += parser.after
        pair.append(0)
        pair += parser.query
        part.retries.add(pair.span, failures: 0, total: total)
      }
    }
    return part
  }

  private static func isBefore(_ time: Span<UInt8>, _ since: [UInt8]) -> Bool {
    for (index, byte) in since.enumerated() {
      guard index < time.count else { return true }
      if time[index] != byte { return time[index] < byte }
    }
    return false
  }

  package func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { writer in
      writer.field("searches", searchCount)
      writer.field("distinct", distinctCount)
      writer.field("unanswered", unansweredCount)
      writer.field("bad_lines", badLineCount)
      writer.field("lost", lostCount)
      Self.write("top", top, to: &writer)
      Self.write("without_answer", unanswered, to: &writer)
      writer.key("tried_again")
      writer.array { writer in
        for retry in retries {
          writer.object { writer in
            writer.field("from", retry.from)
            writer.field("to", retry.to)
            writer.field("count", retry.count)
          }
        }
      }
    }
    return json.bytes
  }

  private static func write(_ name: String, _ queries: [Query], to json: inout JSONWriter) {
    json.key(name)
    json.array { json in
      for query in queries {
        json.object { json in
          json.field("q", query.text)
          json.field("count", query.count)
          json.field("total", query.total)
        }
      }
    }
  }
}
