import IndexFormat
import SearchModel
import TextAnalysis

/// Makes the matchers of one segment. What the segment does not hold gets a matcher that finds nothing.
struct MatcherFactory {
  let terms: SegmentTerms
  let scratch: WindowScratch

  init(segment: SegmentReader, scratch: WindowScratch) { self.init(SegmentTerms(segment), scratch: scratch) }

  init(_ terms: SegmentTerms, scratch: WindowScratch) {
    self.terms = terms
    self.scratch = scratch
  }

  private var segment: SegmentReader { terms.segment }

  func matcher(for part: Query.Part) throws -> PartMatcher {
    let matcher = try matcherAsTyped(for: part)
    let others = part.spellings + part.alternatives.map(\.chunks)
    if others.isEmpty { return matcher }
    let onlyTitle = part.scope == .title
    return AnyMatcher(
      [matcher]
        + (try others.map { chunks in
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
    try matcher(for: TermSequence(chunks), onlyTitle: onlyTitle)
  }

  /// - Parameter onlyTitle: whether it has to stand in the title.
  func matcher(for sequence: TermSequence, onlyTitle: Bool = false) throws -> PartMatcher {
    if let key = sequence.singleTerm { return try term(key, onlyTitle: onlyTitle) }
    var cursors: [PostingsCursor] = []
    for key in sequence.pairs + sequence.words.map(\.key) {
      guard let cursor = try terms.cursor(key) else { return PartMatcher() }
      cursors.append(cursor)
    }
    guard !cursors.isEmpty else { return PartMatcher() }
    let pairs = cursors.prefix(sequence.pairs.count)
    return PhraseMatcher(
      words: zip(cursors.dropFirst(pairs.count), sequence.words).map { .init(cursor: $0, offset: $1.offset) },
      pairs: Array(pairs), onlyTitle: onlyTitle, scratch: scratch)
  }

  private func term(_ key: [UInt8], isLiteral: Bool = true, onlyTitle: Bool) throws -> PartMatcher {
    guard let cursor = try terms.cursor(key) else { return PartMatcher() }
    return TermMatcher(cursor, isLiteral: isLiteral, onlyTitle: onlyTitle, scratch: scratch)
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
  /// - Throws: `QueryLimitError.expansions` when the query's prefixes together have too many: with only some of them
  ///   every count would be wrong.
  private func prefix(_ chunk: LatinChunk, onlyTitle: Bool) throws -> PartMatcher {
    var alternatives: [PartMatcher] = []
    for key in chunk.prefixKeys {
      var cursor = TermCursor(segment.terms)
      var isOpen = try cursor.seek(to: key)
      while isOpen, cursor.key.starts(with: key) {
        guard terms.expansionCount < SearchRequest.maximumExpansions else {
          throw QueryLimitError.expansions(prefix: String(decoding: key.dropFirst(), as: UTF8.self))
        }
        terms.expansionCount += 1
        alternatives.append(
          TermMatcher(
            try segment.postings(of: cursor.entry, standsOnFirst: false), isLiteral: chunk.parts.count == 1,
            onlyTitle: onlyTitle,
            scratch: scratch))
        isOpen = try cursor.next()
      }
    }
    return AnyMatcher(alternatives)
  }
}
