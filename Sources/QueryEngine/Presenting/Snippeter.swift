/// A short plain excerpt of a text and the matches in it.
struct Snippet: Equatable {
  var text: String
  /// UTF-8 ranges in `text`, in order, apart.
  var highlights: [Range<Int>]
}

/// Chooses the passage of a text that shows most of a query, and cuts it out at natural edges.
struct Snippeter {
  /// Words of a run of Han characters, as ranges of its characters.
  typealias WordFinder = ([UInt32]) -> [Range<Int>]

  /// Characters (grapheme clusters) of a snippet, ellipses not counted.
  static let length = 160
  /// How far before the first match a sentence may begin.
  private static let lead = 48

  /// - Parameters:
  ///   - matches: by start, as `TextMatcher` gives them.
  ///   - words: so that no cut goes through a Han word.
  static func snippet(of text: String, matches: [TextMatch], words: WordFinder) -> Snippet {
    var text = text
    let region: TextRegion
    let focus: Range<Int>
    (region, focus) = text.withUTF8 { text in
      let focus = bestPassage(of: text, matches, length: length)
      return (TextRegion(of: text, around: focus, length: length), focus)
    }
    let (first, last) = edges(in: region, focus: focus, words: words)
    return cut(region, first..<last, ellipsis: "…", matches: matches)
  }

  // MARK: Choosing

  /// How good a passage is: most parts literally, then most parts, then these closest together, then most
  /// matches; the first of equals.
  private struct Worth: Comparable {
    var literalParts = -1
    var parts = 0
    /// Characters from the first match to the one that brings the last new part.
    var span = 0
    var matches = 0

    static func < (a: Worth, b: Worth) -> Bool {
      (a.literalParts, a.parts, -a.span, a.matches) < (b.literalParts, b.parts, -b.span, b.matches)
    }
  }

  /// The byte range from the first to the last match of the best passage; empty at the start without matches.
  ///
  /// - Parameter length: of the passage, in characters.
  static func bestPassage(
    of text: UnsafeBufferPointer<UInt8>, _ matches: [TextMatch], length: Int
  ) -> Range<Int> {
    guard matches.count > 1 else { return matches.first?.range ?? 0..<0 }
    let characters = characterOffsets(of: matches, in: text)
    var best = matches[0].range
    var bestWorth = Worth()
    for i in matches.indices {
      // Sets of parts as bits: a query has at most 64.
      var literal: UInt64 = 0
      var parts: UInt64 = 0
      var worth = Worth()
      var end = matches[i].range.upperBound
      var j = i
      while j < matches.count, characters[j].upperBound - characters[i].lowerBound <= length - 8 || j == i {
        let bit = UInt64(1) << UInt64(matches[j].part & 63)
        if parts & bit == 0 || matches[j].isLiteral && literal & bit == 0 {
          worth.span = characters[j].upperBound - characters[i].lowerBound
        }
        parts |= bit
        if matches[j].isLiteral { literal |= bit }
        end = max(end, matches[j].range.upperBound)
        j += 1
        // A passage is judged by what is close together; a long tail of repeats says nothing more.
        if j - i == 64 { break }
      }
      worth.literalParts = literal.nonzeroBitCount
      worth.parts = parts.nonzeroBitCount
      worth.matches = j - i
      if bestWorth < worth {
        bestWorth = worth
        best = matches[i].range.lowerBound..<end
      }
    }
    return best
  }

  /// Where the matches stand, counted in Unicode scalars from the first: near enough to characters for distances.
  private static func characterOffsets(
    of matches: [TextMatch], in text: UnsafeBufferPointer<UInt8>
  ) -> [Range<Int>] {
    func scalars(_ range: Range<Int>) -> Int {
      var count = 0
      for byte in text[range.clamped(to: 0..<text.count)] { count &+= byte & 0xC0 == 0x80 ? 0 : 1 }
      return count
    }
    var byte = matches.first?.range.lowerBound ?? 0
    var offset = 0
    return matches.map { match in
      offset += scalars(byte..<max(byte, match.range.lowerBound))
      byte = match.range.lowerBound
      return offset..<offset + scalars(match.range)
    }
  }

