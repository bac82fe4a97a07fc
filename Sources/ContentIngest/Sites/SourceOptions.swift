/// What makes the files of a source.
package enum SourceKind: String, CaseIterable, Sendable {
  case hugo, mkdocs, docusaurus, vitepress, digest, markdown, html, jsonl

  /// As people write it.
  package var title: String {
    switch self {
    case .hugo: "Hugo"
    case .mkdocs: "MkDocs"
    case .docusaurus: "Docusaurus"
    case .vitepress: "VitePress"
    case .digest: "link digests"
    case .markdown: "Markdown and text"
    case .html: "built HTML"
    case .jsonl: "JSONL"
    }
  }

  /// Endings of the files that are its content.
  package var extensions: Set<String> {
    switch self {
    case .hugo: ["md", "markdown", "html", "htm"]
    case .mkdocs: ["md", "markdown"]
    case .docusaurus: ["md", "mdx"]
    case .vitepress: ["md"]
    case .digest, .markdown: ["md", "markdown", "mdx", "txt", "text", "jsonl", "ndjson"]
    case .html: ["html", "htm"]
    case .jsonl: ["jsonl", "ndjson"]
    }
  }
}

/// How a page is cut into entries.
package enum SplitRule: String, CaseIterable, Sendable {
  /// By what the page is made of.
  case auto
  case page, heading, item
}

/// Where the category of a page comes from when its front matter names none.
package enum CategoryRule: Equatable, Sendable {
  /// The section of the site.
  case auto
  case none
  /// The folder at this depth below the root of the source, 1-based.
  case folder(Int)
}

/// What the owner of a site may say about one source.
package struct SourceOptions: Equatable, Sendable {
  /// Nil: detected.
  package var kind: SourceKind?
  /// Patterns over the paths below the root; without any, all that is content.
  package var include: [String] = []
  package var exclude: [String] = []
  package var baseURL: String?
  package var split = SplitRule.auto
  /// Headings outside these levels begin no entry.
  package var headingLevels = 1...6
  package var drafts = false
  package var future = false
  package var category = CategoryRule.auto
  /// Two-letter code for pages that say nothing themselves.
  package var language: String?
  /// Factor of the score of its entries.
  package var boost: Float?
  /// Text between an opening and a closing shortcode stays.
  package var keepsShortcodeText = true
  /// Field of an entry by the key of a JSONL object, where they differ.
  package var fields: [String: String] = [:]
  /// Elements of built HTML that hold a page's own text, and those in them that do not.
  package var contentSelectors: [String] = []
  package var ignoredSelectors: [String] = []

  package init() {}
}

extension SourceOptions {
  /// Fields of an entry that a JSONL object may name otherwise.
  package static let entryFields = [
    "id", "title", "text", "url", "anchor", "category", "tags", "date", "lang", "description", "author",
    "keywords", "path", "kind", "sources", "boost", "pins",
  ]

  /// The same text for equal options.
  var signature: String { self == SourceOptions() ? "" : StableText.of(self) }

  /// `main`, `.content`, `#body`, `[data-x]`, `div.content`.
  package static func isSelector(_ text: String) -> Bool { HTMLSelector(text) != nil }
}
