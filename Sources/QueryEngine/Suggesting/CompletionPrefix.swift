import Glibc
import SearchModel
package import TextAnalysis

/// Where in a text a prefix stands; the smaller, the better the completion.
enum CompletionPlace: UInt8, Comparable {
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
  /// Bytes of a folded text that are looked at; a longer text is found by what it begins with.
  static let longestText = 256

  let bytes: [UInt8]
  let signature: TextSignature

  /// - Throws: `QueryLimitError` for a text over the limit of queries.
  package init(_ text: String, analyzer: Analyzer) throws {
    let byteCount = text.utf8.count
    guard byteCount <= SearchRequest.maximumTextBytes else { throw QueryLimitError.text(bytes: byteCount) }
    bytes = Self.fold(text, analyzer: analyzer)
    signature = TextSignature(of: bytes)
  }

  package var isEmpty: Bool { bytes.isEmpty }

  /// A text as it is compared, without white space at its ends.
  static func fold(_ text: String, analyzer: Analyzer) -> [UInt8] {
    var bytes: [UInt8] = []
    var isSpaceDue = false
    for scalar in analyzer.foldedKey(of: text).unicodeScalars {
      if scalar == " " || scalar.value < 0x20
        || scalar.value > 0x7F && scalar.properties.generalCategory == .spaceSeparator
      {
        isSpaceDue = !bytes.isEmpty
        continue
      }
      if isSpaceDue { bytes.append(UInt8(ascii: " ")) }
      isSpaceDue = false
      if let encoded = UTF8.encode(scalar) { bytes.append(contentsOf: encoded) }
    }
    return bytes
  }

  /// The best place of the prefix in a folded text; nil when it stands nowhere.
  func place(in text: UnsafeBufferPointer<UInt8>) -> CompletionPlace? {
    guard let start = text.baseAddress, let first = bytes.first, let last = bytes.last else { return nil }
    var best: CompletionPlace?
    var offset = 0
    while offset + bytes.count <= text.count {
      defer { offset += 1 }
      // The last byte tells Han characters apart, the first one hardly.
      guard text[offset + bytes.count - 1] == last, text[offset] == first,
        memcmp(start + offset, bytes, bytes.count) == 0
      else { continue }
      if let place = Self.place(at: offset, in: text) {
        best = best.map { min($0, place) } ?? place
        if place == .start { break }
      }
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

/// 256 bits that say which characters and pairs of characters a text may hold: most texts without a prefix are
/// told apart without being read.
struct TextSignature: Sendable {
  private var bits = SIMD4<UInt64>()

  init(of text: some Sequence<UInt8>) {
    var scalar: UInt32 = 0
    var before: UInt32 = 0
    var isFirst = true
    for byte in text {
      if byte & 0xC0 == 0x80 {
        scalar = scalar << 6 | UInt32(byte) & 0x3F
        continue
      }
      if !isFirst {
        add(before, scalar)
        before = scalar
      }
      isFirst = false
      scalar = UInt32(byte)
    }
    if !isFirst { add(before, scalar) }
  }

  private mutating func add(_ before: UInt32, _ scalar: UInt32) {
    set(scalar &* 0x9E37_79B1)
    if before != 0 { set((before &* 31 &+ scalar) &* 0x85EB_CA6B) }
  }

  private mutating func set(_ hash: UInt32) {
    let bit = hash >> 24
    bits[Int(bit >> 6)] |= 1 << UInt64(bit & 63)
  }

  /// False only when the text cannot hold what the other signature was made of.
  @inline(__always) func mayHold(_ other: TextSignature) -> Bool { bits & other.bits == other.bits }
}
