import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

@Suite struct PinyinPatternTests {
  private func spelling(_ typed: String, _ text: String, mayBeUnfinished: Bool = false)
    -> PinyinPattern
    .Spelling?
  {
    PinyinPattern(typed, mayBeUnfinished: mayBeUnfinished)?.spelling(
      of: text.unicodeScalars.map(\.value))
  }

  @Test(
    "in full, as initials, mixed; with separators, marks, capitals and full-width letters",
    arguments: [
      ("duojiqun", "多集群", .full), ("DuoJiQun", "多集群", .full), ("duo ji qun", "多集群", .full),
      ("duo'ji-qun", "多集群", .full), ("duō jí qún", "多集群", .full), ("ｄｕｏｊｉｑｕｎ", "多集群", .full),
      ("djq", "多集群", .initials), ("duojq", "多集群", .mixed), ("djqun", "多集群", .mixed),
      ("lingxinren", "零信任", .full), ("lxr", "零信任", .initials), ("yunyuansheng", "云原生", .full),
      ("yys", "云原生", .initials), ("yysh", "云原生", .initials), ("yyuans", "云原生", .mixed),
      ("zhongguo", "中国", .full), ("zg", "中国", .initials), ("zhg", "中国", .initials),
      ("chongqing", "重庆", .full), ("zhongqing", "重庆", .full), ("yinhang", "银行", .full),
      ("xian", "西安", .full), ("xi'an", "西安", .full), ("xian", "先", .full),
      ("lvse", "绿色", .full), ("lüse", "绿色", .full), ("LÜSE", "绿色", .full), ("lǜsè", "绿色", .full),
      ("lu\u{308}se", "绿色", .full), ("nvxing", "女性", .full), ("nuxing", "女性", .loose),
      ("celue", "策略", .full), ("celve", "策略", .full), ("celüe", "策略", .full),
      ("lvxian", "率先", .full),
      ("shuaixian", "率先", .full), ("xiaolv", "效率", .full), ("xl", "效率", .initials),
      ("kuberneteduojiqun", "kubernetes多集群", nil), ("kubernetesduojiqun", "kubernetes多集群", .full),
      ("k8sjq", "k8s集群", .initials),
      ("duojiqu", "多集群", nil), ("duojiqunn", "多集群", nil), ("duojiqun", "多集", nil),
      ("duojiqun", "多集群管理", nil), ("xi'an", "先", nil), ("du ojiqun", "多集群", nil), ("d", "abc", nil),
    ] as [(String, String, PinyinPattern.Spelling?)])
  func spellings(typed: String, text: String, expected: PinyinPattern.Spelling?) {
    #expect(spelling(typed, text) == expected)
  }

  @Test(
    "unfinished, the last syllable is any beginning of one",
    arguments: [
      ("duojiq", "多集群", .full), ("duojiqu", "多集群", .full), ("duoj", "多集", .full),
      ("djqu", "多集群", .mixed), ("dj", "多集", .initials), ("duojix", "多集群", nil),
      ("celu", "策略", .full), ("zhongg", "中国", .full), ("c", "重", .full),
    ] as [(String, String, PinyinPattern.Spelling?)])
  func unfinished(typed: String, text: String, expected: PinyinPattern.Spelling?) {
    #expect(spelling(typed, text, mayBeUnfinished: true) == expected)
  }

