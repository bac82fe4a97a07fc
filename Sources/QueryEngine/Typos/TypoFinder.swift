package import IndexFormat
import TextAnalysis

/// Finds the word that was meant by a misspelt Latin word.
package struct TypoFinder {
  /// A word of the index near to what was typed.
  package struct Candidate: Equatable {
    package var word: String
    package var edits: Int
    package var documentFrequency: Int
  }

  /// Edits allowed by the length of a word; none for words with a digit.
  static func allowedEdits(_ word: String) -> Int {
    guard word.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else { return 0 }
    return word.utf8.count >= 9 ? 2 : word.utf8.count >= 5 ? 1 : 0
  }

  private let snapshot: IndexSnapshot

  package init(snapshot: IndexSnapshot) { self.snapshot = snapshot }

  /// The best other word: fewest edits, then the likeliest (`TypoLikelihood`), then in order of bytes.
  package func correction(of word: String, deadline: Deadline = .none) throws -> Candidate? {
    let typed = Array(word.utf8)
    // Most mistakes are one edit, and a walk for one leaves out far more than a walk for two.
    for edits in 1..<Self.allowedEdits(word) + 1 {
      let candidates = try words(near: typed, within: edits, deadline).compactMap { word -> Candidate? in
        let count = try snapshot.documentFrequency(of: [TokenKind.latin.rawValue] + word)
        // Words that only deleted entries hold are none.
        return count > 0
          ? Candidate(word: String(decoding: word, as: UTF8.self), edits: edits, documentFrequency: count)
          : nil
      }
      let costs = candidates.map { candidate in
        let cost = TypoLikelihood.cost(
          typed: typed, meant: Array(candidate.word.utf8), documentFrequency: candidate.documentFrequency)
        return (candidate, cost)
      }
      let best = costs.min { a, b in
        a.1 != b.1 ? a.1 < b.1 : a.0.word.utf8.lexicographicallyPrecedes(b.0.word.utf8)
      }
      if let best { return best.0 }
    }
    return nil
  }

  /// The words of the dictionaries that are as far away as `edits`.
  private func words(near typed: [UInt8], within edits: Int, _ deadline: Deadline) throws -> Set<[UInt8]> {
    var found: Set<[UInt8]> = []
    for segment in snapshot.segments { try collect(typed, edits, in: segment, deadline, into: &found) }
    return found
  }

  /// Compares the words whose letters may be those of a near one.
  private func collect(
    _ typed: [UInt8], _ edits: Int, in segment: SegmentReader, _ deadline: Deadline,
    into found: inout Set<[UInt8]>
  ) throws {
    var distance = EditDistance(word: typed, limit: edits)
    var cursor = TermCursor(segment.terms)
    for (step, term) in try segment.terms.letters.terms(within: edits, of: typed).enumerated() {
      if step % 1_024 == 0 { try deadline.check() }
      guard try cursor.seek(toTerm: term), cursor.key.first == LetterColumn.kind else { continue }
      let word = cursor.key.dropFirst()
      distance.truncate(to: distance.sharedPrefix(with: word))
      if word.dropFirst(distance.prefixCount).allSatisfy({ distance.append($0) }), distance.distance == edits
      {
        found.insert(Array(word))
      }
    }
  }
}
