import IndexFormat

/// The postings of the terms of one query in one segment, each opened once: who matches a term and who scores it look
/// at the same decoded block.
final class SegmentTerms {
  let segment: SegmentReader
  /// Words that the prefixes of the query stood for so far: each keeps a decoded block.
  var expansionCount = 0
  private var cursors: [(key: [UInt8], cursor: PostingsCursor?)] = []

  init(_ segment: SegmentReader) { self.segment = segment }

  /// Nil when the segment does not hold the term.
  func cursor(_ key: [UInt8]) throws -> PostingsCursor? {
    for known in cursors where known.key == key { return known.cursor }
    let cursor = try segment.postings(of: key, standsOnFirst: false)
    cursors.append((key, cursor))
    return cursor
  }
}
