import SearchModel
import TextAnalysis

/// Turns matching entries into hits: marked titles and snippets.
struct Highlighter {
  private let matcher: TextMatcher
  private let analyzer: Analyzer

  init(_ parts: [Query.Part], analyzer: Analyzer) {
    matcher = TextMatcher(parts, analyzer: analyzer)
    self.analyzer = analyzer
  }

  func hit(_ entry: Entry, match: MatchKind, score: Float) -> Hit {
    let titleRanges = joined(matcher.matches(in: entry.title, isTitle: true).map(\.range))
    let snippet = snippet(of: entry)
    return Hit(
      entry: entry, match: match, score: score, snippet: snippet.text, titleHighlights: titleRanges,
      snippetHighlights: snippet.highlights)
  }

  /// From the text; from another field when only that one matches.
  private func snippet(of entry: Entry) -> Snippet {
    let matches = matcher.matches(in: entry.text, isTitle: false)
    if matches.isEmpty {
      for other in [entry.description, entry.keywords.joined(separator: ", "), entry.author]
      where !other.isEmpty {
        let found = matcher.matches(in: other, isTitle: false)
        if !found.isEmpty { return snippet(of: other, found) }
      }
      if entry.text.isEmpty { return snippet(of: entry.description, []) }
    }
    return snippet(of: entry.text, matches)
  }

  private func snippet(of text: String, _ matches: [TextMatch]) -> Snippet {
    Snippeter.snippet(of: text, matches: matches) { analyzer.words(in: $0) }
  }
}
