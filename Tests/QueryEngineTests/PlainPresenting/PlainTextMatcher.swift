import TextAnalysis

@testable import QueryEngine

/// The oracle of `TextMatcher`: looks at every token of a text.
final class PlainTextMatcher {
  private let patterns: [PartPattern]
  private let analyzer: Analyzer
  private var tokens = TokenBuffer()
  /// First key of a sequence, or a whole alternative, to the patterns that it belongs to.
  private var starts: [[UInt8]: [(pattern: Int, sequence: PartPattern.Sequence)]] = [:]
  private var singles: [[UInt8]: [Int]] = [:]
  init(_ parts: [Query.Part], analyzer: Analyzer) {
    self.analyzer = analyzer
    patterns = parts.map(PartPattern.init)
    for (number, pattern) in patterns.enumerated() {
      for sequence in pattern.sequences {
        guard let first = sequence.words.first else { continue }
        starts[first.key, default: []].append((number, sequence))
      }
      for key in pattern.alternatives {
        singles[key, default: []].append(number)
      }
    }
  }

  private func key(_ token: Token) -> [UInt8] { [token.kind.rawValue] + tokens.term(of: token) }

  /// All matches, by start, longest first where they start together.
  func matches(in text: String, isTitle: Bool) -> [TextMatch] {
    guard !patterns.isEmpty, !text.isEmpty else { return [] }
    tokens.removeAll(keepingCapacity: true)
    analyzer.analyze(text, into: &tokens)
    let all = tokens.tokens
    let prefixes = patterns.enumerated().filter { !$0.element.prefixes.isEmpty }
    var found: [TextMatch] = []
    for (i, token) in all.enumerated() {
      if token.kind == .latin || token.kind == .form {
        let key = key(token)
        for (number, pattern) in prefixes where pattern.prefixes.contains(where: { key.starts(with: $0) }) {
          found.append(
            TextMatch(
              range: Int(token.start)..<Int(token.end), part: number, isLiteral: pattern.prefixIsLiteral))
        }
      }
      let key = key(token)
      for number in singles[key] ?? [] {
        found.append(TextMatch(range: Int(token.start)..<Int(token.end), part: number, isLiteral: false))
      }
      for (number, sequence) in starts[key] ?? [] {
        if let end = end(of: sequence.words, from: i, in: all) {
          found.append(TextMatch(range: Int(token.start)..<end, part: number, isLiteral: sequence.isLiteral))
        }
      }
    }
    if !isTitle { found.removeAll { patterns[$0.part].onlyTitle } }
    return found.sorted {
      $0.range.lowerBound != $1.range.lowerBound
        ? $0.range.lowerBound < $1.range.lowerBound
        : $0.range.upperBound != $1.range.upperBound
          ? $0.range.upperBound > $1.range.upperBound : $0.part < $1.part
    }
  }

  /// Where a sequence that begins with token `first` ends; nil when it is not all there.
  private func end(of sequence: [TermSequence.Word], from first: Int, in all: [Token]) -> Int? {
    var at = first
    for word in sequence.dropFirst() {
      let wanted = all[first].position + word.offset
      let kind = word.key[0]
      repeat {
        at += 1
      } while at < all.count
        && (all[at].position < wanted || all[at].position == wanted && all[at].kind.rawValue != kind)
      guard at < all.count, all[at].position == wanted, key(all[at]) == word.key else { return nil }
    }
    return Int(all[at].end)
  }
}
