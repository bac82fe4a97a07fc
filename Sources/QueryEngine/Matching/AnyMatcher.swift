import IndexFormat

/// Documents that hold at least one of several spellings.
final class AnyMatcher: PartMatcher {
  private let alternatives: [PartMatcher]
  /// Documents count only if one of the first this many holds them; the others say what is literal.
  private let holding: Int

  /// - Parameter holding: how many of the alternatives make a match by themselves; nil for all.
  init(_ alternatives: [PartMatcher], holding: Int? = nil) {
    self.alternatives = alternatives
    self.holding = holding ?? alternatives.count
  }

  override var cost: Int { alternatives.prefix(holding).reduce(0) { $0 + $1.cost } }

  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    var next = PostingsCursor.end
    for alternative in alternatives.prefix(holding) {
      next = min(next, try alternative.nextCandidate(from: document))
    }
    return next
  }

  override func match(
    window base: UInt32, among candidates: DocumentWindow
  ) throws -> PartMatches {
    var matches = PartMatches()
    for (number, alternative) in alternatives.enumerated() {
      let found = try alternative.match(window: base, among: candidates)
      if number < holding { matches.held.formUnion(found.held) }
      matches.literal.formUnion(found.literal)
      matches.title.formUnion(found.title)
    }
    if holding < alternatives.count {
      matches.literal.formIntersection(matches.held)
      matches.title.formIntersection(matches.held)
    }
    return matches
  }
}
