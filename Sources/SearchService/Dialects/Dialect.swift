import HTTPTypes
import QueryEngine

/// Another engine whose clients are answered in their own words. The raw value is its name in the configuration.
package enum Dialect: String, CaseIterable, Sendable {
  case meilisearch
  case algolia

  func routes(_ names: IndexNames) -> any DialectRoutes {
    switch self {
    case .meilisearch: MeilisearchRoutes(names)
    case .algolia: AlgoliaRoutes(names)
    }
  }
}

/// The routes of one dialect: which paths are its own, what it answers, how it says no. Reads only.
protocol DialectRoutes: Sendable {
  /// What kind of route a path names; nil when it is none of this dialect.
  func route(of path: String) -> DialectRoute?

  /// The answer to a request; on one of the threads that search, if the route reads the index.
  ///
  /// - Throws: what `failure` knows how to tell, or a failure of ours.
  func answer(_ call: DialectCall, _ commit: ServedCommit, _ deadline: Deadline) throws -> Reply

  /// How the clients of this dialect are told of an error; nil when it is ours to explain in the log.
  func failure(_ error: any Error) -> Reply?
}

/// A kind of route: paths with parts in them are counted as one.
struct DialectRoute: Sendable {
  /// The path with `{…}` for its parts, as metrics name it; one of few.
  var label: String
  /// Whether its answers need a thread that searches, and are worth measuring.
  var readsIndex = false
}

/// A request of a dialect.
struct DialectCall: Sendable {
  var request: HTTPRequest
  var target: RequestTarget
  /// Nil when there is none.
  var body: [UInt8]?
}

/// By which names clients may call the one index.
///
/// A box brings the name that its site chose long ago, and is to work by changing a host name: any name will do unless
/// the owner says which.
package struct IndexNames: Sendable {
  /// Shown where clients list what there is.
  let shown: String
  private let onlyShown: Bool

  /// - Parameter only: the one name that is answered to; nil for any.
  package init(only name: String? = nil) {
    shown = name ?? "docs"
    onlyShown = name != nil
  }

  func contains(_ name: String) -> Bool { !onlyShown || name == shown }
}

extension ContinuousClock.Instant {
  /// What has passed since, as other engines tell it.
  var millisecondsToNow: Int { (ContinuousClock.now - self).microseconds / 1_000 }
}
