import IndexFormat
import TextAnalysis

/// Finds the word that was meant by a misspelt Latin word.
struct TypoFinder {
  /// A word of the index near to what was typed.
  struct Candidate: Equatable {
    var word: String
    var edits: Int
    var documentFrequency: Int
  }

  /// Edits allowed by the length of a word; none for words with a digit.
  static func allowedEdits(_ word: String) -> Int {
    guard word.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else { return 0 }
    return word.utf8.count >= 9 ? 2 : word.utf8.count >= 5 ? 1 : 0
  }

  /// Words looked at one by one before the dictionary is searched for the next possible prefix.
  private static let patience = 8

  let segments: [SegmentReader]

  /// The best other word: fewest edits, then the likeliest (`TypoLikelihood`), then in order of bytes.
  func correction(of word: String, deadline: Deadline = .none) throws -> Candidate? {
    let edits = Self.allowedEdits(word)
    guard edits > 0 else { return nil }
    var found: [String: Candidate] = [:]
    let typed = Array(word.utf8)
    for segment in segments { try collect(typed, edits, in: segment, deadline, into: &found) }
    guard let fewest = found.values.map(\.edits).min() else { return nil }
    let costs = found.values.filter { $0.edits == fewest }.map { candidate in
      let cost = TypoLikelihood.cost(
        typed: typed, meant: Array(candidate.word.utf8), documentFrequency: candidate.documentFrequency)
      return (candidate, cost)
    }
    return costs.min { a, b in
      a.1 != b.1 ? a.1 < b.1 : a.0.word.utf8.lexicographicallyPrecedes(b.0.word.utf8)
    }?.0
  }

  /// Walks the exact Latin words, leaving out whatever follows a prefix that is already too far.
  private func collect(
    _ word: [UInt8], _ edits: Int, in segment: SegmentReader, _ deadline: Deadline,
    into found: inout [String: Candidate]
  ) throws {
    let kind = TokenKind.latin.rawValue
    var distance = EditDistance(word: word, limit: edits)
    var cursor = TermCursor(segment.terms)
    var isOpen = try cursor.seek(to: [kind, UInt8(ascii: "a")])
    var steps = 0
    while isOpen, cursor.key.first == kind {
      steps += 1
      if steps % 1_024 == 0 { try deadline.check() }
      let term = cursor.key.dropFirst()
      distance.truncate(to: distance.sharedPrefix(with: term))
      var isAlive = true
      for byte in term.dropFirst(distance.prefixCount) {
        isAlive =
          distance.prefixCount < word.count + edits
          && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) && distance.append(byte)
        if !isAlive { break }
      }
      if isAlive {
        if (1...edits).contains(distance.distance) {
          let text = String(decoding: term, as: UTF8.self)
          var candidate = found[text] ?? Candidate(word: text, edits: distance.distance, documentFrequency: 0)
          candidate.documentFrequency += cursor.entry.documentFrequency
          found[text] = candidate
        }
        isOpen = try cursor.next()
      } else {
        isOpen = try skip(&cursor, past: Array(cursor.key.prefix(1 + distance.prefixCount + 1)))
      }
    }
  }

  /// Moves to the first term that does not begin with `dead`.
  private func skip(_ cursor: inout TermCursor, past dead: [UInt8]) throws -> Bool {
    for _ in 0..<Self.patience {
      guard try cursor.next() else { return false }
      if !cursor.key.starts(with: dead) { return true }
    }
    var next = dead
    while let last = next.last, last == .max { next.removeLast() }
    guard let last = next.popLast() else { return false }
    next.append(last + 1)
    return try cursor.seek(to: next)
  }
}
