import IndexFormat
import TextAnalysis

/// The words of an index that have a stem. Stems are indexed without positions, words with.
final class StemWords {
  /// Words that are looked at for one stem, and those that are kept; past them words are not counted as
  /// neighbours.
  private static let scanned = 1_000
  private static let kept = 32
  /// Stems remembered; a snapshot never changes.
  private static let remembered = 4_096

  private let snapshot: IndexSnapshot
  private let analyzer: Analyzer
  private var known: [[UInt8]: [[UInt8]]] = [:]

  init(snapshot: IndexSnapshot, analyzer: Analyzer) {
    self.snapshot = snapshot
    self.analyzer = analyzer
  }

  /// Keys of kind `.latin` of the words with the stem of a key of kind `.stem`.
  func words(withStem stem: [UInt8]) throws -> [[UInt8]] {
    if let words = known[stem] { return words }
    if known.count == Self.remembered { known.removeAll() }
    // Snowball changes at most the last letter of what it leaves: happy, happi.
    let prefix = [TokenKind.latin.rawValue] + stem.dropFirst().dropLast()
    let wanted = Array(stem.dropFirst())
    var words: [[UInt8]] = []
    for segment in snapshot.segments {
      var cursor = TermCursor(segment.terms)
      var isOpen = try cursor.seek(to: prefix)
      var left = Self.scanned
      while isOpen, left > 0, words.count < Self.kept, cursor.key.starts(with: prefix) {
        if !words.contains(cursor.key), analyzer.stem(of: Array(cursor.key.dropFirst())) == wanted {
          words.append(cursor.key)
        }
        left -= 1
        isOpen = try cursor.next()
      }
    }
    known[stem] = words
    return words
  }
}
