/// The signatures of the words of a segment that begin with a letter, in the order of the dictionary
/// (FORMAT.md, "Letters").
package struct LetterColumn: Sendable {
  /// The kind of term that people mistype; `TokenKind.latin`.
  package static let kind: UInt8 = 3
  static let headerBytes = 8

  private let file: SegmentFile
  /// Place of the first of these words among all terms.
  let firstTerm: Int
  package let count: Int

  init(_ file: SegmentFile, termCount: Int) throws(IndexFormatError) {
    self.file = file
    var header = unsafe ByteReader(
      try file.bytes(of: .letters, 0..<Self.headerBytes), file: file.name, section: SectionID.letters.name)
    let first = try header.fixed(UInt64.self)
    let bytes = file.byteCount(of: .letters) - Self.headerBytes
    count = bytes / 8
    guard bytes % 8 == 0, first <= UInt64(termCount), count <= termCount - Int(first) else {
      throw file.error(.invalid("a signature for each of some terms"), in: .letters)
    }
    firstTerm = Int(first)
  }

  /// Whether a term has its place in the column.
  static func covers(_ key: some Collection<UInt8>) -> Bool {
    key.first == kind
      && key.dropFirst().first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } ?? false
  }

  func signature(ofTerm term: Int) throws(IndexFormatError) -> LetterSignature {
    guard term >= firstTerm, term - firstTerm < count else {
      throw file.error(.invalid("a signature per word"), in: .letters)
    }
    let start = Self.headerBytes + (term - firstTerm) * 8
    let bytes = unsafe try file.bytes(of: .letters, start..<start + 8)
    return LetterSignature(bits: unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
  }

  /// The terms, by their place in the dictionary, whose words may be within some edits of a word of letters.
  ///
  /// - Complexity: O(words), a nanosecond or two each.
  package func terms(within edits: Int, of word: [UInt8]) throws(IndexFormatError) -> [Int] {
    let signature = LetterSignature(of: word)
    guard signature != .none else { return [] }
    switch edits {
    // Each is a loop of its own, in which the number is known: twice as fast.
    case 1: return try terms(near: LetterSignature.Neighbourhood(of: signature, edits: 1))
    case 2: return try terms(near: LetterSignature.Neighbourhood(of: signature, edits: 2))
    default: return try terms(near: LetterSignature.Neighbourhood(of: signature, edits: edits))
    }
  }

  @inline(__always)
  private func terms(near: LetterSignature.Neighbourhood) throws(IndexFormatError) -> [Int] {
    let bytes = unsafe try file.bytes(of: .letters, Self.headerBytes..<Self.headerBytes + count * 8)
    var found: [Int] = []
    for place in 0..<count {
      // Sound: the bytes of all signatures were asked for just above.
      let bits = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place &* 8, as: UInt64.self))
      if near.mayHold(bits) { found.append(firstTerm + place) }
    }
    return found
  }
}

/// Collects the signatures while terms are written in order.
struct LetterWriter {
  private static let pieceBytes = 1 << 16

  private var pending = ByteWriter()
  private var hasBegun = false

  /// - Parameter term: place of the term among all.
  mutating func add(key: ArraySlice<UInt8>, term: Int, to section: SectionBuffer) throws {
    guard LetterColumn.covers(key) else { return }
    begin(at: term)
    pending.fixed(LetterSignature(of: key.dropFirst()).bits)
    if pending.count >= Self.pieceBytes { try flush(to: section) }
  }

  mutating func finish(_ section: SectionBuffer) throws {
    begin(at: 0)
    try flush(to: section)
  }

  private mutating func begin(at term: Int) {
    if !hasBegun { pending.fixed(UInt64(term)) }
    hasBegun = true
  }

  private mutating func flush(to section: SectionBuffer) throws {
    try section.append(pending.bytes)
    pending.removeAll()
  }
}
