import SearchTestSupport
import Testing

@testable import TextAnalysis

@Suite struct PinyinReadingsTests {
  private func readings(_ character: Character) -> [String] {
    character.unicodeScalars.first.map { PinyinReadings(of: $0.value).map(\.text) } ?? []
  }

  @Test(
    "characters have the readings that people type, the most frequent first",
    arguments: [
      ("多", ["duo"]), ("集", ["ji"]), ("群", ["qun"]), ("零", ["ling"]), ("信", ["xin"]), ("任", ["ren"]),
      ("云", ["yun"]), ("原", ["yuan"]), ("生", ["sheng"]), ("女", ["nv"]), ("略", ["lve"]), ("绿", ["lv", "lu"]),
      ("重", ["zhong", "chong"]), ("率", ["lv", "shuai"]), ("了", ["le", "liao"]),
      ("乐", ["le", "yue"]), ("长", ["zhang", "chang"]), ("啊", ["a"]), ("長", ["zhang", "chang"]), ("〇", []),
      ("a", []), ("あ", []),
    ] as [(Character, [String])])
  func facts(character: Character, expected: [String]) { #expect(readings(character) == expected) }

  @Test("行 is xing before hang, 儿 is er before anything, and 还 is huan too")
  func several() {
    #expect(readings("行").prefix(2) == ["xing", "hang"])
    #expect(readings("儿").first == "er")
    #expect(readings("还").contains("huan"))
  }

  @Test("a folded character has the readings of all that fold to it, in the language of today")
  func folded() {
    #expect(readings("干").contains("qian"))  // 乾坤
    #expect(readings("着").contains("zhu"))  // 著名
    for codePoint in UInt32(0x3400)...0x9FFF {
      let own = Set(PinyinReadings(of: codePoint))
      let folded = Set(PinyinReadings(of: Folding.simplified(codePoint)))
      #expect(folded.isSubset(of: own), "U+\(String(codePoint, radix: 16))")
    }
  }

  @Test("the tables are as long as they say, and every number in them means something")
  func lengths() {
    #expect(PinyinTable.syllables.utf8CodeUnitCount == PinyinSyllable.count * PinyinTable.longestSyllable)
    #expect(PinyinTable.several.utf8CodeUnitCount == PinyinTable.severalCount * 2 * PinyinTable.mostReadings)
    #expect(PinyinTable.characters.utf8CodeUnitCount == PinyinTable.characterCount * 2)
    var met: Set<PinyinSyllable> = []
    var withoutReading = 0
    for codePoint in PinyinReadings.characters {
      let readings = Array(PinyinReadings(of: codePoint))  // traps on a number out of range
      #expect(Set(readings).count == readings.count && readings.count <= PinyinTable.mostReadings)
      met.formUnion(readings)
      if readings.isEmpty { withoutReading += 1 }
    }
    #expect(met.count == PinyinSyllable.count)
    #expect(withoutReading < 1_100)
    #expect(PinyinReadings(of: 0x33FF).map(\.text) == [] && PinyinReadings(of: 0xA000).map(\.text) == [])
  }

  @Test("syllables are lower-case letters with a vowel, in order")
  func syllables() {
    let all = (0..<PinyinSyllable.count).map { PinyinSyllable(number: $0).text }
    #expect(all == Array(Set(all)).sorted())
    for syllable in all {
      #expect(syllable.allSatisfy { ("a"..."z").contains($0) } && syllable.contains { "aeiouv".contains($0) })
    }
  }

  @Test("nearly every character of real titles can be read")
  func coverage() {
    let text = "多集群管理零信任云原生微服务网格可观测性灰度发布镜像仓库经典景点率先绿色战略女性重庆银行"
    #expect(text.allSatisfy { !readings($0).isEmpty })
  }
}
