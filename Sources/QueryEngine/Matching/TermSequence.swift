import TextAnalysis

/// Characters and parts that have to stand next to each other, as terms at distances from the first.
struct TermSequence {
  /// Terms with positions.
  private(set) var words: [(key: [UInt8], offset: UInt32)] = []
  /// Pairs of neighbouring characters: no positions, but shorter lists than their characters.
  private(set) var pairs: [[UInt8]] = []

  /// An interruption between two Han runs takes one position, as in the index.
  init(_ chunks: [QueryChunk]) {
    var offset: UInt32 = 0
    var previousIsHan = false
    for chunk in chunks {
      switch chunk {
      case .han(let run):
        if previousIsHan { offset += 1 }
        for (i, character) in run.characters.enumerated() {
          words.append((TermKey.han(character), offset))
          offset += 1
          if i > 0 { pairs.append(TermKey.hanPair(run.characters[i - 1], character)) }
        }
        previousIsHan = true
      case .latin(let latin):
        for part in latin.parts {
          words.append((TermKey.make(.latin, part.text), offset))
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
