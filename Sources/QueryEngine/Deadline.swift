/// When a query has to give up; polled once per window of documents.
package struct Deadline: Sendable {
  package struct Passed: Error, CustomStringConvertible {
    package init() {}
    package var description: String { "the query took longer than its deadline" }
  }

  private let instant: ContinuousClock.Instant?

  /// - Parameter instant: nil for none.
  package init(_ instant: ContinuousClock.Instant?) { self.instant = instant }

  package static let none = Deadline(nil)

  package func check() throws {
    if let instant, ContinuousClock.now > instant { throw Passed() }
  }
}
