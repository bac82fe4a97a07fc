internal import CICU

extension Analyzer {
  /// ICU's words of a Han run, as ranges of its characters; joined they are the run.
  ///
  /// The run is segmented as it stands, cut out of its text: the folded characters, locale zh.
  /// Without ICU's word rules every character is a word.
  package func words(in run: HanRun) -> [Range<Int>] {
    words(in: run.characters)
  }

  package func words(in characters: [UInt32]) -> [Range<Int>] {
    guard !characters.isEmpty else { return [] }
    if unsafe words == nil { unsafe words = cicu_words_open("zh") }
    let single = characters.indices.map { $0..<$0 + 1 }
    guard let iterator = unsafe words, characters.count <= Int(Int32.max) / 2 else { return single }
    var units: [UInt16] = []
    units.reserveCapacity(characters.count)
    for codePoint in characters {
      guard let scalar = Unicode.Scalar(codePoint) else { return single }
      units.append(contentsOf: Character(scalar).utf16)
    }
    let count = Int32(units.count)
    // Sound: both arrays are as long as ICU is told.
    let ends = unsafe [Int32](unsafeUninitializedCapacity: units.count) { ends, written in
      let found = unsafe units.withUnsafeBufferPointer { text in
        unsafe cicu_words_ends(iterator, text.baseAddress, count, ends.baseAddress, count)
      }
      written = max(0, Int(found))
    }
    guard ends.last == count else { return single }

    // From UTF-16 units back to characters.
    var result: [Range<Int>] = []
    var unit = 0
    var character = 0
    var begin = 0
    for end in ends {
      while unit < Int(end), character < characters.count {
        unit += characters[character] > 0xFFFF ? 2 : 1
        character += 1
      }
      if character > begin {
        result.append(begin..<character)
        begin = character
      }
    }
    return result
  }
}
