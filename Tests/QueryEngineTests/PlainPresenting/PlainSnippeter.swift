@testable import QueryEngine

/// The oracle of `Snippeter`: leaves characters to Swift's `String`.
struct PlainSnippeter {
  /// Words of a run of Han characters, as ranges of its characters.
  typealias WordFinder = Snippeter.WordFinder

  /// Characters (grapheme clusters) of a snippet, ellipses not counted.
  static let length = 160
  /// How far before the first match a sentence may begin.
  private static let lead = 48

  private static let sentenceEnds: Set<Character> = ["。", "！", "？", "!", "?", "；", "…", "\n"]
  private static let clauseEnds: Set<Character> = ["，", "、", ",", "；", ";", "：", ":", "）", ")"]

  /// - Parameters:
  ///   - matches: by start, as `TextMatcher` gives them.
  ///   - words: so that no cut goes through a Han word.
  static func snippet(of text: String, matches: [TextMatch], words: WordFinder) -> Snippet {
    let focus = bestPassage(of: text, matches, length: length)
    let region = Region(of: text, around: focus, length: length)
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
  static func bestPassage(of text: String, _ matches: [TextMatch], length: Int) -> Range<Int> {
    guard !matches.isEmpty else { return 0..<0 }
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
  private static func characterOffsets(of matches: [TextMatch], in text: String) -> [Range<Int>] {
    var text = text
    return text.withUTF8 { bytes in
      func scalars(_ range: Range<Int>) -> Int {
        var count = 0
        for byte in bytes[range.clamped(to: 0..<bytes.count)] { count &+= byte & 0xC0 == 0x80 ? 0 : 1 }
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
  }

  // MARK: Cutting

  /// Part of a text in characters.
  struct Region {
    var characters: [Character] = []
    /// UTF-8 offset of each character in the whole text, and of the end.
    var offsets: [Int] = []
    var startsText: Bool
    var endsText: Bool

    /// Enough on both sides for a whole snippet, however long the text is: breaking text into characters is
    /// what costs most here. So many scalars, as long as characters have no more than two on average, and so many
    /// bytes at most.
    init(of text: String, around focus: Range<Int>, length: Int) {
      var whole = text
      let (first, last) = whole.withUTF8 { bytes in
        var first = min(focus.lowerBound, bytes.count)
        var scalars = 3 * length / 2
        while first > 0, scalars > 0, focus.lowerBound - first < 4 * length {
          first -= 1
          if bytes[first] & 0xC0 != 0x80 { scalars -= 1 }
        }
        var last = min(focus.lowerBound, bytes.count)
        scalars = 2 * length
        while last < bytes.count, scalars > 0, last - focus.lowerBound < 5 * length {
          if bytes[last] & 0xC0 != 0x80 { scalars -= 1 }
          last += 1
        }
        return (first, last)
      }
      let start = text.utf8.index(text.startIndex, offsetBy: first)
      let end = text.utf8.index(text.startIndex, offsetBy: last)
      let scalarStart = start.samePosition(in: text.unicodeScalars) ?? Self.nextScalar(after: start, in: text)
      let scalarEnd = end.samePosition(in: text.unicodeScalars) ?? Self.nextScalar(after: end, in: text)
      startsText = scalarStart == text.startIndex
      endsText = scalarEnd == text.endIndex
      var offset = text.utf8.distance(from: text.startIndex, to: scalarStart)
      for character in String(text.unicodeScalars[scalarStart..<scalarEnd]) {
        characters.append(character)
        offsets.append(offset)
        offset += character.utf8.count
      }
      offsets.append(offset)
      // Cut anywhere, the first and the last character may be halves.
      if !startsText, characters.count > 1 {
        characters.removeFirst()
        offsets.removeFirst()
      }
      if !endsText, characters.count > 1 {
        characters.removeLast()
        offsets.removeLast()
      }
    }

    private static func nextScalar(after index: String.Index, in text: String) -> String.Index {
      var index = index
      while index < text.endIndex, index.samePosition(in: text.unicodeScalars) == nil {
        index = text.utf8.index(after: index)
      }
      return index
    }

    /// The character that a byte belongs to.
    func character(at byte: Int) -> Int {
      var low = 0
      var high = characters.count
      while low < high {
        let middle = (low + high) / 2
        if offsets[middle + 1] <= byte { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  private static func edges(in region: Region, focus: Range<Int>, words: WordFinder) -> (Int, Int) {
    let characters = region.characters
    let count = characters.count
    let matchStart = min(region.character(at: focus.lowerBound), count)
    let matchEnd = min(
      max(region.character(at: max(focus.upperBound - 1, focus.lowerBound)) + 1, matchStart), count)
    let room = max(0, length - (matchEnd - matchStart))
    var first = max(0, matchStart - min(lead, room))
    if let sentence = (first..<matchStart).last(where: { endsSentence(characters, $0) }) {
      first = sentence + 1
    } else if first > 0 || !region.startsText {
      first = max(0, matchStart - min(lead / 2, room))
      if let clause = (first..<matchStart).first(where: { clauseEnds.contains(characters[$0]) }) {
        first = clause + 1
      } else {
        while first < matchStart, first > 0, isInsideWord(characters, first, words) { first += 1 }
      }
    }
    // What is left over at the end of the text goes to the front.
    if count - first < length, region.endsText { first = min(first, max(0, count - length)) }
    while first < matchStart, characters[first].isWhitespace { first += 1 }
    while first > 0, first < matchStart, isInsideWord(characters, first, words) { first += 1 }
    var last = min(count, first + length)
    if last < count,
      let sentence = (max(matchEnd, first + length * 2 / 3)..<max(last, matchEnd, first + length * 2 / 3))
        .last(where: { endsSentence(characters, $0) })
    {
      last = sentence + 1
    } else if last < count {
      var end = last
      while end > max(matchEnd, first + length / 2), isInsideWord(characters, end, words) { end -= 1 }
      if end > max(matchEnd, first + length / 2) { last = end }
    }
    return (first, max(last, first))
  }

  private static func endsSentence(_ characters: [Character], _ i: Int) -> Bool {
    if sentenceEnds.contains(characters[i]) { return true }
    return characters[i] == "." && i + 1 < characters.count && characters[i + 1].isWhitespace
  }

  /// Whether a cut before character `i` goes through a word, a Latin one or a Han one, or through a number.
  private static func isInsideWord(_ characters: [Character], _ i: Int, _ words: WordFinder) -> Bool {
    guard i > 0, i < characters.count else { return false }
    func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber }
    guard isWord(characters[i - 1]), isWord(characters[i]) else { return false }
    guard isHan(characters[i - 1]), isHan(characters[i]) else {
      return !isHan(characters[i - 1]) && !isHan(characters[i])
    }
    // A few characters on both sides are enough to see the word.
    var start = i
    while start > 0, i - start < 10, isHan(characters[start - 1]) { start -= 1 }
    var end = i
    while end < characters.count, end - i < 10, isHan(characters[end]) { end += 1 }
    let run = characters[start..<end].compactMap { $0.unicodeScalars.first?.value }
    return !words(run).contains { $0.lowerBound == i - start }
  }

  static func isHan(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first else { return false }
    return scalar.properties.isIdeographic
  }

  /// White space becomes one space, a single line break between Han nothing, control characters vanish, cut edges get
  /// an ellipsis.
  static func cut(
    _ region: Region, _ range: Range<Int>, ellipsis: String, matches: [TextMatch]
  ) -> Snippet {
    var text = region.startsText && range.lowerBound == 0 ? "" : ellipsis
    var outOffsets: [Int] = []
    var isFirst = true
    var spaces = 0
    for i in range {
      let character = region.characters[i]
      let kind = kind(of: character)
      if kind == .visible, spaces > 0, !isFirst {
        let isLineBreak = spaces == 1 && region.characters[i - 1].isNewline
        if !isLineBreak || !isHan(character) || !isHan(region.characters[i - 2]) { text.append(" ") }
      }
      outOffsets.append(text.utf8.count)
      switch kind {
      case .space: spaces += 1
      case .visible:
        text.append(character)
        isFirst = false
        spaces = 0
      case .control: break
      }
    }
    outOffsets.append(text.utf8.count)
    let limit = text.utf8.count
    if range.upperBound < region.characters.count || !region.endsText { text += ellipsis }
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
    return Snippet(text: text, highlights: joined(highlights))
  }

  private enum CharacterKind { case visible, space, control }

  private static func kind(of character: Character) -> CharacterKind {
    let bytes = character.utf8
    if let first = bytes.first {
      // Nearly every character is one of these, and the properties of the others are dear.
      if bytes.count == 1 {
        return first == 0x20 || (0x09...0x0D).contains(first)
          ? .space : first < 0x20 || first == 0x7F ? .control : .visible
      }
      if (0xE4...0xE9).contains(first) { return .visible }
    }
    if character.isWhitespace { return .space }
    return character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
      ? .control : .visible
  }
}
