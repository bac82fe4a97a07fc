import Glibc
import Synchronization

/// What the endpoint has done since it started, counted.
final class ServiceMetrics: Sendable {
  /// Upper bounds of the buckets of a duration, in seconds.
  static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

  /// How long the answers of a route took.
  struct Histogram: Sendable {
    /// One per bound, and one for what is above all of them.
    fileprivate(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// In seconds.
    fileprivate(set) var sum = 0.0

    fileprivate mutating func add(_ seconds: Double) {
      counts[bounds.firstIndex { seconds <= $0 } ?? bounds.count] += 1
      sum += seconds
    }
  }

  struct Outcome: Hashable, Comparable, Sendable {
    /// Of a kind of route; nil for an address where nothing is.
    var path: String?
    var status: Int

    static func < (a: Outcome, b: Outcome) -> Bool {
      (a.path ?? "", a.status) < (b.path ?? "", b.status)
    }
  }

  struct State: Sendable {
    fileprivate(set) var outcomes: [Outcome: Int] = [:]
    fileprivate(set) var durations: [String: Histogram] = [:]
    fileprivate(set) var cacheHits = 0
  }

  /// In seconds since 1970.
  let startTime = time(nil)
  private let state = Mutex(State())
  private let connections = Atomic<Int>(0)

  var current: State { state.withLock { $0 } }
  var connectionCount: Int { connections.load(ordering: .relaxed) }

  func connectionOpened() { connections.add(1, ordering: .relaxed) }
  func connectionClosed() { connections.subtract(1, ordering: .relaxed) }

  func cacheHit() { state.withLock { $0.cacheHits += 1 } }

  /// - Parameters:
  ///   - path: of the kind of route, one of few; nil for an address where nothing is.
  ///   - isMeasured: whether the duration counts.
  func answered(_ path: String?, isMeasured: Bool, status: Int, in duration: Duration) {
    let parts = duration.components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    state.withLock { state in
      state.outcomes[Outcome(path: path, status: status), default: 0] += 1
      if let path, isMeasured { state.durations[path, default: Histogram()].add(seconds) }
    }
  }
}
