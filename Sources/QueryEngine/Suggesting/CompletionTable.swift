package import IndexFormat
import SearchModel
package import TextAnalysis

/// The completions of a snapshot: what its segments keep for this, and the words of their dictionaries.
///
/// Nothing is read before it is asked for, so that a first question costs what any other does.
package struct CompletionTable: Sendable {
  let snapshot: IndexSnapshot

  package init(_ snapshot: IndexSnapshot) { self.snapshot = snapshot }

  /// The best completions: by place (`CompletionPlace`), then words and tags by the entries they are in, then titles
  /// by length. Words and tags take at most half of the answer unless there are not enough titles.
  /// Where texts with the letters typed do not fill it, those whose Chinese the letters spell follow.
  ///
  /// - Throws: `QueryLimitError`, `IndexFormatError` for a damaged index.
  /// - Complexity: O(titles and tags), some bytes each unless the prefix is common.
  package func completions(of text: String, limit: Int, analyzer: Analyzer) throws -> Completions {
    let prefix = try CompletionPrefix(text, analyzer: analyzer)
    var result = Completions(query: text, suggestions: [], commit: snapshot.commit.number)
    guard !prefix.isEmpty, limit > 0 else { return result }
    let texts = CompletionTexts(snapshot: snapshot, analyzer: analyzer)
    let titles = try texts.titles(with: prefix, limit: limit)
    var words = try texts.tags(with: prefix)
    words += try WordCompletions(snapshot: snapshot).words(
      with: prefix, limit: limit, except: Set((titles + words).map(\.folded)))
    words += PhraseCompletions(analyzer: analyzer).phrases(with: prefix, in: titles)
    var found = Self.merged(titles, words, limit: limit)
    if found.count < limit, let pattern = PinyinPattern(Self.letters(of: text), mayBeUnfinished: true) {
      let known = Set(found.map(\.folded))
      found += try texts.spelled(by: pattern, limit: limit).lazy.filter { !known.contains($0.folded) }
        .prefix(limit - found.count)
    }
    result.suggestions = try texts.completions(found)
    return result
  }

  /// What may spell: signs separate like spaces, and what is too long is a beginning too.
  private static func letters(of text: String) -> String {
    String(text.prefix(PinyinPattern.longest).map { $0.isPunctuation || $0.isSymbol ? " " : $0 })
  }

  /// - Parameter titles: in order.
  private static func merged(
    _ titles: [FoundCompletion], _ words: [FoundCompletion], limit: Int
  ) -> [FoundCompletion] {
    // The same text once: a title before a tag before a word.
    var known = Set(titles.map(\.folded))
    let words = words.filter { known.insert($0.folded).inserted }.sorted { a, b in
      if a.place != b.place { return a.place < b.place }
      if a.frequency != b.frequency { return a.frequency > b.frequency }
      return a.folded.lexicographicallyPrecedes(b.folded)
    }
    let wordCount = min(words.count, max((limit + 1) / 2, limit - titles.count))
    var merged: [FoundCompletion] = []
    var nextWord = 0
    var nextTitle = 0
    while merged.count < limit {
      let word = nextWord < wordCount ? words[nextWord] : nil
      let title = nextTitle < titles.count ? titles[nextTitle] : nil
      if let word, title.map({ word.place <= $0.place }) ?? true {
        merged.append(word)
        nextWord += 1
      } else if let title {
        merged.append(title)
        nextTitle += 1
      } else {
        break
      }
    }
    return merged
  }
}

/// A text that goes on from a prefix, before it is turned into what is shown.
struct FoundCompletion: Equatable {
  /// Of a text in a segment.
  struct Place: Equatable {
    var segment: Int
    var index: Int
  }

  var kind: Completion.Kind
  var place: CompletionPlace
  var folded: [UInt8]
  /// Live entries with the text, as far as that matters for its rank.
  var frequency: Int
  /// Nil for what no segment keeps as it is.
  var source: Place?
}
