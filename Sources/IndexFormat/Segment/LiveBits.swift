package import IndexStorage

/// Which documents of a segment are still there: one bit each, 1 for live (FORMAT.md, "Live bits").
package struct LiveBits: Equatable, Sendable {
  package private(set) var words: [UInt64]
  package let documentCount: Int
  package private(set) var liveCount: Int

  /// All live.
  package init(documentCount: Int) {
    self.documentCount = documentCount
    liveCount = documentCount
    words = [UInt64](repeating: .max, count: Self.wordCount(documentCount))
    if documentCount % 64 > 0 { words[words.count - 1] = (1 << UInt64(documentCount % 64)) - 1 }
  }

  private static func wordCount(_ documentCount: Int) -> Int { (documentCount + 63) / 64 }

  /// The deleted documents, ascending.
  package var deleted: [UInt32] {
    var documents: [UInt32] = []
    documents.reserveCapacity(documentCount - liveCount)
    for (place, word) in words.enumerated() {
      var missing = ~word
      if place == words.count - 1, documentCount % 64 > 0 { missing &= (1 << UInt64(documentCount % 64)) - 1 }
      while missing != 0 {
        documents.append(UInt32(place * 64 + missing.trailingZeroBitCount))
        missing &= missing - 1
      }
    }
    return documents
  }

  package func isLive(_ document: Int) -> Bool { words[document >> 6] >> UInt64(document & 63) & 1 == 1 }

  package mutating func delete(_ document: Int) {
    precondition(document >= 0 && document < documentCount, "a document of the segment")
    guard isLive(document) else { return }
    words[document >> 6] &= ~(1 << UInt64(document & 63))
    liveCount -= 1
  }

  static let headerBytes = 16
  static let version: UInt32 = 1
  private static let magic: UInt64 = 0x0056_494C_4843_5253  // "SRCHLIV\0"
  private static let section = "live bits"

  package func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.fixed(Self.magic)
    writer.fixed(Self.version)
    writer.fixed(UInt32(documentCount))
    for word in words { writer.fixed(word) }
    return writer.bytes
  }

  /// Writes the bits under a name made of their checksum.
  package func write(to directory: IndexDirectory) throws -> FileReference {
    let bytes = encode()
    let reference = Self.reference(to: bytes)
    try directory.write(reference.name) { (file: inout FileWriter) in try file.write(bytes) }
    return reference
  }

  /// What a commit says of a file with these bytes.
  static func reference(to bytes: [UInt8]) -> FileReference {
    // Sound: the pointer does not leave the closure.
    let sum = unsafe bytes.withUnsafeBytes { unsafe checksum($0) }
    return FileReference(name: "live-" + hexadecimal(sum) + ".bits", byteCount: bytes.count, checksum: sum)
  }

  package init(
    _ reference: FileReference, documentCount: Int, in directory: IndexDirectory
  ) throws {
    let limit = Self.headerBytes + Self.wordCount(documentCount) * 8
    try self.init(
      decoding: try directory.readSmall(reference.name, limit: limit, section: Self.section), reference,
      documentCount: documentCount)
  }

  init(
    decoding bytes: [UInt8], _ reference: FileReference, documentCount: Int
  ) throws(IndexFormatError) {
    func failure(_ problem: IndexFormatError.Problem) -> IndexFormatError {
      IndexFormatError(problem, file: reference.name, section: Self.section)
    }
    guard bytes.count == reference.byteCount else {
      throw failure(.truncated(needed: reference.byteCount, available: bytes.count))
    }
    // Before any memory is asked for: the number of documents may be forged.
    let needed = Self.headerBytes + Self.wordCount(documentCount) * 8
    guard bytes.count == needed else { throw failure(.truncated(needed: needed, available: bytes.count)) }
    guard unsafe bytes.withUnsafeBytes({ unsafe checksum($0) }) == reference.checksum else {
      throw failure(.checksumMismatch)
    }
    // Sound: the pointer does not leave the closure.
    self = try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(IndexFormatError) in
      var reader = unsafe ByteReader(bytes, file: reference.name, section: Self.section)
      guard try reader.fixed(UInt64.self) == Self.magic else { throw failure(.notOurs) }
      let version = try reader.fixed(UInt32.self)
      guard version == Self.version else {
        throw failure(.unsupportedVersion(found: version, newest: Self.version))
      }
      guard try reader.fixed(UInt32.self) == documentCount else {
        throw failure(.invalid("one bit per document"))
      }
      var bits = LiveBits(documentCount: documentCount)
      let all = bits.words
      for i in bits.words.indices {
        bits.words[i] = try reader.fixed(UInt64.self)
        guard bits.words[i] & ~all[i] == 0 else { throw failure(.invalid("no bits past the last document")) }
      }
      bits.liveCount = bits.words.reduce(0) { $0 + $1.nonzeroBitCount }
      return bits
    }
  }
}
