import TextAnalysis

/// Synonyms as the analyzer reads them, ready for the parts of queries.
struct SynonymTable {
  /// What a synonym earns of the score that its words would have if they had been typed.
  static let weight: Float = 0.6
  /// Alternatives of one part; those of later rules are left out.
  static let maximumAlternatives = 32

  private struct Rule {
    /// What a query has to hold, part after part.
    var tokens: [String]
    var alternatives: [Query.Alternative]
  }

  /// Rules by their first token.
  private var rules: [String: [Rule]] = [:]

  init(_ synonyms: Synonyms, analyzer: Analyzer) {
    for rule in synonyms.rules {
      let alternatives = rule.alternatives.map {
        Query.Alternative(text: $0, chunks: analyzer.chunks(of: $0))
      }
      for word in rule.words {
        let tokens = analyzer.chunks(of: word).flatMap(Self.tokens)
        guard let first = tokens.first else { continue }
        let own = analyzer.chunks(of: word).flatMap(Self.terms)
        let others = alternatives.filter { !$0.chunks.isEmpty && $0.chunks.flatMap(Self.terms) != own }
        if !others.isEmpty { rules[first, default: []].append(Rule(tokens: tokens, alternatives: others)) }
      }
    }
  }

  /// Han characters, and Latin parts by their stems: `pods` has the synonyms of `pod`.
  private static func tokens(of chunk: QueryChunk) -> [String] {
    switch chunk {
    case .han(let run): run.characters.map { TermKey.text([$0]) }
    case .latin(let chunk): chunk.parts.map { $0.stem ?? $0.text }
    }
  }

  /// What an index finds a chunk by. `pod` is too short for a stem, so it is not found by that of `pods`.
  private static func terms(of chunk: QueryChunk) -> [[UInt8]] {
    switch chunk {
    case .han(let run): run.characters.map(TermKey.han)
    case .latin(let chunk):
      chunk.parts.map { part in part.stem.map { TermKey.make(.stem, $0) } ?? TermKey.make(.latin, part.text) }
    }
  }

  /// The parts with their alternatives. A rule fits parts that follow one another and are its words, no more and
  /// no less; each of them is then also held by an entry with an alternative of them all.
  ///
  /// What is quoted or a prefix means what it says.
  func expand(_ parts: [Query.Part]) -> [Query.Part] {
    guard !rules.isEmpty else { return parts }
    let tokens = parts.map { part -> [String] in
      if case .chunk(let chunk) = part.content { Self.tokens(of: chunk) } else { [] }
    }
    var expanded = parts
    for start in parts.indices {
      guard let first = tokens[start].first else { continue }
      for rule in rules[first] ?? [] {
        var left = rule.tokens[...]
        var end = start
        while end < parts.count, !left.isEmpty, !tokens[end].isEmpty, parts[end].scope == parts[start].scope,
          left.starts(with: tokens[end])
        {
          left = left.dropFirst(tokens[end].count)
          end += 1
        }
        guard left.isEmpty else { continue }
        for place in start..<end {
          for alternative in rule.alternatives
          where expanded[place].alternatives.count < Self.maximumAlternatives
            && !expanded[place].alternatives.contains(alternative)
          {
            expanded[place].alternatives.append(alternative)
          }
        }
      }
    }
    return expanded
  }

  /// The features of all alternatives of the parts, each once, but for what the query asks for by itself.
  static func features(
    of parts: [Query.Part], besides features: [Feature], extractor: FeatureExtractor
  ) throws -> [Feature] {
    var query = Query()
    for part in parts.flatMap(\.alternativeParts) where !query.parts.contains(part) {
      query.parts.append(part)
    }
    guard !query.parts.isEmpty, !extractor.leftOut.contains(Feature.Role.synonym.rawValue) else { return [] }
    let known = Set(features.map(\.key))
    return try extractor.features(of: query).filter { !known.contains($0.key) }.map {
      Feature(key: $0.key, role: .synonym, weight: $0.weight * weight)
    }
  }
}
