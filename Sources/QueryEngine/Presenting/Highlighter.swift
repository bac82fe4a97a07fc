import SearchModel
import TextAnalysis

/// Turns matching entries into hits: marked titles and snippets.
struct Highlighter {
  /// Bytes of a text that are looked at first; the rest only for what they do not show.
  private static let firstLook = 4_096

  private let matcher: TextMatcher
  private let partCount: Int
  private let analyzer: Analyzer

  init(_ parts: [Query.Part], analyzer: Analyzer) {
    matcher = TextMatcher(parts + parts.flatMap(\.alternativeParts), analyzer: analyzer)
    partCount = parts.count
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
    let matches = matches(in: entry.text)
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

  /// The matches of the beginning where it shows every part, else all.
  private func matches(in text: String) -> [TextMatch] {
    if let beginning = Self.beginning(of: text) {
      let found = matcher.matches(in: beginning, isTitle: false)
      let shown = found.reduce(into: UInt64(0)) { if $1.part < partCount { $0 |= 1 << UInt64($1.part & 63) } }
      if shown.nonzeroBitCount == partCount { return found }
    }
    return matcher.matches(in: text, isTitle: false)
  }

  /// The first bytes of a long text up to white space or a Han character, where no word is cut; nil where there is no
  /// such place.
  private static func beginning(of text: String) -> String? {
    let bytes = text.utf8
    guard bytes.count > 2 * firstLook else { return nil }
    var end = bytes.index(bytes.startIndex, offsetBy: firstLook)
    for _ in 0..<firstLook {
      if bytes[end] <= 0x20 || (0xE4...0xE9).contains(bytes[end]) { return String(text[..<end]) }
      bytes.formIndex(after: &end)
    }
    return nil
  }

  private func snippet(of text: String, _ matches: [TextMatch]) -> Snippet {
    Snippeter.snippet(of: text, matches: matches) { analyzer.words(in: $0) }
  }
}
