import TextAnalysis

/// What a part of a query looks like in the tokens of a text.
struct PartPattern {
  /// Terms of kinds with positions, next to each other.
  struct Sequence {
    var words: [TermSequence.Word]
    var isLiteral: Bool
  }

  var sequences: [Sequence] = []
  /// Terms each of which is a match by itself, though not a literal one.
  var alternatives: [[UInt8]] = []
  /// Beginnings of terms, and whether what begins so is literal.
  var prefixes: [[UInt8]] = []
  var prefixIsLiteral = false
  var onlyTitle = false

  init(_ part: Query.Part) {
    onlyTitle = part.scope == .title
    switch part.content {
    case .chunk(let chunk): add([chunk], isLiteral: true)
    case .exact(let chunks): sequences.append(Sequence(words: TermSequence(chunks).words, isLiteral: true))
    case .prefix(let chunk):
      prefixes = chunk.prefixKeys
      prefixIsLiteral = chunk.parts.count == 1
    }
    for spelling in part.spellings { add(spelling, isLiteral: false) }
  }

  /// Chunks next to each other; of a single Latin chunk also its forms and stem.
  private mutating func add(_ chunks: [QueryChunk], isLiteral: Bool) {
    let latin: LatinChunk? = if chunks.count == 1, case .latin(let chunk) = chunks[0] { chunk } else { nil }
    if let latin { alternatives += latin.alternativeKeys }
    if latin?.isVersion != true {
      sequences.append(Sequence(words: TermSequence(chunks).words, isLiteral: isLiteral))
    }
  }
}
