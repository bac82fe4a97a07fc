import IndexStorage

/// Writes the heads of the documents one after the other, and at last where each ends (FORMAT.md, "Heads").
struct HeadWriter {
  private let ends: Spool<UInt32>
  private var record = ByteWriter()

  init(directory: IndexDirectory, memoryBytes: Int) {
    ends = Spool(directory: directory, memoryBytes: memoryBytes)
  }

  mutating func add(_ head: EntryHead, to section: SectionBuffer) throws {
    record.removeAll()
    head.encode(to: &record)
    let bytes = record.bytes
    try unsafe bytes.withUnsafeBytes { try unsafe add(encoded: $0, to: section) }
  }

  /// Appends the head of a document of another segment as it is.
  func add(encoded: UnsafeRawBufferPointer, to section: SectionBuffer) throws {
    guard encoded.count <= StoredLayout.maximumEntryBytes else {
      throw IndexLimitError("bytes of stored text in one entry", StoredLayout.maximumEntryBytes)
    }
    guard section.count + encoded.count <= UInt32.max else {
      throw IndexLimitError("bytes of titles and addresses in a segment", Int(UInt32.max))
    }
    try unsafe section.append(encoded)
    try ends.append(UInt32(section.count))
  }

  func finish(_ section: SectionBuffer) throws {
    var writer = ByteWriter()
    let ends = try ends.takeAll()
    NumberColumn.append(ends, to: &writer)
    writer.fixed(UInt32(ends.count))
    writer.byte(UInt8(NumberColumn.width(of: ends.last ?? 0)))
    writer.raw([0, 0, 0])
    try section.append(writer.bytes)
  }
}
