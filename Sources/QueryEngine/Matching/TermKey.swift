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
