/// Documents that another matcher finds, none of them literally: for what was not typed but stands for it.
final class FreeMatcher: PartMatcher {
  private let matcher: PartMatcher

  init(_ matcher: PartMatcher) { self.matcher = matcher }

  override var cost: Int { matcher.cost }

  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    try matcher.nextCandidate(from: document)
  }

  override func match(window base: UInt32, among candidates: DocumentWindow) throws -> PartMatches {
    PartMatches(held: try matcher.match(window: base, among: candidates).held)
  }
}
