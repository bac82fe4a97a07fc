@testable import QueryEngine

/// The oracle of `Cropper`.
struct PlainCropper {
  /// Characters looked at per word, on each side of the passage.
  private static let charactersPerWord = 12

  let wordCount: Int
  /// Stands where something was cut off.
  let marker: String
  let words: Snippeter.WordFinder

  /// - Parameter matches: by start, as `TextMatcher` gives them.
  func passage(of text: String, matches: [TextMatch]) -> Snippet {
    let length = max(wordCount, 1) * Self.charactersPerWord
    let focus = PlainSnippeter.bestPassage(of: text, matches, length: length)
    let region = PlainSnippeter.Region(of: text, around: focus, length: length)
    let found = wordRanges(in: region.characters)
    let leading = matches.first { $0.range.lowerBound == focus.lowerBound }?.range ?? focus
    let range = chosen(found, in: region, focus: focus, whole: leading)
    return PlainSnippeter.cut(region, range, ellipsis: marker, matches: matches)
  }

  /// Words of a text with their signs left out: Latin ones, and those of Han runs.
  private func wordRanges(in characters: [Character]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var at = 0
    while at < characters.count {
      guard characters[at].isLetter || characters[at].isNumber else {
        at += 1
        continue
      }
      let start = at
      let isHan = PlainSnippeter.isHan(characters[at])
      while at < characters.count, characters[at].isLetter || characters[at].isNumber,
        PlainSnippeter.isHan(characters[at]) == isHan
      { at += 1 }
      if isHan {
        let run = characters[start..<at].compactMap { $0.unicodeScalars.first?.value }
        ranges += words(run).map { start + $0.lowerBound..<start + $0.upperBound }
      } else {
        ranges.append(start..<at)
      }
    }
    return ranges
  }

  /// The characters of the words to show: those of the passage, and as many before as after it.
  ///
  /// - Parameter whole: is not cut, even if it has more words.
  private func chosen(
    _ found: [Range<Int>], in region: PlainSnippeter.Region, focus: Range<Int>, whole: Range<Int>
  ) -> Range<Int> {
    let count = region.characters.count
    guard found.count > wordCount || !region.startsText || !region.endsText else { return 0..<count }
    guard wordCount > 0, let last = found.indices.last else { return 0..<0 }
    let matchStart = region.character(at: focus.lowerBound)
    let matchEnd = region.character(at: max(focus.upperBound - 1, focus.lowerBound))
    let firstMatch = found.firstIndex { $0.upperBound > matchStart } ?? last
    let lastMatch = max(found.lastIndex { $0.lowerBound <= matchEnd } ?? firstMatch, firstMatch)
    let before = max(0, wordCount - (lastMatch - firstMatch + 1)) / 2
    var first = max(0, firstMatch - before)
    var end = min(found.count, first + wordCount)
    first = max(0, min(first, end - wordCount))
    let wholeEnd = region.character(at: max(whole.upperBound - 1, whole.lowerBound))
    while end < found.count, found[end].lowerBound <= wholeEnd, !whole.isEmpty { end += 1 }
    // What closes the text belongs to its last word, what opens it to its first.
    let lower = first == 0 && region.startsText ? 0 : found[first].lowerBound
    let upper = end == found.count && region.endsText ? count : found[end - 1].upperBound
    return lower..<max(lower, upper)
  }
}
