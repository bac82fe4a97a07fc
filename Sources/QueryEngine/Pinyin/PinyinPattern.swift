import TextAnalysis

/// What somebody typed on a Latin keyboard, as the spelling of Han characters: `duojiqun`, `djq`, `duo jq`.
///
/// Each character is spelled by one of its readings in full, or by its initial (one letter, or zh, ch, sh);
/// Latin letters and digits stand for themselves. Spaces, apostrophes and hyphens end a syllable. ü may be
/// typed as ü or v; u is taken for it when nothing better is there.
///
/// A walk holds the set of typed positions that the characters so far may reach, one bit each: all readings
/// and all ways to cut the letters advance at once, so their number costs nothing.
struct PinyinPattern: Sendable {
  /// How characters are spelled; the smaller, the surer.
  enum Spelling: UInt8, Comparable, Sendable {
    /// Every syllable in full.
    case full
    /// Every syllable in full, u typed for ü.
    case loose
    case mixed
    case initials

    static func < (a: Spelling, b: Spelling) -> Bool { a.rawValue < b.rawValue }
  }

  /// Letters that are looked at; positions and the end have a bit each.
  static let longest = 127

  /// Ways to go on with one syllable: bits of the positions where it begins.
  private struct Steps {
    var length = 0
    var full: UInt128 = 0
    var loose: UInt128 = 0
    /// The first letter, and the first two where they are one initial.
    var initial: UInt128 = 0
    var longInitial: UInt128 = 0
    /// The rest of the letters is how the syllable begins.
    var unfinished: UInt128 = 0
  }

  /// Folded: a–z and 0–9.
  let letters: [UInt8]
  private let end: UInt128
  private let steps: [Steps]
  /// Positions of each letter and digit, by its value.
  private let places: [UInt128]

  /// Nil for a text with anything but letters, digits and what separates syllables, for an empty one, and for
  /// more than `longest` letters.
  ///
  /// - Parameter mayBeUnfinished: the last syllable may be any beginning of one, as while somebody types.
  init?(_ text: String, mayBeUnfinished: Bool = false) {
    guard let (letters, borders) = Self.letters(of: text), !letters.isEmpty else { return nil }
    self.letters = letters
    let count = letters.count
    end = 1 << UInt128(count)
    var places = [UInt128](repeating: 0, count: 128)
    for (i, letter) in letters.enumerated() { places[Int(letter)] |= 1 << UInt128(i) }
    self.places = places
    var steps = [Steps](repeating: Steps(), count: PinyinSyllable.count)
    for at in 0..<count {
      /// The next border, or the end: no syllable goes over it.
      let limit = (at + 1..<count).first { borders[$0] } ?? count
      let bit: UInt128 = 1 << UInt128(at)
      for syllable in Self.syllables(beginningWith: letters[at]) {
        let spelling = Self.spellings[syllable]
        var step = steps[syllable]
        step.length = spelling.count
        var shared = 1
        var isLoose = false
        while shared < spelling.count, at + shared < limit {
          let typed = letters[at + shared]
          if typed != spelling[shared] {
            guard spelling[shared] == UInt8(ascii: "v"), typed == UInt8(ascii: "u") else { break }
            // lue and nue can be nothing else.
            isLoose = shared + 1 == spelling.count
          }
          shared += 1
        }
        if shared == spelling.count {
          if isLoose { step.loose |= bit } else { step.full |= bit }
        } else if mayBeUnfinished, at + shared == count {
          step.unfinished |= bit
        }
        step.initial |= bit
        if shared > 1, spelling.count > 1, spelling[1] == UInt8(ascii: "h") { step.longInitial |= bit }
        steps[syllable] = step
      }
    }
    self.steps = steps
  }

  /// Whether whole syllables can spell the text, whatever the characters.
  var isWholeSyllables: Bool {
    var reached: UInt128 = 1
    for at in letters.indices where reached >> UInt128(at) & 1 == 1 {
      for syllable in Self.syllables(beginningWith: letters[at]) {
        let step = steps[syllable]
        if (step.full | step.loose) >> UInt128(at) & 1 == 1 { reached |= 1 << UInt128(at + step.length) }
      }
    }
    return reached & end != 0
  }

  var hasOnlyLetters: Bool { letters.allSatisfy { $0 >= UInt8(ascii: "a") } }

  // MARK: Characters

  /// Where a character may stand in what the text spells.
  struct Roles {
    /// Positions where its letters may begin.
    var starts: UInt128 = 0
    var isLast = false
  }

  /// - Parameter onlyFull: when no syllable may be cut short.
  func roles(of character: UInt32, onlyFull: Bool) -> Roles {
    var roles = Roles()
    for syllable in PinyinReadings(of: character) {
      let step = steps[syllable.number]
      guard step.initial != 0 else { continue }
      let full = step.full | step.loose
      var ends = full << UInt128(step.length)
      roles.starts |= full
      if !onlyFull {
        roles.starts |= step.initial
        ends |= step.initial << 1 | step.longInitial << 2
      }
      roles.isLast = roles.isLast || ends & end != 0
    }
    return roles
  }

  /// Positions where some character has to begin, because no spelling goes over them; the first is one.
  func necessaryStarts(onlyFull: Bool) -> [Int] {
    var covered: UInt128 = 0
    for step in steps {
      for distance in 1..<max(1, step.length) { covered |= (step.full | step.loose) << UInt128(distance) }
      if !onlyFull { covered |= step.longInitial << 1 }
      // An unfinished syllable takes all the letters that are left.
      for distance in 1..<max(1, letters.count) { covered |= step.unfinished << UInt128(distance) }
    }
    return letters.indices.filter { covered >> UInt128($0) & 1 == 0 }
  }

