extension Analyzer {
  /// A text as completions are compared: folded, white space as one space and none at the ends.
  ///
  /// - Parameter longest: bytes that are kept; the cut is at a character border.
  package func completionKey(of text: String, longest: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    var isSpaceDue = false
    for scalar in foldedKey(of: text).unicodeScalars {
      if scalar == " " || scalar.value < 0x20
        || scalar.value > 0x7F && scalar.properties.generalCategory == .spaceSeparator
      {
        isSpaceDue = !bytes.isEmpty
        continue
      }
      if isSpaceDue { bytes.append(UInt8(ascii: " ")) }
      isSpaceDue = false
      if let encoded = UTF8.encode(scalar) { bytes.append(contentsOf: encoded) }
      if bytes.count > longest { break }
    }
    guard bytes.count > longest else { return bytes }
    var end = longest
    while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(bytes[..<end])
  }
}

/// The letters by which what somebody types may begin to spell a character: bit n for the n-th of the alphabet.
package enum PinyinInitials {
  /// Set for a text in which no character has a reading: nothing of it can be spelled.
  package static let nothingToSpell: UInt32 = 1 << 26

  package static func bit(_ letter: UInt8) -> UInt32 {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) ? 1 << UInt32(letter - UInt8(ascii: "a")) : 0
  }

  /// Letters of a folded text, and those that begin a reading of one of its Han characters.
  package static func of(_ folded: [UInt8]) -> UInt32 {
    var latin: UInt32 = 0
    var spelled: UInt32 = 0
    for scalar in String(decoding: folded, as: UTF8.self).unicodeScalars {
      if scalar.isASCII { latin |= bit(UInt8(scalar.value)) } else { spelled |= of(scalar.value) }
    }
    return latin | spelled | (spelled == 0 ? nothingToSpell : 0)
  }

  /// Letters that begin a reading of a character.
  private static func of(_ character: UInt32) -> UInt32 {
    var initials: UInt32 = 0
    for syllable in PinyinReadings(of: character) { initials |= first[syllable.number] }
    return initials
  }

  /// The letters of every character of `PinyinReadings.characters`, for loops over many texts.
  package static let table = PinyinReadings.characters.map(of)

  private static let first = (0..<PinyinSyllable.count).map { bit(PinyinSyllable(number: $0).letters[0]) }
}
