/// What answers can be counted and filtered by; the raw value is the name in JSON, queries and flags.
package enum FacetKey: String, CaseIterable, Sendable {
  case category
  case tags
  case lang
  case kind
  case year
  case source

  /// The values an entry has for this key, in the entry's order.
  package func values(of entry: Entry) -> [String] {
    switch self {
    case .category: entry.category
    case .tags: entry.tags
    case .lang: [entry.lang]
    case .kind: [entry.kind.name]
    case .year: CalendarDay(iso: entry.date).map { ["\($0.year)"] } ?? []
    case .source: entry.sources
    }
  }
}
