package import SearchModel
package import TextAnalysis

/// Turns an entry into one stream of tokens: the title, then everything else that is searched as text.
///
/// A gap of positions stands between fields, so that no phrase runs from one into the next.
package struct EntryAnalyzer {
  /// More than the gap of one that an interruption inside a field makes.
  package static let fieldGap: UInt32 = 8

  private let analyzer: Analyzer
  package private(set) var tokens = TokenBuffer()
  /// Positions before this one are the title's.
  package private(set) var bodyStart: UInt32 = 0
  package private(set) var titleLength: UInt32 = 0
  package private(set) var bodyLength: UInt32 = 0

  package init() throws { analyzer = try Analyzer() }

  /// The searched texts other than the title, in the order in which their tokens follow.
  package static func bodyTexts(of entry: Entry) -> [String] {
    [entry.text] + entry.path + entry.tags + [entry.description, entry.author] + entry.keywords
  }

  /// Replaces `tokens` by those of `entry`.
  package mutating func analyze(_ entry: Entry) {
    tokens.removeAll(keepingCapacity: true)
    analyzer.analyze(entry.title, into: &tokens)
    titleLength = UInt32(tokens.length)
    tokens.skipPositions(Self.fieldGap)
    bodyStart = tokens.nextPosition
    for text in Self.bodyTexts(of: entry) where !text.isEmpty {
      analyzer.analyze(text, into: &tokens)
      tokens.skipPositions(Self.fieldGap)
    }
    bodyLength = UInt32(tokens.length) - titleLength
  }
}
