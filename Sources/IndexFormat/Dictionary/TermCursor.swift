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

  /// Moves to the next term that does not begin with the first `count` bytes of the current one; false when there
  /// is none.
  ///
  /// Terms in between are not put together, and blocks that hold nothing else are not opened.
  /// - Precondition: the cursor stands on a term of at least `count` bytes.
  package mutating func next(pastPrefix count: Int) throws(IndexFormatError) -> Bool {
    precondition(termInBlock > 0 && count <= key.count, "a prefix of the current term")
    while true {
      if try nextInBlock(pastPrefix: count) { return true }
      let prefix = Array(key.prefix(count))
      guard try next() else { return false }
      guard key.starts(with: prefix) else { return true }
      guard let after = Self.successor(of: prefix) else { return false }
      let last = try dictionary.block(for: after)
      if last > block {
        try open(block: last)
        guard try next() else { return false }
        guard key.starts(with: prefix) else { return true }
      }
    }
  }

  /// The same in what is left of the block; false leaves the cursor at its end, on the term it stood on.
  private mutating func nextInBlock(pastPrefix count: Int) throws(IndexFormatError) -> Bool {
    guard var reader else { return false }
    while reader.remaining > 0 {
      let shared = try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes)
      let added = try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes - shared)
      let tail = unsafe try reader.raw(added)
      // What is skipped shares these bytes, so that the current key stands for the one before.
      if shared < count {
        guard unsafe added > 0 && tail[0] > key[shared] else { throw disorder(reader) }
        key.removeSubrange(shared...)
        unsafe key.append(contentsOf: tail)
      }
      entry = try readEntry(&reader, &lists)
      termInBlock += 1
      if shared < count {
        self.reader = reader
        return true
      }
    }
    self.reader = reader
    return false
  }

  /// The first key that sorts after all that begin with `prefix`; nil when there is none.
  private static func successor(of prefix: [UInt8]) -> [UInt8]? {
    var key = prefix
    while let last = key.popLast() {
      if last < .max { return key + [last + 1] }
    }
    return nil
  }

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
