import IndexFormat
import SearchModel
import TextAnalysis

/// Finds titles and tags among the completions that segments keep.
struct CompletionTexts {
  /// Characters that are looked at for a spelling inside a text; past them only the start of each text is.
  private static let innerCharacters = 20_000
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
        let frequency = try completions.documents(index).count { segment.live?.isLive(Int($0)) ?? true }
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
    var found: [(spelling: PinyinPattern.Spelling, completion: FoundCompletion)] = []
    var budget = Self.innerCharacters
    for (number, segment) in snapshot.segments.enumerated() {
      let completions = segment.completions
      for range in [0..<completions.titleCount, completions.titleCount..<completions.count] {
        var counts = [0, 0, 0, 0]
        try completions.forEach(in: range, initials: initials) { index, text in
          guard let match = pattern.match(in: text, budget: &budget) else { return true }
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
    var stored: [Int: StoredFieldsReader] = [:]
    return try found.compactMap { found in
      guard let source = found.source else {
        return Completion(text: String(decoding: found.folded, as: UTF8.self), kind: found.kind)
      }
      let segment = snapshot.segments[source.segment]
      let documents = try segment.completions.documents(source.index)
        .filter { segment.live?.isLive(Int($0)) ?? true }
      guard let document = documents.first.map({ Int($0) }) else { return nil }
      if found.kind == .tag {
        let values = try segment.facet(.tags).values(of: document)
        let value = values.first {
          analyzer.completionKey(of: $0, longest: CompletionText.longest) == found.folded
        }
        return value.map { Completion(text: $0, kind: .tag) }
      }
      let reader = try stored[source.segment] ?? segment.storedFields()
      stored[source.segment] = reader
      let fields = try reader.fields(of: document)
      // One title, several places: the text leads to none of them.
      let hash = try segment.addresses.hash(of: document)
      let isOne =
        try documents.count <= Self.comparedAddresses
        && documents.allSatisfy { try segment.addresses.hash(of: Int($0)) == hash }
      return Completion(
        text: fields.title, kind: .title,
        url: isOne ? AddressTable.address(url: fields.url, anchor: fields.anchor) : nil)
    }
  }
}

extension PinyinPattern {
  /// Where and how a folded text is spelled by the letters: the whole of it, its start, or what begins inside.
  ///
  /// Signs and spaces are passed over. `budget` counts down by the characters tried inside texts.
  func match(
    in text: UnsafeBufferPointer<UInt8>, budget: inout Int
  ) -> (place: CompletionPlace, spelling: Spelling)? {
    var decoder = UTF8CharacterReader(text)
    // Most texts end here: their first character is none that the letters may begin with.
    if budget <= 0 {
      guard let first = decoder.nextSpoken() else { return nil }
      var walk = Walk()
      advance(&walk, over: first)
      if walk.isOver { return nil }
    }
    var characters: [UInt32] = []
    decoder = UTF8CharacterReader(text)
    while let character = decoder.nextSpoken() { characters.append(character) }
    var best: (place: CompletionPlace, spelling: Spelling)?
    for start in characters.indices {
      if start > 0 {
        // Letters of a word are no places to begin at.
        if characters[start] < 0x80 && characters[start - 1] < 0x80 { continue }
        budget -= 1
        if budget <= 0 { return best }
      }
      var walk = Walk()
      for end in start..<characters.count {
        advance(&walk, over: characters[end])
        if walk.isOver { break }
        guard let spelling = spelling(walk) else { continue }
        if start > 0 { return (.inside, spelling) }
        let isWhole = end + 1 == characters.count
        // A longer way may be the whole text: `xian` is 西安 and the beginning of it.
        if isWhole || best == nil { best = (isWhole ? .whole : .start, spelling) }
      }
      if best != nil { return best }
    }
    return nil
  }
}

/// Reads the characters of a folded text that have a sound or stand for themselves.
private struct UTF8CharacterReader {
  private let text: UnsafeBufferPointer<UInt8>
  private var offset = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// Han characters with a reading, a to z and digits; everything else is passed over.
  mutating func nextSpoken() -> UInt32? {
    while offset < text.count {
      let lead = UInt32(text[offset])
      let count = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      guard offset + count <= text.count else { return nil }
      var scalar = count == 1 ? lead : lead & (0x7F >> UInt32(count))
      for byte in text[offset..<offset + count].dropFirst() { scalar = scalar << 6 | UInt32(byte) & 0x3F }
      offset += count
      switch scalar {
      case 0x30...0x39, 0x61...0x7A: return scalar
      case PinyinReadings.characters: return scalar
      default: continue
      }
    }
    return nil
  }
}
