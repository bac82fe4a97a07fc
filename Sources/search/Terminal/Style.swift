/// Colours of the terminal view; nothing at all when colour is off.
struct Style {
  let isOn: Bool

  private func wrap(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  func title(_ text: String) -> String { wrap(text, "1") }
  func link(_ text: String) -> String { wrap(text, "36") }
  func faint(_ text: String) -> String { wrap(text, "2") }
  func match(_ text: String) -> String { wrap(text, "1;33") }

  /// The text with its UTF-8 ranges marked.
  func marked(_ text: String, _ ranges: [Range<Int>]) -> String {
    let bytes = Array(text.utf8)
    var result = ""
    var at = 0
    for range in ranges where range.lowerBound >= at && range.upperBound <= bytes.count {
      result += Output.harmless(String(decoding: bytes[at..<range.lowerBound], as: UTF8.self))
      result += match(Output.harmless(String(decoding: bytes[range], as: UTF8.self)))
      at = range.upperBound
    }
    return result + Output.harmless(String(decoding: bytes[at...], as: UTF8.self))
  }
}
