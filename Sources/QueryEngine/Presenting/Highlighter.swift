import SearchModel
import TextAnalysis

/// Turns matching entries into hits: marked titles and snippets.
struct Highlighter {
  private let matcher: TextMatcher

  init(_ parts: [Query.Part], analyzer: Analyzer) { matcher = TextMatcher(parts, analyzer: analyzer) }

  func hit(_ entry: Entry, match: MatchKind, score: Float) -> Hit {
    let titleRanges = joined(matcher.matches(in: entry.title, isTitle: true).map(\.range))
    let snippet = snippet(of: entry)
    return Hit(
      entry: entry, match: match, score: score, titleHTML: Self.html(entry.title, marking: titleRanges),
      snippetHTML: Self.html(snippet.text, marking: snippet.highlights), titleHighlights: titleRanges,
      snippetHighlights: snippet.highlights)
  }

  /// From the text; from another field when only that one matches.
  private func snippet(of entry: Entry) -> Snippet {
    let matches = matcher.matches(in: entry.text, isTitle: false)
    if matches.isEmpty {
      for other in [entry.description, entry.keywords.joined(separator: ", "), entry.author] where !other.isEmpty {
        let found = matcher.matches(in: other, isTitle: false)
        if !found.isEmpty { return Snippeter.snippet(of: other, matches: found) }
      }
      if entry.text.isEmpty { return Snippeter.snippet(of: entry.description, matches: []) }
    }
    return Snippeter.snippet(of: entry.text, matches: matches)
  }

  /// Escaped text with `<mark>` around the ranges, which ascend and lie on character borders.
  static func html(_ text: String, marking ranges: [Range<Int>]) -> String {
    var result: [UInt8] = []
    var next = 0
    for (offset, byte) in text.utf8.enumerated() {
      if next < ranges.count, offset == ranges[next].lowerBound { result += "<mark>".utf8 }
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      case UInt8(ascii: "\""): result += "&quot;".utf8
      case UInt8(ascii: "'"): result += "&#39;".utf8
      default: result.append(byte)
      }
      if next < ranges.count, offset + 1 == ranges[next].upperBound {
        result += "</mark>".utf8
        next += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
