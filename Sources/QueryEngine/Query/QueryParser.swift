import SearchModel
package import TextAnalysis

/// Reads the query language of people: words, "exact runs", -excluded, field:value, word*.
///
/// Full-width and Chinese signs work like the ASCII ones. What does not fit the language is read as text.
package struct QueryParser {
  private let analyzer: Analyzer

  package init(analyzer: Analyzer) { self.analyzer = analyzer }

  /// - Throws: `QueryLimitError` for a text or a number of parts over the limit; nothing else.
  package func parse(_ text: String) throws -> Query {
    let byteCount = text.utf8.count
    guard byteCount <= SearchRequest.maximumTextBytes else { throw QueryLimitError.text(bytes: byteCount) }
    var query = Query()
    for piece in pieces(of: Array(text)) { add(piece, to: &query) }
    Spellings(analyzer: analyzer, text: Array(text.utf8)).add(to: &query.parts)
    let count = query.parts.count + query.excluded.count + query.filters.count + query.excludedFilters.count
    guard count <= SearchRequest.maximumParts else { throw QueryLimitError.parts(count) }
    return query
  }

  // MARK: Pieces

  /// A stretch of the text between white space, or within quotes.
  private struct Piece {
    var isExcluded = false
    var field: String?
    var text = ""
    /// Where `text` begins in the query, in UTF-8.
    var offset = 0
    var isQuoted = false
    /// The whole stretch without the sign of exclusion, for what turns out to be no condition.
    var whole = ""
    var wholeOffset = 0
  }

  private static let closingQuotes: [Character: Character] = [
    "\"": "\"", "“": "”", "”": "”", "„": "”", "＂": "＂", "「": "」", "『": "』", "«": "»", "﹁": "﹂", "﹃": "﹄",
    "｢": "｣",
  ]
  private static let dashes: Set<Character> = ["-", "－", "−", "﹣", "‐", "‑", "–"]
  private static let colons: Set<Character> = [":", "：", "﹕", "∶"]
  private static let stars: Set<Character> = ["*", "＊", "﹡"]
  private static let fields: Set<String> = [
    "title", "category", "tag", "tags", "lang", "kind", "year", "source", "after", "before",
  ]

  private func pieces(of text: [Character]) -> [Piece] {
    var pieces: [Piece] = []
    var offsets = [0]
    for character in text { offsets.append((offsets.last ?? 0) + character.utf8.count) }
    var at = 0
    while at < text.count {
      if text[at].isWhitespace {
        at += 1
        continue
      }
      var piece = Piece()
      var start = at
      if Self.dashes.contains(text[at]), at + 1 < text.count, !text[at + 1].isWhitespace,
        !Self.dashes.contains(text[at + 1])
      {
        piece.isExcluded = true
        start += 1
      }
      let wholeStart = start
      var colon = start
      while colon < text.count, text[colon].isLetter, text[colon].isASCII { colon += 1 }
      if colon > start, colon + 1 < text.count, Self.colons.contains(text[colon]),
        !text[colon + 1].isWhitespace
      {
        let name = String(text[start..<colon]).lowercased()
        if Self.fields.contains(name) {
          piece.field = name
          start = colon + 1
        }
      }
      if let closing = Self.closingQuotes[text[start]],
        let end = text[(start + 1)...].firstIndex(where: { $0 == closing || closing == "”" && $0 == "“" })
      {
        piece.isQuoted = true
        piece.text = String(text[(start + 1)..<end])
        piece.offset = offsets[start + 1]
        at = end + 1
      } else {
        // An opening quote inside a stretch begins a new piece, if it is ever closed.
        var end = start + 1
        while end < text.count, !text[end].isWhitespace {
          if let closing = Self.closingQuotes[text[end]], text[(end + 1)...].contains(closing) { break }
          end += 1
        }
        piece.text = String(text[start..<end])
        piece.offset = offsets[start]
        at = end
      }
      if piece.field != nil {
        piece.whole = String(text[wholeStart..<at])
        piece.wholeOffset = offsets[wholeStart]
      }
      pieces.append(piece)
    }
    return pieces
  }

  // MARK: Parts

  private func add(_ piece: Piece, to query: inout Query) {
    if let field = piece.field, field != "title" {
      if let filter = filter(field, piece.text) {
        if piece.isExcluded { query.excludedFilters.append(filter) } else { query.filters.append(filter) }
        return
      }
      // A date that is none is text after all.
      return addText(
        Piece(isExcluded: piece.isExcluded, text: piece.whole, offset: piece.wholeOffset), scope: .anywhere,
        to: &query)
    }
    addText(piece, scope: piece.field == "title" ? .title : .anywhere, to: &query)
  }

  private func addText(_ piece: Piece, scope: Query.Scope, to query: inout Query) {
    let text = piece.text
    let chunks = analyzer.chunks(of: text)
    var contents: [Query.Part.Content] = []
    if piece.isQuoted {
      if !chunks.isEmpty { contents = [.exact(chunks)] }
    } else {
      contents = chunks.map { .chunk($0) }
      if let last = text.last, Self.stars.contains(last), case .latin(let chunk)? = chunks.last,
        !chunk.prefixKeys.isEmpty, chunk.range.upperBound == text.utf8.count - last.utf8.count
      {
        contents[contents.count - 1] = .prefix(chunk)
      }
    }
    let parts = contents.map { content in
      let local = content.range
      return Query.Part(
        content: content, scope: scope,
        range: piece.offset + local.lowerBound..<piece.offset + local.upperBound)
    }
    if piece.isExcluded { query.excluded += parts } else { query.parts += parts }
  }

  private func filter(_ field: String, _ value: String) -> Query.Filter? {
    switch field {
    case "after": firstDay(of: value).map { .after($0) }
    case "before": firstDay(of: value).map { .before($0) }
    case "tag": .facet(.tags, [value])
    default: FacetKey(rawValue: field).map { .facet($0, [value]) }
    }
  }

  /// The first day of `2022`, `2022-01` or `2022-01-31`, in signs of any width.
  private func firstDay(of value: String) -> UInt32? {
    let value = analyzer.foldedKey(of: value)
    let fields = value.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
    guard (1...3).contains(fields.count), fields.allSatisfy({ $0 != nil }), let year = fields[0],
      year <= 9_999
    else {
      return nil
    }
    let month = fields.count > 1 ? fields[1] ?? 0 : 1
    let day = fields.count > 2 ? fields[2] ?? 0 : 1
    guard month <= 12, day <= 31 else { return nil }
    return CalendarDay(number: year * 10_000 + month * 100 + day)?.number
  }
}
