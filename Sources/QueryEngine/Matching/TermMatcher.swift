import IndexFormat

/// Documents that hold one term.
final class TermMatcher: PartMatcher {
  /// With fewer candidates per block of the list they are looked up rather than met in a walk.
  private static let walkShare = 32

  private let cursor: PostingsCursor
  private let isLiteral: Bool
  private let onlyTitle: Bool
  private let scratch: WindowScratch

  init(_ cursor: PostingsCursor, isLiteral: Bool, onlyTitle: Bool, scratch: WindowScratch) {
    self.cursor = cursor
    self.isLiteral = isLiteral
    self.onlyTitle = onlyTitle
    self.scratch = scratch
  }

  override var cost: Int { cursor.documentFrequency }

  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    try cursor.find(notBelow: document)
  }

  override func holds(window base: UInt32, in held: inout DocumentWindow) throws {
    if onlyTitle { return try super.holds(window: base, in: &held) }
    let blocks = cursor.blockCount(from: base, to: base + DocumentWindow.size)
    if held.count < blocks * Self.walkShare {
      let places = scratch.candidates
      let count = try cursor.keep(
        places, count: held.list(into: places), base: base, into: scratch.batch)
      held = DocumentWindow(places, count: count)
    } else {
      var found = DocumentWindow()
      try cursor.fill(&found, window: base)
      held.formIntersection(found)
    }
  }

  override func fill(
    _ held: inout DocumentWindow, window base: UInt32, among candidates: DocumentWindow
  ) throws {
    if onlyTitle { return try super.fill(&held, window: base, among: candidates) }
    try cursor.fill(&held, window: base)
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
