internal import CICU

#if canImport(Glibc)
  internal import Glibc
#endif

/// What a folded character is to the analyzer.
enum CharacterClass: UInt32 {
  case unknown = 0
  /// White space, punctuation, signs, invalid bytes. Connectors are separators too.
  case separator = 1
  /// Nothing at all: zero-width characters, marks that folding drops.
  case nothing = 2
  /// Han, Kana, Hangul.
  case han = 3
  /// Letters and marks of every other script.
  case letter = 4
  case digit = 5
  /// Folds to several characters: goes through ICU each time.
  case several = 6
}

/// A code point's class and what it folds to, in 32 bits; 0 is "not looked at yet".
struct CodePointEntry: Equatable {
  static let joinsBit: UInt32 = 0x8000_0000
  static let separator = CodePointEntry(.separator, 0x20)

  var bits: UInt32

  @inline(__always) init(bits: UInt32) { self.bits = bits }

  @inline(__always) init(_ kind: CharacterClass, _ folded: UInt32, joins: Bool = false) {
    bits = kind.rawValue << 24 | folded | (joins ? Self.joinsBit : 0)
  }

  @inline(__always) var kind: UInt32 { bits >> 24 & 7 }
  @inline(__always) func isA(_ kind: CharacterClass) -> Bool { self.kind == kind.rawValue }
  @inline(__always) var folded: UInt32 { bits & 0x1F_FFFF }
  /// Normalization may change the character before this one.
  @inline(__always) var joins: Bool { bits & Self.joinsBit != 0 }
  /// A character of a Han run that folds to a three-byte one and leaves its neighbours alone.
  @inline(__always) var isPlainHan: Bool { bits & 0x871F_0000 == CharacterClass.han.rawValue << 24 }
}

/// Classes of ASCII bytes, as bits that a word collects.
enum ASCIIClass {
  static let lower: UInt8 = 1
  static let upper: UInt8 = 2
  static let digit: UInt8 = 4
  static let connector: UInt8 = 8
  static let word: UInt8 = 7

  static func of(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): lower
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): upper
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"),
      UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "+"), UInt8(ascii: "#"),
      UInt8(ascii: "&"), UInt8(ascii: "'"):
      connector
    default: 0
    }
  }
}

/// Class and folded form of every code point, looked up in ICU on first sight.
///
/// Two planes are cached in a table of zeroed pages, so that opening one costs nothing and only the
/// scripts met take memory; the rest (rare Han, tags) is worked out each time.
@safe struct CodePointTable: ~Copyable {
  static let cachedCount = 0x2_0000

  // Sound: owned by this struct alone, `cachedCount` long, freed in `deinit`.
  @usableFromInline let entries: UnsafeMutablePointer<UInt32>
  /// `ASCIIClass` of the 128 ASCII bytes.
  let ascii: UnsafeMutablePointer<UInt8>

  init() throws {
    guard
      let memory = unsafe calloc(Self.cachedCount, MemoryLayout<UInt32>.stride)
    else { throw AnalyzerError.outOfMemory }
    unsafe entries = memory.bindMemory(to: UInt32.self, capacity: Self.cachedCount)
    unsafe ascii = .allocate(capacity: 128)
    for byte in UInt8(0)..<128 { unsafe ascii[Int(byte)] = ASCIIClass.of(byte) }
  }

  deinit {
    unsafe free(entries)
    unsafe ascii.deallocate()
  }

  /// The entry of a code point below U+110000.
  @inline(__always) func entry(_ codePoint: UInt32) -> CodePointEntry {
    if codePoint < UInt32(Self.cachedCount) {
      // Sound: the index was compared with the length just above.
      let known = unsafe entries[Int(codePoint)]
      if known != 0 { return CodePointEntry(bits: known) }
    }
    return lookUp(codePoint)
  }

  @inline(never) func lookUp(_ codePoint: UInt32) -> CodePointEntry {
    let entry = Folding.entry(codePoint)
    if codePoint < UInt32(Self.cachedCount) { unsafe entries[Int(codePoint)] = entry.bits }
    return entry
  }
}

/// How a character folds: NFKC and case by ICU, diacritics dropped, Traditional to Simplified.
enum Folding {
  /// Longest run of characters that is normalized as one piece.
  ///
  /// ICU sorts combining marks by insertion; without a limit a text of nothing but marks would
  /// take quadratic time. Unicode's stream-safe format allows 30.
  static let longestSegment = 64

  /// What stands for a character before normalization.
  ///
  /// ™ and ℠ would become letters glued to the name before them, an ellipsis the dot of `.net`.
  static func replacement(_ codePoint: UInt32) -> UInt32 {
    switch codePoint {
    case 0x2120, 0x2122, 0x2025, 0x2026, 0xFE19, 0xFE30: 0x20
    default: codePoint
    }
  }

  static func entry(_ codePoint: UInt32) -> CodePointEntry {
    switch codePoint {
    case 0..<0x80: return final(codePoint)
    case 0x3400..<0x4DC0, 0x4E00..<0xA000: return CodePointEntry(.han, simplified(codePoint))
    case 0xD800..<0xE000: return .separator
    case 0x20000..<0x2F800, 0x2FA20..<0x40000: return CodePointEntry(.han, codePoint)
    default: break
    }
    let joins = !cicu_has_boundary_before(codePoint)
    var rest: [CodePointEntry] = []
    for folded in compatibilityFolded([replacement(codePoint)]) {
      let entry = final(folded)
      if !entry.isA(.nothing) { rest.append(entry) }
    }
    switch rest.count {
    case 0: return CodePointEntry(.nothing, 0, joins: joins)
    case 1: return CodePointEntry(bits: rest[0].bits | (joins ? CodePointEntry.joinsBit : 0))
    default:
      if rest.allSatisfy({ $0.isA(.separator) }) { return CodePointEntry(.separator, 0x20, joins: joins) }
      return CodePointEntry(.several, 0, joins: joins)
    }
  }

