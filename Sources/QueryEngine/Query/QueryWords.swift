import IndexFormat
import SearchModel
import TextAnalysis

/// The words of Han runs as one index sees them: ICU's, the user's and the site's in one lattice.
///
/// Words of the site are looked up for the run at hand, so opening an index of any size costs nothing: a
/// stretch of the run is one if it is a tag or a category, the whole title of an entry, or in the titles of
/// several entries where ICU would leave a single character. Words set weights, and say what a run that
/// stands nowhere falls into; they are never needed to find a run that stands somewhere.
final class QueryWords {
  /// Longest word of a site, in characters, and in words of ICU.
  private static let longest = 6
  private static let longestInWords = 4
  /// Runs beyond this are prose, not names: their end is left to ICU.
  private static let looksAt = 48
  /// Titles that make a stretch a word, and the entries that are looked at to find them.
  private static let titles = 3
  private static let entriesLookedAt = 256
  /// Runs remembered; a snapshot never changes.
  private static let remembered = 256

  private let analyzer: Analyzer
  private let snapshot: IndexSnapshot
  private var known: [[UInt32]: [Word]] = [:]

  init(analyzer: Analyzer, snapshot: IndexSnapshot) {
    self.analyzer = analyzer
    self.snapshot = snapshot
  }

  /// The words of folded characters, in order; joined they are the run.
  func words(in characters: [UInt32]) throws -> [Word] {
    if let words = known[characters] { return words }
    var words = analyzer.segment(characters)
    let siteWords = try siteWords(in: characters, cutInto: words)
    if !siteWords.isEmpty { words = analyzer.segment(characters, siteWords: siteWords) }
    if known.count == Self.remembered { known.removeAll() }
    known[characters] = words
    return words
  }

  /// Stretches of several words that are one word of the site.
  private func siteWords(in characters: [UInt32], cutInto words: [Word]) throws -> [Range<Int>] {
    var found: [Range<Int>] = []
    let isStopWord = words.map { StopWords.contains(TermKey.text(Array(characters[$0.range]))) }
    for first in words.indices where !isStopWord[first] && words[first].range.upperBound <= Self.looksAt {
      for last in words.indices.dropFirst(first + 1).prefix(Self.longestInWords - 1) where !isStopWord[last] {
        let range = words[first].range.lowerBound..<words[last].range.upperBound
        if range.count > Self.longest { break }
        let isCutSmall = words[first...last].contains { $0.range.count == 1 }
        let stretch = Array(characters[range])
        if try isTagOrCategory(stretch) || isTitleWord(stretch, isCutSmall: isCutSmall) {
          found.append(range)
        }
      }
    }
    return found
  }

  private func isTagOrCategory(_ characters: [UInt32]) throws -> Bool {
    let text = TermKey.text(characters)
    for segment in snapshot.segments {
      if try segment.facet(.tags).ordinal(of: text) != nil { return true }
      if try segment.facet(.category).ordinal(of: text) != nil { return true }
    }
    return false
  }

  /// Whether the characters are the title of an entry, or stand in several titles. Told by their pairs.
  private func isTitleWord(_ characters: [UInt32], isCutSmall: Bool) throws -> Bool {
    var inTitles = 0
    for segment in snapshot.segments {
      var cursors: [PostingsCursor] = []
      for (a, b) in zip(characters, characters.dropFirst()) {
        guard let cursor = try segment.postings(of: TermKey.hanPair(a, b)) else { break }
        cursors.append(cursor)
      }
      guard cursors.count == characters.count - 1 else { continue }
      cursors.sort { $0.documentFrequency < $1.documentFrequency }
      var looked = 0
      var document: UInt32 = 0
      walk: while looked < Self.entriesLookedAt {
        for cursor in cursors {
          try cursor.seek(to: document)
          if cursor.docID == PostingsCursor.end { break walk }
          if cursor.docID > document {
            document = cursor.docID
            continue walk
          }
        }
        looked += 1
        if try cursors.allSatisfy({ try $0.titleFrequency > 0 }) {
          let length = try segment.titleLengths.value(of: Int(document))
          if length == UInt32(characters.count) { return true }
          inTitles += 1
          if isCutSmall, inTitles == Self.titles { return true }
        }
        document += 1
      }
    }
    return false
  }
}
