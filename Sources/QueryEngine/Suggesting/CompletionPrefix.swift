import Glibc
import IndexFormat
import SearchModel
package import TextAnalysis

/// Where in a text a prefix stands; the smaller, the better the completion.
enum CompletionPlace: UInt8, Comparable {
  /// It is the text.
  case whole
  /// At the start; signs before the first letter do not count.
  case start
  /// At the start of a word or of a run of Han characters.
  case word
  /// At a Han character inside a run.
  case inside

  static func < (a: CompletionPlace, b: CompletionPlace) -> Bool { a.rawValue < b.rawValue }
}

/// What somebody has typed so far, ready to be looked for.
///
/// Texts and prefixes are compared folded (NFKC, case, diacritics, Han), white space as one space. A Latin
/// prefix has to stand at the start of a word, a Han prefix may begin at any character.
package struct CompletionPrefix: Sendable {
  let bytes: [UInt8]
  let signature: TextSignature

  /// - Throws: `QueryLimitError` for a text over the limit of queries.
  package init(_ text: String, analyzer: Analyzer) throws {
    let byteCount = text.utf8.count
    guard byteCount <= SearchRequest.maximumTextBytes else { throw QueryLimitError.text(bytes: byteCount) }
    // As much as texts are kept of.
    bytes = analyzer.completionKey(of: text, longest: CompletionText.longest)
    signature = TextSignature(of: bytes)
  }

  package var isEmpty: Bool { bytes.isEmpty }

  /// The best place of the prefix in a folded text; nil when it stands nowhere.
  func place(in text: UnsafeBufferPointer<UInt8>) -> CompletionPlace? {
    guard let start = text.baseAddress, let last = bytes.last else { return nil }
    var best: CompletionPlace?
    // The last byte tells Han characters apart, the first one hardly.
    var end = bytes.count - 1
    while end < text.count, let found = memchr(start + end, Int32(last), text.count - end) {
      end = UnsafeRawPointer(start).distance(to: UnsafeRawPointer(found)) + 1
      let offset = end - bytes.count
      guard memcmp(start + offset, bytes, bytes.count) == 0, let place = Self.place(at: offset, in: text)
      else { continue }
      if place == .start { return bytes.count == text.count ? .whole : .start }
      best = best.map { min($0, place) } ?? place
    }
    return best
  }

  /// What kind of start the character at `offset` is; nil within a word.
  private static func place(at offset: Int, in text: UnsafeBufferPointer<UInt8>) -> CompletionPlace? {
    let here = CharacterKind(at: offset, in: text)
    guard let before = CharacterKind(before: offset, in: text) else { return .start }
    switch (before, here) {
    case (.sign, _):
      var at = offset
      while let kind = CharacterKind(before: at, in: text), kind == .sign {
        at = CharacterKind.start(before: at, in: text)
      }
      return at == 0 ? .start : .word
    case (.han, .han): return .inside
    case (.letter, .letter), (.letter, .sign): return nil
    case (.han, _), (.letter, .han): return .word
    }
  }
}

/// What a character of a folded text is to words.
private enum CharacterKind {
  /// Han, Kana, Hangul: every character may begin something.
  case han
  case letter
  /// White space and punctuation.
  case sign

  init(_ scalar: UInt32) {
    switch scalar {
    case 0x30...0x39, 0x61...0x7A: self = .letter
    case 0..<0x80: self = .sign
    case 0x2E80...0x2FFF, 0x3005...0x3007, 0x3040...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF,
      0x2_0000...0x3_FFFF:
      self = .han
    case 0x80...0xBF, 0x2000...0x2BFF, 0x3000...0x303F, 0xFE30...0xFE4F: self = .sign
    default: self = .letter
    }
  }

  init(at offset: Int, in text: UnsafeBufferPointer<UInt8>) {
    self.init(text[offset...].withContiguousScalar { $0 })
  }

  /// Nil at the start of the text.
  init?(before offset: Int, in text: UnsafeBufferPointer<UInt8>) {
    guard offset > 0 else { return nil }
    self.init(at: Self.start(before: offset, in: text), in: text)
  }

  /// Where the character before `offset` > 0 begins.
  static func start(before offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    var at = offset - 1
    while at > 0, text[at] & 0xC0 == 0x80 { at -= 1 }
    return at
  }
}

extension Slice where Base == UnsafeBufferPointer<UInt8> {
  /// The code point the slice begins with; the slice is UTF-8 and not empty, but may be cut short.
  fileprivate func withContiguousScalar<R>(_ body: (UInt32) -> R) -> R {
    let lead = UInt32(self[startIndex])
    let count = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard count > 1, self.count >= count else { return body(lead) }
    var scalar = lead & (0x7F >> UInt32(count))
    for byte in self[startIndex + 1..<startIndex + count] { scalar = scalar << 6 | UInt32(byte) & 0x3F }
    return body(scalar)
  }
}
