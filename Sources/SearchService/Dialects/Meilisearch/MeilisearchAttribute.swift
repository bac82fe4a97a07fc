import SearchModel

/// One field of a record as clients of Meilisearch see it: flat, as boxes of documentation expect it.
struct MeilisearchAttribute: Sendable {
  enum Value: Equatable, Sendable {
    case text(String?)
    case list([String])
  }

  var name: String
  var value: Value
  /// Whether it is text of the entry, where what is looked for is marked.
  var isMarked = false
  /// Whether it is the entry's title.
  var isTitle = false

  /// In the order in which they are answered.
  static func all(of record: HierarchyRecord) -> [MeilisearchAttribute] {
    let entry = record.entry
    var all = [
      MeilisearchAttribute(name: "objectID", value: .text(entry.id)),
      MeilisearchAttribute(name: "kind", value: .text(entry.kind.name)),
      MeilisearchAttribute(name: "title", value: .text(entry.title), isMarked: true, isTitle: true),
      MeilisearchAttribute(name: "url", value: .text(record.url)),
      MeilisearchAttribute(name: "url_without_anchor", value: .text(record.urlWithoutAnchor)),
      MeilisearchAttribute(name: "anchor", value: .text(record.anchor)),
      MeilisearchAttribute(name: "content", value: .text(record.content), isMarked: true),
      MeilisearchAttribute(name: "type", value: .text(record.type)),
    ]
    for (level, title) in record.levels.enumerated() {
      all.append(
        MeilisearchAttribute(
          name: "hierarchy_lvl\(level)", value: .text(title), isMarked: true, isTitle: level == record.level))
    }
    for level in record.levels.indices {
      let title = level == record.level ? record.levels[level] : nil
      all.append(
        MeilisearchAttribute(
          name: "hierarchy_radio_lvl\(level)", value: .text(title), isMarked: true, isTitle: true))
    }
    all += [
      MeilisearchAttribute(name: "lang", value: .text(entry.lang)),
      MeilisearchAttribute(name: "category", value: .list(entry.category), isMarked: true),
      MeilisearchAttribute(name: "tags", value: .list(entry.tags), isMarked: true),
      MeilisearchAttribute(name: "date", value: .text(entry.date)),
      MeilisearchAttribute(name: "path", value: .list(entry.path), isMarked: true),
      MeilisearchAttribute(name: "sources", value: .list(entry.sources)),
    ]
    return all
  }

  /// Attributes in which texts are looked for; `onlyTitle` those of them that are the title.
  static let searchable: Set<String> = [
    "title", "content", "hierarchy_lvl1", "hierarchy_lvl2", "hierarchy_lvl3", "hierarchy_lvl4",
    "hierarchy_lvl5",
    "hierarchy_lvl6", "hierarchy_radio_lvl1", "hierarchy_radio_lvl2", "hierarchy_radio_lvl3",
    "hierarchy_radio_lvl4",
    "hierarchy_radio_lvl5", "hierarchy_radio_lvl6", "hierarchy_lvl0", "hierarchy_radio_lvl0", "path", "tags",
  ]

  static func isTitle(_ name: String) -> Bool { name == "title" || name.hasPrefix("hierarchy_") }

  /// The facet that an attribute is filtered and counted by.
  static func facet(_ name: String) -> FacetKey? {
    switch name {
    case "language": .lang
    case "categories": .category
    case "tag": .tags
    case "sources": .source
    default: FacetKey(rawValue: name)
    }
  }

  static let facetNames = FacetKey.allCases.map { "`\($0.rawValue)`" }.sorted().joined(separator: ", ")
}
