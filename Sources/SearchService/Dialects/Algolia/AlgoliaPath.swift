/// What a path means to Algolia.
enum AlgoliaPath: Equatable, Sendable {
  case alive
  case indexes
  /// Several searches, each of which names its index.
  case queries
  /// Several records, each of which names its index.
  case objects
  case index(String)
  case query(String)
  case facet(String, name: String)
  case settings(String)
  case object(String, id: String)
  case key(String)
  /// Where there is nothing that a search needs.
  case other

  /// Nil when the path is none of theirs.
  init?(_ path: String) {
    let raw = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard raw.count > 1, raw[0].elementsEqual("1".utf8) else { return nil }
    var parts: [String] = []
    for part in raw.dropFirst() {
      guard let part = try? RequestTarget.decodedPart(part) else { return nil }
      parts.append(part)
    }
    switch (parts[0], parts.count) {
    case ("isalive", 1): self = .alive
    case ("keys", 2): self = .key(parts[1])
    case ("indexes", 1): self = .indexes
    case ("indexes", 2): self = .index(parts[1])
    case ("indexes", 3):
      switch (parts[1], parts[2]) {
      case ("*", "queries"): self = .queries
      case ("*", "objects"): self = .objects
      case (_, "query"): self = .query(parts[1])
      case (_, "settings"): self = .settings(parts[1])
      default: self = .object(parts[1], id: parts[2])
      }
    case ("indexes", 5) where parts[2] == "facets" && parts[4] == "query":
      self = .facet(parts[1], name: parts[3])
    // Ids are paths of pages here, and not every client encodes their slashes.
    case ("indexes", _): self = .object(parts[1], id: parts[2...].joined(separator: "/"))
    default: self = .other
    }
  }

  var route: DialectRoute {
    switch self {
    case .alive: DialectRoute(label: "/1/isalive")
    case .indexes: DialectRoute(label: "/1/indexes", readsIndex: true)
    case .queries: DialectRoute(label: "/1/indexes/*/queries", readsIndex: true)
    case .objects: DialectRoute(label: "/1/indexes/*/objects", readsIndex: true)
    case .index: DialectRoute(label: "/1/indexes/{index}", readsIndex: true)
    case .query: DialectRoute(label: "/1/indexes/{index}/query", readsIndex: true)
    case .facet: DialectRoute(label: "/1/indexes/{index}/facets/{facet}/query", readsIndex: true)
    case .settings: DialectRoute(label: "/1/indexes/{index}/settings")
    case .object: DialectRoute(label: "/1/indexes/{index}/{objectID}", readsIndex: true)
    case .key: DialectRoute(label: "/1/keys/{key}")
    case .other: DialectRoute(label: "/1/…")
    }
  }
}
