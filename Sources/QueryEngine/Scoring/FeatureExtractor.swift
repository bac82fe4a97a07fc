import SearchModel
import TextAnalysis

/// A term that adds to the score, and what it is there for.
package struct Feature: Equatable, Sendable {
  package enum Role: String, Sendable, CaseIterable {
    case wordPair = "pair that is a word"
    case innerPair = "pair inside a word"
    case crossingPair = "pair across words"
    case characterWord = "one-character word"
    case innerCharacter = "character inside a word"
    case stem
    case exact
    case joined = "joined form"
    case piece = "piece of a word"
    case version
    case synonym
  }

  package var key: [UInt8]
  package var role: Role
  package var weight: Float
}

/// Turns the parts of a query into weighted terms. They rank; they never change what matches.
///
/// The weights come from the experiments that DESIGN.md names. A term that several places of the query ask
/// for has the sum of their weights.
package struct FeatureExtractor {
  private static let weights: [Feature.Role: Float] = [
    .wordPair: 0.45, .innerPair: 0.2, .crossingPair: 0.3, .characterWord: 0.6, .innerCharacter: 0.3,
    .stem: 1, .exact: 0.3, .joined: 0.5, .piece: 0.3, .version: 1.3,
  ]

  private let queryWords: QueryWords
  let leftOut: Set<String>

  /// - Parameter leftOut: names of roles that do not count.
  init(words: QueryWords, leavingOut leftOut: Set<String> = []) {
    queryWords = words
    self.leftOut = leftOut
  }

  /// The features of a query in the order of its text. Stop words have none, unless there is nothing else.
  package func features(of query: Query) throws -> [Feature] {
    let all = chunks(of: query)
    let spellings = spellings(of: query)
    let features = merged(try all.flatMap { try self.features(of: $0, skippingStopWords: true) } + spellings)
    if !features.isEmpty { return features }
    return merged(try all.flatMap { try self.features(of: $0, skippingStopWords: false) })
  }

  /// Features of the other spellings, each once: a joined word belongs to both of its parts.
  private func spellings(of query: Query) -> [Feature] {
    var features: [Feature] = []
    for part in query.parts {
      for spelling in part.spellings {
        for case .latin(let chunk) in spelling {
          let role: Feature.Role = spelling.count == 1 ? .joined : .piece
          for word in chunk.isVersion ? chunk.forms : chunk.parts.map(\.text) {
            features.append(feature(TermKey.make(.latin, word), role))
            features.append(feature(TermKey.make(.form, word), role))
          }
        }
      }
    }
    return features.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  func words(in run: HanRun) throws -> [Range<Int>] { try queryWords.words(in: run.characters).map(\.range) }

  func chunks(of query: Query) -> [QueryChunk] {
    query.parts.flatMap { part -> [QueryChunk] in
      switch part.content {
      case .chunk(let chunk): [chunk]
      case .exact(let chunks): chunks
      case .prefix(let chunk): [.latin(chunk)]
      }
    }
  }

  private func merged(_ features: [Feature]) -> [Feature] {
    var places: [[UInt8]: Int] = [:]
    var result: [Feature] = []
    for feature in features where !leftOut.contains(feature.role.rawValue) {
      if let place = places[feature.key] {
        result[place].weight += feature.weight
      } else {
        places[feature.key] = result.count
        result.append(feature)
      }
    }
    return result
  }

  private func feature(_ key: [UInt8], _ role: Feature.Role) -> Feature {
    Feature(key: key, role: role, weight: Self.weights[role] ?? 0)
  }

  private func features(of chunk: QueryChunk, skippingStopWords: Bool) throws -> [Feature] {
    switch chunk {
    case .han(let run): try han(run, skippingStopWords: skippingStopWords)
    case .latin(let chunk): latin(chunk, skippingStopWords: skippingStopWords)
    }
  }

  private func han(_ run: HanRun, skippingStopWords: Bool) throws -> [Feature] {
    var features: [Feature] = []
    let characters = run.characters
    let words = try words(in: run)
    for (number, word) in words.enumerated() {
      let isStopWord = skippingStopWords && StopWords.contains(run.text(word))
      if !isStopWord {
        for i in word {
          features.append(
            feature(TermKey.han(characters[i]), word.count == 1 ? .characterWord : .innerCharacter))
        }
        for i in word.dropLast() {
          features.append(
            feature(
              TermKey.hanPair(characters[i], characters[i + 1]), word.count == 2 ? .wordPair : .innerPair))
        }
      }
      if number + 1 < words.count {
        features.append(
          feature(
            TermKey.hanPair(characters[word.upperBound - 1], characters[word.upperBound]), .crossingPair))
      }
    }
    return features
  }

  private func latin(_ chunk: LatinChunk, skippingStopWords: Bool) -> [Feature] {
    var features: [Feature] = []
    if chunk.isVersion {
      return chunk.forms.map { feature(TermKey.make(.form, $0), .version) }
    }
    for part in chunk.parts {
      if skippingStopWords, chunk.parts.count == 1, StopWords.contains(part.text) { continue }
      // A part without a stem is its own stem.
      let stem = part.stem.map { TermKey.make(.stem, $0) } ?? TermKey.make(.latin, part.text)
      features.append(feature(stem, .stem))
      features.append(feature(TermKey.make(.latin, part.text), .exact))
    }
    if chunk.parts.count > 1 {
      for form in chunk.forms {
        features.append(feature(TermKey.make(.form, form), .joined))
        features.append(feature(TermKey.make(.latin, form), .joined))
      }
    }
    return features
  }
}
