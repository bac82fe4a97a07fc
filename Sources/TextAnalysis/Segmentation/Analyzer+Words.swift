internal import CICU

extension Analyzer {
  /// The words of a Han run, as ranges of its characters; joined they are the run.
  package func words(in run: HanRun) -> [Range<Int>] { words(in: run.characters) }

  package func words(in characters: [UInt32]) -> [Range<Int>] { segment(characters).map(\.range) }

  /// The words of a run of Han, Kana and Hangul characters, and where each comes from.
  ///
  /// The run is segmented as it stands, cut out of its text: the folded characters, locale zh. With neither
  /// user dictionary nor words of the site the boundaries are exactly those of ICU. Runs with Kana or Hangul
  /// always are. Without ICU's word rules every character is a word.
  ///
  /// - Parameter siteWords: ranges of the run that are words of the site.
  package func segment(_ characters: [UInt32], siteWords: [Range<Int>] = []) -> [Word] {
    guard !characters.isEmpty else { return [] }
    if let dictionary = usesOwnLattice ? ICUDictionary.shared : nil,
      characters.allSatisfy({ cicu_script($0) == Int32(CICU_SCRIPT_HAN) })
    {
      var lattice = WordLattice(characters, dictionary: dictionary)
      for range in options.userDictionary.occurrences(in: characters) {
        lattice.add(Word(range: range, origin: .user))
      }
      for range in siteWords where range.lowerBound >= 0 && range.upperBound <= characters.count {
        lattice.add(Word(range: range, origin: .site))
      }
      return lattice.bestPath()
    }
    if wordRules == nil { wordRules = ICUWordRules() }
    guard let ends = wordRules?.ends(of: characters) else {
      return characters.indices.map { Word(range: $0..<$0 + 1, origin: .character) }
    }
    return zip([0] + ends, ends).map { Word(range: $0..<$1, origin: .icu) }
  }
}
