import IndexFormat

/// What a window's documents are to one part of a query.
struct PartMatches {
  /// Documents that hold the part.
  var held = DocumentWindow()
  /// Of those, the ones where it stands literally.
  var literal = DocumentWindow()
  /// Of those, the ones where it stands literally in the title.
  var title = DocumentWindow()
}

/// Finds the documents of one segment that hold one part of a query, window by window.
///
/// A base class rather than a protocol: one virtual call per window, none per document. Windows ascend.
class PartMatcher {
  /// Upper bound of the documents that match; the smallest is asked first.
  var cost: Int { 0 }

  /// A document at or after `document` before which none matches; `PostingsCursor.end` when none is left.
  func nextCandidate(from document: UInt32) throws -> UInt32 { PostingsCursor.end }

  /// The matches in the window that starts at `base`, among `candidates` (all that are set there count).
  func match(window base: UInt32, among candidates: DocumentWindow) throws -> PartMatches {
    PartMatches()
  }
}

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

/// Documents in which terms stand at given distances, in one field.
final class PhraseMatcher: PartMatcher {
  struct Word {
    var cursor: PostingsCursor
    /// Position relative to the first word.
    var offset: UInt32
  }

  private let words: [Word]
  /// Every list that a match is in, shortest first: the words, and pairs of characters that narrow down further.
  private let approximation: [PostingsCursor]
  private let onlyTitle: Bool
  private var starts: [UInt32] = []
  private var positions: [UInt32] = []

  /// - Precondition: at least one word, the first at offset 0.
  init(words: [Word], pairs: [PostingsCursor], onlyTitle: Bool) {
    precondition(words.first?.offset == 0, "a phrase begins with its first word")
    self.words = words
    approximation = (pairs + words.map(\.cursor)).sorted { $0.documentFrequency < $1.documentFrequency }
    self.onlyTitle = onlyTitle
  }

  override var cost: Int { approximation[0].documentFrequency }

  override func nextCandidate(from document: UInt32) throws -> UInt32 { try nextInAll(document) }

  /// First document at or after `document` that is in every list.
  private func nextInAll(_ document: UInt32) throws -> UInt32 {
    var target = document
    while true {
      try approximation[0].seek(to: target)
      target = approximation[0].docID
      if target == PostingsCursor.end { return target }
      var isAgreed = true
      for cursor in approximation.dropFirst() {
        try cursor.seek(to: target)
        if cursor.docID != target {
          target = cursor.docID
          isAgreed = false
          break
        }
      }
      if isAgreed || target == PostingsCursor.end { return target }
    }
  }

  override func match(
    window base: UInt32, among candidates: DocumentWindow
  ) throws -> PartMatches {
    var matches = PartMatches()
    let end = base + DocumentWindow.size
    var document = try nextInAll(base)
    while document < end {
      let relative = document - base
      if candidates.contains(relative) {
        let place = try findPhrase()
        if place.anywhere && (place.inTitle || !onlyTitle) {
          matches.held.insert(relative)
          matches.literal.insert(relative)
          if place.inTitle { matches.title.insert(relative) }
        }
      }
      document = try nextInAll(document + 1)
    }
    return matches
  }

  /// Whether the words stand in order in the document that all cursors are on.
  private func findPhrase() throws -> (anywhere: Bool, inTitle: Bool) {
    try words[0].cursor.positions(into: &starts)
    // The positions of the title come first; the first start that is past them is no longer in the title.
    let titleCount = Int(words[0].cursor.titleFrequency)
    guard titleCount <= starts.count else { return (false, false) }
    let bodyStart = titleCount < starts.count ? starts[titleCount] : UInt32.max
    for word in words.dropFirst() {
      try word.cursor.positions(into: &positions)
      var kept = 0
      var at = 0
      for start in starts {
        let (wanted, overflow) = start.addingReportingOverflow(word.offset)
        if overflow { break }
        while at < positions.count && positions[at] < wanted { at += 1 }
        if at == positions.count { break }
        if positions[at] == wanted {
          starts[kept] = start
          kept += 1
        }
      }
      starts.removeSubrange(kept...)
      if kept == 0 { return (false, false) }
    }
    return (!starts.isEmpty, titleCount > 0 && (starts.first.map { $0 < bodyStart } ?? false))
  }
}

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
