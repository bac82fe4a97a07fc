import SearchTestSupport
import Testing

@testable import ContentIngest

@Suite struct LanguageTests {
  /// The same rule, character by character.
  private func plainLanguage(_ texts: String...) -> String {
    var (han, kana, hangul, latin, other) = (0, 0, 0, 0, 0)
    for text in texts {
      for scalar in text.unicodeScalars.prefix(16 * 1024) {
        let c = scalar.value
        if scalar.isASCII {
          latin += ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) ? 1 : 0
        } else if isHan(c) {
          han += 1
        } else if isKana(c) {
          kana += 1
        } else if isHangul(c) {
          hangul += 1
        } else if c >= 0xC0, isWordScalar(c) {
          other += 1
        }
      }
    }
    let letters = han + kana + hangul + latin + other
    if letters == 0 { return "und" }
    if kana > 0, kana * 10 >= han + kana, (han + kana) * 5 >= letters { return "ja" }
    if hangul * 5 >= letters, hangul >= han { return "ko" }
    if han * 5 >= letters { return "zh" }
    return latin * 2 > letters ? "en" : "und"
  }

  @Test("the language is that of the plain rule", arguments: UInt64(0)..<10)
  func agrees(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabets: [[Character]] = [
      Array("abcXYZ"), Array("@[`{ 0\n."), Array("集群多龥鿿一"), Array("㐀䶿\u{20000}"), Array("かナー"), Array("한글"),
      Array("éßЖ"), Array("、。「🙂"),
    ]
    var found = Set<String>()
    for _ in 0..<600 {
      let weights = alphabets.map { _ in
        Int.random(in: 0..<3, using: &random) * Int.random(in: 0..<8, using: &random)
      }
      let letters = zip(alphabets, weights).flatMap { alphabet, weight in
        (0..<weight).map { _ in alphabet.randomElement(using: &random) ?? " " }
      }
      let count = [0, 1, 15, 16, 17, 40, 200].randomElement(using: &random) ?? 0
      func text() -> String {
        // Runs, so that pieces of one alphabet stand beside mixed ones.
        var text = ""
        while text.count < count {
          let letter = letters.randomElement(using: &random) ?? "a"
          text += String(repeating: letter, count: Int.random(in: 1...20, using: &random))
        }
        return text
      }
      let (title, body) = (text(), text())
      let language = detectLanguage(title, body)
      #expect(language == plainLanguage(title, body), "\(title) \(body)")
      found.insert(language)
    }
    #expect(found == ["zh", "en", "ja", "ko", "und"])
  }

  @Test("the first 16,384 characters decide", arguments: [16_380, 16_384, 16_385, 16_400])
  func longText(count: Int) {
    for first in ["a", "集"] {
      let text =
        String(repeating: first, count: count) + String(repeating: first == "a" ? "集" : "a", count: 40_000)
      #expect(detectLanguage(text) == plainLanguage(text))
      #expect(detectLanguage(text) == (first == "a" ? "en" : "zh"))
    }
  }
}
