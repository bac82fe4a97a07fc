import TextAnalysis

/// One place of a text that matches a part.
struct TextMatch: Equatable {
  /// UTF-8 range.
  var range: Range<Int>
  var part: Int
  var isLiteral: Bool

  /// By start, longest first where they start together.
  static func precedes(_ a: TextMatch, _ b: TextMatch) -> Bool {
    a.range.lowerBound != b.range.lowerBound
      ? a.range.lowerBound < b.range.lowerBound
      : a.range.upperBound != b.range.upperBound ? a.range.upperBound > b.range.upperBound : a.part < b.part
  }
}

/// Finds the parts of a query in texts, with the rules by which they were matched.
final class TextMatcher {
  private let patterns: [PartPattern]
  private let analyzer: Analyzer
  private var tokens = TokenBuffer()
  /// Whatever may be part of a match: other tokens are counted and never made.
  private let filter = TermFilter()
  /// First key of a sequence, or a whole alternative, to the patterns that it belongs to.
  private var starts: [[UInt8]: [(pattern: Int, sequence: PartPattern.Sequence)]] = [:]
  private var singles: [[UInt8]: [Int]] = [:]
  private var prefixes: [(key: [UInt8], pattern: Int)] = []
  /// Cheap test before the keys are compared: whether a key that matters has this hash of its length and first bytes.
  private var mayMatter = [Bool](repeating: false, count: 4_096)

  init(_ parts: [Query.Part], analyzer: Analyzer) {
    self.analyzer = analyzer
    patterns = parts.map(PartPattern.init)
    for (number, pattern) in patterns.enumerated() {
      for sequence in pattern.sequences {
        guard let first = sequence.words.first else { continue }
        starts[first.key, default: []].append((number, sequence))
        mayMatter[Self.slot(first.key)] = true
        for word in sequence.words { letThrough(word.key) }
      }
      for key in pattern.alternatives {
        singles[key, default: []].append(number)
        mayMatter[Self.slot(key)] = true
        letThrough(key)
      }
      for key in pattern.prefixes {
        prefixes.append((key, number))
        letThrough(key)
      }
    }
  }

  private func letThrough(_ key: [UInt8]) {
    guard let first = key.first, let kind = TokenKind(rawValue: first) else { return }
    filter.insert(kind, key.dropFirst())
  }

  private static func slot(_ key: [UInt8]) -> Int {
    var value = UInt64(key.count)
    for byte in key.prefix(6) { value = value << 8 | UInt64(byte) }
    return slot(value)
  }

  /// The upper bits of a product with the golden ratio.
  private static func slot(_ value: UInt64) -> Int { Int((value &* 0x9E37_79B9_7F4A_7C15) >> 52) }

  /// All matches, by start, longest first where they start together.
  func matches(in text: String, isTitle: Bool) -> [TextMatch] {
    var text = text
    return text.withUTF8 { matches(in: $0, isTitle: isTitle) }
  }

  /// The same in UTF-8.
  func matches(in text: UnsafeBufferPointer<UInt8>, isTitle: Bool) -> [TextMatch] {
    guard !patterns.isEmpty, !text.isEmpty else { return [] }
    tokens.removeAll(keepingCapacity: true)
    analyzer.analyze(utf8: text, only: filter, into: &tokens)
    var found: [TextMatch] = []
    tokens.bytes.withUnsafeBufferPointer { bytes in
      tokens.tokens.withUnsafeBufferPointer { tokens in
        let made = MadeTokens(tokens: tokens, bytes: bytes)
        for i in tokens.indices { addMatches(at: i, of: made, to: &found) }
      }
    }
    if !isTitle { found.removeAll { patterns[$0.part].onlyTitle } }
    return found.sorted(by: TextMatch.precedes)
  }

  private func addMatches(at i: Int, of made: MadeTokens, to found: inout [TextMatch]) {
    let token = made.tokens[i]
    if !prefixes.isEmpty { addPrefixMatches(at: i, of: made, to: &found) }
    guard mayMatter[Self.slot(made.hashed(i))] else { return }
    let key = made.key(i)
    if let numbers = singles[key] {
      for number in numbers {
        found.append(TextMatch(range: Int(token.start)..<Int(token.end), part: number, isLiteral: false))
      }
    }
    if let sequences = starts[key] {
      for (number, sequence) in sequences {
        guard let end = made.end(of: sequence.words, from: i) else { continue }
        found.append(TextMatch(range: Int(token.start)..<end, part: number, isLiteral: sequence.isLiteral))
      }
    }
  }

  /// One for each pattern with a beginning of the token.
  private func addPrefixMatches(at i: Int, of made: MadeTokens, to found: inout [TextMatch]) {
    let token = made.tokens[i]
    var lastPattern: Int?
    for (key, number) in prefixes where number != lastPattern && made.begins(i, with: key) {
      lastPattern = number
      found.append(
        TextMatch(
          range: Int(token.start)..<Int(token.end), part: number, isLiteral: patterns[number].prefixIsLiteral)
      )
    }
  }
}

/// The tokens of a text that may matter, for the time of one look.
private struct MadeTokens {
  let tokens: UnsafeBufferPointer<Token>
  let bytes: UnsafeBufferPointer<UInt8>

  private func term(_ i: Int) -> UnsafeBufferPointer<UInt8> {
    let start = Int(tokens[i].termStart)
    return UnsafeBufferPointer(rebasing: bytes[start..<start + Int(tokens[i].termLength)])
  }

  func key(_ i: Int) -> [UInt8] { [tokens[i].kind.rawValue] + term(i) }

  /// Length, kind and first bytes.
  func hashed(_ i: Int) -> UInt64 {
    let term = term(i)
    var value = (UInt64(term.count) + 1) << 8 | UInt64(tokens[i].kind.rawValue)
    for k in 0..<min(5, term.count) { value = value << 8 | UInt64(term[k]) }
    return value
  }

  func begins(_ i: Int, with key: [UInt8]) -> Bool {
    let term = term(i)
    guard key.first == tokens[i].kind.rawValue, key.count <= term.count + 1 else { return false }
    for k in 1..<key.count where term[k - 1] != key[k] { return false }
    return true
  }

  /// Where a sequence that begins with token `first` ends; nil when it is not all there.
  func end(of sequence: [TermSequence.Word], from first: Int) -> Int? {
    var at = first
    for word in sequence.dropFirst() {
      let wanted = tokens[first].position + word.offset
      let kind = word.key[0]
      repeat {
        at += 1
      } while at < tokens.count
        && (tokens[at].position < wanted || tokens[at].position == wanted && tokens[at].kind.rawValue != kind)
      guard at < tokens.count, tokens[at].position == wanted,
        word.key.count == Int(tokens[at].termLength) + 1, begins(at, with: word.key)
      else { return nil }
    }
    return Int(tokens[at].end)
  }
}

/// Ranges in order, those that overlap or touch joined.
func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
  var result: [Range<Int>] = []
  for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
    if let last = result.last, range.lowerBound <= last.upperBound {
      result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
    } else {
      result.append(range)
    }
  }
  return result
}
