import IndexStorage

/// What a commit says of one file: enough to find it and to know that it is the right one.
package struct FileReference: Equatable, Sendable {
  package var name: String
  package var byteCount: Int
  /// XXH3-64; of the section table for segment files, of all bytes for the others.
  package var checksum: UInt64

  package init(name: String, byteCount: Int, checksum: UInt64) {
    self.name = name
    self.byteCount = byteCount
    self.checksum = checksum
  }
}

/// Writes a segment file front to back (FORMAT.md, "The frame").
///
/// The file is named after the hash of its sections, so equal input gives equal names and equal bytes.
enum SegmentFileWriter {
  /// Writes one section per `SectionID`, in that order.
  static func write(
    _ sections: KeyValuePairs<SectionID, SectionBuffer>, to directory: IndexDirectory
  ) throws -> FileReference {
    precondition(sections.map(\.key) == SectionID.allCases, "a segment file has every section, in order")
    var identity = SegmentIdentity()
    for (id, part) in sections { identity.add(id, byteCount: part.count, contentHash: part.contentHash) }
    let name = identity.fileName
    var reference = FileReference(name: name, byteCount: 0, checksum: 0)
    try directory.write(name) { (file: inout FileWriter) in
      var pages = PageHasher()
      func put(_ bytes: UnsafeRawBufferPointer) throws {
        unsafe pages.update(bytes)
        unsafe try file.write(bytes)
      }
      func put(_ bytes: [UInt8]) throws { try unsafe bytes.withUnsafeBytes { try unsafe put($0) } }
      func pad(to alignment: Int) throws {
        let excess = file.byteCount % alignment
        if excess > 0 { try put([UInt8](repeating: 0, count: alignment - excess)) }
      }
      var header = ByteWriter()
      header.fixed(SegmentFrame.magic)
      header.fixed(SegmentFrame.version)
      header.fixed(UInt32(0))
      try put(header.bytes)
      var table = ByteWriter()
      for (id, part) in sections {
        try pad(to: SegmentFrame.alignment)
        table.fixed(id.rawValue)
        table.fixed(UInt32(0))
        table.fixed(UInt64(file.byteCount))
        table.fixed(UInt64(part.count))
        unsafe try part.drain { try unsafe put($0) }
      }
      try put([UInt8](repeating: 0, count: SegmentFrame.slackBytes))
      try pad(to: 8)
      let tableOffset = file.byteCount
      let checksums = pages.finish()
      var tail = ByteWriter()
      tail.fixed(UInt32(SectionID.allCases.count))
      tail.fixed(UInt32(checksums.count))
      tail.raw(table.bytes)
      for value in checksums { tail.fixed(value) }
      let tableChecksum = unsafe tail.bytes.withUnsafeBytes { unsafe checksum($0) }
      reference.byteCount = tableOffset + tail.count + SegmentFrame.trailerBytes
      reference.checksum = tableChecksum
      tail.fixed(UInt64(tableOffset))
      tail.fixed(tableChecksum)
      tail.fixed(UInt64(reference.byteCount))
      tail.fixed(SegmentFrame.magic)
      try file.write(tail.bytes)
    }
    return reference
  }
}

/// What makes a segment file the one that it is: number, size and hash of every section, in order.
struct SegmentIdentity {
  private var bytes = ByteWriter()

  mutating func add(_ section: SectionID, byteCount: Int, contentHash: UInt64) {
    bytes.fixed(section.rawValue)
    bytes.fixed(UInt64(byteCount))
    bytes.fixed(contentHash)
  }

  /// The name of the file with these sections.
  var fileName: String {
    // Sound: the pointer does not leave the closure.
    unsafe "segment-" + hexadecimal(bytes.bytes.withUnsafeBytes { unsafe checksum($0) }) + ".seg"
  }
}

/// Sixteen lower-case hexadecimal digits.
package func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Checksums of fixed-size pages over a stream of bytes.
private struct PageHasher: ~Copyable {
  private var hash = Checksum()
  private var filled = 0
  private var checksums: [UInt64] = []

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let count = unsafe min(rest.count, SegmentFrame.pageBytes - filled)
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: rest.prefix(count)))
      unsafe rest = rest.dropFirst(count)
      filled += count
      if filled == SegmentFrame.pageBytes { closePage() }
    }
  }

  mutating func finish() -> [UInt64] {
    if filled > 0 { closePage() }
    return checksums
  }

  private mutating func closePage() {
    checksums.append(hash.value)
    hash = Checksum()
    filled = 0
  }
}
