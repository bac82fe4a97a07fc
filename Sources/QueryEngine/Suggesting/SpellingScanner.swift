import TextAnalysis

/// Looks through many folded texts for what letters spell.
struct SpellingScanner {
  private let pattern: PinyinPattern
  private let table = PinyinInitials.table
  /// Of the table; its characters have three bytes in UTF-8.
  private let firstCharacter = PinyinReadings.characters.lowerBound
  /// Initials of the characters that may come first, and of those that may come second.
  private let first: UInt32
  private let second: UInt32
  /// Characters that may still be looked at inside texts.
  private var innerCharacters: Int
  /// Of the text at hand.
  private var characters: [UInt32] = []
  private var starts: [Int] = []

  /// Following the readings of some characters costs as much as looking at the initials of this many.
  private static let walkCost = 20
  /// Any digit; letters have the lower bits.
  private static let digit: UInt32 = 1 << 27

  init(_ pattern: PinyinPattern, innerCharacters: Int) {
    self.pattern = pattern
    self.innerCharacters = innerCharacters
    first = Self.initial(of: pattern.letters[0])
    // One character may be spelled by all the letters there are: then anything may follow.
    second = pattern.endsOfFirst().reduce(0) {
      $0 | ($1 < pattern.letters.count ? Self.initial(of: pattern.letters[$1]) : .max)
    }
  }

  private static func initial(of letter: UInt8) -> UInt32 {
    letter < UInt8(ascii: "a") ? digit : PinyinInitials.bit(letter)
  }

  /// Where and how a text is spelled by the letters: the whole of it, its start, or what begins inside. Signs and
  /// spaces are passed over.
  mutating func match(
    in text: UnsafeBufferPointer<UInt8>
  ) -> (place: CompletionPlace, spelling: PinyinPattern.Spelling)? {
    // Nearly all texts end here: no two characters of them may be the first two.
    guard mayMatch(text) else { return nil }
    characters.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    var offset = 0
    while let (character, initials) = table.withUnsafeBufferPointer({
      Self.next(in: text, &offset, $0, from: firstCharacter)
    }) {
      // Letters of a word are no places to begin at.
      let isInWord = character < 0x80 && (characters.last ?? .max) < 0x80
      if initials & first != 0, !isInWord { starts.append(characters.count) }
      characters.append(character)
      if innerCharacters <= 0, starts.first != 0 { return nil }
    }
    for start in innerCharacters > 0 ? starts[...] : starts.prefix(1) {
      if let found = spelling(of: characters[start...]) {
        return (start == 0 ? found.place : .inside, found.spelling)
      }
      innerCharacters -= Self.walkCost
    }
    return nil
  }

  private func spelling(
    of characters: ArraySlice<UInt32>
  ) -> (place: CompletionPlace, spelling: PinyinPattern.Spelling)? {
    var walk = PinyinPattern.Walk()
    var best: (place: CompletionPlace, spelling: PinyinPattern.Spelling)?
    for (place, character) in zip(characters.indices, characters) {
      pattern.advance(&walk, over: character)
      if walk.isOver { break }
      guard let spelling = pattern.spelling(walk) else { continue }
      let isWhole = place + 1 == characters.endIndex
      // A longer way may be the whole text: `xian` is 西安 and the beginning of it.
      if isWhole || best == nil { best = (isWhole ? .whole : .start, spelling) }
      if characters.startIndex > 0 { break }
    }
    return best
  }

  /// Whether two neighbours may be spelled by the first letters: at the start, and inside while there is time.
  private mutating func mayMatch(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let (first, second, firstCharacter) = (first, second, firstCharacter)
    let limit = max(1, innerCharacters)
    let (mayMatch, looked) = table.withUnsafeBufferPointer { table in
      var offset = 0
      guard var before = Self.next(in: text, &offset, table, from: firstCharacter)?.initials else {
        return (false, 0)
      }
      var looked = 0
      while looked < limit {
        guard let here = Self.next(in: text, &offset, table, from: firstCharacter)?.initials else {
          return (before & first != 0, looked)
        }
        if before & first != 0, here & second != 0 { return (true, looked) }
        looked += 1
        before = here
      }
      return (false, looked)
    }
    innerCharacters -= looked
    return mayMatch
  }

  /// The next character with a sound, and the letters that may begin it; nil at the end.
  @inline(__always)
  private static func next(
    in text: UnsafeBufferPointer<UInt8>, _ offset: inout Int, _ table: UnsafeBufferPointer<UInt32>,
    from firstCharacter: UInt32
  ) -> (character: UInt32, initials: UInt32)? {
    while offset < text.count {
      let lead = UInt32(text[offset])
      if lead < 0x80 {
        offset &+= 1
        if lead &- 0x61 < 26 { return (lead, 1 << (lead &- 0x61)) }
        if lead &- 0x30 < 10 { return (lead, digit) }
        continue
      }
      let count = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      guard count <= text.count - offset else { return nil }
      if count == 3 {
        let scalar =
          (lead & 0x0F) << 12 | (UInt32(text[offset &+ 1]) & 0x3F) << 6 | UInt32(text[offset &+ 2]) & 0x3F
        let place = scalar &- firstCharacter
        if place < table.count {
          let initials = table[Int(place)]
          if initials != 0 {
            offset &+= 3
            return (scalar, initials)
          }
        }
      }
      offset &+= count
    }
    return nil
  }
}
