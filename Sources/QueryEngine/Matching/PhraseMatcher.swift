import CKernels
import IndexFormat

/// Documents in which terms stand at given distances, in one field.
final class PhraseMatcher: PartMatcher {
  struct Word {
    var cursor: PostingsCursor
    /// Position relative to the first word.
    var offset: UInt32
  }

  /// How often the words stand in order, in all fields and in the title.
  struct Occurrences: BitwiseCopyable {
    var all: UInt32 = 0
    var title: UInt32 = 0
  }

  /// Rarest first, for the fewer positions there are to begin with, the less is left to compare.
  let words: [Word]
  /// Every list that a match is in, shortest first: the words, and pairs of characters that narrow down further.
  private let approximation: [PostingsCursor]
  private let onlyTitle: Bool
  private let scratch: WindowScratch

  /// - Precondition: at least one word, the first at offset 0.
  init(words: [Word], pairs: [PostingsCursor], onlyTitle: Bool, scratch: WindowScratch) {
    precondition(words.first?.offset == 0, "a phrase begins with its first word")
    self.words = words.sorted { $0.cursor.documentFrequency < $1.cursor.documentFrequency }
    // A term that stands twice in the phrase narrows down once.
    var lists = pairs
    for word in words where !lists.contains(where: { $0 === word.cursor }) { lists.append(word.cursor) }
    approximation = lists.sorted { $0.documentFrequency < $1.documentFrequency }
    self.onlyTitle = onlyTitle
    self.scratch = scratch
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
    let places = scratch.candidates
    var count = candidates.count
    if count < approximation[0].documentFrequency {
      count = try keepInAllLists(places, count: candidates.list(into: places), window: base)
    } else {
      var held = DocumentWindow()
      try approximation[0].fill(&held, window: base)
      held.formIntersection(candidates)
      count = try keepInAllLists(places, count: held.list(into: places), window: base, from: 1)
    }
    count = try keep(places, count: count, window: base)
    var matches = PartMatches()
    for i in 0..<count {
      let isInTitle = scratch.occurrences[i].title > 0
      if onlyTitle && !isInTitle { continue }
      matches.held.insert(places[i])
      if isInTitle { matches.title.insert(places[i]) }
    }
    matches.literal = matches.held
    return matches
  }

  // MARK: Lists of documents

  /// The documents of the window that hold every word, in whatever order; how many.
  func listCandidates(into places: UnsafeMutablePointer<UInt32>, window: Range<UInt32>) throws -> Int {
    try keepInAllLists(
      places, count: try approximation[0].list(into: places, window), window: window.lowerBound, from: 1)
  }

  /// Keeps the places that every list from the given one on holds; how many are left.
  func keepInAllLists(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, window base: UInt32, from first: Int = 0
  ) throws -> Int {
    var count = count
    for list in approximation.dropFirst(first) {
      if count == 0 { return 0 }
      count = try list.keep(places, count: count, base: base, into: scratch.batch)
    }
    return count
  }

  /// Keeps the places where the words stand in order; how many are left. How often is in the scratch, by number.
  func keep(_ places: UnsafeMutablePointer<UInt32>, count: Int, window base: UInt32) throws -> Int {
    var kept = 0
    var next = 0
    while next < count {
      let size = min(Int(kernel_block), count - next)
      let found = try keepBatch(places + next, count: size, window: base, number: kept)
      (places + kept).update(from: places + next, count: found)
      kept += found
      next += size
    }
    return kept
  }

  /// - Parameter number: where the occurrences of the first kept place go.
  private func keepBatch(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, window base: UInt32, number: Int
  ) throws -> Int {
    let starts = scratch.starts
    let followers = scratch.followers
    let first = words[0]
    try first.cursor.positions(of: places, count: count, base: base, into: starts, lookUp: scratch.batch)
    let documents = scratch.phrases
    var left = 0
    for i in 0..<count {
      let range = starts.range(of: i)
      let titles = starts.titleCount(of: i)
      if range.isEmpty || onlyTitle && titles == 0 { continue }
      documents[left] = kernel_phrase(
        start: UInt32(range.lowerBound), count: UInt32(onlyTitle ? titles : range.count), place: places[i],
        // The positions of the title come first.
        body: titles < range.count ? starts.values[range.lowerBound + titles] : UInt32.max)
      places[left] = places[i]
      left += 1
    }
    for word in words.dropFirst() {
      if left == 0 { return 0 }
      try word.cursor.positions(of: places, count: left, base: base, into: followers, lookUp: scratch.batch)
      left = kernel_keep_at_distance(
        documents, left, starts.values, followers.values, followers.bounds,
        Int64(word.offset) - Int64(first.offset))
      for i in 0..<left { places[i] = documents[i].place }
    }
    for i in 0..<left {
      let document = documents[i]
      let values = starts.values + Int(document.start)
      var inTitle: UInt32 = 0
      while inTitle < document.count, values[Int(inTitle)] < document.body { inTitle += 1 }
      scratch.occurrences[number + i] = Occurrences(all: document.count, title: inTitle)
    }
    return left
  }
}

extension PostingsCursor {
  /// Adds the documents of a window that the list holds.
  func fill(_ documents: inout DocumentWindow, window base: UInt32) throws {
    try documents.withMutableWords {
      try fill($0, titles: nil, from: base, wordCount: DocumentWindow.wordCount)
    }
  }
}
