package import IndexFormat
package import SearchModel
package import TextAnalysis

/// Turns an entry into one stream of tokens: the title, then everything else that is searched as text.
///
/// A gap of positions stands between fields, so that no phrase runs from one into the next.
package struct EntryAnalyzer {
  /// More than the gap of one that an interruption inside a field makes.
  package static let fieldGap: UInt32 = 8

  private let analyzer: Analyzer
  private var tokens = TokenBuffer()

  /// Lengths of the two fields, in tokens.
  package struct Lengths: Equatable, Sendable {
    package var title: UInt32
    package var body: UInt32
  }

  package init() throws { analyzer = try Analyzer() }

  /// The searched texts other than the title, in the order in which their tokens follow.
  package static func bodyTexts(of entry: Entry) -> [String] {
    [entry.text] + entry.path + entry.tags + [entry.description, entry.author] + entry.keywords
  }

  /// The title and tags of an entry as completions.
  package func completions(of entry: Entry) -> [CompletionText] {
    [completion(.title, entry.title)] + entry.tags.map { completion(.tag, $0) }
  }

  private func completion(_ kind: CompletionText.Kind, _ text: String) -> CompletionText {
    let folded = analyzer.completionKey(of: text, longest: CompletionText.longest)
    return CompletionText(kind: kind, folded: folded, initials: PinyinInitials.of(folded))
  }

  /// Hands over the tokens of an entry, the title's first, in batches that bound the memory of a long text.
  package mutating func analyze(
    _ entry: Entry, _ body: (_ tokens: TokenBuffer, _ isTitle: Bool) -> Void
  ) -> Lengths {
    tokens.removeAll(keepingCapacity: true)
    analyze(entry.title) { body($0, true) }
    let titleLength = tokens.length
    tokens.skipPositions(Self.fieldGap)
    for text in Self.bodyTexts(of: entry) where !text.isEmpty {
      analyze(text) { body($0, false) }
      tokens.skipPositions(Self.fieldGap)
    }
    return Lengths(title: UInt32(titleLength), body: UInt32(tokens.length - titleLength))
  }

  private mutating func analyze(_ text: String, _ body: (TokenBuffer) -> Void) {
    var text = text
    text.withUTF8 { analyzer.analyze(utf8: $0, into: &tokens) { body($0) } }
  }
}
