import IndexFormat
import TextAnalysis

/// Finds the Han characters of titles that a Latin text spells.
///
/// Nothing in the index is pinyin: a text that spells a title does not match it, it only leads to the Chinese
/// query that does. The characters of titles are put together from the postings of those few characters that
/// may stand in the answer; only the titles of the best candidates are read.
struct PinyinFinder {
  /// Characters that some title holds where a word begins.
  struct Candidate: Equatable {
    /// As a title writes them.
    var text: String
    var spelling: PinyinPattern.Spelling
    /// Entries that hold them in the title.
    var titleCount: Int
  }

  /// Titles of one candidate that are read for a place where a word begins.
  static let titlesPerCandidate = 8
  private static let titlesPerText = 200
  /// Postings of the characters that may stand in the answer; with more there is none.
  private static let maximumPostings = 8_000_000

  let snapshot: IndexSnapshot
  let analyzer: Analyzer

  /// What the text spells most likely: first by how it is spelled, then what ends with a word, then in most
  /// titles, then the shorter.
  ///
  /// A candidate begins where a word of a title begins; one that is not spelled in full has to end with a word.
  /// Words are ICU's.
  func best(for pattern: PinyinPattern, onlyFull: Bool, deadline: Deadline) throws -> Candidate? {
    let segments = try snapshot.segments.map { try lists(of: pattern, onlyFull: onlyFull, in: $0) }
    let postingsCount = segments.joined().reduce(0) { $0 + $1.entry.documentFrequency }
    guard postingsCount <= Self.maximumPostings else { return nil }
    let starts = pattern.necessaryStarts(onlyFull: onlyFull)
    var groups: [[UInt32]: Group] = [:]
    for (number, segment) in snapshot.segments.enumerated() {
      let characters = try characters(
        of: segments[number], starts: starts, in: segment, deadline: deadline)
      collect(characters, pattern, onlyFull: onlyFull, segment: number, into: &groups)
      try deadline.check()
    }
    var titlesLeft = Self.titlesPerText
    /// Ends inside a word: taken when nothing spelled as well does not.
    var second: Candidate?
    for group in groups.values.sorted(by: Group.precedes) {
      if let second, second.spelling < group.spelling || titlesLeft == 0 { break }
      var cut: Candidate?
      for title in group.titles.prefix(min(titlesLeft, Self.titlesPerCandidate)) {
        titlesLeft -= 1
        let text = try snapshot.segments[title.segment].heads.head(of: Int(title.document)).title
        guard let (found, endsWord) = original(group, in: text) else { continue }
        let candidate = Candidate(
          text: found, spelling: group.spelling, titleCount: group.titles.count)
        if endsWord { return candidate }
        cut = cut ?? candidate
      }
      second = second ?? cut
      try deadline.check()
    }
    return second
  }

  // MARK: Characters of titles

  /// The postings of a character that may stand in the answer.
  private struct List {
    var character: UInt32
    var roles: PinyinPattern.Roles
    var entry: TermEntry
  }

  /// Goes through the characters of the dictionary: looking each one up would take longer than all the rest.
  private func lists(
    of pattern: PinyinPattern, onlyFull: Bool, in segment: SegmentReader
  ) throws -> [List] {
    var lists: [List] = []
    var cursor = TermCursor(segment.terms)
    var isOpen = try cursor.seek(to: TermKey.han(PinyinReadings.characters.lowerBound))
    while isOpen, cursor.key.first == TokenKind.han.rawValue {
      let scalar = String(decoding: cursor.key.dropFirst(), as: UTF8.self).unicodeScalars.first
      guard let character = scalar?.value, PinyinReadings.characters.contains(character) else { break }
      let roles = pattern.roles(of: character, onlyFull: onlyFull)
      if roles.starts != 0 { lists.append(List(character: character, roles: roles, entry: cursor.entry)) }
      isOpen = try cursor.next()
    }
    return lists
  }

  /// A Han character of a title, folded, by document and position.
  private struct TitleCharacter {
    var place: UInt64
    var character: UInt32

    var document: UInt32 { UInt32(place >> 32) }
  }

  /// The characters of all titles that hold what no answer can be without, in order.
  private func characters(
    of lists: [List], starts: [Int], in segment: SegmentReader, deadline: Deadline
  ) throws -> [TitleCharacter] {
    let documents = try titles(holding: lists, starts: starts, in: segment, deadline: deadline)
    guard documents.contains(where: { $0 != 0 }) else { return [] }
    var characters: [TitleCharacter] = []
    var positions: [UInt32] = []
    for list in lists {
      let cursor = try segment.postings(of: list.entry)
      try deadline.check()
      while cursor.docID != PostingsCursor.end {
        let run = try cursor.run()
        var passed = 0
        while passed < run.count {
          let document = Int(run.docIDs[passed])
          if run.titleFrequencies[passed] > 0, documents[document >> 6] >> UInt64(document & 63) & 1 == 1 {
            break
          }
          passed += 1
        }
        guard passed < run.count else {
          try cursor.skip(passed)
          continue
        }
        if passed > 0 { try cursor.skip(passed) }
        let document = UInt64(cursor.docID) << 32
        let count = Int(try cursor.titleFrequency)
        try cursor.positions(into: &positions)
        // Those of the title come first.
        for position in positions.prefix(count) {
          characters.append(TitleCharacter(place: document | UInt64(position), character: list.character))
        }
        try cursor.advance()
      }
    }
    characters.sort { $0.place < $1.place }
    return characters
  }

