/// What a path means to Meilisearch. A slash at the end says nothing.
enum MeilisearchPath: Equatable, Sendable {
  case health
  case version
  case stats
  case indexes
  case index(String)
  case indexStats(String)
  case search(String)
  case facetSearch(String)
  case documents(String)
  case document(String, id: String)
  case multiSearch
  /// Where there is nothing to read, by the first part of the path.
  case other(String)

  /// First parts of paths that only those reach who may change something.
  private static let administrative: Set<String> = [
    "keys", "tasks", "batches", "dumps", "snapshots", "swap-indexes", "experimental-features", "network",
    "webhooks",
    "logs", "export",
  ]

  /// Nil when the path is none of theirs.
  init?(_ path: String) {
    var parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    guard let first = parts.first else { return nil }
    switch (first, parts.count) {
    case ("health", 1): self = .health
    case ("version", 1): self = .version
    case ("stats", 1): self = .stats
    case ("multi-search", 1): self = .multiSearch
    case ("indexes", 1): self = .indexes
    case ("indexes", 2): self = .index(parts[1])
    case ("indexes", _):
      switch (parts[2], parts.count) {
      case ("stats", 3): self = .indexStats(parts[1])
      case ("search", 3): self = .search(parts[1])
      case ("facet-search", 3): self = .facetSearch(parts[1])
      case ("documents", 3): self = .documents(parts[1])
      // Ids are paths of pages here, and not every client encodes their slashes.
      case ("documents", _): self = .document(parts[1], id: parts[3...].joined(separator: "/"))
      default: self = .other("indexes")
      }
    default:
      guard Self.administrative.contains(first) else { return nil }
      self = .other(first)
    }
  }

  var route: DialectRoute {
    switch self {
    case .health: DialectRoute(label: "/health")
    case .version: DialectRoute(label: "/version")
    case .stats: DialectRoute(label: "/stats", readsIndex: true)
    case .indexes: DialectRoute(label: "/indexes")
    case .index: DialectRoute(label: "/indexes/{uid}")
    case .indexStats: DialectRoute(label: "/indexes/{uid}/stats", readsIndex: true)
    case .search: DialectRoute(label: "/indexes/{uid}/search", readsIndex: true)
    case .facetSearch: DialectRoute(label: "/indexes/{uid}/facet-search", readsIndex: true)
    case .documents: DialectRoute(label: "/indexes/{uid}/documents", readsIndex: true)
    case .document: DialectRoute(label: "/indexes/{uid}/documents/{id}", readsIndex: true)
    case .multiSearch: DialectRoute(label: "/multi-search", readsIndex: true)
    case .other(let first): DialectRoute(label: "/\(first)/…")
    }
  }
}
