extension TermDictionary {
  /// The entry of `key`, or nil when no entry of the segment holds the term.
  ///
  /// Reads one block from its first key on, and compares only the bytes in which keys differ from the one before.
  package func find(_ key: [UInt8]) throws(IndexFormatError) -> TermEntry? {
    guard blockCount > 0, !key.isEmpty else { return nil }
    let range = try range(ofBlock: try block(for: key))
    var reader = unsafe ByteReader(
      try file.bytes(of: .terms, range), file: file.name, section: SectionID.terms.name,
      sectionOffset: range.lowerBound)
    let first = unsafe try reader.raw(try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes))
    // Bytes that the current key shares with the one that is looked for.
    var agreed = unsafe commonPrefix(first, key, from: 0)
    var isFound = unsafe agreed == key.count && first.count == key.count
    if !isFound, unsafe agreed == key.count || agreed < first.count && first[agreed] > key[agreed] {
      return nil
    }
    var lists = try ListOffsets(&reader)
    while true {
      if isFound { return try readEntry(&reader, &lists) }
      try skipEntry(&reader, &lists)
      guard reader.remaining > 0 else { return nil }
      let shared = try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes)
      let tail = unsafe try reader.raw(try reader.varint(upTo: TermDictionaryLayout.maximumKeyBytes))
      // A key that shares less than the one before is already past the one looked for; one that shares more is
      // still before it.
      if shared < agreed { return nil }
      if shared > agreed { continue }
      let more = unsafe commonPrefix(tail, key, from: agreed)
      agreed += more
      isFound = unsafe agreed == key.count && more == tail.count
      if !isFound, unsafe agreed == key.count || more < tail.count && tail[more] > key[agreed] { return nil }
    }
  }

  /// How many bytes of `bytes` stand in `key` from `start` on.
  private func commonPrefix(_ bytes: UnsafeRawBufferPointer, _ key: [UInt8], from start: Int) -> Int {
    let limit = unsafe min(bytes.count, key.count - start)
    var count = 0
    while unsafe count < limit && bytes[count] == key[start + count] { count += 1 }
    return count
  }
}
