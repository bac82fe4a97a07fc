import TextAnalysis

/// Terms of a query that count more where they stand next to each other: a feature that needs positions.
package struct Adjacency: Equatable, Sendable {
  package enum Role: String, Sendable, CaseIterable {
    case stemPair = "neighbouring words"
    case longWord = "word of three and more characters"
  }

  package var role: Role
  /// What stands at each place, in order: keys of kind `.han` or `.latin`, or `.stem` for any word that has it.
  package var places: [[UInt8]]

  package init(role: Role, places: [[UInt8]]) {
    self.role = role
    self.places = places
  }

  package var weight: Float {
    switch role {
    case .stemPair: 0.4
    case .longWord: 0.45
    }
  }

  /// Pairs of neighbouring characters, which are terms of their own.
  var pairs: [[UInt8]] {
    guard role == .longWord else { return [] }
    return zip(places, places.dropFirst()).map {
      [TokenKind.hanPair.rawValue] + $0.dropFirst() + $1.dropFirst()
    }
  }

  static let stemKind = TokenKind.stem.rawValue

  package var text: String {
    let texts = places.map { String(decoding: $0.dropFirst(), as: UTF8.self) }
    return texts.joined(separator: role == .stemPair ? " " : "")
  }
}

extension FeatureExtractor {
  /// What should stand together: neighbouring Latin words, the characters of long Han words.
  ///
  /// Stop words count here: "to be" says more than either.
  package func adjacencies(of query: Query) throws -> [Adjacency] {
    var found: [Adjacency] = []
    /// The Latin word right before.
    var previous: [UInt8]?
    func add(_ adjacency: Adjacency) {
      if !found.contains(adjacency), !leftOut.contains(adjacency.role.rawValue) { found.append(adjacency) }
    }
    for chunk in chunks(of: query) {
      switch chunk {
      case .han(let run):
        previous = nil
        for word in try words(in: run) where word.count > 2 {
          add(Adjacency(role: .longWord, places: word.map { TermKey.han(run.characters[$0]) }))
        }
      case .latin(let chunk):
        for part in chunk.parts {
          let key = part.stem.map { TermKey.make(.stem, $0) } ?? TermKey.make(.latin, part.text)
          if let previous { add(Adjacency(role: .stemPair, places: [previous, key])) }
          previous = key
        }
      }
    }
    return found
  }
}
