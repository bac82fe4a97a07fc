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
  /// nothing but its key.
  package var forms: [String]
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
      var bytes = (part.byteStart..<part.byteEnd).map { unsafe chunkBytes[$0] }
      var stem: String?
      if part.isASCIIWord, bytes.count > 3 {
        bytes.append(contentsOf: repeatElement(0, count: Stemmer.padding))
        unsafe bytes.withUnsafeBufferPointer { word in
          // Sound: not empty, and the padding was added just above.
          if let found = unsafe stemmer.stem(word.baseAddress!, count: part.byteCount) {
            stem = unsafe String(
              decoding: UnsafeBufferPointer(start: found.bytes, count: found.count), as: UTF8.self)
          }
        }
        bytes.removeLast(Stemmer.padding)
      }
      parts.append(
        LatinChunk.Part(
          text: String(decoding: bytes, as: UTF8.self), stem: stem, range: part.start..<part.end))
    }
    var forms: [String] = []
    var isVersion = false
    if partCount == 1 {
      forms = [parts[0].text]
    } else if formSegment(from: 0).count == partCount {
      let all = 0..<partCount
      isVersion = version(startingAt: 0, in: all) == partCount
      forEachForm(startingAt: 0, in: all) { form in
        guard form.parts == all, !isVersion || form.role == .version else { return }
        let term = unsafe [UInt8](unsafeUninitializedCapacity: Self.bytesPerForm) { bytes, count in
          count = unsafe write(form, at: bytes.baseAddress!)
        }
        forms.append(String(decoding: term, as: UTF8.self))
      }
    }
    queryChunks.append(
      .latin(
        LatinChunk(
          parts: parts, forms: forms, isVersion: isVersion,
          range: parts[0].range.lowerBound..<parts[partCount - 1].range.upperBound)))
  }
}
