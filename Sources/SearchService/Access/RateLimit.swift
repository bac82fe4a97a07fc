/// Requests that one client may make: so many a second on average, so many at once.
package struct RateLimit: Sendable, Equatable {
  package static let bursts = 1...100_000

  package var perSecond: Double
  package var burst: Int

  package init(perSecond: Double, burst: Int) {
    self.perSecond = perSecond
    self.burst = burst
  }
}
