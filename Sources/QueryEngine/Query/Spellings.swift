import TextAnalysis

/// Other ways to write the Latin words of a query: two neighbours as one word, one word as its pieces.
struct Spellings {
  let analyzer: Analyzer
  /// The query as typed.
  let text: [UInt8]

  /// Gives every part the other spellings that it has.
  func add(to parts: inout [Query.Part]) {
    for i in parts.indices {
      guard let chunk = word(parts[i]) else { continue }
      if !chunk.pieces.isEmpty {
        parts[i].spellings.append(chunk.pieces.flatMap { analyzer.chunks(of: $0) })
      }
      guard i + 1 < parts.count, let next = word(parts[i + 1]), parts[i].scope == parts[i + 1].scope,
        isWhiteSpace(from: parts[i].range.upperBound, to: parts[i + 1].range.lowerBound),
        let joined = joined(chunk, next)
      else { continue }
      parts[i].spellings.append([.latin(joined)])
      parts[i + 1].spellings.append([.latin(joined)])
    }
  }

  private func word(_ part: Query.Part) -> LatinChunk? {
    guard case .chunk(.latin(let chunk)) = part.content, chunk.parts.count == 1 else { return nil }
    return chunk
  }

  /// False where parts do not follow one another in the text.
  private func isWhiteSpace(from start: Int, to end: Int) -> Bool {
    guard start >= 0, start < end, end <= text.count else { return false }
    return String(decoding: text[start..<end], as: UTF8.self).allSatisfy(\.isWhitespace)
  }

  /// Both as one word; nil for two numbers, which would make another number.
  private func joined(_ a: LatinChunk, _ b: LatinChunk) -> LatinChunk? {
    let text = a.parts[0].text + b.parts[0].text
    guard text.utf8.contains(where: { !(0x30...0x39).contains($0) }), text.utf8.count <= Analyzer.longestTerm,
      case .latin(let chunk)? = analyzer.chunks(of: text).first, chunk.parts.count == 1,
      chunk.parts[0].text == text
    else { return nil }
    return chunk
  }
}
