/// Terms in ascending order, front-coded in blocks, and the index over the blocks (FORMAT.md, "Terms").
struct TermDictionaryWriter {
  private var block = ByteWriter()
  private var blockTerms = 0
  private var lastKey: [UInt8] = []
  private var prefixes: [UInt64] = []
  private var offsets: [UInt64] = []
  /// Of each block, the one under construction included.
  private var mostFrequent: [UInt32] = []
  private(set) var termCount = 0
  private var postingsOffset = 0
  private var positionsOffset = 0

  mutating func add(
    key: ArraySlice<UInt8>, entry: ArraySlice<UInt8>, documentFrequency: UInt32, postingsBytes: Int,
    positionsBytes: Int, to terms: SectionBuffer
  ) throws {
    precondition(key.count <= TermDictionaryLayout.maximumKeyBytes, "keys are bounded by the analyzer")
    // Sound: the pointers do not leave the closure, and both are read up to the shorter count.
    let shared = unsafe lastKey.withUnsafeBufferPointer { last in
      unsafe key.withUnsafeBufferPointer { key in
        var shared = 0
        let limit = min(key.count, last.count)
        while unsafe shared < limit && key[shared] == last[shared] { shared += 1 }
        precondition(
          termCount == 0
            || (shared == last.count
              ? key.count > shared : unsafe shared < limit && last[shared] < key[shared]),
          "terms ascend strictly")
        return shared
      }
    }
    if blockTerms == TermDictionaryLayout.termsPerBlock { try closeBlock(to: terms) }
    if blockTerms == 0 {
      prefixes.append(unsafe key.withUnsafeBytes { unsafe TermDictionaryLayout.prefix(of: $0) })
      offsets.append(UInt64(terms.count))
      mostFrequent.append(0)
      block.varint(key.count)
      block.raw(key)
      block.varint(postingsOffset)
      block.varint(positionsOffset)
    } else {
      block.varint(shared)
      block.varint(key.count - shared)
      block.raw(key.dropFirst(shared))
    }
    block.raw(entry)
    mostFrequent[mostFrequent.count - 1] = max(mostFrequent[mostFrequent.count - 1], documentFrequency)
    lastKey.replaceSubrange(shared..., with: key.dropFirst(shared))
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
    for frequency in mostFrequent { writer.byte(FrequencyBound.code(Int(frequency))) }
    try index.append(writer.bytes)
  }

  private mutating func closeBlock(to terms: SectionBuffer) throws {
    guard blockTerms > 0 else { return }
    try terms.append(block.bytes)
    block.removeAll()
    blockTerms = 0
  }
}
