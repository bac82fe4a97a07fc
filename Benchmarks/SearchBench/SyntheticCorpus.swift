import Glibc
import SearchModel

/// Documents without meaning whose words are as frequent as those of real text: Zipf's law, every second document
/// in Han characters and the others in Latin letters, each about a few topics.
///
/// A document is words drawn by rank with probability about 1 / rank from a vocabulary of 200,000, a third of
/// them from the narrower vocabulary of its topic. A word's letters follow from its rank alone. Same seed, same bytes.
struct SyntheticCorpus {
  private static let vocabulary = 200_000
  private static let topicCount = 64
  private static let wordsPerTopic = 500

  private var random: SplitMix64
  private let averageWordCount: Int
  /// One space between words, and no full stops: the words are the same.
  private let isTokens: Bool
  private let topics: ZipfLaw
  private let general = ZipfLaw(rankCount: SyntheticCorpus.vocabulary)
  private let special = ZipfLaw(rankCount: SyntheticCorpus.wordsPerTopic)

  init(seed: UInt64, averageWordCount: Int, isTokens: Bool = false) {
    random = SplitMix64(state: seed)
    self.averageWordCount = averageWordCount
    self.isTokens = isTokens
    topics = ZipfLaw(rankCount: Self.topicCount)
  }

  /// One line of JSONL, with its line end.
  mutating func line(_ number: Int) -> [UInt8] {
    let isHan = number % 2 == 0
    let topic = topics.rank(&random)
    // Log-normal lengths: many short documents, few long ones.
    let spread = (0..<4).reduce(0.0) { sum, _ in sum + random.unit() } - 2
    let wordCount = max(1, Int(Double(averageWordCount) * exp(spread * 1.2) * 0.8))
    let title = text(3 + Int(random.unit() * 5), isHan: isHan, topic: topic)
    let body = text(wordCount, isHan: isHan, topic: topic)
    var json = JSONWriter()
    json.object { json in
      json.field("id", "doc/\(number)")
      json.field("title", title)
      json.field("text", body)
      json.field("category", "topic \(topic)")
      json.field("url", "https://example.org/doc/\(number)")
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private mutating func text(_ wordCount: Int, isHan: Bool, topic: Int) -> String {
    var text = ""
    var untilStop = 6 + Int(random.unit() * 14)
    for number in 0..<wordCount {
      let isSpecial = random.unit() < 0.33
      let rank = isSpecial ? special.rank(&random) : general.rank(&random)
      let word = isSpecial ? Self.vocabulary + topic * Self.wordsPerTopic + rank : rank
      // A few words of the other script stand in every text.
      let inHan = random.unit() < 0.04 ? !isHan : isHan
      if number > 0, isTokens || !inHan { text += " " }
      text += inHan ? Self.hanWord(word) : Self.latinWord(word)
      untilStop -= 1
      if untilStop == 0, number < wordCount - 1 {
        if !isTokens { text += isHan ? "。" : "." }
        untilStop = 6 + Int(random.unit() * 14)
      }
    }
    return text
  }

  /// Two characters, one for the sixty most frequent words; frequent characters stand in many words.
  private static func hanWord(_ word: Int) -> String {
    var text = ""
    func append(_ character: Int) {
      text.unicodeScalars.append(Unicode.Scalar(UInt32(0x4E00 + character % 20_000)) ?? "一")
    }
    if word < 60 {
      append(word * 7)
    } else {
      // The square makes low numbers likelier, as frequent characters are in real words.
      let mixed = SplitMix64.mix(UInt64(word))
      let a = Double(mixed >> 40) / Double(1 << 24)
      let b = Double(mixed & 0xFF_FFFF) / Double(1 << 24)
      append(Int(a * a * a * 6_000))
      append(Int(b * b * b * 6_000))
    }
    return text
  }

  /// Syllables: the more frequent, the shorter.
  private static func latinWord(_ word: Int) -> String {
    let consonants = Array("bcdfghjklmnprstvwz")
    let vowels = Array("aeiou")
    var text = ""
    var rest = word + 1
    while rest > 0 {
      text.append(consonants[rest % consonants.count])
      rest /= consonants.count
      text.append(vowels[rest % vowels.count])
      rest /= vowels.count
    }
    return text
  }
}

/// Ranks from 0 with probability about 1 / (rank + 1).
private struct ZipfLaw {
  private let logarithm: Double
  private let rankCount: Int

  init(rankCount: Int) {
    self.rankCount = rankCount
    logarithm = log(Double(rankCount + 1))
  }

  /// The inverse of the distribution whose density is 1 / x on 1...n+1.
  func rank(_ random: inout SplitMix64) -> Int {
    min(Int(exp(random.unit() * logarithm)) - 1, rankCount - 1)
  }
}
