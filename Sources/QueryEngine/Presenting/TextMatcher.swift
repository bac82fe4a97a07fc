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

  private func slot(_ token: Token) -> Int {
    tokens.withTermBytes(of: token) { term in
      var value = UInt64(term.count) + 1
      value = value << 8 | UInt64(token.kind.rawValue)
      for byte in term.prefix(5) { value = value << 8 | UInt64(byte) }
      return Self.slot(value)
    }
  }

  /// The upper bits of a product with the golden ratio.
  private static func slot(_ value: UInt64) -> Int { Int((value &* 0x9E37_79B9_7F4A_7C15) >> 52) }

  private func key(_ token: Token) -> [UInt8] { [token.kind.rawValue] + tokens.term(of: token) }

  private func has(_ token: Token, _ key: [UInt8]) -> Bool {
    key.count == Int(token.termLength) + 1 && begins(token, with: key)
  }

  private func begins(_ token: Token, with key: [UInt8]) -> Bool {
    guard key.first == token.kind.rawValue, key.count <= Int(token.termLength) + 1 else { return false }
    return tokens.withTermBytes(of: token) { term in
      for k in 1..<key.count where term[k - 1] != key[k] { return false }
      return true
    }
  }

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
    for i in tokens.tokens.indices {
      let token = tokens.tokens[i]
      if !prefixes.isEmpty { addPrefixMatches(of: token, to: &found) }
      guard mayMatter[slot(token)] else { continue }
      let key = key(token)
      if let numbers = singles[key] {
        for number in numbers {
          found.append(TextMatch(range: Int(token.start)..<Int(token.end), part: number, isLiteral: false))
        }
      }
      if let sequences = starts[key] {
        for (number, sequence) in sequences {
          guard let end = end(of: sequence.words, from: i) else { continue }
          found.append(TextMatch(range: Int(token.start)..<end, part: number, isLiteral: sequence.isLiteral))
        }
      }
    }
    if !isTitle { found.removeAll { patterns[$0.part].onlyTitle } }
    return found.sorted(by: TextMatch.precedes)
  }

  /// One for each pattern with a beginning of the token.
  private func addPrefixMatches(of token: Token, to found: inout [TextMatch]) {
    var lastPattern: Int?
    for (key, number) in prefixes where number != lastPattern && begins(token, with: key) {
      lastPattern = number
      found.append(
        TextMatch(
          range: Int(token.start)..<Int(token.end), part: number, isLiteral: patterns[number].prefixIsLiteral)
      )
    }
  }

  /// Where a sequence that begins with token `first` ends; nil when it is not all there.
  private func end(of sequence: [TermSequence.Word], from first: Int) -> Int? {
    let all = tokens.tokens
    var at = first
    for word in sequence.dropFirst() {
      let wanted = all[first].position + word.offset
      let kind = word.key[0]
      repeat {
        at += 1
      } while at < all.count
        && (all[at].position < wanted || all[at].position == wanted && all[at].kind.rawValue != kind)
      guard at < all.count, all[at].position == wanted, has(all[at], word.key) else { return nil }
    }
    return Int(all[at].end)
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
