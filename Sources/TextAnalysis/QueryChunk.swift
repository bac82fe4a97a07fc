/// A piece of a query, in the order typed.
package enum QueryChunk: Equatable, Sendable {
  case han(HanRun)
  case latin(LatinChunk)

  /// UTF-8 range in the original text.
  package var range: Range<Int> {
    switch self {
    case .han(let run): run.range
    case .latin(let chunk): chunk.range
    }
  }
}

/// Han, Kana and Hangul characters that nothing interrupts.
package struct HanRun: Equatable, Sendable {
  /// Folded code points.
  package var characters: [UInt32]
  /// UTF-8 range of each character in the original text.
  package var ranges: [Range<Int>]

  package init(characters: [UInt32], ranges: [Range<Int>]) {
    self.characters = characters
    self.ranges = ranges
  }

  package var range: Range<Int> { (ranges.first?.lowerBound ?? 0)..<(ranges.last?.upperBound ?? 0) }

  /// The folded characters from `range.lowerBound` to before `range.upperBound`.
  package func text(_ range: Range<Int>) -> String {
    var text = ""
    for codePoint in characters[range] { text.unicodeScalars.append(Unicode.Scalar(codePoint) ?? "\u{FFFD}") }
    return text
  }

  package var text: String { text(characters.indices) }
}

/// Latin parts that connectors hold together.
package struct LatinChunk: Equatable, Sendable {
  package struct Part: Equatable, Sendable {
    /// The term of kind `.latin`.
    package var text: String
    /// The term of kind `.stem`, if the part has one.
    package var stem: String?
    /// UTF-8 range in the original text.
    package var range: Range<Int>

    package init(text: String, stem: String?, range: Range<Int>) {
      self.text = text
      self.stem = stem
      self.range = range
    }
  }

  package var parts: [Part]
  /// Spellings of the whole chunk that match by themselves: look each one up as `.form` and as `.latin`.
  ///
  /// The joined and the whole form of several parts; of a single part the part itself; of a version
  /// nothing but its key, with the name that stands right before it.
  package var forms: [String]
  /// A chunk of one part, or a version with a name, as the words that it may also be written in: `pod affinity` for
  /// PodAffinity, `ios 17` for iOS17, `go 1.21` for go1.21. Empty for all others.
  package var pieces: [String] = []
  /// The parts as a phrase are no match: `1.2` is not in `3.1.2`.
  package var isVersion: Bool
  /// UTF-8 range in the original text.
  package var range: Range<Int>

  package init(parts: [Part], forms: [String], isVersion: Bool = false, range: Range<Int>) {
    self.parts = parts
    self.forms = forms
    self.isVersion = isVersion
    self.range = range
  }
}

extension Analyzer {
  // MARK: Query side

  /// A query cut into Han runs and Latin chunks, in order.
  package func chunks(of text: String) -> [QueryChunk] {
    isQuery = true
    queryChunks = []
    defer {
      isQuery = false
      queryChunks = []
    }
    var text = text
    var unused = TokenBuffer()
    text.withUTF8 { unsafe walk($0, into: &unused) }
    return queryChunks
  }

  /// The stem of a folded Latin part, as the index has it; nil for what has none: short words, other letters.
  package func stem(of word: [UInt8]) -> [UInt8]? {
    guard (4...Self.longestTerm).contains(word.count), word.allSatisfy({ (0x61...0x7A).contains($0) }) else {
      return nil
    }
    let padded = word + repeatElement(0, count: Stemmer.padding)
    return unsafe padded.withUnsafeBufferPointer { bytes in
      // Sound: not empty, and padded just above; the stem is copied before the next call.
      unsafe stemmer.stem(bytes.baseAddress!, count: word.count).map {
        unsafe Array(UnsafeBufferPointer(start: $0.bytes, count: $0.count))
      }
    }
  }

  func takeQueryHan(_ folded: UInt32, start: Int, end: Int, continues: Bool) {
    if continues, case .han(var run)? = queryChunks.popLast() {
      run.characters.append(folded)
      run.ranges.append(start..<end)
      queryChunks.append(.han(run))
    } else {
      queryChunks.append(.han(HanRun(characters: [folded], ranges: [start..<end])))
    }
  }

  func finishQueryChunk() {
    var parts: [LatinChunk.Part] = []
    for index in 0..<partCount {
      let part = unsafe self.parts[index]
      let bytes = (part.byteStart..<part.byteEnd).map { unsafe chunkBytes[$0] }
      let stem = part.isASCIIWord ? stem(of: bytes).map { String(decoding: $0, as: UTF8.self) } : nil
      parts.append(
        LatinChunk.Part(
          text: String(decoding: bytes, as: UTF8.self), stem: stem, range: part.start..<part.end))
    }
    var forms: [String] = []
    var isVersion = false
    var pieces: [String] = []
    if partCount == 1 {
      forms = [parts[0].text]
      pieces = self.pieces(of: parts[0].text, from: parts[0].range)
    } else if formSegment(from: 0).count == partCount {
      let all = 0..<partCount
      isVersion = version(startingAt: 0, in: all) == partCount
      let nameLength = bytesBeforeNumber(0)
      // v1.21 is any 1.21, but go1.21 is that of Go.
      let hasName = isVersion && isName(0, nameLength)
      forEachForm(startingAt: 0, in: all) { form in
        guard form.parts == all, !isVersion || form.role == (hasName ? .whole : .version) else { return }
        let term = unsafe [UInt8](unsafeUninitializedCapacity: Self.bytesPerForm) { bytes, count in
          count = unsafe write(form, at: bytes.baseAddress!)
        }
        forms.append(String(decoding: term, as: UTF8.self))
        if hasName, nameLength > 1 {
          pieces = [term.prefix(nameLength), term.dropFirst(nameLength)].map {
            String(decoding: $0, as: UTF8.self)
          }
        }
      }
    }
    var chunk = LatinChunk(
      parts: parts, forms: forms, isVersion: isVersion,
      range: parts[0].range.lowerBound..<parts[partCount - 1].range.upperBound)
    chunk.pieces = pieces
    queryChunks.append(.latin(chunk))
  }

  /// The pieces of at least two letters of a CamelCase word, or letters and the digits that end them.
  private func pieces(of word: String, from range: Range<Int>) -> [String] {
    let bytes = Array(word.utf8)
    guard bytes.count == range.count, bytes.allSatisfy({ $0 < 0x80 }) else { return [] }
    var borders: [Int] = []
    let letters = bytes.prefix { (0x61...0x7A).contains($0) }.count
    if letters == bytes.count {
      forEachPieceBorder(start: range.lowerBound, count: bytes.count) { borders.append($0) }
    } else if letters >= 2, bytes.dropFirst(letters).allSatisfy({ (0x30...0x39).contains($0) }) {
      return [
        String(decoding: bytes.prefix(letters), as: UTF8.self),
        String(decoding: bytes.dropFirst(letters), as: UTF8.self),
      ]
    }
    guard !borders.isEmpty else { return [] }
    let pieces = zip([0] + borders, borders + [bytes.count]).map {
      String(decoding: bytes[$0..<$1], as: UTF8.self)
    }
    return pieces.allSatisfy { $0.utf8.count >= 2 } ? pieces : []
  }
}
