package import TextAnalysis

/// Characters and parts that have to stand next to each other, as terms at distances from the first.
package struct TermSequence: Equatable {
  package struct Word: Equatable {
    package var key: [UInt8]
    /// Position relative to the first word.
    package var offset: UInt32
  }

  /// Terms with positions.
  package private(set) var words: [Word] = []
  /// Pairs of neighbouring characters: no positions, but shorter lists than their characters.
  private(set) var pairs: [[UInt8]] = []

  /// An interruption between two Han runs takes one position, as in the index.
  package init(_ chunks: [QueryChunk]) {
    var offset: UInt32 = 0
    var previousIsHan = false
    for chunk in chunks {
      switch chunk {
      case .han(let run):
        if previousIsHan { offset += 1 }
        for (i, character) in run.characters.enumerated() {
          words.append(Word(key: TermKey.han(character), offset: offset))
          offset += 1
          if i > 0 { pairs.append(TermKey.hanPair(run.characters[i - 1], character)) }
        }
        previousIsHan = true
      case .latin(let latin):
        for part in latin.parts {
          words.append(Word(key: TermKey.make(.latin, part.text), offset: offset))
          offset += 1
        }
        previousIsHan = false
      }
    }
  }

  /// The one list that is the whole sequence, where no positions are needed: one term, or one pair.
  var singleTerm: [UInt8]? {
    if words.count == 1 { return words[0].key }
    return words.count == 2 && pairs.count == 1 ? pairs[0] : nil
  }
}

extension Query.Part {
  /// The terms that have to stand next to each other, if the part is such a sequence anywhere in an entry.
  var phrase: TermSequence? {
    guard case .exact(let chunks) = content, scope == .anywhere else { return nil }
    return TermSequence(chunks)
  }
}
