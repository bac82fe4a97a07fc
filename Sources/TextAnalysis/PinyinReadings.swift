/// What a Han character may be read as, without tone: `duo`, `lv` for lü.
package struct PinyinSyllable: Hashable, Sendable {
  /// Different syllables.
  package static let count = PinyinTable.syllableCount

  /// Below `count`, in alphabetical order.
  package let number: Int

  package init(number: Int) {
    precondition((0..<Self.count).contains(number), "syllable \(number)")
    self.number = number
  }

  /// Between one and six letters.
  package var letters: [UInt8] {
    // Sound: the table holds `count` syllables of this many bytes (a test counts them).
    let start = unsafe PinyinTable.syllables.utf8Start + number * PinyinTable.longestSyllable
    let letters = unsafe UnsafeBufferPointer(start: start, count: PinyinTable.longestSyllable)
    return unsafe letters.filter { $0 != UInt8(ascii: ".") }
  }

  package var text: String { String(decoding: letters, as: UTF8.self) }
}

/// The readings of one character, the most frequent first; at most four.
///
/// Traditional and Simplified characters share theirs, so that a folded text is read like the original.
package struct PinyinReadings: Sequence, IteratorProtocol, Sendable {
  /// All that may have a reading.
  package static let characters =
    PinyinTable.firstCharacter..<PinyinTable.firstCharacter + UInt32(PinyinTable.characterCount)

  /// 16 bits each: a syllable counted from 1, 0 for no more.
  private var packed: UInt64

  /// Nothing for what is no Han character of U+3400...9FFF, or has no known reading.
  ///
  /// - Complexity: O(1), without an allocation.
  package init(of codePoint: UInt32) {
    packed = 0
    guard Self.characters.contains(codePoint) else { return }
    let entry = Self.number(at: Int(codePoint - Self.characters.lowerBound), in: PinyinTable.characters)
    if entry <= PinyinTable.syllableCount {
      packed = UInt64(entry)
    } else {
      let first = (entry - PinyinTable.syllableCount - 1) * PinyinTable.mostReadings
      for i in (0..<PinyinTable.mostReadings).reversed() {
        packed = packed << 16 | UInt64(Self.number(at: first + i, in: PinyinTable.several))
      }
    }
  }

  @inline(__always) package mutating func next() -> PinyinSyllable? {
    guard packed & 0xFFFF != 0 else { return nil }
    defer { packed >>= 16 }
    return PinyinSyllable(number: Int(packed & 0xFFFF) - 1)
  }

  /// The number of two digits at a place of a table.
  private static func number(at place: Int, in table: StaticString) -> Int {
    // Sound: places are below the counts that the script wrote (a test compares them with the lengths).
    let digits = unsafe table.utf8Start + 2 * place
    let high = unsafe Int(digits[0])
    let low = unsafe Int(digits[1])
    let zero = Int(UInt8(ascii: "#"))
    return (high - zero) * PinyinTable.base + low - zero
  }
}
