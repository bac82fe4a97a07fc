import IndexFormat
import TextAnalysis

/// Latin words of the dictionary that go on from a prefix, those of most entries first.
///
/// The blocks of the dictionary are read in the order of the most that one of their words can have, until what is left
/// cannot be among the best: of the thousands of words with a short prefix a few hundred are looked at.
struct WordCompletions {
  static let fewestLetters = 2
  /// Entries that a word has to be in.
  static let fewestEntries = 3
  /// Bytes of a key, its kind included.
  private static let longestKey = 32

  let snapshot: IndexSnapshot

  /// The best `limit` words by entries, then by bytes, without those that are known; none for a prefix that is not one
  /// word of letters and digits. Frequencies count deleted entries too, until a merge.
  func words(
    with prefix: CompletionPrefix, limit: Int, except known: Set<[UInt8]>
  ) throws -> [FoundCompletion] {
    guard limit > 0, prefix.bytes.count >= Self.fewestLetters,
      prefix.bytes.allSatisfy({
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      })
    else { return [] }
    let key = [TokenKind.latin.rawValue] + prefix.bytes
    var lists = try snapshot.segments.map { try BlockQueue($0.terms, prefix: key) }
    var best = BestWords(limit: limit)
    var seen: Set<[UInt8]> = []
    while let next = lists.indices.max(by: { lists[$0].bound < lists[$1].bound }), lists[next].bound > 0 {
      // A word that no block has shown yet is in no segment in more entries than its next block can say.
      let most = lists.reduce(0) { $0 + $1.bound }
      guard most >= Self.fewestEntries, !best.isBeyond(most) else { break }
      let elsewhere = most - lists[next].bound
      try lists[next].readBlock { word, frequency in
        guard word.count < Self.longestKey, frequency + elsewhere >= Self.fewestEntries,
          !best.isBeyond(frequency + elsewhere)
        else { return }
        let word = Array(word)
        guard !known.contains(word), snapshot.segments.count == 1 || seen.insert(word).inserted else {
          return
        }
        var total = frequency
        for (number, segment) in snapshot.segments.enumerated() where number != next {
          total += try segment.terms.find([TokenKind.latin.rawValue] + word)?.documentFrequency ?? 0
        }
        if total >= Self.fewestEntries { best.insert(word, total) }
      }
    }
    return best.words.map {
      FoundCompletion(kind: .word, place: .start, folded: $0.word, frequency: $0.frequency, source: nil)
    }
  }
}

/// The blocks of a dictionary that hold words with a prefix, the most frequent first.
private struct BlockQueue {
  private var cursor: TermCursor
  private let prefix: [UInt8]
  /// With the most that a word of each can have; the last is the next.
  private var blocks: [(block: Int, bound: Int)]

  init(_ terms: TermDictionary, prefix: [UInt8]) throws {
    cursor = TermCursor(terms)
    self.prefix = prefix
    let range = try terms.blocks(withPrefix: prefix)
    blocks = Array(zip(range, try terms.frequencyBounds(ofBlocks: range))).sorted { $0.1 < $1.1 }
  }

  /// The most entries that a word of the next block is in; 0 when there is none.
  var bound: Int { blocks.last?.bound ?? 0 }

  /// Goes through the words of the next block, which are longer than the prefix.
  mutating func readBlock(_ body: (_ word: ArraySlice<UInt8>, _ frequency: Int) throws -> Void) throws {
    guard let block = blocks.popLast()?.block else { return }
    var isOpen = try cursor.seek(toBlock: block)
    while isOpen {
      if cursor.key.count > prefix.count, cursor.key.starts(with: prefix) {
        try body(cursor.key.dropFirst(), cursor.entry.documentFrequency)
      }
      isOpen = try cursor.nextInBlock()
    }
  }
}

/// The most frequent words so far.
private struct BestWords {
  let limit: Int
  private(set) var words: [(word: [UInt8], frequency: Int)] = []

  init(limit: Int) { self.limit = limit }

  /// Whether a word of this many entries is too rare, whatever its letters.
  func isBeyond(_ frequency: Int) -> Bool { words.count == limit && frequency < words[limit - 1].frequency }

  mutating func insert(_ word: [UInt8], _ frequency: Int) {
    let place = words.firstIndex {
      $0.frequency != frequency ? $0.frequency < frequency : word.lexicographicallyPrecedes($0.word)
    }
    words.insert((word, frequency), at: place ?? words.count)
    if words.count > limit { words.removeLast() }
  }
}
