import HTTPTypes
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
    let start = ContinuousClock.now
    let method = call.request.method == .head ? .get : call.request.method
    switch (path, method) {
    case (.health, .get): return Self.health
    case (.version, .get): return Self.version
    case (.stats, .get): return indexes(commit).stats()
    case (.indexes, .get): return try indexes(commit).list(call.target)
    case (.index(let uid), .get): return try indexes(commit, uid).index()
    case (.indexStats(let uid), .get): return try indexes(commit, uid).indexStats()
    case (.search(let uid), .get):
      try Self.check(uid, names)
      let query = try MeilisearchQuery(MeilisearchParameters.body(call.target, MeilisearchQuery.parameters))
      return try search(query, commit, deadline, since: start)
    case (.search(let uid), .post):
      try Self.check(uid, names)
      return try search(try MeilisearchQuery(try Self.json(call)), commit, deadline, since: start)
    case (.facetSearch(let uid), .post):
      try Self.check(uid, names)
      let search = try MeilisearchFacetSearch(try Self.json(call))
      return try commit.withSearcher { try search.reply(in: $0, deadline: deadline) }
    case (.multiSearch, .post):
      let search = try MeilisearchMultiSearch(try Self.json(call), names: names)
      return try commit.withSearcher { try search.reply(in: $0, deadline: deadline) }
    case (.documents(let uid), .get):
      try Self.check(uid, names)
      let documents = try MeilisearchDocuments(call.target)
      return try commit.withSearcher { try documents.reply(in: $0, deadline: deadline) }
    case (.document(let uid, "fetch"), .post):
      try Self.check(uid, names)
      let documents = try MeilisearchDocuments(try Self.json(call))
      return try commit.withSearcher { try documents.reply(in: $0, deadline: deadline) }
    case (.document(let uid, let id), .get):
      try Self.check(uid, names)
      let documents = try MeilisearchDocuments(call.target)
      let name = try RequestTarget.decodedPart(id[...].utf8)
      return try commit.withSearcher { try documents.reply(named: name, in: $0) }
    default: throw MeilisearchError.readOnly
    }
  }

  private func search(
    _ query: MeilisearchQuery, _ commit: ServedCommit, _ deadline: Deadline,
    since start: ContinuousClock.Instant
  ) throws -> Reply {
    try commit.withSearcher { searcher in
      let search = try MeilisearchSearch(query, in: searcher, deadline: deadline)
      var json = JSONWriter()
      try json.object { try search.write(to: &$0, since: start) }
      var reply = Reply.json(json.bytes)
      reply.finding = search.finding
      return reply
    }
  }

  // MARK: Requests

  /// - Throws: `MeilisearchError` for a name that is none, or not the name of the index.
  static func check(_ uid: String, _ names: IndexNames) throws(MeilisearchError) {
    let isName =
      !uid.isEmpty && uid.utf8.count <= 400
      && uid.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
    guard isName else { throw .indexUID(String(uid.prefix(400))) }
    guard names.contains(uid) else { throw .noIndex(uid) }
  }

  /// The value in the body, which has to be JSON and say so.
  private static func json(_ call: DialectCall) throws -> JSONValue {
    guard let type = call.request.headerFields[.contentType] else {
      throw MeilisearchError.missingContentType
    }
    let name = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    guard name == "application/json" else { throw MeilisearchError.contentType(String(type.prefix(80))) }
    if let encoding = call.request.headerFields[.contentEncoding], encoding.lowercased() != "identity" {
      throw MeilisearchError(
        status: .unsupportedMediaType, code: "bad_request", message: "Send the body without Content-Encoding."
      )
    }
    guard let body = call.body, !body.isEmpty else { throw MeilisearchError.missingPayload }
    return try JSONReader.read(body)
  }

  // MARK: The server

  private func indexes(_ commit: ServedCommit) -> MeilisearchIndexes {
    MeilisearchIndexes(name: names.shown, snapshot: commit.snapshot)
  }

  private func indexes(_ commit: ServedCommit, _ uid: String) throws -> MeilisearchIndexes {
    try Self.check(uid, names)
    return MeilisearchIndexes(name: uid, snapshot: commit.snapshot)
  }

  private static let health = Reply.json(Array(#"{"status":"available"}"#.utf8))

  /// The version whose wire format is spoken; clients look at the first number at most.
  private static let version = Reply.json(
    Array(#"{"commitSha":"unknown","commitDate":"unknown","pkgVersion":"1.50.0"}"#.utf8))
}
