import CKernels
import IndexFormat

/// Documents in which terms stand at given distances, in one field.
final class PhraseMatcher: PartMatcher {
  struct Word {
    let cursor: PostingsCursor
    /// Position relative to the first word.
    let offset: UInt32
    /// Where the numbers of the list's postings are kept.
    fileprivate(set) var column = 0

    init(cursor: PostingsCursor, offset: UInt32) {
      self.cursor = cursor
      self.offset = offset
    }
  }

  /// How often the words stand in order, in all fields and in the title.
  struct Occurrences: BitwiseCopyable {
    var all: UInt32 = 0
    var title: UInt32 = 0
  }

  /// Rarest first, for the fewer positions there are to begin with, the less is left to compare.
  let words: [Word]
  private struct List {
    var cursor: PostingsCursor
    /// Whether a word of the phrase reads its positions.
    var isRead: Bool
  }

  /// Every list that a match is in, shortest first: the words, and pairs of characters that narrow down further.
  private let approximation: [List]
  /// With few words the numbers of their postings are kept from when a list was asked for its documents to when positions
  /// are read; with many that would be much memory, and they are looked up again for the few documents that are left.
  let columnCount: Int
  private static let mostColumns = 8
  private let onlyTitle: Bool
  private let scratch: WindowScratch

  /// - Precondition: at least one word, the first at offset 0.
  init(words: [Word], pairs: [PostingsCursor], onlyTitle: Bool, scratch: WindowScratch) {
    precondition(words.first?.offset == 0, "a phrase begins with its first word")
    var lists = pairs.map { List(cursor: $0, isRead: false) }
    for word in words {
      // A term that stands twice in the phrase narrows down once.
      if let known = lists.firstIndex(where: { $0.cursor === word.cursor }) {
        lists[known].isRead = true
      } else {
        lists.append(List(cursor: word.cursor, isRead: true))
      }
    }
    lists.sort { $0.cursor.documentFrequency < $1.cursor.documentFrequency }
    var words = words.sorted { $0.cursor.documentFrequency < $1.cursor.documentFrequency }
    var columns = 0
    for list in lists where list.isRead {
      for i in words.indices where words[i].cursor === list.cursor { words[i].column = columns }
      columns += 1
    }
    self.words = words
    approximation = lists
    columnCount = columns <= Self.mostColumns ? columns : 0
    self.onlyTitle = onlyTitle
    self.scratch = scratch
  }

  override var cost: Int { approximation[0].cursor.documentFrequency }

  /// First document at or after `document` that is in every list.
  override func nextCandidate(from document: UInt32) throws -> UInt32 {
    var target = document
    while true {
      target = try approximation[0].cursor.find(notBelow: target)
      if target == PostingsCursor.end { return target }
      var isAgreed = true
      for list in approximation.dropFirst() {
        let next = try list.cursor.find(notBelow: target)
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
    var count: Int
    if candidates.count < cost {
      count = try keepInAllLists(places, count: candidates.list(into: places), window: base)
    } else {
      let numbers = scratch.numbers.column(0)
      let listed = try approximation[0].cursor.list(
        into: places, numbers: numbers, base..<base + DocumentWindow.size)
      count = 0
      for i in 0..<listed where candidates.contains(places[i]) {
        (places[count], numbers[count]) = (places[i], numbers[i])
        count += 1
      }
      count = try keepInAllLists(places, count: count, window: base, from: 1)
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
      places,
      count: try approximation[0].cursor.list(into: places, numbers: scratch.numbers.column(0), window),
      window: window.lowerBound, from: 1)
  }

  /// Keeps the places that every list from the given one on holds; how many are left. The numbers of their postings are in
  /// the scratch.
  func keepInAllLists(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, window base: UInt32, from first: Int = 0
  ) throws -> Int {
    var count = count
    var columns = approximation.prefix(first).count { $0.isRead }
    for list in approximation.dropFirst(first) {
      if count == 0 { return 0 }
      if columnCount == 0 {
        count = try list.cursor.keep(places, count: count, base: base, into: scratch.batch)
      } else {
        count = try list.cursor.keep(
          places, count: count, base: base, into: scratch.batch, numbers: scratch.numbers, columns: columns,
          isNumbered: list.isRead)
        columns += list.isRead ? 1 : 0
      }
    }
    return count
  }

  /// Of the places that every list holds keeps those where the words stand in order; how many are left. How often is in the
  /// scratch, by number.
  func keep(_ places: UnsafeMutablePointer<UInt32>, count: Int, window base: UInt32) throws -> Int {
    var kept = 0
    var next = 0
    while next < count {
      let size = min(Int(kernel_block), count - next)
      let found = try keepBatch(places, from: next, count: size, window: base, to: kept)
      kept += found
      next += size
    }
    return kept
  }

  /// The same for places from `next` on. Those that are kept go to `kept` on.
  private func keepBatch(
    _ places: UnsafeMutablePointer<UInt32>, from next: Int, count: Int, window base: UInt32, to kept: Int
  ) throws -> Int {
    let starts = scratch.starts
    let followers = scratch.followers
    let first = words[0]
    let documents = scratch.phrases
    for i in 0..<count { documents[i].number = UInt32(i) }
    try readPositions(of: first, places + next, from: next, count: count, window: base, into: starts)
    var left = 0
    for i in 0..<count {
      let range = starts.range(of: i)
      let titles = starts.titleCount(of: i)
      if range.isEmpty || onlyTitle && titles == 0 { continue }
      documents[left] = kernel_phrase(
        start: UInt32(range.lowerBound), count: UInt32(onlyTitle ? titles : range.count), number: UInt32(i),
        // The positions of the title come first.
        body: titles < range.count ? starts.values[range.lowerBound + titles] : UInt32.max)
      left += 1
    }
    for word in words.dropFirst() {
      if left == 0 { return 0 }
      try readPositions(of: word, places + next, from: next, count: left, window: base, into: followers)
      left = kernel_keep_at_distance(
        documents, left, starts.values, followers.values, followers.bounds,
        Int64(word.offset) - Int64(first.offset))
    }
    for i in 0..<left {
      let document = documents[i]
      let values = starts.values + Int(document.start)
      var inTitle: UInt32 = 0
      while inTitle < document.count, values[Int(inTitle)] < document.body { inTitle += 1 }
      places[kept + i] = places[next + Int(document.number)]
      scratch.occurrences[kept + i] = Occurrences(all: document.count, title: inTitle)
    }
    return left
  }

  /// Reads the positions of a word in those documents of a batch that are left.
  ///
  /// - Parameter places: of the whole batch; the numbers of its postings, if they were kept, begin at `start`.
  private func readPositions(
    of word: Word, _ places: UnsafePointer<UInt32>, from start: Int, count: Int, window base: UInt32,
    into positions: PositionsBatch
  ) throws {
    let documents = scratch.phrases
    let chosen = scratch.batchNumbers.column(0)
    if columnCount > 0 {
      let numbers = scratch.numbers.column(word.column) + start
      if documents[count - 1].number == count - 1 {
        // None is left out.
        return try word.cursor.positions(ofPostings: numbers, count: count, into: positions)
      }
      for i in 0..<count { chosen[i] = numbers[Int(documents[i].number)] }
    } else {
      for i in 0..<count { scratch.batchPlaces[i] = places[Int(documents[i].number)] }
      let held = try word.cursor.keep(
        scratch.batchPlaces, count: count, base: base, into: scratch.batch, numbers: scratch.batchNumbers,
        columns: 0)
      precondition(held == count, "documents that every list holds")
    }
    try word.cursor.positions(ofPostings: chosen, count: count, into: positions)
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
