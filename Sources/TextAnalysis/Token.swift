/// What a token is; the raw value is the first byte of its key in the term dictionary.
package enum TokenKind: UInt8, Sendable {
  /// One Han, Kana or Hangul character, with position.
  case han = 0x01
  /// Two neighbours inside a Han run, at the position of the first; frequency only.
  case hanPair = 0x02
  /// One exact Latin part, folded and unstemmed, with position.
  case latin = 0x03
  /// Snowball stem of an ASCII part longer than three letters; frequency only.
  case stem = 0x04
  /// Joined form, whole form, CamelCase piece, version prefix; frequency only.
  case form = 0x05
}

/// One occurrence of a term in a text.
package struct Token: Equatable, Sendable {
  package var kind: TokenKind
  /// Bytes of the term, 1...255.
  package var termLength: UInt16
  /// Where the term begins in `TokenBuffer.bytes`; terms may share bytes.
  package var termStart: UInt32
  /// Ordinal in the stream of Han characters and Latin parts; a break between Han characters takes one.
  package var position: UInt32
  /// UTF-8 range in the original text, on character borders, never empty.
  package var start: UInt32
  package var end: UInt32
  /// Ordinal of the Han run or Latin chunk within one call of `analyze`.
  package var chunk: UInt32

  package init(
    kind: TokenKind, termLength: UInt16, termStart: UInt32, position: UInt32, start: UInt32, end: UInt32,
    chunk: UInt32
  ) {
    self.kind = kind
    self.termLength = termLength
    self.termStart = termStart
    self.position = position
    self.start = start
    self.end = end
    self.chunk = chunk
  }
}

/// The tokens of one field, in ascending order of position, with the bytes of their terms.
///
/// Made once and emptied between fields: its arrays keep their capacity.
package struct TokenBuffer: Sendable {
  package var bytes: [UInt8] = []
  package var tokens: [Token] = []
  /// Tokens of kind `.han` and `.latin`: the length of the field.
  package internal(set) var length = 0
  /// Position the next token gets at the earliest.
  package internal(set) var nextPosition: UInt32 = 0

  package init() {}

  package mutating func removeAll(keepingCapacity: Bool = true) {
    bytes.removeAll(keepingCapacity: keepingCapacity)
    tokens.removeAll(keepingCapacity: keepingCapacity)
    length = 0
    nextPosition = 0
  }

  /// Drops the tokens and keeps what counts on: the length and the next position.
  mutating func emptyTokens() {
    bytes.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
  }

  /// Makes room between two texts of one field, so that no phrase reaches from one into the other.
  package mutating func skipPositions(_ count: UInt32 = 1) {
    nextPosition += count
  }

  /// Bytes of the term of a token of this buffer.
  package func term(of token: Token) -> ArraySlice<UInt8> {
    bytes[Int(token.termStart)..<Int(token.termStart) + Int(token.termLength)]
  }

  /// Calls `body` with the bytes of the term, without a copy; they are valid during the call only.
  package func withTermBytes<Result>(
    of token: Token, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let range = Int(token.termStart)..<Int(token.termStart) + Int(token.termLength)
    precondition(range.upperBound <= bytes.count, "the token is of another buffer")
    // Sound: the range was checked just above, and the pointer does not outlive the closure.
    return try unsafe bytes.withUnsafeBufferPointer { try unsafe body(.init(rebasing: $0[range])) }
  }
}
