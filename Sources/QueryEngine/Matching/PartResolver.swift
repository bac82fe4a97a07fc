import IndexFormat
import TextAnalysis

/// Decides what the parts of a query are in an index: a Han run that stands in some entry is one part,
/// any other is as many parts as it has words.
struct PartResolver {
  let words: QueryWords
  let snapshot: IndexSnapshot
  let scratch: WindowScratch

  func resolve(_ parts: [Query.Part]) throws -> [Query.Part] {
    var resolved: [Query.Part] = []
    for part in parts {
      guard case .chunk(.han(let run)) = part.content, run.characters.count > 1, try !stands(part) else {
        if !resolved.contains(part) { resolved.append(part) }
        continue
      }
      for word in try words.words(in: run.characters).map(\.range) {
        let content = Query.Part.Content.chunk(
          .han(HanRun(characters: Array(run.characters[word]), ranges: Array(run.ranges[word]))))
        let isKnown = resolved.contains { $0.scope == part.scope && $0.content.isSameText(as: content) }
        if !isKnown { resolved.append(Query.Part(content: content, scope: part.scope, range: part.range)) }
      }
    }
    return resolved
  }

  private func stands(_ part: Query.Part) throws -> Bool {
    for segment in snapshot.segments {
      let matcher = try MatcherFactory(segment: segment, scratch: scratch).matcher(for: part)
      var next = try matcher.nextCandidate(from: 0)
      while next < segment.documentCount {
        let base = next & ~(DocumentWindow.size - 1)
        var candidates = DocumentWindow(first: segment.documentCount - Int(base))
        if let live = segment.live { candidates.formIntersection(DocumentWindow(live.words, base: base)) }
        if try !matcher.match(window: base, among: candidates).held.isEmpty { return true }
        next = try matcher.nextCandidate(from: base + DocumentWindow.size)
      }
    }
    return false
  }
}

extension Query.Part.Content {
  /// Whether two parts ask for the same, wherever they were typed.
  fileprivate func isSameText(as other: Self) -> Bool {
    guard case .chunk(.han(let a)) = self, case .chunk(.han(let b)) = other else { return self == other }
    return a.characters == b.characters
  }
}
