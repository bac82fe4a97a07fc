@testable import TextAnalysis

/// The rules of the analyzer once more, slow and obvious: arrays, strings and looking ahead.
///
/// Shares the folds of single characters with the analyzer and nothing of its walk.
final class PlainAnalyzer {
  struct Output: Equatable, CustomStringConvertible {
    var kind: TokenKind
    var term: String
    var position: Int
    var range: Range<Int>
    var chunk: Int
    var description: String { "\(position) \(name(kind)) \(term) \(range) #\(chunk)" }
  }

  private struct Character {
    var kind: UInt32
    var folded: UInt32
    var range: Range<Int>
    var isHan: Bool { kind == CharacterClass.han.rawValue }
    var isWord: Bool { kind == CharacterClass.letter.rawValue || kind == CharacterClass.digit.rawValue }
    var text: String { String(Unicode.Scalar(folded)!) }
    var isConnector: Bool { !isHan && !isWord && "-_./@:+#&'".contains(text) }
  }

  private struct Piece {
    var text: String
    var range: Range<Int>
    var connector: String
    var isSigned = false
  }

  private let helper: Analyzer
  private let original: [UInt8]
  private var characters: [Character] = []
  private var output: [Output] = []
  private var position = 0
  private var chunk = -1

  init(_ text: String) throws {
    helper = try Analyzer()
    original = Array(text.utf8)
    var segment: [UInt32] = []
    var start = 0
    var offset = 0
    func finish() {
      for folded in Folding.compatibilityFolded(segment.map(Folding.replacement)) {
        let entry = Folding.entry(folded)
        if entry.isA(.nothing) { continue }
        characters.append(Character(kind: entry.kind, folded: entry.folded, range: start..<offset))
      }
      segment = []
      start = offset
    }
    for scalar in text.unicodeScalars {
      if !Folding.entry(scalar.value).joins || segment.count == 64 { finish() }
      segment.append(scalar.value)
      offset += String(scalar).utf8.count
    }
    finish()
  }

  func tokens() -> [Output] {
    var i = 0
    var afterHan: [Character]? = nil  // separators since the last Han character
    var inURL = false
    var dot: Int? = nil
    var previous: Character?
    while i < characters.count {
      let character = characters[i]
      if character.isHan {
        if let gap = afterHan, let before = previous {
          let texts = gap.map(\.text)
          if texts == [] || texts == ["\n"] || texts == ["\r", "\n"] {
            emit(
              .hanPair, before.text + character.text, position - 1,
              before.range.lowerBound..<character.range.upperBound)
          } else {
            position += 1
            chunk += 1
          }
        } else {
          chunk += 1
        }
        emit(.han, character.text, position, character.range)
        position += 1
        previous = character
        afterHan = []
        inURL = false
        dot = nil
        i += 1
      } else if character.isWord {
        chunk += 1
        i = chunk(at: i, dot: dot, isURL: inURL)
        afterHan = nil
        dot = nil
        let rest = characters[i...].prefix(3).map(\.text)
        if !inURL, rest == [":", "/", "/"] {
          inURL = true
          i += 3
        } else if i < characters.count, characters[i].isConnector {
          // The first connector after a chunk belongs to it, though to no part.
          i += 1
          if i < characters.count, plusPlusFollows, characters[i].text == "+" { i += 1 }
        }
      } else {
        if inURL, !"-_./@:+#&'!$%*,;=?~".contains(character.text) { inURL = false }
        dot = character.text == "." ? character.range.lowerBound : nil
        afterHan?.append(character)
        i += 1
      }
    }
    return output
  }

  /// The chunk just read ended at `++` before a letter: both signs belong to it, though to no part.
  private var plusPlusFollows = false

  private func emit(_ kind: TokenKind, _ term: String, _ position: Int, _ range: Range<Int>) {
    output.append(Output(kind: kind, term: term, position: position, range: range, chunk: chunk))
  }

