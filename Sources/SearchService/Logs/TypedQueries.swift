import SearchModel

/// Makes one search of the many that a search box sends while somebody types: the last one, when nothing more
/// comes.
///
/// Holds addresses of visitors for a minute at most, in memory only. Knows no clock and no file.
struct TypedQueries {
  /// Without another key for so long, what stands there was meant.
  static let quietTime = Duration.seconds(4)
  /// For so long a search is taken for another try of the one before.
  static let retryTime = Duration.seconds(60)
  /// Fewer answers than this are a reason to try again.
  static let fewAnswers = 3
  /// Shorter queries are not worth a line; one Han character is a word.
  static let minimumLength = 2

  private struct Visitor {
    var pending: (line: QueryLogLine, at: Duration)?
    var last: (query: String, foundLittle: Bool, at: Duration)?
  }

  private let capacity: Int
  private var visitors: [ClientAddress?: Visitor] = [:]

  /// - Parameter capacity: visitors that are kept apart at a time; when there are more, searches are taken as they
  ///   come.
  init(capacity: Int = 4_096) { self.capacity = capacity }

  /// Takes a search.
  ///
  /// - Parameters:
  ///   - client: nil for one who cannot be told from others: then nothing is said of what came before.
  ///   - isTyping: whether more may come.
  ///   - now: time since any fixed moment.
  /// - Returns: the searches that are known to be meant by now.
  mutating func add(
    _ line: QueryLogLine, from client: ClientAddress?, isTyping: Bool, at now: Duration
  ) -> [QueryLogLine] {
    guard Self.isLongEnough(line.query) else { return [] }
    var done: [QueryLogLine] = []
    if visitors[client] == nil, visitors.count >= capacity {
      done = finishAll(at: now)
      visitors = [:]
    }
    var visitor = visitors[client] ?? Visitor()
    defer { visitors[client] = visitor }
    if let pending = visitor.pending {
      visitor.pending = nil
      if pending.line.query.utf8.starts(with: line.query.utf8), isTyping {
        // The same again, with another facet perhaps, or somebody who deletes: the longest was meant.
        visitor.pending = (pending.line, now)
        return done
      }
      if !line.query.utf8.starts(with: pending.line.query.utf8) {
        done += Self.finish(pending.line, &visitor, client, at: pending.at)
      }
    }
    if isTyping {
      visitor.pending = (line, now)
    } else {
      done += Self.finish(line, &visitor, client, at: now)
    }
    return done
  }

  /// The searches after which nothing has come for a while.
  mutating func due(at now: Duration) -> [QueryLogLine] {
    var done: [QueryLogLine] = []
    for (client, visitor) in visitors {
      var visitor = visitor
      if let pending = visitor.pending, pending.at + Self.quietTime <= now {
        visitor.pending = nil
        done += Self.finish(pending.line, &visitor, client, at: pending.at)
      }
      let isOver = visitor.last.map { $0.at + Self.retryTime <= now } ?? true
      visitors[client] = visitor.pending == nil && isOver ? nil : visitor
    }
    return done
  }

  /// Every search that waits.
  mutating func finishAll(at now: Duration) -> [QueryLogLine] { due(at: now + Self.quietTime) }

  private static func finish(
    _ line: QueryLogLine, _ visitor: inout Visitor, _ client: ClientAddress?, at now: Duration
  ) -> [QueryLogLine] {
    guard client != nil else { return [line] }
    var line = line
    if let last = visitor.last, last.at + retryTime > now {
      // A page that is opened with what was typed, or loaded again.
      if last.query == line.query { return [] }
      if last.foundLittle { line.after = last.query }
    }
    visitor.last = (line.query, line.total < fewAnswers || line.match == .some, now)
    return [line]
  }

  private static func isLongEnough(_ query: String) -> Bool {
    query.unicodeScalars.count >= minimumLength
      || query.unicodeScalars.contains { $0.properties.isIdeographic }
  }
}
