import CZstd

enum StoredLayout {
  /// Raw bytes after which a block is closed: small enough that a hit costs tens of microseconds.
  static let blockBytes = 16_384
  /// Largest entry: one of the largest line, and room for its other fields.
  static let maximumEntryBytes = 128 << 20
  /// Largest raw block that a reader accepts: one that was almost full, the largest entry, and their lengths.
  static let maximumBlockBytes = maximumEntryBytes + 4 * blockBytes
  static let compressionLevel: Int32 = 3
  static let indexEntryBytes = 16
}

/// Compresses stored fields in blocks of whole entries (FORMAT.md, "Stored").
@safe final class StoredFieldsWriter {
  private let context: OpaquePointer
  private var raw = ByteWriter()
  private var ends: [Int] = []
  private var firstDocument: UInt32 = 0
  private var documentCount: UInt32 = 0
  private var index = ByteWriter()
  private var blockCount: UInt32 = 0
  private var compressed: [UInt8] = []

  init() {
    guard let context = unsafe ZSTD_createCCtx() else { fatalError("out of memory") }
    unsafe self.context = context
  }

  deinit { unsafe _ = ZSTD_freeCCtx(context) }

  func add(_ fields: StoredFields, to section: SectionBuffer) throws {
    fields.encode(to: &raw)
    try closeEntry(section)
  }

  /// Appends the encoded fields of another segment as they are.
  func add(encoded: UnsafeRawBufferPointer, to section: SectionBuffer) throws {
    unsafe raw.raw(encoded)
    try closeEntry(section)
  }

  private func closeEntry(_ section: SectionBuffer) throws {
    guard raw.count - (ends.last ?? 0) <= StoredLayout.maximumEntryBytes else {
      throw IndexLimitError("bytes of stored text in one entry", StoredLayout.maximumEntryBytes)
    }
    ends.append(raw.count)
    documentCount += 1
    if raw.count >= StoredLayout.blockBytes { try closeBlock(section) }
  }

  func finish(section: SectionBuffer, indexSection: SectionBuffer) throws {
    try closeBlock(section)
    var header = ByteWriter()
    header.fixed(blockCount)
    header.fixed(UInt32(0))
    try indexSection.append(header.bytes)
    try indexSection.append(index.bytes)
  }

  private func closeBlock(_ section: SectionBuffer) throws {
    guard !ends.isEmpty else { return }
    var block = ByteWriter()
    var start = 0
    for end in ends {
      block.varint(end - start)
      start = end
    }
    block.raw(raw.bytes)
    index.fixed(firstDocument)
    index.fixed(UInt32(block.count))
    index.fixed(UInt64(section.count))
    blockCount += 1
    firstDocument = documentCount
    let bound = ZSTD_compressBound(block.count)
    if compressed.count < bound { compressed = [UInt8](repeating: 0, count: bound) }
    // Sound: both buffers are given with their sizes.
    let size = unsafe compressed.withUnsafeMutableBytes { target in
      unsafe block.bytes.withUnsafeBytes { source in
        unsafe ZSTD_compressCCtx(
          context, target.baseAddress, target.count, source.baseAddress, source.count,
          StoredLayout.compressionLevel)
      }
    }
    precondition(ZSTD_isError(size) == 0, "a block of known size fits the bound")
    try unsafe compressed.withUnsafeBytes {
      try unsafe section.append(UnsafeRawBufferPointer(rebasing: $0[..<size]))
    }
    raw.removeAll()
    ends.removeAll(keepingCapacity: true)
  }
}
