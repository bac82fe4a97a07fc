import IndexFormat

/// Documents that hold one term.
final class TermMatcher: PartMatcher {
  /// Candidates below this share of the list are looked up one by one rather than met in a walk.
  private static let walkShare = 8

  private let cursor: PostingsCursor
  private let isLiteral: Bool
  private let onlyTitle: Bool
  private var found = DocumentWindow()

  init(_ cursor: PostingsCursor, isLiteral: Bool, onlyTitle: Bool) {
    self.cursor = cursor
    self.isLiteral = isLiteral
    self.onlyTitle = onlyTitle
  }

  override var cost: Int { cursor.documentFrequency }

  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    try cursor.find(notBelow: document)
  }

  override func holds(window base: UInt32, in held: inout DocumentWindow) throws {
    if onlyTitle { return try super.holds(window: base, in: &held) }
    let candidates = held.count
    let blocks = cursor.blockCount(from: base, to: base + DocumentWindow.size)
    if candidates < blocks * Self.walkShare {
      try held.filter { try cursor.contains(base + $0) }
    } else {
      found.removeAll()
      try found.withMutableWords {
        try cursor.fill($0, titles: nil, from: base, wordCount: DocumentWindow.wordCount)
      }
      held.formIntersection(found)
    }
  }

  override func fill(
    _ held: inout DocumentWindow, window base: UInt32, among candidates: DocumentWindow
  ) throws {
    if onlyTitle { return try super.fill(&held, window: base, among: candidates) }
    try held.withMutableWords {
      try cursor.fill($0, titles: nil, from: base, wordCount: DocumentWindow.wordCount)
    }
  }

  override func match(
    window base: UInt32, among candidates: DocumentWindow
  ) throws -> PartMatches {
    var matches = PartMatches()
    try matches.held.withMutableWords { held in
      try matches.title.withMutableWords { title in
        try cursor.fill(
          held, titles: isLiteral || onlyTitle ? title : nil, from: base, wordCount: DocumentWindow.wordCount)
      }
    }
    if onlyTitle { matches.held = matches.title }
    matches.held.formIntersection(candidates)
    guard isLiteral else {
      matches.title = DocumentWindow()
      return matches
    }
    matches.literal = matches.held
    matches.title.formIntersection(candidates)
    return matches
  }
}
