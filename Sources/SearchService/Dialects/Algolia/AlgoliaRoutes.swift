import HTTPTypes
import IndexFormat
import QueryEngine
import SearchModel

/// The routes of Algolia that read: DocSearch, InstantSearch and its clients work by changing a host name. See
/// `ALGOLIA.md`.
struct AlgoliaRoutes: DialectRoutes {
  /// Searches, or records, in one request; as with them.
  private static let requestLimit = 50

  private let names: IndexNames

  init(_ names: IndexNames) { self.names = names }

  func route(of path: String) -> DialectRoute? { AlgoliaPath(path)?.route }

  func failure(_ error: any Error) -> Reply? {
    switch error {
    case let error as AlgoliaError: error.reply
    case let error as JSONReader.Problem: AlgoliaError.bad("The body is no valid JSON: \(error)").reply
    default: ServiceError(error).map { AlgoliaError($0).reply }
    }
  }

  func answer(_ call: DialectCall, _ commit: ServedCommit, _ deadline: Deadline) throws -> Reply {
    guard let path = AlgoliaPath(call.target.path) else { throw ServiceError.notFound }
    var json = JSONWriter()
    var finding: Finding?
    switch (path, call.request.method) {
    case (.alive, .get), (.alive, .head): json.object { $0.field("message", "server is alive") }
    case (.key(let key), .get), (.key(let key), .head): try Self.describe(key, call, to: &json)
    case (.indexes, .get), (.indexes, .head): Self.list(names.shown, commit, to: &json)
    case (.settings(let index), .get), (.settings(let index), .head):
      try check(index)
      AlgoliaSettings.write(to: &json)
    case (.index(let index), .get), (.index(let index), .head):
      try check(index)
      let query = try AlgoliaQuery(AlgoliaParameters(call.target))
      finding = try commit.withSearcher {
        try AlgoliaSearch($0, deadline).answer(query, of: index, to: &json)
      }
    case (.query(let index), .post):
      try check(index)
      let query = try AlgoliaQuery(try AlgoliaParameters(try Self.members(call.body)))
      finding = try commit.withSearcher {
        try AlgoliaSearch($0, deadline).answer(query, of: index, to: &json)
      }
    case (.facet(let index, let name), .post):
      try check(index)
      let query = try AlgoliaFacetQuery(name, try AlgoliaParameters(try Self.members(call.body)))
      try commit.withSearcher { try AlgoliaSearch($0, deadline).answer(query, to: &json) }
    case (.queries, .post): finding = try answerAll(call, commit, deadline, to: &json)
    case (.object(let index, let id), .get), (.object(let index, let id), .head):
      try check(index)
      let wanted = try AlgoliaParameters(call.target).strings("attributesToRetrieve") ?? ["*"]
      guard let entry = try commit.withSearcher({ try $0.entry(named: id) }) else {
        throw AlgoliaError.noObject
      }
      json.object { AlgoliaRecord(entry).write(AlgoliaAttributeList(wanted), to: &$0) }
    case (.objects, .post): try answerObjects(call, commit, to: &json)
    default: throw AlgoliaError.readOnly
    }
    var reply = Reply.json(json.bytes)
    reply.finding = finding
    return reply
  }

  private func check(_ index: String) throws(AlgoliaError) {
    guard names.contains(index) else { throw .noIndex(index) }
  }

  // MARK: Bodies

  /// Browsers say that it is plain text, which needs no preflight: it is JSON whatever it says.
  private static func members(_ body: [UInt8]?) throws -> [String: JSONValue] {
    guard let body, !body.isEmpty else { return [:] }
    guard case .object(let members) = try JSONReader.read(body) else { throw AlgoliaError.noBody }
    return members
  }

  /// The parts of a body that holds several.
  private static func requests(_ body: [UInt8]?) throws -> [[String: JSONValue]] {
    guard case .array(let values)? = try members(body)["requests"] else {
      throw AlgoliaError.parameter("requests", "a list of objects is expected")
    }
    guard values.count <= requestLimit else {
      throw AlgoliaError.parameter(
        "requests", "no more than \(requestLimit) at once; there are \(values.count)")
    }
    return try values.map { value in
      guard case .object(let members) = value else {
        throw AlgoliaError.parameter("requests", "a list of objects is expected; found \(value.kind)")
      }
      return members
    }
  }

