import QueryEngine
import SearchModel

/// Entries as documents: one by its id, or some of all.
struct MeilisearchDocuments {
  private static let parameters: [(name: String, kind: MeilisearchQuery.Kind)] = [
    ("offset", .whole), ("limit", .whole), ("fields", .list), ("filter", .filter), ("retrieveVectors", .any),
    ("ids", .list), ("sort", .list),
  ]

  private var query = MeilisearchQuery.everything
  private var offset = 0
  private var limit = 20

  init(_ target: RequestTarget) throws {
    try self.init(try MeilisearchParameters.body(target, Self.parameters))
  }

  init(_ body: JSONValue) throws(MeilisearchError) {
    guard let members = body.members else {
      throw .bad(
        "bad_request", "Invalid value type: expected an object, but found \(body.kind): `\(body.text)`")
    }
    let parameters = MeilisearchParameters(members, family: "document")
    try parameters.refuseUnknown(Set(Self.parameters.map(\.name)), listed: Self.parameters.map(\.name))
    for name in ["ids", "sort"] where parameters.members[name] != nil {
      throw .bad(
        "invalid_document_\(name)", "`\(name)` is not supported here; ask for documents one by one, or search"
      )
    }
    offset = try parameters.whole("offset") ?? 0
    limit = try parameters.whole("limit") ?? 20
    query.retrieved = try parameters.list("fields") ?? ["*"]
    guard let value = members["filter"] else { return }
    do { query.filter = try MeilisearchFilterParser.filter(value) } catch {
      throw .bad("invalid_document_filter", error.message)
    }
  }

  /// The entry with an id, or whose URL it is.
  func reply(named name: String, in searcher: Searcher) throws -> Reply {
    guard let entry = try searcher.entry(named: name) else { throw MeilisearchError.noDocument(name) }
    let found = try searcher.find(SearchRequest(text: ""))
    var json = JSONWriter()
    try MeilisearchHitWriter(query: query, highlighter: found.highlighter, deadline: .none).write(
      FoundEntry(entry: entry, tier: 1, score: 0, isPinned: false), to: &json)
    return .json(json.bytes)
  }

  func reply(in searcher: Searcher, deadline: Deadline) throws -> Reply {
    let search = try MeilisearchSearch(query, window: (offset, limit), in: searcher, deadline: deadline)
    var json = JSONWriter()
    try json.object { json in
      json.key("results")
      try json.array { json in for entry in search.entries { try search.writer.write(entry, to: &json) } }
      json.field("offset", offset)
      json.field("limit", limit)
      json.field("total", search.total)
    }
    return .json(json.bytes)
  }
}
