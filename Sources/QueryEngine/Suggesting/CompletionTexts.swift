import IndexFormat
import SearchModel
import TextAnalysis

/// Finds titles and tags among the completions that segments keep.
struct CompletionTexts {
  /// Characters that are looked at for a spelling inside a text; past them only the start of each text is.
  private static let innerCharacters = 45_000
  /// Entries of one title that are compared to see whether they lead to one place.
  private static let comparedAddresses = 64

  let snapshot: IndexSnapshot
  let analyzer: Analyzer

  // MARK: Texts with a prefix

  /// Titles by place, then by length, then by bytes; each text once, `limit` of each place at most.
  func titles(with prefix: CompletionPrefix, limit: Int) throws -> [FoundCompletion] {
    var found: [FoundCompletion] = []
    for (number, segment) in snapshot.segments.enumerated() {
      let completions = segment.completions
      var counts = [0, 0, 0, 0]
      try completions.forEach(in: 0..<completions.titleCount, mayHolding: prefix.signature) { index, text in
        guard let place = prefix.place(in: text) else { return true }
        let rank = Int(place.rawValue)
        if counts[rank] < limit, try isLive(index, in: segment) {
          counts[rank] += 1
          found.append(
            FoundCompletion(
              kind: .title, place: place, folded: Array(text), frequency: 1,
              source: .init(segment: number, index: index)))
        }
        // Shorter texts come first: nothing better follows.
        return counts[0] + counts[1] < limit
      }
    }
    return Self.firstOfEach(found.sorted(by: Self.precedes))
  }

  /// Tags in no order, each once, with the number of their live entries.
  func tags(with prefix: CompletionPrefix) throws -> [FoundCompletion] {
    var found: [[UInt8]: FoundCompletion] = [:]
    for (number, segment) in snapshot.segments.enumerated() {
      let completions = segment.completions
      try completions.forEach(in: completions.titleCount..<completions.count, mayHolding: prefix.signature) {
        index, text in
        guard let place = prefix.place(in: text) else { return true }
        let frequency = try liveCount(index, in: segment)
        guard frequency > 0 else { return true }
        let folded = Array(text)
        found[
          folded,
          default: FoundCompletion(
            kind: .tag, place: place, folded: folded, frequency: 0,
            source: .init(segment: number, index: index))
        ].frequency += frequency
        return true
      }
    }
    return Array(found.values)
  }

  private func liveCount(_ index: Int, in segment: SegmentReader) throws -> Int {
    guard let live = segment.live else { return try segment.completions.documentCount(index) }
    return try segment.completions.documents(index).count { live.isLive(Int($0)) }
  }

  private static func precedes(_ a: FoundCompletion, _ b: FoundCompletion) -> Bool {
    if a.place != b.place { return a.place < b.place }
    let aLength = a.folded.count { $0 & 0xC0 != 0x80 }
    let bLength = b.folded.count { $0 & 0xC0 != 0x80 }
    if aLength != bLength { return aLength < bLength }
    if a.folded != b.folded { return a.folded.lexicographicallyPrecedes(b.folded) }
    return a.kind == .title && b.kind == .tag
  }

  private static func firstOfEach(_ found: [FoundCompletion]) -> [FoundCompletion] {
    var known = Set<[UInt8]>()
    return found.filter { known.insert($0.folded).inserted }
  }

  private func isLive(_ index: Int, in segment: SegmentReader) throws -> Bool {
    guard let live = segment.live else { return true }
    return try segment.completions.documents(index).contains { live.isLive(Int($0)) }
  }

  // MARK: Texts spelled in pinyin

  /// Titles and tags whose characters are spelled by the letters, from their start or from a character inside:
  /// by place, then by how they are spelled, then by length.
  func spelled(by pattern: PinyinPattern, limit: Int) throws -> [FoundCompletion] {
    guard pattern.letters.count >= PinyinQuery.fewestLetters else { return [] }
    var initials: UInt32 = 0
    for start in pattern.necessaryStarts(onlyFull: false) {
      initials |= PinyinInitials.bit(pattern.letters[start])
    }
    // Digits stand for themselves.
    var signature = TextSignature()
    for letter in pattern.letters where letter < UInt8(ascii: "a") { signature.insert(UInt32(letter)) }
    var found: [(spelling: PinyinPattern.Spelling, completion: FoundCompletion)] = []
    var scanner = SpellingScanner(pattern, innerCharacters: Self.innerCharacters)
    for (number, segment) in snapshot.segments.enumerated() {
      let completions = segment.completions
      for range in [0..<completions.titleCount, completions.titleCount..<completions.count] {
        var counts = [0, 0, 0, 0]
        try completions.forEach(
          in: range, initials: initials, not: PinyinInitials.nothingToSpell, mayHolding: signature
        ) { index, text in
          guard let match = scanner.match(in: text) else { return true }
          let rank = Int(match.place.rawValue)
          guard counts[rank] < limit, try isLive(index, in: segment) else { return true }
          counts[rank] += 1
          found.append(
            (
              match.spelling,
              FoundCompletion(
                kind: range.lowerBound == 0 ? .title : .tag, place: match.place, folded: Array(text),
                frequency: 1, source: .init(segment: number, index: index))
            ))
          return counts[0] + counts[1] < limit
        }
      }
    }
    found.sort { a, b in
      if a.completion.place == b.completion.place, a.spelling != b.spelling { return a.spelling < b.spelling }
      return Self.precedes(a.completion, b.completion)
    }
    return Self.firstOfEach(found.map(\.completion))
  }

  // MARK: What is shown

  func completions(_ found: [FoundCompletion]) throws -> [Completion] {
    try found.compactMap { found in
      guard let source = found.source else {
        return Completion(text: String(decoding: found.folded, as: UTF8.self), kind: found.kind)
      }
      let segment = snapshot.segments[source.segment]
      let documents = try segment.completions.documents(source.index)
        .filter { segment.live?.isLive(Int($0)) ?? true }
      // Of several spellings that of the first by id: where an entry stands in the index is nobody's wish.
      guard
        let document = try documents.map({
          (rank: try segment.keys.ranks.value(of: Int($0)), document: Int($0))
        })
        .min(by: { $0.rank < $1.rank })?.document
      else { return nil }
      if found.kind == .tag {
        let values = try segment.facet(.tags).values(of: document)
        let value = values.first {
          analyzer.completionKey(of: $0, longest: CompletionText.longest) == found.folded
        }
        return value.map { Completion(text: $0, kind: .tag) }
      }
      let head = try segment.heads.head(of: document)
      // One title, several places: the text leads to none of them.
      let hash = try segment.addresses.hash(of: document)
      let isOne =
        try documents.count <= Self.comparedAddresses
        && documents.allSatisfy { try segment.addresses.hash(of: Int($0)) == hash }
      return Completion(
        text: head.title, kind: .title,
        url: isOne ? AddressTable.address(url: head.url, anchor: head.anchor) : nil)
    }
  }
}
