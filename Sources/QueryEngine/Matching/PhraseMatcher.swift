import IndexFormat

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
