import SearchModel
import TextAnalysis

@testable import QueryEngine

/// The oracle of `Highlighter`.
struct PlainHighlighter {
  /// Bytes of a text that are looked at first; the rest only for what they do not show.
  private static let firstLook = 4_096

  private let matcher: PlainTextMatcher
  private let partCount: Int
  /// The parts of the query, folded.
  let words: [String]
  /// The part that each alternative belongs to, in the order of the parts.
  private let owners: [Int]
  private let analyzer: Analyzer

  init(_ parts: [Query.Part], analyzer: Analyzer) {
    matcher = PlainTextMatcher(parts + parts.flatMap(\.alternativeParts), analyzer: analyzer)
    partCount = parts.count
    words = parts.map(\.content.plainText)
    owners = parts.indices.flatMap { part in parts[part].alternatives.map { _ in part } }
    self.analyzer = analyzer
  }

  // MARK: Single fields

  /// A whole field and what stands in it of the query.
  func marked(_ text: String, isTitle: Bool) -> MarkedText {
    let matches = matcher.matches(in: text, isTitle: isTitle)
    return MarkedText(text: text, ranges: joined(matches.map(\.range)), parts: parts(of: matches))
  }

  /// So many words of a field, around what stands in it of the query.
  ///
  /// - Parameter marker: stands where something was cut off.
  func cropped(_ text: String, isTitle: Bool, words: Int, marker: String) -> MarkedText {
    let matches = isTitle ? matcher.matches(in: text, isTitle: true) : matches(in: text)
    let passage = PlainCropper(wordCount: words, marker: marker) { analyzer.words(in: $0) }
      .passage(of: text, matches: matches)
    return MarkedText(text: passage.text, ranges: passage.highlights, parts: parts(of: matches))
  }

  /// Synonyms count as the part that they stand for.
  private func parts(of matches: [TextMatch]) -> Set<Int> {
    Set(matches.map { $0.part < partCount ? $0.part : owners[$0.part - partCount] })
  }

  // MARK: Hits

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
    PlainSnippeter.snippet(of: text, matches: matches) { analyzer.words(in: $0) }
  }
}
