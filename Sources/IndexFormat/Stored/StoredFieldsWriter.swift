import CZstd

enum StoredLayout {
  /// Raw bytes that a block of several entries has at most: a hit unpacks them all.
  static let blockBytes = 8_192
  /// Largest entry: one of the largest line, and room for its other fields.
  static let maximumEntryBytes = 128 << 20
  /// Largest raw block that a reader accepts: the largest entry, in older indexes behind others of 16 KiB, and lengths.
  static let maximumBlockBytes = maximumEntryBytes + 65_536
  static let compressionLevel: Int32 = 3
  static let indexEntryBytes = 16
}

/// Compresses stored fields in blocks of whole entries (FORMAT.md, "Stored").
///
/// Blocks are cut by the caller and compressed by the threads of a crew; they stand in the section in their order.
final class StoredFieldsWriter {
  /// Raw bytes of blocks on their way: enough for the crew to be busy.
  private static let waitingBytes = 4 << 20

  private let crew: WorkCrew
  private let compressors: [StoredBlockCompressor]
  private var raw = ByteWriter()
  private var ends: [Int] = []
  private var firstDocument: UInt32 = 0
  private var documentCount: UInt32 = 0
  private var waiting: [(block: StoredBlock, compression: WorkCrew.Piece)] = []
  private var waitingByteCount = 0
  private var index = ByteWriter()
  private var blockCount: UInt32 = 0

  init(crew: WorkCrew) {
    self.crew = crew
    compressors = (0..<crew.threadCount).map { _ in StoredBlockCompressor() }
  }

  /// All but the head, which stands apart (`HeadWriter`).
  func add(_ fields: StoredFields, to section: SectionBuffer) throws {
    fields.encode(to: &raw)
    try closeEntry(section)
  }

  /// Appends the encoded fields of another segment as they are.
  func add(encoded: UnsafeRawBufferPointer, to section: SectionBuffer) throws {
    unsafe raw.raw(encoded)
    try closeEntry(section)
  }

  /// Blocks end before the entry that would make them too large: a short one is never packed with a long one.
  private func closeEntry(_ section: SectionBuffer) throws {
    let start = ends.last ?? 0
    guard raw.count - start <= StoredLayout.maximumEntryBytes else {
      throw IndexLimitError("bytes of stored text in one entry", StoredLayout.maximumEntryBytes)
    }
    if start > 0, raw.count > StoredLayout.blockBytes {
      let entry = Array(raw.bytes[start...])
      try closeBlock(section)
      raw.raw(entry)
    }
    ends.append(raw.count)
    documentCount += 1
    if raw.count >= StoredLayout.blockBytes { try closeBlock(section) }
  }

  func finish(section: SectionBuffer, indexSection: SectionBuffer) throws {
    try closeBlock(section)
    while !waiting.isEmpty { try appendOldest(to: section) }
    var header = ByteWriter()
    header.fixed(blockCount)
    header.fixed(UInt32(0))
    try indexSection.append(header.bytes)
    try indexSection.append(index.bytes)
  }

  private func closeBlock(_ section: SectionBuffer) throws {
    guard !ends.isEmpty else { return }
    var bytes = ByteWriter()
    var start = 0
    for end in ends {
      bytes.varint(end - start)
      start = end
    }
    bytes.raw(raw.bytes[..<start])
    let block = StoredBlock(bytes.bytes, firstDocument: firstDocument)
    firstDocument = documentCount
    raw.removeAll()
    ends.removeAll(keepingCapacity: true)
    let compressors = compressors
    waiting.append((block, crew.submit { lane in block.compress(by: compressors[lane]) }))
    waitingByteCount += block.rawCount
    while waitingByteCount > Self.waitingBytes || crew.threadCount == 1, !waiting.isEmpty {
      try appendOldest(to: section)
    }
  }

  private func appendOldest(to section: SectionBuffer) throws {
    let (block, compression) = waiting.removeFirst()
    waitingByteCount -= block.rawCount
    crew.wait(for: compression)
    index.fixed(block.firstDocument)
    index.fixed(UInt32(block.rawCount))
    index.fixed(UInt64(section.count))
    blockCount += 1
    try section.append(block.bytes)
  }
}

/// A block on its way from raw to compressed.
///
/// `@unchecked Sendable`: its piece of work alone writes it, and the crew hands that over (`WorkCrew.wait`).
private final class StoredBlock: @unchecked Sendable {
  let firstDocument: UInt32
  let rawCount: Int
  private(set) var bytes: [UInt8]

  init(_ raw: [UInt8], firstDocument: UInt32) {
    bytes = raw
    rawCount = raw.count
    self.firstDocument = firstDocument
  }

  func compress(by compressor: StoredBlockCompressor) { bytes = compressor.compress(bytes) }
}

/// zstd for one thread.
///
/// `@unchecked Sendable`: each belongs to one lane of a crew.
@safe private final class StoredBlockCompressor: @unchecked Sendable {
  private let context: OpaquePointer
  private var buffer: [UInt8] = []

  init() {
    guard let context = unsafe ZSTD_createCCtx() else { fatalError("out of memory") }
    unsafe self.context = context
  }

  deinit { unsafe _ = ZSTD_freeCCtx(context) }

  func compress(_ raw: [UInt8]) -> [UInt8] {
    let bound = ZSTD_compressBound(raw.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    // Sound: both buffers are given with their sizes.
    let size = unsafe buffer.withUnsafeMutableBytes { target in
      unsafe raw.withUnsafeBytes { source in
        unsafe ZSTD_compressCCtx(
          context, target.baseAddress, target.count, source.baseAddress, source.count,
          StoredLayout.compressionLevel)
      }
    }
    precondition(ZSTD_isError(size) == 0, "a block of known size fits the bound")
    defer { if bound > 1 << 20 { buffer = [] } }
    return Array(buffer[..<size])
  }
}
