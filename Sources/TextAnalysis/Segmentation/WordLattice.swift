/// A word of a segmented run.
package struct Word: Equatable, Sendable {
  package enum Origin: String, Sendable {
    /// ICU's dictionary, or ICU's rules for what is not Han.
    case icu
    case user
    /// Words of the indexed site: its tags, categories and titles.
    case site
    /// A character that no dictionary holds as a word.
    case character
  }

  /// Characters of the run.
  package var range: Range<Int>
  package var origin: Origin

  package init(range: Range<Int>, origin: Origin) {
    self.range = range
    self.origin = origin
  }
}

/// The ways to cut a run of Han characters into words, and the cheapest of them.
///
/// The edges are ICU's words with ICU's costs; a character that is no word costs 255. Relaxed from left to
/// right with a strict comparison, this gives the boundaries of ICU's own engine (dictbe.cpp,
/// `CjkBreakEngine::divideUpDictionaryRange`) when nothing is added.
struct WordLattice {
  private let characters: [UInt32]
  private let dictionary: ICUDictionary
  private var added: [Word] = []

  init(_ characters: [UInt32], dictionary: ICUDictionary) {
    self.characters = characters
    self.dictionary = dictionary
  }

  /// Adds a word of the user or the site.
  ///
  /// It costs less than the best way to cut it otherwise: a word of the site just less, so that it holds
  /// together and nothing else changes; a word of the user half of that, so that it also wins against most
  /// words that overlap it.
  mutating func add(_ word: Word) { added.append(word) }

  /// The words, in order; joined they are the run.
  func bestPath() -> [Word] {
    let count = characters.count
    var best = [Int64](repeating: .max, count: count + 1)
    var from = [Int](repeating: 0, count: count + 1)
    var origins = [Word.Origin](repeating: .character, count: count + 1)
    best[0] = 0
    let starts = Dictionary(grouping: added, by: \.range.lowerBound)
    for i in 0..<count where best[i] != .max {
      func relax(_ length: Int, _ cost: Int64, _ origin: Word.Origin) {
        let end = i + length
        guard length > 0, end <= count, best[i] + cost < best[end] else { return }
        best[end] = best[i] + cost
        from[end] = i
        origins[end] = origin
      }
      forEachEdge(from: i) { length, cost, origin in relax(length, cost, origin) }
      for word in starts[i] ?? [] { relax(word.range.count, cost(of: word), word.origin) }
    }
    var words: [Word] = []
    var end = count
    while end > 0 {
      words.append(Word(range: from[end]..<end, origin: origins[end]))
      end = from[end]
    }
    return words.reversed()
  }

  private func forEachEdge(from start: Int, _ body: (Int, Int64, Word.Origin) -> Void) {
    var hasSingle = false
    dictionary.forEachWord(in: characters, from: start) { length, cost in
      if length == 1 { hasSingle = true }
      body(length, Int64(cost), .icu)
    }
    if !hasSingle { body(1, Int64(ICUDictionary.unknownCost), .character) }
  }

  private func cost(of word: Word) -> Int64 {
    var best = [Int64](repeating: .max, count: word.range.count + 1)
    best[0] = 0
    for i in 0..<word.range.count where best[i] != .max {
      forEachEdge(from: word.range.lowerBound + i) { length, cost, _ in
        guard i + length <= word.range.count else { return }
        best[i + length] = min(best[i + length], best[i] + cost)
      }
    }
    let otherwise = best[word.range.count]
    return word.origin == .user ? otherwise / 2 : max(otherwise - 1, 0)
  }
}