  private func index(of parameters: AlgoliaParameters) throws(AlgoliaError) -> String {
    guard let index = try parameters.string("indexName") else {
      throw .parameter("indexName", "every request has to name its index")
    }
    try check(index)
    return index
  }

  // MARK: Several at once

  private func answerAll(
    _ call: DialectCall, _ commit: ServedCommit, _ deadline: Deadline, to json: inout JSONWriter
  ) throws -> Finding? {
    let requests = try Self.requests(call.body).map { members in try AlgoliaParameters(members) }
    // What was typed is in the first; boxes ask the others for the counts of their facets.
    var finding: Finding?
    try commit.withSearcher { searcher in
      let search = AlgoliaSearch(searcher, deadline)
      try json.object { json in
        json.key("results")
        try json.array { json in
          for parameters in requests {
            let index = try index(of: parameters)
            if try parameters.string("type") == "facet" {
              guard let name = try parameters.string("facet") else {
                throw AlgoliaError.parameter("facet", "the name of a facet is expected")
              }
              try search.answer(try AlgoliaFacetQuery(name, parameters), to: &json)
            } else {
              let found = try search.answer(try AlgoliaQuery(parameters), of: index, to: &json)
              finding = finding ?? found
            }
          }
        }
      }
    }
    return finding
  }

  private func answerObjects(
    _ call: DialectCall, _ commit: ServedCommit, to json: inout JSONWriter
  ) throws {
    let requests = try Self.requests(call.body).map { members in try AlgoliaParameters(members) }
    try commit.withSearcher { searcher in
      try json.object { json in
        json.key("results")
        try json.array { json in
          for parameters in requests {
            _ = try index(of: parameters)
            let wanted = try parameters.strings("attributesToRetrieve") ?? ["*"]
            guard let entry = try searcher.entry(named: try parameters.string("objectID") ?? "") else {
              json.null()
              continue
            }
            json.object { AlgoliaRecord(entry).write(AlgoliaAttributeList(wanted), to: &$0) }
          }
        }
      }
    }
  }

  // MARK: What there is

  /// A client may ask what its own key is for, and nothing about others.
  private static func describe(_ key: String, _ call: DialectCall, to json: inout JSONWriter) throws {
    guard key == AlgoliaRoutes.key(of: call) else { throw AlgoliaError.noKey }
    json.object { json in
      json.field("value", key)
      json.field("createdAt", 0)
      json.field("acl", ["search"])
      json.field("validity", 0)
      json.field("maxHitsPerQuery", AlgoliaQuery.hitsPerPage.upperBound)
    }
  }

  /// The key that a client brings, in a field or, from browsers, in the address.
  static func key(of call: DialectCall) -> String? {
    if let name = HTTPField.Name("X-Algolia-API-Key"), let key = call.request.headerFields[name] {
      return key
    }
    return call.target.parameters.first { $0.name.lowercased() == "x-algolia-api-key" }?.value
  }

  private static func list(_ name: String, _ commit: ServedCommit, to json: inout JSONWriter) {
    let snapshot = commit.snapshot
    let byteCount = snapshot.segments.reduce(0) { $0 + $1.file.byteCount }
    let time = Timestamp.text(of: snapshot.commit.createdAt)
    json.object { json in
      json.key("items")
      json.array { json in
        json.object { json in
          json.field("name", name)
          json.field("createdAt", time)
          json.field("updatedAt", time)
          json.field("entries", snapshot.entryCount)
          json.field("dataSize", byteCount)
          json.field("fileSize", byteCount)
          json.field("lastBuildTimeS", 0)
          json.field("numberOfPendingTasks", 0)
          json.field("pendingTask", false)
        }
      }
      json.field("nbPages", 1)
    }
  }
}
