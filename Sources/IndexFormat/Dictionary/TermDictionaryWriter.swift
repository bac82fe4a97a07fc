/// Terms in ascending order, front-coded in blocks, and the index over the blocks (FORMAT.md, "Terms").
struct TermDictionaryWriter {
  private var block = ByteWriter()
  private var blockTerms = 0
  private var lastKey: [UInt8] = []
  private var prefixes: [UInt64] = []
  private var offsets: [UInt64] = []
  private(set) var termCount = 0
  private var postingsOffset = 0
  private var positionsOffset = 0

  mutating func add(
    key: [UInt8], entry: [UInt8], postingsBytes: Int, positionsBytes: Int, to terms: SectionBuffer
  ) throws {
    precondition(
      termCount == 0 || lastKey.lexicographicallyPrecedes(key), "terms ascend strictly")
    precondition(key.count <= TermDictionaryLayout.maximumKeyBytes, "keys are bounded by the analyzer")
    if blockTerms == TermDictionaryLayout.termsPerBlock { try closeBlock(to: terms) }
    if blockTerms == 0 {
      prefixes.append(unsafe key.withUnsafeBytes { unsafe TermDictionaryLayout.prefix(of: $0) })
      offsets.append(UInt64(terms.count))
      block.varint(key.count)
      block.raw(key)
      block.varint(postingsOffset)
      block.varint(positionsOffset)
    } else {
      var shared = 0
      while shared < min(key.count, lastKey.count), key[shared] == lastKey[shared] { shared += 1 }
      block.varint(shared)
      block.varint(key.count - shared)
      block.raw(key[shared...])
    }
    block.raw(entry)
    lastKey = key
    blockTerms += 1
    termCount += 1
    postingsOffset += postingsBytes
    positionsOffset += positionsBytes
  }

  mutating func finish(terms: SectionBuffer, index: SectionBuffer) throws {
    try closeBlock(to: terms)
    var writer = ByteWriter()
    writer.fixed(UInt64(prefixes.count))
    writer.fixed(UInt64(termCount))
    for prefix in prefixes { writer.fixed(prefix) }
    for offset in offsets { writer.fixed(offset) }
    try index.append(writer.bytes)
  }

  private mutating func closeBlock(to terms: SectionBuffer) throws {
    guard blockTerms > 0 else { return }
    try terms.append(block.bytes)
    block.removeAll()
    blockTerms = 0
  }
}