  // MARK: Cutting

  /// The characters of a region to show, around the matches of `focus`.
  private static func edges(in region: TextRegion, focus: Range<Int>, words: WordFinder) -> (Int, Int) {
    let count = region.count
    let matchStart = min(region.character(at: focus.lowerBound), count)
    let matchEnd = min(
      max(region.character(at: max(focus.upperBound - 1, focus.lowerBound)) + 1, matchStart), count)
    let room = max(0, length - (matchEnd - matchStart))
    var first = max(0, matchStart - min(lead, room))
    if let sentence = (first..<matchStart).last(where: { region.endsSentence($0) }) {
      first = sentence + 1
    } else if first > 0 || !region.startsText {
      first = max(0, matchStart - min(lead / 2, room))
      if let clause = (first..<matchStart).first(where: { region.endsClause($0) }) {
        first = clause + 1
      } else {
        while first < matchStart, first > 0, region.isInsideWord(first, words) { first += 1 }
      }
    }
    // What is left over at the end of the text goes to the front.
    if count - first < length, region.endsText { first = min(first, max(0, count - length)) }
    while first < matchStart, region.isSpace(first) { first += 1 }
    while first > 0, first < matchStart, region.isInsideWord(first, words) { first += 1 }
    var last = min(count, first + length)
    if last < count,
      let sentence = (max(matchEnd, first + length * 2 / 3)..<max(last, matchEnd, first + length * 2 / 3))
        .last(where: { region.endsSentence($0) })
    {
      last = sentence + 1
    } else if last < count {
      var end = last
      while end > max(matchEnd, first + length / 2), region.isInsideWord(end, words) { end -= 1 }
      if end > max(matchEnd, first + length / 2) { last = end }
    }
    return (first, max(last, first))
  }

  /// White space becomes one space, a single line break between Han nothing, control characters vanish, cut edges get
  /// an ellipsis.
  static func cut(
    _ region: TextRegion, _ range: Range<Int>, ellipsis: String, matches: [TextMatch]
  ) -> Snippet {
    var text = region.startsText && range.lowerBound == 0 ? [] : Array(ellipsis.utf8)
    text.reserveCapacity(text.count + region.offsets[range.upperBound] - region.offsets[range.lowerBound] + 8)
    var outOffsets: [Int] = []
    outOffsets.reserveCapacity(range.count + 1)
    var isFirst = true
    var spaces = 0
    for i in range {
      let isSpace = region.isSpace(i)
      let isVisible = !isSpace && !region.isControl(i)
      if isVisible, spaces > 0, !isFirst {
        let isLineBreak = spaces == 1 && region.isNewline(i - 1)
        if !isLineBreak || !region.isHan(i) || !region.isHan(i - 2) { text.append(0x20) }
      }
      outOffsets.append(text.count)
      if isSpace { spaces += 1 }
      if isVisible {
        text.append(contentsOf: region.utf8(of: i))
        isFirst = false
        spaces = 0
      }
    }
    outOffsets.append(text.count)
    let limit = text.count
    if range.upperBound < region.count || !region.endsText { text.append(contentsOf: ellipsis.utf8) }
    var highlights: [Range<Int>] = []
    let bytes = region.offsets[range.lowerBound]..<region.offsets[range.upperBound]
    for match in joined(matches.map(\.range).filter { $0.overlaps(bytes) }) {
      let start = max(region.character(at: match.lowerBound), range.lowerBound)
      let end = min(region.character(at: match.upperBound - 1) + 1, range.upperBound)
      guard start < end, match.upperBound > region.offsets[range.lowerBound] else { continue }
      let from = min(outOffsets[start - range.lowerBound], limit)
      let to = min(outOffsets[end - range.lowerBound], limit)
      if from < to { highlights.append(from..<to) }
    }
    return Snippet(text: String(decoding: text, as: UTF8.self), highlights: joined(highlights))
  }
}
