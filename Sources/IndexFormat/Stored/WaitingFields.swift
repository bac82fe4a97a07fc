import IndexStorage

/// Heads and stored fields, encoded, of documents that have no doc ID yet: outside memory, to be read in any order.
///
/// Of each document: the hash of what follows, how many bytes the head has, the head, the fields.
final class WaitingFields {
  private static let hashBytes = 8
  private static let prefixBytes = 12

  private let ends: Spool<UInt64>
  private let bytes: Spool<UInt8>

  init(directory: IndexDirectory, memoryBytes: Int) {
    ends = Spool(directory: directory, memoryBytes: memoryBytes)
    bytes = Spool(directory: directory, memoryBytes: memoryBytes)
  }

  func add(_ fields: StoredFields) throws {
    var head = ByteWriter()
    fields.head.encode(to: &head)
    guard head.count <= StoredLayout.maximumEntryBytes else {
      throw IndexLimitError("bytes of stored text in one entry", StoredLayout.maximumEntryBytes)
    }
    var hashed = ByteWriter()
    hashed.fixed(UInt32(head.count))
    hashed.raw(head.bytes)
    fields.encode(to: &hashed)
    var prefix = ByteWriter()
    prefix.fixed(unsafe hashed.bytes.withUnsafeBytes { unsafe checksum($0) })
    try bytes.append(contentsOf: prefix.bytes)
    try bytes.append(contentsOf: hashed.bytes)
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
    for document in order {
      let start = document == 0 ? 0 : Int(ends[Int(document) - 1])
      let record = try bytes.elements(start..<Int(ends[Int(document)]))
      // Sound: the pointers do not leave the closure, and a record is never shorter than its prefix.
      try unsafe record.withUnsafeBytes { record in
        let hash = unsafe UInt64(littleEndian: record.loadUnaligned(as: UInt64.self))
        let hashed = unsafe UnsafeRawBufferPointer(rebasing: record[Self.hashBytes...])
        guard unsafe checksum(hashed) == hash else { throw ScratchDamage() }
        let headByteCount = unsafe UInt32(littleEndian: hashed.loadUnaligned(as: UInt32.self))
        let headEnd = Self.prefixBytes + Int(headByteCount)
        try unsafe body(
          UnsafeRawBufferPointer(rebasing: record[Self.prefixBytes..<headEnd]),
          UnsafeRawBufferPointer(rebasing: record[headEnd...]))
      }
    }
  }
}
