import IndexFormat
import TextAnalysis

/// Chinese words and pairs of words that several titles go on with after a prefix: 多 → 多集群.
struct PhraseCompletions {
  static let fewestTitles = 2
  /// Titles that are looked at, the best first.
  private static let mostTitles = 32

  let analyzer: Analyzer

  /// In no order. Words are ICU's; a prefix that ends with a word goes on to the end of the next one.
  func phrases(with prefix: CompletionPrefix, in titles: [FoundCompletion]) -> [FoundCompletion] {
    let typed = String(decoding: prefix.bytes, as: UTF8.self).unicodeScalars.map(\.value)
    guard let last = typed.last, PinyinReadings.characters.contains(last) else { return [] }
    // The Han characters at the end of what was typed are one run with what follows.
    let head = typed.count - typed.reversed().prefix { PinyinReadings.characters.contains($0) }.count
    var counts: [[UInt32]: (titles: Int, place: CompletionPlace)] = [:]
    for title in titles.prefix(Self.mostTitles) {
      let text = String(decoding: title.folded, as: UTF8.self).unicodeScalars.map(\.value)
      guard let start = Self.firstPlace(of: typed, in: text) else { continue }
      var runStart = start + head
      if head == 0 {
        while runStart > 0, PinyinReadings.characters.contains(text[runStart - 1]) { runStart -= 1 }
      }
      let run = text[runStart...].prefix { PinyinReadings.characters.contains($0) }
      let words = analyzer.words(in: Array(run))
      let begin = start + head - runStart
      let typedEnd = start + typed.count - runStart
      guard words.contains(where: { $0.lowerBound == begin }),
        let end = words.first(where: { $0.upperBound > typedEnd })?.upperBound
      else { continue }
      let phrase = Array(text[start..<runStart + end])
      var count = counts[phrase] ?? (0, title.place)
      count.titles += 1
      count.place = min(count.place, title.place)
      counts[phrase] = count
    }
    return counts.filter { $0.value.titles >= Self.fewestTitles }.map {
      FoundCompletion(
        kind: .word, place: max(.start, $0.value.place), folded: Array(TermKey.text($0.key).utf8),
        frequency: $0.value.titles, source: nil)
    }
  }

  private static func firstPlace(of wanted: [UInt32], in text: [UInt32]) -> Int? {
    guard text.count >= wanted.count else { return nil }
    return (0...text.count - wanted.count).first { text[$0..<$0 + wanted.count].elementsEqual(wanted) }
  }
}
