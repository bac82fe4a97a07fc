/// How a client wants to see what is found.
struct AlgoliaPresentation: Sendable {
  /// Scalars of the tags and of the ellipsis, which stand in an answer many times.
  private static let markLimit = 100

  var retrieved = AlgoliaAttributeList.all
  var highlighted = AlgoliaAttributeList.all
  var snippets: AlgoliaSnippets
  var marks = HighlightTags()
  var ellipsis = "…"
  /// Whether only those values of a list are given back that something of the query stands in.
  var onlyMatchingValues = false

  init(_ parameters: AlgoliaParameters) throws(AlgoliaError) {
    if let names = try parameters.strings("attributesToRetrieve") { retrieved = AlgoliaAttributeList(names) }
    if let names = try parameters.strings("attributesToHighlight") {
      highlighted = AlgoliaAttributeList(names)
    }
    snippets = try AlgoliaSnippets(try parameters.strings("attributesToSnippet") ?? [])
    marks.before = try Self.mark("highlightPreTag", parameters) ?? marks.before
    marks.after = try Self.mark("highlightPostTag", parameters) ?? marks.after
    ellipsis = try Self.mark("snippetEllipsisText", parameters) ?? ellipsis
    onlyMatchingValues = try parameters.bool("restrictHighlightAndSnippetArrays") ?? false
  }

  private static func mark(
    _ name: String, _ parameters: AlgoliaParameters
  ) throws(AlgoliaError) -> String? {
    guard let text = try parameters.string(name) else { return nil }
    guard text.unicodeScalars.count <= markLimit else {
      throw .parameter(name, "no more than \(markLimit) characters")
    }
    return text
  }
}
