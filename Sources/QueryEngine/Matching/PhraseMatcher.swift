import IndexFormat

/// Documents in which terms stand at given distances, in one field.
final class PhraseMatcher: PartMatcher {
  struct Word {
    var cursor: PostingsCursor
    /// Position relative to the first word.
    var offset: UInt32
  }

  /// How often the words stand in order, in all fields and in the title.
  struct Occurrences {
    var all: UInt32 = 0
    var title: UInt32 = 0
  }

  let words: [Word]
  /// Every list that a match is in, shortest first: the words, and pairs of characters that narrow down further.
  private let approximation: [PostingsCursor]
  private let narrowing: [TermMatcher]
  /// Set by a scorer of the same phrase: how often it stands in each match of the last window.
  var keepsOccurrences = false
  private(set) var occurrences: [Occurrences] = []
  private(set) var countedWindow: UInt32?
  private let onlyTitle: Bool
  private var starts = PositionBuffer()
  private var positions = PositionBuffer()

  /// - Precondition: at least one word, the first at offset 0.
  init(words: [Word], pairs: [PostingsCursor], onlyTitle: Bool) {
    precondition(words.first?.offset == 0, "a phrase begins with its first word")
    self.words = words
    // A term that stands twice in the phrase narrows down once.
    var lists = pairs
    for word in words where !lists.contains(where: { $0 === word.cursor }) { lists.append(word.cursor) }
    approximation = lists.sorted { $0.documentFrequency < $1.documentFrequency }
    narrowing = approximation.map { TermMatcher($0, isLiteral: true, onlyTitle: false) }
    self.onlyTitle = onlyTitle
  }

  override var cost: Int { approximation[0].documentFrequency }

  /// First document at or after `document` that is in every list.
  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    var target = document
    while true {
      target = try approximation[0].find(notBelow: target)
      if target == PostingsCursor.end { return target }
      var isAgreed = true
      for cursor in approximation.dropFirst() {
        let next = try cursor.find(notBelow: target)
        if next != target {
          target = next
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
    countedWindow = keepsOccurrences ? base : nil
    if keepsOccurrences, occurrences.isEmpty {
      occurrences = [Occurrences](repeating: Occurrences(), count: Int(DocumentWindow.size))
    }
    try candidatesOfAllLists(window: base, among: candidates).forEach { relative in
      let place = try occurrences(in: base + relative)
      if keepsOccurrences { occurrences[Int(relative)] = place }
      if place.all > 0 && (place.title > 0 || !onlyTitle) {
        matches.held.insert(relative)
        matches.literal.insert(relative)
        if place.title > 0 { matches.title.insert(relative) }
      }
    }
    return matches
  }

  /// The candidates that hold every word, in whatever order.
  func candidatesOfAllLists(window base: UInt32, among candidates: DocumentWindow) throws -> DocumentWindow {
    var held = candidates
    for list in narrowing {
      try list.holds(window: base, in: &held)
      if held.isEmpty { break }
    }
    return held
  }

  /// How often the words stand in order in a document that holds them all.
  func occurrences(in document: UInt32) throws -> Occurrences {
    guard try words[0].cursor.find(document) else { return Occurrences() }
    try words[0].cursor.positions(into: &starts)
    // The positions of the title come first; the first start that is past them is no longer in the title.
    let titleCount = Int(try words[0].cursor.titleFrequency)
    guard titleCount <= starts.count else { return Occurrences() }
    let bodyStart = titleCount < starts.count ? starts.values[titleCount] : UInt32.max
    for place in 1..<max(words.count, 1) {
      let word = words[place]
      guard try word.cursor.find(document) else { return Occurrences() }
      try word.cursor.positions(into: &positions)
      keepStarts(followedAt: word.offset)
      if starts.count == 0 { return Occurrences() }
    }
    var inTitle = 0
    if titleCount > 0 { while inTitle < starts.count, starts.values[inTitle] < bodyStart { inTitle += 1 } }
    return Occurrences(all: UInt32(starts.count), title: UInt32(inTitle))
  }

  /// Keeps the starts that have one of `positions` at this distance.
  private func keepStarts(followedAt offset: UInt32) {
    let places = starts.values
    let others = positions.values
    let otherCount = positions.count
    var kept = 0
    var at = 0
    for i in 0..<starts.count {
      let (wanted, overflow) = places[i].addingReportingOverflow(offset)
      if overflow { break }
      while at < otherCount, others[at] < wanted { at &+= 1 }
      if at == otherCount { break }
      if others[at] == wanted {
        places[kept] = places[i]
        kept &+= 1
      }
    }
    starts.count = kept
  }
}
