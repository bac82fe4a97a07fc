package import IndexFormat
import IndexStorage

/// The frame of a segment file, written down a second time from FORMAT.md: takes files apart, and puts sections
/// together with checksums that are right, whatever is in them.
package struct PlainSegmentFile {
  /// By number - 1.
  package var sections: [[UInt8]]
  package var version: UInt32 = 2

  package init(sections: [[UInt8]] = Array(repeating: [], count: 17)) { self.sections = sections }

  /// The sections of a sound file.
  package init(_ file: [UInt8]) {
    let table = Int(Self.number(file, at: file.count - 32, 8))
    sections = (0..<17).map { section in
      let entry = table + 8 + 24 * section
      let start = Int(Self.number(file, at: entry + 8, 8))
      return Array(file[start..<start + Int(Self.number(file, at: entry + 16, 8))])
    }
  }

  package subscript(section: SectionID) -> [UInt8] {
    get { sections[Int(section.rawValue) - 1] }
    set { sections[Int(section.rawValue) - 1] = newValue }
  }

  package var bytes: [UInt8] {
    var file = Array("SRCHSEG\0".utf8) + Self.bytes(UInt64(version), 4) + Self.bytes(0, 4)
    var table = Self.bytes(17, 4)
    var places: [UInt8] = []
    for (number, section) in sections.enumerated() {
      file += repeatElement(0, count: (64 - file.count % 64) % 64)
      places += Self.bytes(UInt64(number + 1), 8) + Self.bytes(UInt64(file.count), 8)
      places += Self.bytes(UInt64(section.count), 8)
      file += section
    }
    file += repeatElement(0, count: 8 + (8 - file.count % 8) % 8)
    let tableStart = file.count
    var checksums: [UInt8] = []
    var start = 0
    while start < tableStart {
      let end = min(start + 16_384, tableStart)
      checksums += Self.bytes(file.withUnsafeBytes { checksum(.init(rebasing: $0[start..<end])) }, 8)
      start = end
    }
    table += Self.bytes(UInt64(checksums.count / 8), 4) + places + checksums
    file += table
    let count = file.count + 32
    file += Self.bytes(UInt64(tableStart), 8) + Self.bytes(Self.checksum(of: table), 8)
    file += Self.bytes(UInt64(count), 8) + Array("SRCHSEG\0".utf8)
    return file
  }

  /// The name that a file with these sections has.
  package var name: String {
    var identity: [UInt8] = []
    for (number, section) in sections.enumerated() {
      identity += Self.bytes(UInt64(number + 1), 4) + Self.bytes(UInt64(section.count), 8)
      identity += Self.bytes(Self.checksum(of: section), 8)
    }
    let digits = String(Self.checksum(of: identity), radix: 16)
    return "segment-" + String(repeating: "0", count: 16 - digits.count) + digits + ".seg"
  }

  /// Opens a file with these sections under its own or another name.
  package func open(as name: String? = nil, documentCount: Int? = nil, live: LiveBits? = nil) throws
    -> SegmentReader
  {
    let bytes = bytes
    let name = name ?? self.name
    let checksum = Self.number(bytes, at: bytes.count - 24, 8)
    let statistics = self[.statistics]
    let documents = statistics.count >= 8 ? Int(clamping: Self.number(statistics, at: 0, 8)) : 0
    return try SegmentReader(
      .inMemory(name, bytes),
      as: CommittedSegment(
        file: FileReference(name: name, byteCount: bytes.count, checksum: checksum),
        documentCount: documentCount ?? documents),
      live: live)
  }

  /// The frame alone, for sections that are looked at one by one.
  package func openFile() throws -> SegmentFile {
    let bytes = bytes
    return try SegmentFile(
      .inMemory(name, bytes), byteCount: bytes.count, checksum: Self.number(bytes, at: bytes.count - 24, 8))
  }

  package static func checksum(of bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { IndexStorage.checksum($0) }
  }

  package static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0.prefix(count)) }
  }

  package static func number(_ bytes: [UInt8], at offset: Int, _ count: Int) -> UInt64 {
    (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
  }

  private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 { IndexStorage.checksum(bytes) }
}
