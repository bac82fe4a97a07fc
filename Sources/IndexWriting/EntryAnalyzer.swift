package import IndexFormat
package import SearchModel
package import TextAnalysis

/// Lengths of the two fields of an entry, in tokens.
package struct EntryLengths: Equatable, Sendable {
  package var title: UInt32
  package var body: UInt32

  package init(title: UInt32, body: UInt32) {
    self.title = title
    self.body = body
  }
}

/// What becomes of an entry in a segment: tokens to be found by, and texts to be shown.
///
/// One per thread. The same entry gives the same tokens and texts in all of one identity.
package protocol EntryAnalyzing {
  /// The name of the rules, as a commit records it.
  static var identity: String { get }

  /// Hands over the tokens of an entry, the title's first, in batches that bound the memory of a long text.
  mutating func analyze(
    _ entry: Entry, _ body: (_ tokens: TokenBuffer, _ isTitle: Bool) -> Void
  ) -> EntryLengths

  func storedFields(of entry: Entry) -> StoredFields

  /// What the entry offers to who is typing.
  func completions(of entry: Entry) -> [CompletionText]

  /// Whether words that are mistyped in queries are to be found.
  var correctsWords: Bool { get }

  /// The formula that entries will be ranked by, for the bounds of postings blocks.
  var boundModel: BoundModel { get }
}

extension EntryAnalyzing {
  package var correctsWords: Bool { true }
  package var boundModel: BoundModel { .standard }
  package func completions(of entry: Entry) -> [CompletionText] { [] }
}

/// Turns an entry into one stream of tokens: the title, then everything else that is searched as text.
///
/// A gap of positions stands between fields, so that no phrase runs from one into the next.
package struct EntryAnalyzer: EntryAnalyzing {
  package static let identity = Analyzer.identity

  /// More than the gap of one that an interruption inside a field makes.
  package static let fieldGap: UInt32 = 8

  private let analyzer: Analyzer
  private var tokens = TokenBuffer()

  package init() throws { analyzer = try Analyzer() }

  /// The searched texts other than the title, in the order in which their tokens follow.
  package static func bodyTexts(of entry: Entry) -> [String] {
    [entry.text] + entry.path + entry.tags + [entry.description, entry.author] + entry.keywords
  }

  package func storedFields(of entry: Entry) -> StoredFields { StoredFields(entry) }

  /// The title and tags of an entry as completions.
  package func completions(of entry: Entry) -> [CompletionText] {
    [completion(.title, entry.title)] + entry.tags.map { completion(.tag, $0) }
  }

  private func completion(_ kind: CompletionText.Kind, _ text: String) -> CompletionText {
    let folded = analyzer.completionKey(of: text, longest: CompletionText.longest)
    return CompletionText(kind: kind, folded: folded, initials: PinyinInitials.of(folded))
  }

  package mutating func analyze(
    _ entry: Entry, _ body: (_ tokens: TokenBuffer, _ isTitle: Bool) -> Void
  ) -> EntryLengths {
    tokens.removeAll(keepingCapacity: true)
    analyze(entry.title) { body($0, true) }
    let titleLength = tokens.length
    tokens.skipPositions(Self.fieldGap)
    for text in Self.bodyTexts(of: entry) where !text.isEmpty {
      analyze(text) { body($0, false) }
      tokens.skipPositions(Self.fieldGap)
    }
    return EntryLengths(title: UInt32(titleLength), body: UInt32(tokens.length - titleLength))
  }

  private mutating func analyze(_ text: String, _ body: (TokenBuffer) -> Void) {
    var text = text
    text.withUTF8 { analyzer.analyze(utf8: $0, into: &tokens) { body($0) } }
  }
}
