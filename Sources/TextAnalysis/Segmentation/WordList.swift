/// Words that a site's owner wants kept together, such as product names: the user dictionary.
///
/// They only say where words end on the query side: what is indexed does not depend on them.
package struct WordList: Equatable, Sendable {
  /// Longest word, in characters; ICU's own are no longer.
  package static let longestWord = 20

  /// Folded words by first character, without repeats.
  private var words: [UInt32: [[UInt32]]] = [:]

  package init() {}

  package var isEmpty: Bool { words.isEmpty }

  /// Reads a word list: one word per line, `#` begins a comment, anything after the word (a frequency, a
  /// part of speech) is passed over.
  ///
  /// - Parameter skipped: called with the number of a line (from 1) that holds no word of 2 to 20 Han
  ///   characters, and with the reason.
  package init(text: String, skipped: (_ line: Int, _ reason: String) -> Void = { _, _ in }) throws {
    // Nearly every start of the program: an analyzer costs half a megabyte.
    guard !text.isEmpty else { return }
    let analyzer = try Analyzer()
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      guard let word = line.split(whereSeparator: \.isWhitespace).first, !word.hasPrefix("#") else {
        continue
      }
      guard case .han(let run)? = analyzer.chunks(of: String(word)).first,
        analyzer.chunks(of: String(word)).count == 1
      else {
        skipped(number + 1, "\(word) is not one run of Chinese characters; other words need no dictionary")
        continue
      }
      guard (2...Self.longestWord).contains(run.characters.count) else {
        skipped(
          number + 1, "\(word) has \(run.characters.count) characters; a word has 2 to \(Self.longestWord)")
        continue
      }
      if !words[run.characters[0], default: []].contains(run.characters) {
        words[run.characters[0], default: []].append(run.characters)
      }
    }
  }

  /// Where words of the list stand in folded characters.
  func occurrences(in characters: [UInt32]) -> [Range<Int>] {
    guard !isEmpty else { return [] }
    var found: [Range<Int>] = []
    for start in characters.indices {
      for word in words[characters[start]] ?? [] where characters[start...].starts(with: word) {
        found.append(start..<start + word.count)
      }
    }
    return found
  }
}

/// What the owner of a site can say about the analysis of texts and queries.
package struct AnalysisOptions: Equatable, Sendable {
  package var userDictionary: WordList

  package init(userDictionary: WordList = WordList()) { self.userDictionary = userDictionary }
}
