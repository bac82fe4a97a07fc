import TextAnalysis

/// Other ways to write the Latin words of a query: two neighbours as one word, one word as its pieces.
struct Spellings {
  let analyzer: Analyzer
  /// The query as typed.
  let text: [UInt8]

  /// Gives every part the other spellings that it has.
  func add(to parts: inout [Query.Part]) {
    for i in parts.indices {
      guard case .chunk(.latin(let chunk)) = parts[i].content else { continue }
      if !chunk.pieces.isEmpty {
        parts[i].spellings.append(chunk.pieces.flatMap { analyzer.chunks(of: $0) })
      }
      guard chunk.parts.count == 1, i + 1 < parts.count,
        case .chunk(.latin(let next)) = parts[i + 1].content, parts[i].scope == parts[i + 1].scope,
        isWhiteSpace(from: parts[i].range.upperBound, to: parts[i + 1].range.lowerBound),
        let joined = joined(chunk, next)
      else { continue }
      parts[i].spellings.append([.latin(joined)])
      parts[i + 1].spellings.append([.latin(joined)])
    }
  }

  /// False where parts do not follow one another in the text.
  private func isWhiteSpace(from start: Int, to end: Int) -> Bool {
    guard start >= 0, start < end, end <= text.count else { return false }
    return String(decoding: text[start..<end], as: UTF8.self).allSatisfy(\.isWhitespace)
  }

  /// Both as one word, or a name and its version; nil for two numbers, which would make another number.
  private func joined(_ a: LatinChunk, _ b: LatinChunk) -> LatinChunk? {
    guard b.parts.count == 1 || b.isVersion, let end = b.forms.first else { return nil }
    let text = a.parts[0].text + end
    guard text.utf8.contains(where: { !(0x30...0x39).contains($0) }), text.utf8.count <= Analyzer.longestTerm,
      case .latin(let chunk)? = analyzer.chunks(of: text).first, chunk.forms == [text],
      chunk.isVersion == b.isVersion
    else { return nil }
    return chunk
  }
}
