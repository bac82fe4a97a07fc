import IndexFormat
import TextAnalysis

/// Latin words of the dictionary that go on from a prefix.
struct WordCompletions {
  static let fewestLetters = 2
  /// Entries that a word has to be in.
  static let fewestEntries = 3
  /// Words of a segment that are looked at.
  private static let mostWords = 2_000
  private static let longestWord = 32

  let snapshot: IndexSnapshot

  /// In no order; none for a prefix that is not one word of letters and digits.
  func words(with prefix: CompletionPrefix) throws -> [FoundCompletion] {
    guard prefix.bytes.count >= Self.fewestLetters,
      prefix.bytes.allSatisfy({
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      })
    else { return [] }
    let key = [TokenKind.latin.rawValue] + prefix.bytes
    var frequencies: [[UInt8]: Int] = [:]
    // What one segment alone holds too seldom is not remembered; of several the sum counts.
    let fewest = snapshot.segments.count == 1 ? Self.fewestEntries : 1
    for segment in snapshot.segments {
      var cursor = TermCursor(segment.terms)
      var isOpen = try cursor.seek(to: key)
      var count = 0
      while isOpen, count < Self.mostWords, cursor.key.starts(with: key) {
        count += 1
        if cursor.entry.documentFrequency >= fewest, cursor.key.count > key.count,
          cursor.key.count <= Self.longestWord
        {
          frequencies[Array(cursor.key.dropFirst()), default: 0] += cursor.entry.documentFrequency
        }
        isOpen = try cursor.next()
      }
    }
    return frequencies.filter { $0.value >= Self.fewestEntries }.map {
      FoundCompletion(kind: .word, place: .start, folded: $0.key, frequency: $0.value, source: nil)
    }
  }
}
