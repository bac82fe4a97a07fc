import IndexFormat
import SearchModel
import TextAnalysis

/// Makes the matchers of one segment. What the segment does not hold gets a matcher that finds nothing.
struct MatcherFactory {
  let segment: SegmentReader

  func matcher(for part: Query.Part) throws -> PartMatcher {
    let matcher = try matcherAsTyped(for: part)
    if part.spellings.isEmpty { return matcher }
    let onlyTitle = part.scope == .title
    return AnyMatcher(
      [matcher]
        + (try part.spellings.map { chunks in
          if chunks.count == 1, case .latin(let chunk) = chunks[0] {
            return FreeMatcher(try latin(chunk, onlyTitle: onlyTitle))
          }
          return FreeMatcher(try exact(chunks, onlyTitle: onlyTitle))
        }))
  }

  private func matcherAsTyped(for part: Query.Part) throws -> PartMatcher {
    let onlyTitle = part.scope == .title
    switch part.content {
    case .chunk(.han(let run)): return try exact([.han(run)], onlyTitle: onlyTitle)
    case .chunk(.latin(let chunk)): return try latin(chunk, onlyTitle: onlyTitle)
    case .exact(let chunks): return try exact(chunks, onlyTitle: onlyTitle)
    case .prefix(let chunk): return try prefix(chunk, onlyTitle: onlyTitle)
    }
  }

  // MARK: Literal text

  /// Characters and parts next to each other.
  private func exact(_ chunks: [QueryChunk], onlyTitle: Bool) throws -> PartMatcher {
    let sequence = TermSequence(chunks)
    if let key = sequence.singleTerm { return try term(key, onlyTitle: onlyTitle) }
    var entries: [TermEntry] = []
    for key in sequence.pairs + sequence.words.map(\.key) {
      guard let entry = try segment.terms.find(key) else { return PartMatcher() }
      entries.append(entry)
    }
    guard !entries.isEmpty else { return PartMatcher() }
    let cursors = try entries.map { try segment.postings(of: $0) }
    let pairs = cursors.prefix(sequence.pairs.count)
    return PhraseMatcher(
      words: zip(cursors.dropFirst(pairs.count), sequence.words).map { .init(cursor: $0, offset: $1.offset) },
      pairs: Array(pairs), onlyTitle: onlyTitle)
  }

  private func term(_ key: [UInt8], isLiteral: Bool = true, onlyTitle: Bool) throws -> PartMatcher {
    guard let cursor = try segment.postings(of: key) else { return PartMatcher() }
    return TermMatcher(cursor, isLiteral: isLiteral, onlyTitle: onlyTitle)
  }

  // MARK: Latin

  /// The chunk as it stands, or one of its other spellings.
  private func latin(_ chunk: LatinChunk, onlyTitle: Bool) throws -> PartMatcher {
    let literal = try exact([.latin(chunk)], onlyTitle: onlyTitle)
    let others = try chunk.alternativeKeys.map { try term($0, isLiteral: false, onlyTitle: onlyTitle) }
    if chunk.isVersion { return AnyMatcher(others + [literal], holding: others.count) }
    return AnyMatcher([literal] + others)
  }

  /// Every term that begins as the chunk does.
  ///
  /// - Throws: `QueryLimitError.expansions`: with only some of them every count would be wrong.
  private func prefix(_ chunk: LatinChunk, onlyTitle: Bool) throws -> PartMatcher {
    var alternatives: [PartMatcher] = []
    for key in chunk.prefixKeys {
      var cursor = TermCursor(segment.terms)
      var isOpen = try cursor.seek(to: key)
      while isOpen, cursor.key.starts(with: key) {
        guard alternatives.count < SearchRequest.maximumExpansions else {
          throw QueryLimitError.expansions(prefix: String(decoding: key.dropFirst(), as: UTF8.self))
        }
        alternatives.append(
          TermMatcher(
            try segment.postings(of: cursor.entry), isLiteral: chunk.parts.count == 1, onlyTitle: onlyTitle))
        isOpen = try cursor.next()
      }
    }
    return AnyMatcher(alternatives)
  }
}