  /// Class and last folds of a character that NFKC_Casefold has brought out.
  static func final(_ codePoint: UInt32) -> CodePointEntry {
    if codePoint < 0x80 {
      let byte = UInt8(codePoint)
      let bits = ASCIIClass.of(byte)
      if bits & ASCIIClass.digit != 0 { return CodePointEntry(.digit, codePoint) }
      if bits & ASCIIClass.upper != 0 { return CodePointEntry(.letter, codePoint | 0x20) }
      if bits & ASCIIClass.lower != 0 { return CodePointEntry(.letter, codePoint) }
      return CodePointEntry(.separator, codePoint)
    }
    switch codePoint {
    case 0x2018, 0x2019, 0x02BC: return CodePointEntry(.separator, UInt32(UInt8(ascii: "'")))
    // Hyphens, figure and en dash, minus; not the em dash, which is punctuation.
    case 0x2010...0x2013, 0x2212: return CodePointEntry(.separator, UInt32(UInt8(ascii: "-")))
    // What NFKC leaves between the halves of ½.
    case 0x2044: return CodePointEntry(.separator, UInt32(UInt8(ascii: "/")))
    // Marks of Japanese repetition and length, which Unicode gives to no script.
    case 0x30FC, 0x3031...0x3035: return CodePointEntry(.han, codePoint)
    case 0x3400..<0x4DC0, 0x4E00..<0xA000: return CodePointEntry(.han, simplified(codePoint))
    case 0x20000..<0x40000: return CodePointEntry(.han, codePoint)
    default: break
    }
    let script = Int(cicu_script(codePoint))
    let category = Int(cicu_category(codePoint))
    let european =
      script == CICU_SCRIPT_LATIN || script == CICU_SCRIPT_GREEK || script == CICU_SCRIPT_CYRILLIC
    if european {
      let base = cicu_canonical_base(codePoint)
      if base != codePoint { return final(base) }
    }
    if script == CICU_SCRIPT_HAN { return CodePointEntry(.han, codePoint) }
    switch category {
    case CICU_CATEGORY_LETTER:
      let run = script == CICU_SCRIPT_KANA || script == CICU_SCRIPT_HANGUL
      return CodePointEntry(run ? .han : .letter, codePoint)
    case CICU_CATEGORY_DIGIT:
      return CodePointEntry(.digit, codePoint)
    case CICU_CATEGORY_NONSPACING_MARK, CICU_CATEGORY_SPACING_MARK:
      let dropped =
        european || script == CICU_SCRIPT_INHERITED || script == CICU_SCRIPT_COMMON
        || script == CICU_SCRIPT_HAN || script == CICU_SCRIPT_KANA || script == CICU_SCRIPT_HANGUL
      return dropped ? CodePointEntry(.nothing, 0) : CodePointEntry(.letter, codePoint)
    case CICU_CATEGORY_ENCLOSING_MARK:
      return CodePointEntry(.nothing, 0)
    default:
      return .separator
    }
  }

  /// NFKC_Casefold of a piece of text.
  static func compatibilityFolded(_ text: [UInt32]) -> [UInt32] {
    var capacity = 4 * text.count + 32
    while true {
      var needed: Int32 = 0
      let folded = unsafe [UInt32](unsafeUninitializedCapacity: capacity) { result, count in
        // Sound: ICU is told both lengths and writes no more than the capacity.
        needed = unsafe text.withUnsafeBufferPointer { source in
          unsafe cicu_fold_compatibility(
            source.baseAddress, Int32(source.count), result.baseAddress, Int32(capacity))
        }
        count = needed < 0 ? 0 : min(Int(needed), capacity)
      }
      if needed <= Int32(capacity) { return folded }
      capacity = Int(needed)
    }
  }

  /// Simplified form of a character of U+3400...9FFF.
  static func simplified(_ codePoint: UInt32) -> UInt32 {
    // Sound: the table holds `pairCount` pairs of two three-byte characters (a test counts them),
    // and every index below is less than that.
    let table = unsafe HanFoldTable.pairs.utf8Start
    func character(_ offset: Int) -> UInt32 {
      let lead = unsafe UInt32(table[offset] & 0x0F)
      let middle = unsafe UInt32(table[offset + 1] & 0x3F)
      let last = unsafe UInt32(table[offset + 2] & 0x3F)
      return lead << 12 | middle << 6 | last
    }
    var low = 0
    var high = HanFoldTable.pairCount
    while low < high {
      let middle = (low + high) / 2
      let from = character(6 * middle)
      if from == codePoint { return character(6 * middle + 3) }
      if from < codePoint { low = middle + 1 } else { high = middle }
    }
    return codePoint
  }
}

/// Why an analyzer could not be made.
package enum AnalyzerError: Error, CustomStringConvertible {
  case outOfMemory

  package var description: String { "no memory for the text analyzer" }
}
