import CZstd

/// Finds and unpacks the stored fields of a document (FORMAT.md, "Stored index").
///
/// Keeps the last block, but for a large one, and what zstd needs for the next; not thread-safe.
@safe package final class StoredFieldsReader {
  private let file: SegmentFile
  let heads: HeadTable
  private let documentCount: Int
  private let blockCount: Int
  private var block = -1
  private var blockFirst = 0
  private var starts: [Int] = []
  private var raw: [UInt8] = []
  /// Larger blocks are not kept.
  private static let keptBytes = 1 << 20
  // Sound: owned by this instance alone, freed in `deinit`.
  private var context: OpaquePointer?

  init(_ file: SegmentFile, heads: HeadTable, documentCount: Int) throws(IndexFormatError) {
    self.file = file
    self.heads = heads
    self.documentCount = documentCount
    var header = unsafe ByteReader(
      try file.bytes(of: .storedIndex, 0..<8), file: file.name, section: SectionID.storedIndex.name)
    blockCount = Int(try header.fixed(UInt32.self))
    try header.reserved(4)
    guard file.byteCount(of: .storedIndex) == 8 + blockCount * StoredLayout.indexEntryBytes else {
      throw file.error(.invalid("an entry per block"), in: .storedIndex)
    }
  }

  deinit { unsafe _ = ZSTD_freeDCtx(context) }

  package func fields(of document: Int) throws(IndexFormatError) -> StoredFields {
    defer { forgetLargeBlock() }
    let head = try heads.head(of: document)
    let range = try load(document)
    let raw = raw
    // Sound: the pointer does not leave the closure, and `load` gives a range inside `raw`.
    return try unsafe raw.span.bytes.withUnsafeBytes { (bytes) throws(IndexFormatError) in
      var reader = unsafe ByteReader(
        UnsafeRawBufferPointer(rebasing: bytes[range]), file: file.name, section: SectionID.stored.name)
      let fields = try StoredFields(head, from: &reader)
      guard reader.remaining == 0 else { throw reader.error(.invalid("nothing after the fields")) }
      return fields
    }
  }

  /// The encoded fields of a document but for its head, as `StoredFieldsWriter.add(encoded:to:)` takes them.
  func withEncoded<R>(_ document: Int, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let range = try load(document)
    defer { forgetLargeBlock() }
    return try unsafe raw.withUnsafeBytes { try unsafe body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  private func forgetLargeBlock() {
    guard raw.count > Self.keptBytes else { return }
    raw = []
    block = -1
  }

  /// Unpacks the block of a document and gives the document's range in `raw`.
  private func load(_ document: Int) throws(IndexFormatError) -> Range<Int> {
    guard document >= 0, document < documentCount else {
      throw file.error(.invalid("a document of the segment"), in: .storedIndex)
    }
    if block < 0 || document < blockFirst || document >= blockFirst + starts.count - 1 {
      var low = 0
      var high = blockCount
      while low < high {
        let middle = (low + high) / 2
        if try entry(middle).first <= document { low = middle + 1 } else { high = middle }
      }
      guard low > 0 else { throw file.error(.invalid("a first block at document 0"), in: .storedIndex) }
      try unpack(low - 1)
    }
    let index = document - blockFirst
    return starts[index]..<starts[index + 1]
  }

  private func entry(_ block: Int) throws(IndexFormatError) -> (first: Int, rawBytes: Int, offset: Int) {
    let at = 8 + block * StoredLayout.indexEntryBytes
    var reader = unsafe ByteReader(
      try file.bytes(of: .storedIndex, at..<at + StoredLayout.indexEntryBytes), file: file.name,
      section: SectionID.storedIndex.name, sectionOffset: at)
    return (
      Int(try reader.fixed(UInt32.self)), Int(try reader.fixed(UInt32.self)),
      Int(clamping: try reader.fixed(UInt64.self))
    )
  }

  private func unpack(_ wanted: Int) throws(IndexFormatError) {
    block = -1
    let entry = try entry(wanted)
    let next: (first: Int, rawBytes: Int, offset: Int) =
      wanted + 1 < blockCount
      ? try self.entry(wanted + 1) : (documentCount, 0, file.byteCount(of: .stored))
    let count = next.first - entry.first
    guard count > 0, next.first <= documentCount, entry.rawBytes <= StoredLayout.maximumBlockBytes,
      entry.offset < next.offset
    else {
      throw file.error(
        .invalid("ascending blocks"), in: .storedIndex, at: 8 + wanted * StoredLayout.indexEntryBytes)
    }
    let source = unsafe try file.bytes(of: .stored, entry.offset..<next.offset)
    if raw.count < entry.rawBytes { raw = [UInt8](repeating: 0, count: entry.rawBytes) }
    if unsafe context == nil { unsafe context = ZSTD_createDCtx() }
    guard let context = unsafe context else { fatalError("out of memory") }
    // Sound: both buffers are given with their sizes.
    let size = unsafe raw.withUnsafeMutableBytes { target in
      unsafe ZSTD_decompressDCtx(
        context, target.baseAddress, entry.rawBytes, source.baseAddress, source.count)
    }
    guard ZSTD_isError(size) == 0, size == entry.rawBytes else {
      throw file.error(.invalid("a block that unpacks"), in: .stored, at: entry.offset)
    }
    let unpacked = raw
    // Sound: the pointer does not leave the closure, and `raw` is at least as long as the block.
    starts = try unsafe unpacked.span.bytes.withUnsafeBytes { (bytes) throws(IndexFormatError) in
      var reader = unsafe ByteReader(
        UnsafeRawBufferPointer(rebasing: bytes[..<entry.rawBytes]), file: file.name,
        section: SectionID.stored.name, sectionOffset: entry.offset)
      // Lengths first, as distances from the first entry, whose place is known when all are read.
      var ends = [0]
      for _ in 0..<count { ends.append(ends[ends.count - 1] + (try reader.varint(upTo: entry.rawBytes))) }
      return ends.map { $0 + reader.offset }
    }
    // Lengths are not negative, so the last end bounds them all.
    guard starts.last == entry.rawBytes else {
      throw file.error(.invalid("entries that fill the block"), in: .stored, at: entry.offset)
    }
    blockFirst = entry.first
    block = wanted
  }

  /// Checks what look-ups do not meet: that the first block begins with the section.
  func verifyIndex() throws(IndexFormatError) {
    let start = blockCount == 0 ? file.byteCount(of: .stored) : try entry(0).offset
    guard start == 0 else { throw file.error(.invalid("a first block at byte 0"), in: .storedIndex) }
  }
}
