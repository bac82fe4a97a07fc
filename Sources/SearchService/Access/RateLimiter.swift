import Synchronization

/// A token bucket per client, in a table of fixed size.
///
/// A bucket is one number: the time at which it is full again (the generic cell rate algorithm; ITU-T I.371). When a
/// place for a new client is needed, the bucket that is full soonest goes: it is the one that says least. So a flood
/// of addresses makes room for itself, not for the few that ask too much.
final class RateLimiter: Sendable {
  private struct Bucket {
    var client = ClientAddress(high: 0, low: 0)
    /// Nanoseconds since the start; 0 for a place that nobody has.
    var fullAt: UInt64 = 0
  }

  /// Places a client may have.
  private static let ways = 8

  private let limit: RateLimit
  private let interval: UInt64
  private let tolerance: UInt64
  private let setCount: Int
  private let buckets: Mutex<[Bucket]>

  /// - Parameter capacity: clients that are remembered, 24 bytes each; a power of two of at least 8.
  init(_ limit: RateLimit, capacity: Int = 1 << 16) {
    precondition(limit.perSecond > 0 && RateLimit.bursts.contains(limit.burst), "some requests are allowed")
    precondition(capacity >= Self.ways && capacity & (capacity - 1) == 0, "the capacity is a power of two")
    self.limit = limit
    interval = UInt64(min(max(1e9 / limit.perSecond, 1), 1e13))
    tolerance = interval * UInt64(limit.burst)
    setCount = capacity / Self.ways
    buckets = Mutex([Bucket](repeating: Bucket(), count: capacity))
  }

  /// Takes a token.
  ///
  /// - Parameter now: nanoseconds since the start, not 0.
  /// - Returns: nil, or after how many nanoseconds there will be one.
  func refuses(_ client: ClientAddress, at now: UInt64) -> UInt64? {
    var hasher = Hasher()  // with a seed of this process: nobody can choose addresses that meet
    hasher.combine(client)
    let first = Int(UInt(bitPattern: hasher.finalize()) % UInt(setCount)) * Self.ways
    return buckets.withLock { buckets in
      var place = first
      for index in first..<first + Self.ways {
        if buckets[index].fullAt > 0, buckets[index].client == client {
          place = index
          break
        }
        if buckets[index].fullAt < buckets[place].fullAt { place = index }
      }
      if buckets[place].client != client { buckets[place] = Bucket(client: client) }
      let fullAt = max(buckets[place].fullAt, now) + interval
      if fullAt - now > tolerance { return fullAt - now - tolerance }
      buckets[place].fullAt = fullAt
      return nil
    }
  }
}
