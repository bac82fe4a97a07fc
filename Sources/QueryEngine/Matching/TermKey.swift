import TextAnalysis

/// Keys of the term dictionary: the kind of token as one byte, then the term's UTF-8.
enum TermKey {
  static func make(_ kind: TokenKind, _ term: String) -> [UInt8] { [kind.rawValue] + Array(term.utf8) }

  static func han(_ character: UInt32) -> [UInt8] { make(.han, text([character])) }

  static func hanPair(_ first: UInt32, _ second: UInt32) -> [UInt8] { make(.hanPair, text([first, second])) }

  /// Folded code points as text.
  static func text(_ characters: [UInt32]) -> String {
    var text = ""
    for character in characters { text.unicodeScalars.append(Unicode.Scalar(character) ?? "\u{FFFD}") }
    return text
  }
}

extension LatinChunk {
  /// Terms each of which makes the chunk held by itself, though not literally: its forms, and the stem of a part
  /// that stands alone.
  var alternativeKeys: [[UInt8]] {
    var keys: [[UInt8]] = []
    for form in forms {
      keys.append(TermKey.make(.form, form))
      if parts.count > 1 { keys.append(TermKey.make(.latin, form)) }
    }
    if parts.count == 1, let stem = parts[0].stem { keys.append(TermKey.make(.stem, stem)) }
    return keys
  }

  /// Beginnings of terms that hold `chunk*`: of exact parts for a chunk of one part, of forms for several.
  var prefixKeys: [[UInt8]] {
    if parts.count == 1 { return [TermKey.make(.latin, parts[0].text)] }
    return forms.flatMap { [TermKey.make(.form, $0), TermKey.make(.latin, $0)] }
  }
}
