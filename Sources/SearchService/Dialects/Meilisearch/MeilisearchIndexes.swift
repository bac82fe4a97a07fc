import IndexFormat
import SearchModel

/// What there is to be searched, in the words of Meilisearch: always one index.
struct MeilisearchIndexes {
  let name: String
  let snapshot: IndexSnapshot

  private var changed: String { Timestamp.text(of: snapshot.commit.createdAt) }

  private var byteCount: Int { snapshot.segments.reduce(0) { $0 + $1.file.byteCount } }

  func writeIndex(to json: inout JSONWriter) {
    json.object { json in
      json.field("uid", name)
      json.field("createdAt", changed)
      json.field("updatedAt", changed)
      json.field("primaryKey", "objectID")
    }
  }

  func index() -> Reply {
    var json = JSONWriter()
    writeIndex(to: &json)
    return .json(json.bytes)
  }

  func list(_ target: RequestTarget) throws -> Reply {
    let parameters = MeilisearchParameters(
      try MeilisearchParameters.body(target, [("offset", .whole), ("limit", .whole)]).members ?? [:],
      family: "index")
    let offset = try parameters.whole("offset") ?? 0
    let limit = try parameters.whole("limit") ?? 20
    var json = JSONWriter()
    json.object { json in
      json.key("results")
      json.array { json in if offset == 0, limit > 0 { writeIndex(to: &json) } }
      json.field("offset", offset)
      json.field("limit", limit)
      json.field("total", 1)
    }
    return .json(json.bytes)
  }

  func writeStats(to json: inout JSONWriter) {
    json.object { json in
      json.field("numberOfDocuments", snapshot.entryCount)
      json.field("rawDocumentDbSize", byteCount)
      json.field("avgDocumentSize", snapshot.entryCount > 0 ? byteCount / snapshot.entryCount : 0)
      json.field("isIndexing", false)
      json.field("numberOfEmbeddings", 0)
      json.field("numberOfEmbeddedDocuments", 0)
      // Of those that every entry has; the others are not counted.
      json.key("fieldDistribution")
      json.object { json in
        for name in ["objectID", "kind", "title", "type", "hierarchy_lvl0", "hierarchy_lvl1", "lang"] {
          json.field(name, snapshot.entryCount)
        }
      }
    }
  }

  func indexStats() -> Reply {
    var json = JSONWriter()
    writeStats(to: &json)
    return .json(json.bytes)
  }

  func stats() -> Reply {
    var json = JSONWriter()
    json.object { json in
      json.field("databaseSize", byteCount)
      json.field("usedDatabaseSize", byteCount)
      json.field("lastUpdate", changed)
      json.key("indexes")
      json.object { json in
        json.key(name)
        writeStats(to: &json)
      }
    }
    return .json(json.bytes)
  }
}
