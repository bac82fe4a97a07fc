import HTTPTypes
import IndexFormat
import QueryEngine
import SearchModel

/// The routes of Meilisearch that read: its clients and boxes work by changing a host name. See `MEILISEARCH.md`.
struct MeilisearchRoutes: DialectRoutes {
  private let names: IndexNames

  init(_ names: IndexNames) { self.names = names }

  func route(of path: String) -> DialectRoute? { MeilisearchPath(path)?.route }

  func failure(_ error: any Error) -> Reply? {
    switch error {
    case let error as MeilisearchError: error.reply
    case let error as JSONReader.Problem: MeilisearchError.malformed(error).reply
    default: ServiceError(error).map { MeilisearchError($0).reply }
    }
  }

  func answer(_ call: DialectCall, _ commit: ServedCommit, _ deadline: Deadline) throws -> Reply {
    guard let path = MeilisearchPath(call.target.path) else { throw ServiceError.notFound }
    switch (path, call.request.method) {
    case (.health, .get), (.health, .head): return Self.health
    case (.version, .get), (.version, .head): return Self.version
    default: throw MeilisearchError.readOnly
    }
  }

  // MARK: The server

  private static let health = Reply.json(Array(#"{"status":"available"}"#.utf8))

  /// The version whose wire format is spoken; clients look at the first number at most.
  private static let version = Reply.json(
    Array(
      #"{"commitSha":"unknown","commitDate":"unknown","pkgVersion":"1.50.0"}"#.utf8))
}
