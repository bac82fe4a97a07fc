import TextAnalysis

/// A query whose words are all Latin, as one text that may be pinyin.
struct PinyinQuery {
  /// Fewer letters spell too much.
  static let fewestLetters = 2

  /// More letters that are no whole syllables are a foreign word, not initials.
  static let mostInitials = 10

  let pattern: PinyinPattern
  private let text: String
  /// UTF-8 range of the words.
  private let range: Range<Int>

  /// Nil unless all parts are Latin words of letters, next to each other and looked for in the same fields.
  init?(_ query: Query, text: String) {
    guard let first = query.parts.first, let last = query.parts.last else { return nil }
    for part in query.parts {
      guard case .chunk(.latin) = part.content, part.scope == first.scope else { return nil }
    }
    let range = first.range.lowerBound..<last.range.upperBound
    // Filters between the words have a colon, which is no letter.
    guard range.upperBound <= text.utf8.count, !query.excluded.contains(where: { $0.range.overlaps(range) })
    else { return nil }
    let typed = String(decoding: Array(text.utf8)[range], as: UTF8.self)
    guard let pattern = PinyinPattern(typed), pattern.hasOnlyLetters,
      pattern.letters.count >= Self.fewestLetters
    else { return nil }
    self.pattern = pattern
    self.text = text
    self.range = range
  }

  var mayBeInitials: Bool { pattern.letters.count <= Self.mostInitials }

  /// The query with Han characters in place of the words.
  func query(with characters: String) -> String {
    var bytes = Array(text.utf8)
    bytes.replaceSubrange(range, with: characters.utf8)
    return String(decoding: bytes, as: UTF8.self)
  }
}