  private func isWord(_ i: Int) -> Bool { i < characters.count && characters[i].isWord }
  private func isDigit(_ i: Int) -> Bool { isWord(i) && characters[i].kind == CharacterClass.digit.rawValue }
  private func text(_ i: Int) -> String { i < characters.count ? characters[i].text : "" }
  private func isConnector(_ i: Int) -> Bool { i < characters.count && characters[i].isConnector }

  /// Reads one chunk, emits its tokens and returns where it ends.
  private func chunk(at first: Int, dot: Int?, isURL: Bool) -> Int {
    var pieces: [Piece] = []
    var i = first
    var connector = ""
    plusPlusFollows = false
    while true {
      var term = ""
      let begin = i
      while isWord(i), !(dot != nil && pieces.isEmpty && term == "net" && isDigit(i)) {
        term += characters[i].text
        i += 1
      }
      let range = characters[begin].range.lowerBound..<characters[i - 1].range.upperBound
      var piece = Piece(text: Self.cut(term), range: range, connector: connector)
      if let dot, pieces.isEmpty, term == "net" {
        piece = Piece(text: ".net", range: dot..<range.upperBound, connector: "", isSigned: true)
      }
      let mayTakeSign = !piece.isSigned && Self.isASCIIWord(term) && term.utf8.count <= 2
      plusPlusFollows = false
      func ends(_ i: Int) -> Bool { !isWord(i) || term.utf8.count == 1 && isDigit(i) }
      if mayTakeSign, text(i) == "#", ends(i + 1) {
        piece = Piece(
          text: term + "#", range: range.lowerBound..<characters[i].range.upperBound, connector: connector,
          isSigned: true)
        i += 1
      } else if mayTakeSign, text(i) == "+", text(i + 1) == "+" {
        if !ends(i + 2) {
          plusPlusFollows = true
        } else {
          piece = Piece(
            text: term + "++", range: range.lowerBound..<characters[i + 1].range.upperBound,
            connector: connector, isSigned: true)
          i += 2
        }
      }
      pieces.append(piece)
      guard isConnector(i), isWord(i + 1), pieces.count < 64 else { break }
      connector = text(i)
      i += 1
    }
    emit(pieces, isURL: isURL)
    return i
  }

  private func emit(_ pieces: [Piece], isURL: Bool) {
    // Groups that make forms together.
    var groups: [Range<Int>] = []
    var begin = 0
    let connectors = Set(pieces.dropFirst().map(\.connector))
    let isPath = isURL || connectors.contains("/") && connectors.count > 1
    for k in 1...pieces.count where k == pieces.count || (isPath && pieces[k].connector == "/") {
      groups.append(begin..<k)
      begin = k
    }
    for (k, piece) in pieces.enumerated() {
      emit(.latin, piece.text, position + k, piece.range)
      if !piece.isSigned, Self.isASCIIWord(piece.text) {
        for (term, range) in camelPieces(piece) { emit(.form, term, position + k, range) }
        if piece.text.utf8.count > 3, let stem = stem(of: piece.text) {
          emit(.stem, stem, position + k, piece.range)
        }
      }
      guard pieces.count > 1 else { continue }
      let group = groups.first { $0.contains(k) }!
      var terms: [(String, Range<Int>)] = []
      var versionIsWhole = false
      if let end = Self.versionEnd(pieces, k, group) {
        var number = 2
        while number <= end - k {
          if number <= 8 || number == end - k {
            let term = Self.spelled(pieces[k..<k + number])
            let name = Self.nameLength(pieces[k].text)
            terms.append((Self.cut(String(term.dropFirst(name))), k..<k + number))
            if name > 0, term.prefix(name) != "v", k..<k + number != group {
              terms.append((Self.cut(term), k..<k + number))
            }
          }
          number += 1
        }
        versionIsWhole = k..<end == group && Self.nameLength(pieces[k].text) == 0
      }
      if k == group.lowerBound, group.count > 1,
        pieces[group].dropFirst().contains(where: { $0.connector == "." }),
        !versionIsWhole
      {
        terms.append((Self.cut(Self.spelled(pieces[group])), group))
      }
      var joined: Range<Int>?
      for within in [["-", "_", ".", "/", "&", "'"], ["-", "_"]] as [Set<String>] {
        // What follows a dot and is a number is the tail of a version.
        if within.count == 2, Self.isNumber(pieces[k].text), pieces[k].text.utf8.count < 255 { continue }
        guard k == group.lowerBound || !within.contains(pieces[k].connector) else { continue }
        var end = k + 1
        while end < group.upperBound, within.contains(pieces[end].connector) { end += 1 }
        let range = k..<end
        let hasVersion = range.contains { Self.versionEnd(pieces, $0, group) != nil }
        let isNumeric = pieces[range].allSatisfy {
          !$0.text.isEmpty && $0.text.allSatisfy { $0.isASCII && $0.isNumber } && $0.text.utf8.count < 249
        }
        if range != joined, (2...5).contains(range.count), !hasVersion, !isNumeric,
          !pieces[range].contains(where: \.isSigned)
        {
          terms.append((Self.cut(pieces[range].map(\.text).joined()), range))
          joined = range
        }
      }
      for (term, parts) in terms {
        emit(
          .form, term, position + k,
          pieces[parts.lowerBound].range.lowerBound..<pieces[parts.upperBound - 1].range.upperBound)
      }
    }
    position += pieces.count
  }

