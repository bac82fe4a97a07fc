package import IndexStorage
import Synchronization

/// The frame of one segment file: sections found by number, pages checked on first touch.
///
/// Opening reads the header, the trailer and the section table; FORMAT.md, "The frame". Every other
/// byte is handed out by `bytes(of:_:)`, which compares each page with its checksum the first time it is
/// asked for. So opening costs the same for any size, and a damaged page is found before it is decoded.
///
/// `@unchecked Sendable`: the mapping is read-only, and what changes after `init` are the atomic bits.
@safe package final class SegmentFile: @unchecked Sendable {
  package let name: String
  package let checksum: UInt64
  private let map: MappedFile
  private let sections: [Range<Int>?]
  private let tableStart: Int
  private let checksumsStart: Int
  private let pageCount: Int
  /// One bit per page: already compared with its checksum. Two threads may compare the same page, to no harm.
  private let verified: UnsafeMutablePointer<Atomic<UInt64>>
  private let wordCount: Int

  /// - Throws: `IndexFormatError` when frame, size or checksum differ from what the commit names.
  package init(_ map: MappedFile, byteCount: Int, checksum: UInt64) throws(IndexFormatError) {
    name = map.name
    self.map = map
    self.checksum = checksum
    let file = map.name
    func failure(_ problem: IndexFormatError.Problem, at offset: Int = 0) -> IndexFormatError {
      IndexFormatError(problem, file: file, section: "frame", offset: offset)
    }
    let bytes = unsafe map.bytes
    guard map.byteCount == byteCount else {
      throw failure(.truncated(needed: byteCount, available: map.byteCount))
    }
    guard byteCount >= SegmentFrame.headerBytes + SegmentFrame.trailerBytes else {
      throw failure(.truncated(needed: SegmentFrame.headerBytes + SegmentFrame.trailerBytes, available: byteCount))
    }
    var header = unsafe ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<16]), file: file, section: "frame")
    guard try header.fixed(UInt64.self) == SegmentFrame.magic else { throw failure(.notOurs) }
    let version = try header.fixed(UInt32.self)
    guard version == SegmentFrame.version else {
      throw failure(.unsupportedVersion(found: version, newest: SegmentFrame.version), at: 8)
    }
    guard try header.fixed(UInt32.self) == 0 else { throw failure(.invalid("zero in the reserved bytes"), at: 12) }

    let trailerStart = byteCount - SegmentFrame.trailerBytes
    var trailer = unsafe ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[trailerStart...]), file: file, section: "frame",
      sectionOffset: trailerStart)
    let tableOffset = try trailer.fixed(UInt64.self)
    let tableChecksum = try trailer.fixed(UInt64.self)
    let storedBytes = try trailer.fixed(UInt64.self)
    guard try trailer.fixed(UInt64.self) == SegmentFrame.magic, storedBytes == UInt64(byteCount) else {
      throw failure(.invalid("the trailer that was written"), at: trailerStart)
    }
    guard tableOffset >= 16, tableOffset <= UInt64(trailerStart - 8), tableOffset % 8 == 0 else {
      throw failure(.invalid("a section table inside the file"), at: trailerStart)
    }
    let table = unsafe UnsafeRawBufferPointer(rebasing: bytes[Int(tableOffset)..<trailerStart])
    guard tableChecksum == checksum, unsafe IndexStorage.checksum(table) == tableChecksum else {
      throw failure(.checksumMismatch, at: Int(tableOffset))
    }
    var reader = unsafe ByteReader(table, file: file, section: "frame", sectionOffset: Int(tableOffset))
    let sectionCount = Int(try reader.fixed(UInt32.self))
    let pages = Int(try reader.fixed(UInt32.self))
    var found = [Range<Int>?](repeating: nil, count: SectionID.allCases.count + 1)
    for _ in 0..<sectionCount {
      let id = try reader.fixed(UInt32.self)
      guard try reader.fixed(UInt32.self) == 0 else { throw reader.error(.invalid("zero in the reserved bytes")) }
      let offset = try reader.fixed(UInt64.self)
      let count = try reader.fixed(UInt64.self)
      guard let section = SectionID(rawValue: id), found[Int(section.rawValue)] == nil,
        offset >= 16, offset <= tableOffset, count <= tableOffset - offset
      else { throw reader.error(.invalid("a known section inside the file")) }
      found[Int(section.rawValue)] = Int(offset)..<Int(offset + count)
    }
    guard pages == (Int(tableOffset) + SegmentFrame.pageBytes - 1) / SegmentFrame.pageBytes,
      reader.remaining == pages * 8
    else { throw reader.error(.invalid("a checksum per page")) }
    sections = found
    tableStart = Int(tableOffset)
    checksumsStart = trailerStart - pages * 8
    pageCount = pages
    wordCount = (pages + 63) / 64
    unsafe verified = .allocate(capacity: max(wordCount, 1))
    for word in 0..<wordCount { unsafe (verified + word).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe verified.deinitialize(count: wordCount)
    unsafe verified.deallocate()
  }

  package var byteCount: Int { map.byteCount }

  package func byteCount(of section: SectionID) -> Int { sections[Int(section.rawValue)]?.count ?? 0 }

  /// The checked bytes of a part of a section; valid while this file lives.
  ///
  /// At least eight bytes after the end are readable, so that wide loads never leave the mapping.
  package func bytes(
    of section: SectionID, _ range: Range<Int>
  ) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    guard let place = sections[Int(section.rawValue)], range.lowerBound >= 0, range.upperBound <= place.count else {
      throw IndexFormatError(
        .truncated(needed: range.upperBound, available: byteCount(of: section)), file: name,
        section: section.name, offset: range.lowerBound)
    }
    let start = place.lowerBound + range.lowerBound
    let end = place.lowerBound + range.upperBound
    if start < end {
      for page in start / SegmentFrame.pageBytes...(end - 1) / SegmentFrame.pageBytes {
        guard checkPage(page) else {
          throw IndexFormatError(
            .checksumMismatch, file: name, section: section.name,
            offset: max(0, page * SegmentFrame.pageBytes - place.lowerBound))
        }
      }
    }
    // Sound: the range was checked against the section, the section against the file.
    return unsafe UnsafeRawBufferPointer(rebasing: map.bytes[start..<end])
  }

  /// The whole of a section, checked.
  package func bytes(of section: SectionID) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    unsafe try bytes(of: section, 0..<byteCount(of: section))
  }

  /// A reader over the whole of a section.
  package func reader(of section: SectionID) throws(IndexFormatError) -> ByteReader {
    unsafe ByteReader(try bytes(of: section), file: name, section: section.name)
  }

  package func error(
    _ problem: IndexFormatError.Problem, in section: SectionID, at offset: Int = 0
  ) -> IndexFormatError {
    IndexFormatError(problem, file: name, section: section.name, offset: offset)
  }

  /// Compares every page with its checksum, whether it was read before or not.
  package func verifyPages() throws(IndexFormatError) {
    for page in 0..<pageCount where !comparePage(page) {
      let offset = page * SegmentFrame.pageBytes
      let section = SectionID.allCases.first { sections[Int($0.rawValue)]?.contains(offset) ?? false }
      throw IndexFormatError(.checksumMismatch, file: name, section: section?.name ?? "frame", offset: offset)
    }
  }

  private func checkPage(_ page: Int) -> Bool {
    let mask = UInt64(1) << UInt64(page & 63)
    if unsafe verified[page >> 6].load(ordering: .relaxed) & mask != 0 { return true }
    guard comparePage(page) else { return false }
    unsafe verified[page >> 6].bitwiseOr(mask, ordering: .relaxed)
    return true
  }

  private func comparePage(_ page: Int) -> Bool {
    let start = page * SegmentFrame.pageBytes
    let end = min(start + SegmentFrame.pageBytes, tableStart)
    // Sound: pages lie before the table, one checksum each, both counted in `init`.
    let stored = unsafe UInt64(
      littleEndian: map.bytes.loadUnaligned(fromByteOffset: checksumsStart + page * 8, as: UInt64.self))
    return unsafe checksum(UnsafeRawBufferPointer(rebasing: map.bytes[start..<end])) == stored
  }

  private func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 { unsafe IndexStorage.checksum(bytes) }
}