  @Test(
    "what is no spelling",
    arguments: ["", " ", "'", "多", "c++", "a.b", "a:b", "ñ", "ß", "a\u{301}\u{301}"])
  func noPattern(typed: String) { #expect(PinyinPattern(typed) == nil) }

  @Test("longer than the limit is no pattern, and the limit itself works")
  func longest() {
    let characters = [UInt32](repeating: 0x963F, count: PinyinPattern.longest)  // 阿: a
    let typed = String(repeating: "a", count: PinyinPattern.longest)
    #expect(PinyinPattern(typed)?.spelling(of: characters) == .full)
    #expect(PinyinPattern(typed)?.spelling(of: characters.dropLast()) == nil)
    #expect(PinyinPattern(typed + "a") == nil)
  }

  @Test(
    "texts of whole syllables are told apart",
    arguments: [
      ("duojiqun", true), ("xian", true), ("lue", true), ("lu", true), ("women", true),
      ("change", true),
      ("djq", false), ("kubernetes", false), ("duojiq", false), ("duoj iqun", false), ("v", false),
    ])
  func wholeSyllables(typed: String, expected: Bool) {
    #expect(PinyinPattern(typed)?.isWholeSyllables == expected)
  }

  @Test(
    "a character has to begin where no spelling goes over",
    arguments: [
      ("duojiqun", true, [0, 3, 5]), ("xian", true, [0]), ("djq", false, [0, 1, 2]),
      ("yysh", false, [0, 1, 2]),
      ("duojq", false, [0, 3, 4]),
    ])
  func necessaryStarts(typed: String, onlyFull: Bool, expected: [Int]) {
    #expect(PinyinPattern(typed)?.necessaryStarts(onlyFull: onlyFull) == expected)
  }

  // MARK: Against an enumeration

  /// All ways to type one character: every reading, in full and as initials.
  private func ways(_ character: UInt32) -> [(letters: String, kinds: Set<Way>)] {
    if character < 0x80 {
      return [(String(Unicode.Scalar(UInt8(character))), [.full, .initial])]
    }
    return PinyinReadings(of: character).flatMap { reading -> [(String, Set<Way>)] in
      let full = reading.text
      var ways: [(String, Set<Way>)] = [(full, [.full]), (String(full.prefix(1)), [.initial])]
      if ["zh", "ch", "sh"].contains(full.prefix(2)) {
        ways.append((String(full.prefix(2)), [.initial]))
      }
      if full.hasSuffix("ve") { ways.append((full.replacing("v", with: "u"), [.full])) }
      if full.hasSuffix("v") { ways.append((full.replacing("v", with: "u"), [.loose])) }
      return ways
    }
  }

  private enum Way { case full, loose, initial }

  /// Every combination of the ways, cut at the same places as the borders of the text.
  private func plainSpelling(_ pieces: [String], _ characters: ArraySlice<UInt32>) -> Set<
    PinyinPattern.Spelling
  > {
    var found: Set<PinyinPattern.Spelling> = []
    func go(_ rest: ArraySlice<UInt32>, _ piece: Int, _ offset: Int, _ kinds: [Set<Way>]) {
      var (piece, offset) = (piece, offset)
      if piece < pieces.count, offset == pieces[piece].count { (piece, offset) = (piece + 1, 0) }
      guard let character = rest.first else {
        guard piece == pieces.count else { return }
        if kinds.allSatisfy({ $0.contains(.full) }) {
          found.insert(.full)
        } else if kinds.allSatisfy({ $0.contains(.full) || $0.contains(.loose) }) {
          found.insert(.loose)
        } else if kinds.allSatisfy({ $0.contains(.initial) }) {
          found.insert(.initials)
        } else {
          found.insert(.mixed)
        }
        return
      }
      guard piece < pieces.count else { return }
      for way in ways(character) where pieces[piece].dropFirst(offset).hasPrefix(way.letters) {
        go(rest.dropFirst(), piece, offset + way.letters.count, kinds + [way.kinds])
      }
    }
    go(characters, 0, 0, [])
    return found
  }

  private static let alphabet = Array("多集群零信任云原生重行率女略绿先西安阿额中乐长了啊a8".unicodeScalars).map(\.value)

  @Test("a walk finds what an enumeration of all readings finds", arguments: UInt64(0)..<200)
  func agrees(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      let characters = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        Self.alphabet.randomElement(using: &random) ?? 0
      }
      // Mostly a way to type these characters, sometimes with one letter changed, and with separators.
      var typed = ""
      for character in characters {
        typed += ways(character).randomElement(using: &random)?.letters ?? ""
        if Int.random(in: 0..<4, using: &random) == 0 { typed += " " }
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        var letters = Array(typed)
        letters[Int.random(in: letters.indices, using: &random)] =
          "aeghijnuv ".randomElement(using: &random) ?? "a"
        typed = String(letters)
      }
      let pieces = typed.split(separator: " ").map(String.init)
      let all = plainSpelling(pieces, characters[...])
      let expected: PinyinPattern.Spelling? = [.full, .loose, .initials, .mixed].first {
        all.contains($0)
      }
      #expect(
        spelling(
          typed, String(String.UnicodeScalarView(characters.compactMap(Unicode.Scalar.init))))
          == expected,
        "\(typed) for \(characters)")

      // Unfinished: some reading of the last character goes on from what was typed.
      let last = pieces.last ?? ""
      let isPrefix = (0...last.count).contains { cut in
        let head = pieces.dropLast() + (cut == 0 ? [] : [String(last.prefix(cut))])
        let tail = last.dropFirst(cut)
        return !plainSpelling(Array(head), characters.dropLast()).isEmpty && !tail.isEmpty
          && ways(characters[characters.count - 1]).contains { $0.letters.hasPrefix(tail) }
      }
      let text = String(String.UnicodeScalarView(characters.compactMap(Unicode.Scalar.init)))
      if !pieces.isEmpty {
        #expect(
          (spelling(typed, text, mayBeUnfinished: true) != nil) == isPrefix, "\(typed) for \(text)")
      }
    }
  }
}