  private static func spelled(_ pieces: ArraySlice<Piece>) -> String {
    pieces.dropFirst().reduce(pieces.first!.text) { $0 + $1.connector + $1.text }
  }

  /// What stands before the digits at the end of a word.
  private static func nameLength(_ text: String) -> Int {
    text.utf8.count - text.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
  }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func versionEnd(_ pieces: [Piece], _ k: Int, _ group: Range<Int>) -> Int? {
    func mayBegin(_ k: Int) -> Bool {
      let text = pieces[k].text
      return !pieces[k].isSigned && text.utf8.count < 255
        && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
        && nameLength(text) < text.utf8.count
    }
    guard mayBegin(k) else { return nil }
    if k > group.lowerBound, pieces[k].connector == ".", mayBegin(k - 1) { return nil }
    var end = k + 1
    while end < group.upperBound, pieces[end].connector == ".", isNumber(pieces[end].text) { end += 1 }
    guard end - k > 1 else { return nil }
    while end < group.upperBound, [".", "-", "+", "_"].contains(pieces[end].connector) { end += 1 }
    return end
  }

  private static func isASCIIWord(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
  }

  private func camelPieces(_ piece: Piece) -> [(String, Range<Int>)] {
    let letters = Array(original[piece.range])
    guard letters.count == piece.text.utf8.count, letters.allSatisfy({ $0 < 0x80 }) else { return [] }
    func upper(_ k: Int) -> Bool { letters.indices.contains(k) && (0x41...0x5A).contains(letters[k]) }
    func lower(_ k: Int) -> Bool { letters.indices.contains(k) && (0x61...0x7A).contains(letters[k]) }
    var borders = [0]
    for k in letters.indices.dropFirst() where upper(k) {
      let isPlural = k + 2 == letters.count && letters[k + 1] == UInt8(ascii: "s")
      if lower(k - 1) || (upper(k - 1) && lower(k + 1) && !isPlural) { borders.append(k) }
    }
    guard borders.count > 1 else { return [] }
    borders.append(letters.count)
    let terms = Array(piece.text.utf8)
    return zip(borders, borders.dropFirst()).compactMap { from, to in
      guard to - from > 1 else { return nil }
      let base = piece.range.lowerBound
      return (String(decoding: terms[from..<to], as: UTF8.self), base + from..<base + to)
    }
  }

  private func stem(of word: String) -> String? {
    guard case .latin(let chunk)? = helper.chunks(of: word).first else { return nil }
    return chunk.parts[0].stem
  }

  private static func cut(_ term: String) -> String {
    var bytes = term.utf8.count
    var scalars = term.unicodeScalars
    while bytes > 255 { bytes -= String(scalars.removeLast()).utf8.count }
    return String(scalars)
  }
}
