/// A position in the dictionary; moves forward in key order (FORMAT.md, "Terms").
package struct TermCursor {
  private let dictionary: TermDictionary
  private var block = -1
  private var reader: ByteReader?
  /// Whether `key` is the last of the block before.
  private var continues = false
  private var termInBlock = 0
  private var lists = ListOffsets()
  /// Bytes of the current term.
  package private(set) var key: [UInt8] = []
  package private(set) var entry = TermEntry(
    documentFrequency: 0, hasPositions: false, isInline: false, postings: 0..<0, positions: 0..<0)

  package init(_ dictionary: TermDictionary) { self.dictionary = dictionary }

  /// Moves to the first term that is not before `target`; false when there is none.
  package mutating func seek(to target: [UInt8]) throws(IndexFormatError) -> Bool {
    guard dictionary.blockCount > 0 else { return false }
    try open(block: try dictionary.block(for: target))
    repeat {
      guard try next() else { return false }
    } while key.lexicographicallyPrecedes(target)
    return true
  }

  /// Moves to the next term; false after the last.
  package mutating func next() throws(IndexFormatError) -> Bool {
    if reader == nil || reader?.remaining == 0 {
      guard block + 1 < dictionary.blockCount else { return false }
      try open(block: block + 1)
    }
    guard var reader else { return false }
    if termInBlock == 0 {
      let count = try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes)
      let first = unsafe Array(try reader.raw(count))
      guard !continues || key.lexicographicallyPrecedes(first) else { throw disorder(reader) }
      key = first
      lists = try ListOffsets(&reader)
    } else {
      let shared = try reader.varint(upTo: key.count)
      let added = try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes - shared)
      let tail = unsafe try reader.raw(added)
      // The first byte that is not shared decides; a key that goes on is after one that ends.
      guard unsafe added > 0 && (shared == key.count || tail[0] > key[shared]) else { throw disorder(reader) }
      key.removeSubrange(shared...)
      unsafe key.append(contentsOf: tail)
    }
    entry = try readEntry(&reader, &lists)
    termInBlock += 1
    if termInBlock == TermDictionaryLayout.termsPerBlock, reader.remaining > 0 {
      throw reader.error(.invalid("at most \(TermDictionaryLayout.termsPerBlock) terms in a block"))
    }
    self.reader = reader
    return true
  }

  /// Moves to a term by its place among all; false when there is none.
  package mutating func seek(toTerm term: Int) throws(IndexFormatError) -> Bool {
    let wanted = term / TermDictionaryLayout.termsPerBlock
    let place = term % TermDictionaryLayout.termsPerBlock
    guard term >= 0, wanted < dictionary.blockCount else { return false }
    if block != wanted || termInBlock > place + 1 { try open(block: wanted) }
    while termInBlock <= place {
      // A block with too few terms would go on with the next one.
      guard reader?.remaining != 0, try next() else { return false }
    }
    return true
  }

  /// Moves to the first term of a block; false when there is none.
  package mutating func seek(toBlock block: Int) throws(IndexFormatError) -> Bool {
    guard block >= 0, block < dictionary.blockCount else { return false }
    try open(block: block)
    return try next()
  }

  /// Moves to the next term of the block; false after its last.
  package mutating func nextInBlock() throws(IndexFormatError) -> Bool {
    guard let reader, reader.remaining > 0 else { return false }
    return try next()
  }

  /// The number of the block that the current term is in.
  var blockNumber: Int { block }

  private func disorder(_ reader: ByteReader) -> IndexFormatError {
    reader.error(.invalid("terms that ascend strictly"))
  }

  private mutating func open(block: Int) throws(IndexFormatError) {
    continues = block > 0 && block == self.block + 1 && self.reader?.remaining == 0
    let range = try dictionary.range(ofBlock: block)
    self.block = block
    termInBlock = 0
    reader = unsafe ByteReader(
      try dictionary.file.bytes(of: .terms, range), file: dictionary.file.name,
      section: SectionID.terms.name, sectionOffset: range.lowerBound)
  }
}
