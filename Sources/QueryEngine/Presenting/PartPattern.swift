import TextAnalysis

/// What a part of a query looks like in the tokens of a text.
struct PartPattern {
  /// Terms of kinds with positions, and their distances from the first.
  var sequence: [TermSequence.Word] = []
  /// Terms each of which is a match by itself, though not a literal one.
  var alternatives: [[UInt8]] = []
  /// Beginning of an exact Latin part.
  var prefix: [UInt8]?
  var onlyTitle = false

  init(_ part: Query.Part) {
    onlyTitle = part.scope == .title
    switch part.content {
    case .chunk(let chunk):
      sequence = TermSequence([chunk]).words
      guard case .latin(let latin) = chunk else { return }
      alternatives = latin.alternativeKeys
      if latin.isVersion { sequence = [] }
    case .exact(let chunks): sequence = TermSequence(chunks).words
    case .prefix(let chunk): prefix = chunk.parts.first.map { TermKey.make(.latin, $0.text) }
    }
  }
}
