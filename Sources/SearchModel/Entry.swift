/// What a hit is: one item of a link digest, one section of a page, or one page.
///
/// The texts are plain: markup is gone, blocks are separated by one empty line (`\n\n`), and a line
/// break inside a paragraph is a space, or nothing between two Han characters.
package struct Entry: Equatable, Sendable {
  /// What part of its source file an entry stands for.
  package enum Kind: UInt8, CaseIterable, Sendable {
    case page = 0
    case heading = 1
    case item = 2

    /// The name in JSON and in the `kind` facet.
    package var name: String {
      switch self {
      case .page: "page"
      case .heading: "heading"
      case .item: "item"
      }
    }
  }

  /// Stable key, unique in an index.
  package var id: String
  package var kind: Kind
  package var title: String
  package var text: String
  /// Absolute, or relative to the site; never a scheme other than http, https and mailto.
  package var url: String?
  package var anchor: String?
  /// Breadcrumb of headings, outermost first.
  package var path: [String]
  package var category: [String]
  package var tags: [String]
  /// ISO date `YYYY-MM-DD`.
  package var date: String?
  /// Two-letter language code, `und` when there is nothing to tell it by.
  package var lang: String
  /// Files the entry came from, relative to the indexed root, `/` between folders.
  package var sources: [String]
  package var description: String
  package var author: String
  package var keywords: [String]
  /// Factor of its score, 0.01 to 10.
  package var boost: Float
  /// Queries for which its author wants it first.
  package var pins: [String]

  package init(
    id: String, kind: Kind = .page, title: String = "", text: String = "", url: String? = nil,
    anchor: String? = nil, path: [String] = [], category: [String] = [], tags: [String] = [],
    date: String? = nil, lang: String = "und", sources: [String] = [], description: String = "",
    author: String = "", keywords: [String] = [], boost: Float = 1, pins: [String] = []
  ) {
    self.id = id
    self.kind = kind
    self.title = title
    self.text = text
    self.url = url
    self.anchor = anchor
    self.path = path
    self.category = category
    self.tags = tags
    self.date = date
    self.lang = lang
    self.sources = sources
    self.description = description
    self.author = author
    self.keywords = keywords
    self.boost = boost
    self.pins = pins
  }
}