  /// One bit per live document with a last character in its title, and one for every necessary start.
  private func titles(
    holding lists: [List], starts: [Int], in segment: SegmentReader, deadline: Deadline
  ) throws -> [UInt64] {
    let wordCount = (segment.documentCount + 63) / 64
    var last = [UInt64](repeating: 0, count: wordCount)
    var beginning = [[UInt64]](repeating: last, count: starts.count)
    var titles = last
    for list in lists {
      let places = starts.indices.filter { list.roles.starts >> UInt128(starts[$0]) & 1 == 1 }
      guard list.roles.isLast || !places.isEmpty else { continue }
      for i in titles.indices { titles[i] = 0 }
      let cursor = try segment.postings(of: list.entry)
      while cursor.docID != PostingsCursor.end {
        let run = try cursor.run()
        for i in 0..<run.count where run.titleFrequencies[i] > 0 {
          let document = Int(run.docIDs[i])
          titles[document >> 6] |= 1 << UInt64(document & 63)
        }
        try cursor.skip(run.count)
      }
      if list.roles.isLast { for i in last.indices { last[i] |= titles[i] } }
      for place in places { for i in last.indices { beginning[place][i] |= titles[i] } }
      try deadline.check()
    }
    for i in last.indices {
      last[i] &= segment.live?.words[i] ?? .max
      for place in starts.indices { last[i] &= beginning[place][i] }
    }
    return last
  }

  // MARK: Candidates

  /// The titles that hold the same characters.
  private struct Group {
    var characters: [UInt32]
    var spelling: PinyinPattern.Spelling
    var titles: [(segment: Int, document: UInt32)] = []

    static func precedes(_ a: Group, _ b: Group) -> Bool {
      if a.spelling != b.spelling { return a.spelling < b.spelling }
      if a.titles.count != b.titles.count { return a.titles.count > b.titles.count }
      if a.characters.count != b.characters.count { return a.characters.count < b.characters.count }
      return a.characters.lexicographicallyPrecedes(b.characters)
    }
  }

  private func collect(
    _ characters: [TitleCharacter], _ pattern: PinyinPattern, onlyFull: Bool, segment: Int,
    into groups: inout [[UInt32]: Group]
  ) {
    let worst: PinyinPattern.Spelling = onlyFull ? .loose : .initials
    for start in characters.indices {
      var walk = PinyinPattern.Walk()
      var end = start
      // Whatever stands between two characters takes a position.
      while end < characters.count,
        end == start || characters[end].place == characters[end - 1].place + 1
      {
        pattern.advance(&walk, over: characters[end].character)
        if walk.isOver { break }
        end += 1
        guard let spelling = pattern.spelling(walk), spelling <= worst else { continue }
        let found = characters[start..<end].map(\.character)
        let document = characters[start].document
        var group = groups.removeValue(forKey: found) ?? Group(characters: found, spelling: spelling)
        if group.titles.last.map({ $0 != (segment, document) }) ?? true {
          group.titles.append((segment, document))
        }
        groups[found] = group
      }
    }
  }

  /// The characters as a title writes them where its words allow, and whether a word ends there; nil when they
  /// stand only inside words.
  private func original(_ group: Group, in title: String) -> (text: String, endsWord: Bool)? {
    var cut: String?
    for chunk in analyzer.chunks(of: title) {
      guard case .han(let run) = chunk, run.characters.count >= group.characters.count else { continue }
      let starts = (0...run.characters.count - group.characters.count).filter {
        run.characters[$0..<$0 + group.characters.count].elementsEqual(group.characters)
      }
      guard !starts.isEmpty else { continue }
      let words = analyzer.words(in: run)
      for start in starts where words.contains(where: { $0.lowerBound == start }) {
        let end = start + group.characters.count
        let range = run.ranges[start].lowerBound..<run.ranges[end - 1].upperBound
        let text = String(decoding: Array(title.utf8)[range], as: UTF8.self)
        if words.contains(where: { $0.upperBound == end }) { return (text, true) }
        if group.spelling <= .loose { cut = cut ?? text }
      }
    }
    return cut.map { ($0, false) }
  }
}
