/// The completions of a segment: every different title and tag of its documents, folded
/// (FORMAT.md, "Completions").
///
/// `@unchecked Sendable`: the bytes are read-only and belong to `file`, which lives as long as this.
@safe package struct CompletionsReader: @unchecked Sendable {
  private let file: SegmentFile
  private let documentCount: Int
  package let count: Int
  /// The first this many are titles, the shortest first; the others are tags, the most frequent first.
  package let titleCount: Int
  private let initialsStart: Int
  private let textEnds: NumberColumn
  private let documentEnds: NumberColumn
  private let textsStart: Int
  private let documentsStart: Int

  init(_ file: SegmentFile, documentCount: Int) throws(IndexFormatError) {
    self.file = file
    self.documentCount = documentCount
    var header = unsafe ByteReader(
      try file.bytes(of: .completions, 0..<CompletionsLayout.headerBytes), file: file.name,
      section: SectionID.completions.name)
    count = Int(try header.fixed(UInt32.self))
    titleCount = Int(try header.fixed(UInt32.self))
    let documents = Int(try header.fixed(UInt32.self))
    let textWidth = Int(try header.byte())
    let documentWidth = Int(try header.byte())
    try header.reserved(2)
    guard documents == documentCount, titleCount <= count,
      count <= (file.byteCount(of: .completions) - CompletionsLayout.headerBytes)
        / (CompletionsLayout.signatureBytes + 4)
    else { throw header.error(.invalid("completions inside the section")) }
    initialsStart = CompletionsLayout.headerBytes + count * CompletionsLayout.signatureBytes
    textEnds = try NumberColumn(
      file, section: .completions, offset: initialsStart + count * 4, width: textWidth, count: count)
    documentEnds = try NumberColumn(
      file, section: .completions, offset: textEnds.end, width: documentWidth, count: count)
    textsStart = documentEnds.end
    documentsStart = textsStart + (count == 0 ? 0 : Int(try textEnds.value(of: count - 1)))
    guard documentsStart <= file.byteCount(of: .completions) else {
      throw header.error(.invalid("texts inside the section"))
    }
  }

  private func range(
    _ index: Int, ends: NumberColumn, from start: Int
  ) throws(IndexFormatError) -> Range<Int> {
    guard index >= 0, index < count else {
      throw file.error(.invalid("a completion of the section"), in: .completions)
    }
    let lower = index == 0 ? 0 : Int(try ends.value(of: index - 1))
    let upper = Int(try ends.value(of: index))
    guard lower <= upper else { throw file.error(.invalid("ascending offsets"), in: .completions) }
    return start + lower..<start + upper
  }

  /// A text whose end and whose predecessor's end are checked.
  @inline(__always)
  private func checkedText(_ index: Int) throws(IndexFormatError) -> UnsafeBufferPointer<UInt8> {
    let lower = index == 0 ? 0 : Int(textEnds[index - 1])
    let upper = Int(textEnds[index])
    guard lower <= upper else { throw file.error(.invalid("ascending offsets"), in: .completions) }
    // Sound: a text is bytes.
    return unsafe try file.bytes(of: .completions, textsStart + lower..<textsStart + upper)
      .bindMemory(to: UInt8.self)
  }

  /// The folded bytes of a text; valid while the segment lives.
  package func text(_ index: Int) throws(IndexFormatError) -> UnsafeBufferPointer<UInt8> {
    let range = try range(index, ends: textEnds, from: textsStart)
    // Sound: a text is bytes.
    return unsafe try file.bytes(of: .completions, range).bindMemory(to: UInt8.self)
  }

  /// The place of a title; nil when no document has it.
  ///
  /// - Parameter folded: as `CompletionText` keeps it.
  /// - Complexity: O(log titles).
  package func index(ofTitle folded: [UInt8]) throws(IndexFormatError) -> Int? {
    func length(_ text: some Sequence<UInt8>) -> Int { text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }
    let wanted = length(folded)
    var low = 0
    var high = titleCount
    while low < high {
      let middle = (low + high) / 2
      let text = unsafe try text(middle)
      let found = unsafe length(text)
      let isBefore = unsafe found != wanted ? found < wanted : text.lexicographicallyPrecedes(folded)
      if isBefore { low = middle + 1 } else { high = middle }
    }
    guard low < titleCount, unsafe try text(low).elementsEqual(folded) else { return nil }
    return low
  }

  /// Calls `body` with the texts of `indices` that may hold what a signature was made of, until it returns false.
  package func forEach(
    in indices: Range<Int>, mayHolding wanted: TextSignature,
    _ body: (_ index: Int, _ text: UnsafeBufferPointer<UInt8>) throws -> Bool
  ) throws {
    guard indices.lowerBound >= 0, indices.upperBound <= count else {
      throw file.error(.invalid("completions of the section"), in: .completions)
    }
    let size = CompletionsLayout.signatureBytes
    let start = CompletionsLayout.headerBytes
    let bytes = unsafe try file.bytes(
      of: .completions, start + indices.lowerBound * size..<start + indices.upperBound * size)
    try textEnds.check(max(0, indices.lowerBound - 1)..<indices.upperBound)
    for (place, index) in indices.enumerated() {
      // Sound: the range of all signatures was asked for just above.
      let bits = unsafe bytes.loadUnaligned(fromByteOffset: place &* size, as: SIMD4<UInt64>.self)
      if TextSignature(bits: bits).mayHold(wanted), unsafe try !body(index, try checkedText(index)) { return }
    }
  }

  /// Calls `body` with the texts of `indices` that have all the bits of `wanted` among their initials and none of
  /// `unwanted`, and may hold what a signature was made of, until it returns false.
  package func forEach(
    in indices: Range<Int>, initials wanted: UInt32, not unwanted: UInt32,
    mayHolding signature: TextSignature,
    _ body: (_ index: Int, _ text: UnsafeBufferPointer<UInt8>) throws -> Bool
  ) throws {
    guard indices.lowerBound >= 0, indices.upperBound <= count else {
      throw file.error(.invalid("completions of the section"), in: .completions)
    }
    let bytes = unsafe try file.bytes(
      of: .completions, initialsStart + indices.lowerBound * 4..<initialsStart + indices.upperBound * 4)
    let size = CompletionsLayout.signatureBytes
    let start = CompletionsLayout.headerBytes
    let signatures = unsafe try file.bytes(
      of: .completions, start + indices.lowerBound * size..<start + indices.upperBound * size)
    try textEnds.check(max(0, indices.lowerBound - 1)..<indices.upperBound)
    for (place, index) in indices.enumerated() {
      // Sound: the ranges of all initials and signatures were asked for just above.
      let initials = unsafe UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: place &* 4, as: UInt32.self))
      guard initials & (wanted | unwanted) == wanted else { continue }
      let bits = unsafe signatures.loadUnaligned(fromByteOffset: place &* size, as: SIMD4<UInt64>.self)
      if TextSignature(bits: bits).mayHold(signature), unsafe try !body(index, try checkedText(index)) {
        return
      }
    }
  }

  /// The documents that have the text, ascending; at most `limit` of them.
  package func documents(_ index: Int, limit: Int = .max) throws(IndexFormatError) -> [UInt32] {
    let range = try range(index, ends: documentEnds, from: documentsStart)
    var reader = unsafe ByteReader(
      try file.bytes(of: .completions, range), file: file.name, section: SectionID.completions.name,
      sectionOffset: range.lowerBound)
    var documents: [UInt32] = []
    var next = 0
    while reader.remaining > 0, documents.count < limit {
      let document = next + (try reader.varint(upTo: Int(Int32.max)))
      guard document < documentCount else { throw reader.error(.invalid("documents of the segment")) }
      documents.append(UInt32(document))
      next = document + 1
    }
    return documents
  }

  /// How many documents have the text.
  package func documentCount(_ index: Int) throws(IndexFormatError) -> Int {
    let range = try range(index, ends: documentEnds, from: documentsStart)
    // The last byte of a varint, and no other, is below 80.
    return unsafe try file.bytes(of: .completions, range).count { $0 < 0x80 }
  }

  /// Which texts each document has, for whoever goes through all documents.
  package struct ByDocument: Sendable {
    private let reader: CompletionsReader
    /// Where the texts of each document end in `indices`.
    private let ends: [Int]
    private let indices: [UInt32]

    fileprivate init(_ reader: CompletionsReader) throws(IndexFormatError) {
      self.reader = reader
      var ends = [Int](repeating: 0, count: reader.documentCount + 1)
      for index in 0..<reader.count {
        for document in try reader.documents(index) { ends[Int(document) + 1] += 1 }
      }
      for document in 0..<reader.documentCount { ends[document + 1] += ends[document] }
      var next = ends
      var indices = [UInt32](repeating: 0, count: ends[reader.documentCount])
      for index in 0..<reader.count {
        for document in try reader.documents(index) {
          indices[next[Int(document)]] = UInt32(index)
          next[Int(document)] += 1
        }
      }
      self.ends = ends
      self.indices = indices
    }

    package func texts(of document: Int) throws(IndexFormatError) -> [CompletionText] {
      var texts: [CompletionText] = []
      for index in indices[ends[document]..<ends[document + 1]] {
        texts.append(try reader.completion(Int(index)))
      }
      return texts
    }
  }

  package func byDocument() throws(IndexFormatError) -> ByDocument { try ByDocument(self) }

  private func completion(_ index: Int) throws(IndexFormatError) -> CompletionText {
    let text = unsafe Array(try text(index))
    guard text.count <= CompletionText.longest else {
      throw file.error(.invalid("texts of at most \(CompletionText.longest) bytes"), in: .completions)
    }
    let start = initialsStart + index * 4
    // Sound: four bytes are asked for.
    let initials = unsafe UInt32(
      littleEndian: try file.bytes(of: .completions, start..<start + 4).loadUnaligned(as: UInt32.self))
    return CompletionText(kind: index < titleCount ? .title : .tag, folded: text, initials: initials)
  }

  func verify() throws(IndexFormatError) {
    let end = documentsStart + (count == 0 ? 0 : Int(try documentEnds.value(of: count - 1)))
    guard end == file.byteCount(of: .completions) else {
      throw file.error(.invalid("nothing after the last completion"), in: .completions, at: end)
    }
    // What the writer makes of the texts is what stands here: order, signatures, lists.
    var writer = CompletionsWriter()
    let byDocument = try byDocument()
    for document in 0..<documentCount {
      for text in try byDocument.texts(of: document) { writer.add(text, document: document) }
    }
    let stored = unsafe try file.bytes(of: .completions)
    var place = 0
    try writer.encode(documentCount: documentCount) { piece throws(IndexFormatError) in
      let next = place + piece.count
      guard next <= stored.count, unsafe stored[place..<next].elementsEqual(piece) else {
        throw file.error(.invalid("completions in order, with their signatures"), in: .completions, at: place)
      }
      place = next
    }
    guard place == stored.count else {
      throw file.error(.invalid("completions in order, with their signatures"), in: .completions, at: place)
    }
  }
}