  /// Positions that a first character may end at, whatever it is.
  func endsOfFirst() -> [Int] {
    // Initials, and letters and digits that stand for themselves, are one letter.
    var ends: UInt128 = 1 << 1
    for step in steps {
      if (step.full | step.loose) & 1 != 0 { ends |= 1 << UInt128(step.length) }
      if step.longInitial & 1 != 0 { ends |= 1 << 2 }
      if step.unfinished & 1 != 0 { ends |= end }
    }
    return (1...letters.count).filter { ends >> UInt128($0) & 1 == 1 }
  }

  // MARK: Matching

  /// How all the characters are spelled by the text; nil when it is the spelling of something else.
  ///
  /// - Complexity: O(characters), whatever their readings.
  func spelling(of characters: some Sequence<UInt32>) -> Spelling? {
    var walk = Walk()
    for character in characters {
      advance(&walk, over: character)
      if walk.isOver { return nil }
    }
    return spelling(walk)
  }

  /// Positions that a walk over characters has reached.
  struct Walk {
    fileprivate var full: UInt128 = 1
    fileprivate var loose: UInt128 = 0
    fileprivate var initials: UInt128 = 1
    /// Holds all the others.
    fileprivate var any: UInt128 = 1

    init() {}

    /// Nothing can follow.
    var isOver: Bool { any == 0 }
  }

  /// How the characters of a walk are spelled by the text; nil while letters are left.
  func spelling(_ walk: Walk) -> Spelling? {
    guard walk.any & end != 0 else { return nil }
    return walk.full & end != 0
      ? .full : walk.loose & end != 0 ? .loose : walk.initials & end != 0 ? .initials : .mixed
  }

  func advance(_ walk: inout Walk, over character: UInt32) {
    var next = Walk()
    next.full = 0
    next.initials = 0
    next.any = 0
    if character < 0x80 {
      let places = places[Int(character)]
      next.full = (walk.full & places) << 1
      next.loose = (walk.loose & places) << 1
      next.initials = (walk.initials & places) << 1
      next.any = (walk.any & places) << 1
      walk = next
      return
    }
    for syllable in PinyinReadings(of: character) {
      let step = steps[syllable.number]
      // Without its initial at any reached position there is nothing else either.
      guard walk.any & step.initial != 0 else { continue }
      let length = UInt128(step.length)
      next.full |= (walk.full & step.full) << length
      next.loose |= (walk.loose & step.full | (walk.full | walk.loose) & step.loose) << length
      next.initials |= (walk.initials & step.initial) << 1 | (walk.initials & step.longInitial) << 2
      next.any |=
        (walk.any & (step.full | step.loose)) << length | (walk.any & step.initial) << 1
        | (walk.any & step.longInitial) << 2
      if step.unfinished & walk.any != 0 {
        next.any |= end
        if step.unfinished & walk.full != 0 { next.full |= end }
        if step.unfinished & walk.loose != 0 { next.loose |= end }
      }
    }
    walk = next
  }

  // MARK: Letters

  private static let spellings = (0..<PinyinSyllable.count).map { PinyinSyllable(number: $0).letters }

  /// Syllables by first letter, a to z.
  private static let ranges: [Range<Int>] = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { letter in
    let first = spellings.firstIndex { $0[0] >= letter } ?? spellings.count
    return first..<(spellings[first...].firstIndex { $0[0] > letter } ?? spellings.count)
  }

  private static func syllables(beginningWith letter: UInt8) -> Range<Int> {
    letter < UInt8(ascii: "a") ? 0..<0 : ranges[Int(letter - UInt8(ascii: "a"))]
  }

  /// Vowels with their tones, and ü; a character equals its decomposition.
  private static let marked: [Character: UInt8] = {
    var marked: [Character: UInt8] = [:]
    for (letters, plain) in [
      ("āáǎà", "a"), ("ēéěè", "e"), ("īíǐì", "i"), ("ōóǒò", "o"), ("ūúǔù", "u"), ("üǖǘǚǜ", "v"),
    ] {
      for letter in letters { marked[letter] = plain.utf8.first }
    }
    return marked
  }()

  private static let separators: Set<Character> = ["'", "’", "‘", "ʼ", "＇", "`", "-", "‐", "·", "_"]

  /// The letters, and where one follows a separator; nil for a text that spells nothing.
  private static func letters(of text: String) -> (letters: [UInt8], borders: [Bool])? {
    var letters: [UInt8] = []
    var borders: [Bool] = []
    var isBorder = false
    for character in text {
      if character.isWhitespace || separators.contains(character) {
        isBorder = true
        continue
      }
      guard letters.count < longest, let letter = letter(character) else { return nil }
      letters.append(letter)
      borders.append(isBorder)
      isBorder = false
    }
    return (letters, borders)
  }

  private static func letter(_ character: Character) -> UInt8? {
    guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else {
      return character.lowercased().first.flatMap { marked[$0] }
    }
    // Full-width letters and digits stand in the order of ASCII.
    let ascii = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
    switch UInt8(exactly: ascii) {
    case let byte? where (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte): return byte
    case let byte? where (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte): return byte | 0x20
    case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): return byte
    default: return character.lowercased().first.flatMap { marked[$0] }
    }
  }
}
