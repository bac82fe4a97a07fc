import IndexFormat

/// Documents that hold one term.
final class TermMatcher: PartMatcher {
  private let cursor: PostingsCursor
  private let isLiteral: Bool
  private let onlyTitle: Bool

  init(_ cursor: PostingsCursor, isLiteral: Bool, onlyTitle: Bool) {
    self.cursor = cursor
    self.isLiteral = isLiteral
    self.onlyTitle = onlyTitle
  }

  override var cost: Int { cursor.documentFrequency }

  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    try cursor.seek(to: document)
    return cursor.docID
  }

  override func match(
    window base: UInt32, among candidates: DocumentWindow
  ) throws -> PartMatches {
    var matches = PartMatches()
    try cursor.seek(to: base)
    let end = base + DocumentWindow.size
    while cursor.docID < end {
      let relative = cursor.docID - base
      if candidates.contains(relative) {
        let inTitle = cursor.titleFrequency > 0
        if inTitle || !onlyTitle {
          matches.held.insert(relative)
          if isLiteral {
            matches.literal.insert(relative)
            if inTitle { matches.title.insert(relative) }
          }
        }
      }
      try cursor.advance()
    }
    return matches
  }
}
