import IndexStorage

/// Heads and stored fields, encoded, of documents that have no doc ID yet: outside memory, to be read in any order.
final class WaitingFields {
  /// Before the bytes of each document: their hash, and how many of them are the head.
  private static let prefixBytes = 12
  /// Read before the memory of the file is given back: the system maps a multiple of what is asked for.
  private static let rememberedBytes = 64 << 10

  private let ends: Spool<UInt64>
  private let bytes: Spool<UInt8>
  private var encoded = ByteWriter()
  private var prefix = ByteWriter()

  init(directory: IndexDirectory, memoryBytes: Int) {
    ends = Spool(directory: directory, memoryBytes: memoryBytes)
    bytes = Spool(directory: directory, memoryBytes: memoryBytes)
  }

  func add(_ fields: StoredFields) throws {
    encoded.removeAll()
    fields.head.encode(to: &encoded)
    let headByteCount = encoded.count
    guard headByteCount <= StoredLayout.maximumEntryBytes else {
      throw IndexLimitError("bytes of stored text in one entry", StoredLayout.maximumEntryBytes)
    }
    fields.encode(to: &encoded)
    let encodedBytes = encoded.bytes
    prefix.removeAll()
    prefix.fixed(unsafe encodedBytes.withUnsafeBytes { unsafe checksum($0) })
    prefix.fixed(UInt32(headByteCount))
    try bytes.append(contentsOf: prefix.bytes)
    try bytes.append(contentsOf: encodedBytes)
    try ends.append(UInt64(bytes.count))
  }

  /// Hands over the fields of each document in this order; the end of this object's work.
  ///
  /// - Throws: `ScratchDamage`, `FileError`, and what `body` throws.
  func takeAll(
    in order: [UInt32],
    _ body: (_ head: UnsafeRawBufferPointer, _ fields: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let ends = try ends.takeAll()
    var readByteCount = 0
    for document in order {
      let start = document == 0 ? 0 : Int(ends[Int(document) - 1])
      let record = try bytes.elements(start..<Int(ends[Int(document)]))
      // Sound: the pointers do not leave the closure.
      try unsafe record.withUnsafeBytes { record in
        let encoded = unsafe UnsafeRawBufferPointer(rebasing: record[Self.prefixBytes...])
        let hash = unsafe UInt64(littleEndian: record.loadUnaligned(as: UInt64.self))
        let headByteCount = unsafe Int(
          UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        guard unsafe checksum(encoded) == hash, headByteCount <= encoded.count else { throw ScratchDamage() }
        try unsafe body(
          UnsafeRawBufferPointer(rebasing: encoded[..<headByteCount]),
          UnsafeRawBufferPointer(rebasing: encoded[headByteCount...]))
      }
      readByteCount += record.count
      if readByteCount > Self.rememberedBytes {
        bytes.forgetMemory()
        readByteCount = 0
      }
    }
  }
}
