/// Terms of one segment: look-up, and iteration in key order (FORMAT.md, "Term index").
///
/// A look-up searches the block index by eight-byte prefixes and reads one block of 32 terms.
package struct TermDictionary: Sendable {
  let file: SegmentFile
  package let termCount: Int
  package let blockCount: Int
  /// Of the words of letters.
  package let letters: LetterColumn

  init(_ file: SegmentFile) throws(IndexFormatError) {
    self.file = file
    var header = unsafe ByteReader(
      try file.bytes(of: .termIndex, 0..<TermDictionaryLayout.indexHeaderBytes), file: file.name,
      section: SectionID.termIndex.name)
    let blocks = try header.fixed(UInt64.self)
    let terms = try header.fixed(UInt64.self)
    let perBlock = UInt64(TermDictionaryLayout.termsPerBlock)
    let indexBytes = file.byteCount(of: .termIndex)
    guard blocks <= UInt64(indexBytes / TermDictionaryLayout.indexEntryBytes),
      indexBytes == TermDictionaryLayout.indexHeaderBytes + Int(blocks)
        * TermDictionaryLayout.indexEntryBytes,
      terms <= blocks * perBlock
    else { throw file.error(.invalid("a prefix, an offset and a bound per block"), in: .termIndex) }
    blockCount = Int(blocks)
    termCount = Int(terms)
    letters = try LetterColumn(file, termCount: termCount)
  }

  func prefix(ofBlock block: Int) throws(IndexFormatError) -> UInt64 {
    try word(at: TermDictionaryLayout.indexHeaderBytes + block * 8)
  }

  /// Bytes of a block in the `terms` section.
  func range(ofBlock block: Int) throws(IndexFormatError) -> Range<Int> {
    let base = TermDictionaryLayout.indexHeaderBytes + blockCount * 8
    let sectionBytes = UInt64(file.byteCount(of: .terms))
    let start = try word(at: base + block * 8)
    let end = block + 1 < blockCount ? try word(at: base + (block + 1) * 8) : sectionBytes
    guard start < end, end <= sectionBytes else {
      throw file.error(.invalid("ascending block offsets"), in: .termIndex, at: base + block * 8)
    }
    return Int(start)..<Int(end)
  }

  /// The most documents that a term of each of some blocks is in, or a little more.
  package func frequencyBounds(ofBlocks blocks: Range<Int>) throws(IndexFormatError) -> [Int] {
    let start = TermDictionaryLayout.indexHeaderBytes + blockCount * 16
    guard blocks.lowerBound >= 0, blocks.upperBound <= blockCount else {
      throw file.error(.invalid("blocks of the index"), in: .termIndex)
    }
    let codes = unsafe try file.bytes(of: .termIndex, start + blocks.lowerBound..<start + blocks.upperBound)
    return unsafe codes.map(FrequencyBound.frequency)
  }

  /// The blocks that may hold terms which begin with a key, one more or less at the end.
  package func blocks(withPrefix key: [UInt8]) throws(IndexFormatError) -> Range<Int> {
    guard blockCount > 0 else { return 0..<0 }
    let first = try block(for: key)
    var next = key
    while next.last == .max { next.removeLast() }
    guard let last = next.popLast() else { return first..<blockCount }
    return first..<(try block(for: next + [last + 1])) + 1
  }

  private func word(at offset: Int) throws(IndexFormatError) -> UInt64 {
    let bytes = unsafe try file.bytes(of: .termIndex, offset..<offset + 8)
    return unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
  }

  /// Last block whose first key is not after `key`, 0 when all are.
  func block(for key: [UInt8]) throws(IndexFormatError) -> Int {
    let wanted = unsafe key.withUnsafeBytes { unsafe TermDictionaryLayout.prefix(of: $0) }
    var low = 0
    var high = blockCount
    while low < high {
      let middle = (low + high) / 2
      let prefix = try prefix(ofBlock: middle)
      let isNotAfter: Bool
      if prefix != wanted {
        isNotAfter = prefix < wanted
      } else {
        isNotAfter = unsafe !key.lexicographicallyPrecedes(try firstKey(ofBlock: middle))
      }
      if isNotAfter { low = middle + 1 } else { high = middle }
    }
    return max(low - 1, 0)
  }

  /// Checks the words of the index that a walk over all terms does not need.
  func verifyIndex() throws(IndexFormatError) {
    let start = blockCount == 0 ? file.byteCount(of: .terms) : try range(ofBlock: 0).lowerBound
    guard start == 0 else { throw file.error(.invalid("a first block at byte 0"), in: .termIndex) }
    for block in 0..<blockCount {
      let prefix = unsafe TermDictionaryLayout.prefix(of: try firstKey(ofBlock: block))
      guard try self.prefix(ofBlock: block) == prefix else {
        throw file.error(
          .invalid("the first bytes of the block's first term"), in: .termIndex,
          at: TermDictionaryLayout.indexHeaderBytes + block * 8)
      }
    }
  }

  private func firstKey(ofBlock block: Int) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    let range = try range(ofBlock: block)
    var reader = unsafe ByteReader(
      try file.bytes(of: .terms, range), file: file.name, section: SectionID.terms.name,
      sectionOffset: range.lowerBound)
    let count = try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes)
    return unsafe try reader.raw(count)
  }
}
