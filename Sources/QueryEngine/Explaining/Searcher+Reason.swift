import IndexFormat
import SearchModel
import TextAnalysis

extension Searcher {
  /// Why an entry does not hold a part of a query.
  func reason(_ part: Query.Part, document: UInt32, in segment: SegmentReader) throws -> String {
    func isHeld(_ other: Query.Part) throws -> Bool { try holds(other, document: document, in: segment) }
    if part.scope == .title {
      var anywhere = part
      anywhere.scope = .anywhere
      anywhere.alternatives = []
      if try isHeld(anywhere) { return "it stands in the text, not in the title" }
    }
    let pieces = pieces(of: part)
    if pieces.count > 1 {
      let held = try pieces.filter(isHeld)
      if held.count == pieces.count { return "its words are all there, but not next to each other" }
      if !held.isEmpty {
        let missing = pieces.filter { !held.contains($0) }
        return
          "of its words it holds \(held.map(\.description).joined(separator: ", ")), not \(missing.map(\.description).joined(separator: ", "))"
      }
    }
    if let field = try fieldWithoutText(of: part, document: document, in: segment) { return field }
    let others = try snapshot.segments.contains { other in
      try MatcherFactory(segment: other, scratch: scratch).matcher(for: part).nextCandidate(from: 0)
        < other.documentCount
    }
    if others { return "other entries hold it, this one does not" }
    if case .chunk(.latin(let chunk)) = part.content, chunk.parts.count == 1,
      let near = try TypoFinder(snapshot: snapshot).correction(of: chunk.parts[0].text)
    {
      return "no entry holds it; the nearest word is \(near.word)"
    }
    return "no entry holds it"
  }

  private func holds(_ part: Query.Part, document: UInt32, in segment: SegmentReader) throws -> Bool {
    let base = document & ~(DocumentWindow.size - 1)
    var only = DocumentWindow()
    only.insert(document - base)
    return try !MatcherFactory(segment: segment, scratch: scratch).matcher(for: part).match(
      window: base, among: only
    ).held
      .isEmpty
  }

  /// The words of a part that has to stand as a whole.
  private func pieces(of part: Query.Part) -> [Query.Part] {
    let chunks: [QueryChunk] =
      switch part.content {
      case .chunk(let chunk): [chunk]
      case .exact(let chunks): chunks
      case .prefix: []
      }
    return chunks.flatMap { chunk -> [Query.Part] in
      let words: [QueryChunk] =
        switch chunk {
        case .han(let run):
          analyzer.words(in: run).map {
            .han(HanRun(characters: Array(run.characters[$0]), ranges: Array(run.ranges[$0])))
          }
        case .latin(let latin):
          latin.parts.map { .latin(LatinChunk(parts: [$0], forms: [$0.text], range: $0.range)) }
        }
      return words.map { Query.Part(content: .chunk($0), scope: part.scope, range: part.range) }
    }
  }

  /// Whether the part stands only in what is shown and filtered by, but not searched as text.
  private func fieldWithoutText(
    of part: Query.Part, document: UInt32, in segment: SegmentReader
  ) throws -> String? {
    let wanted = analyzer.foldedKey(of: part.content.plainText)
    guard !wanted.isEmpty else { return nil }
    let entry = try segment.entry(Int(document), from: try segment.storedFields())
    if let category = entry.category.first(where: { analyzer.foldedKey(of: $0).contains(wanted) }) {
      return "it stands only in its category, which is a filter; write category:\"\(category)\""
    }
    if let url = entry.url, analyzer.foldedKey(of: url).contains(wanted) {
      return "it stands only in its address, which is not searched"
    }
    return nil
  }
}

extension Query.Part.Content {
  /// Folded, without quotes and signs of the query language.
  var plainText: String {
    switch self {
    case .chunk(let chunk): chunk.foldedText
    case .exact(let chunks): chunks.map(\.foldedText).joined(separator: " ")
    case .prefix(let chunk): chunk.parts.map(\.text).joined(separator: " ")
    }
  }
}
