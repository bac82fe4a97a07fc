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
  /// By `SectionID.rawValue - 1`.
  private let sections: [Range<Int>]
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
      throw failure(
        .truncated(needed: SegmentFrame.headerBytes + SegmentFrame.trailerBytes, available: byteCount))
    }
    var header = unsafe ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[..<16]), file: file, section: "frame")
    guard try header.fixed(UInt64.self) == SegmentFrame.magic else { throw failure(.notOurs) }
    let version = try header.fixed(UInt32.self)
    guard version == SegmentFrame.version else {
      throw failure(.unsupportedVersion(found: version, newest: SegmentFrame.version), at: 8)
    }
    guard try header.fixed(UInt32.self) == 0 else {
      throw failure(.invalid("zero in the reserved bytes"), at: 12)
    }

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
    guard Int(try reader.fixed(UInt32.self)) == SectionID.allCases.count else {
      throw reader.error(.invalid("\(SectionID.allCases.count) sections"))
    }
    let pages = Int(try reader.fixed(UInt32.self))
    var found: [Range<Int>] = []
    var end = UInt64(SegmentFrame.headerBytes)
    for section in SectionID.allCases {
      let id = try reader.fixed(UInt32.self)
      guard try reader.fixed(UInt32.self) == 0 else {
        throw reader.error(.invalid("zero in the reserved bytes"))
      }
      let offset = try reader.fixed(UInt64.self)
      let count = try reader.fixed(UInt64.self)
      // `end` is inside the file, so rounding it up cannot overflow.
      guard id == section.rawValue, offset == roundedUp(end, to: UInt64(SegmentFrame.alignment)),
        offset <= tableOffset, count <= tableOffset - offset
      else { throw reader.error(.invalid("the sections inside the file, in order")) }
      end = offset + count
      found.append(Int(offset)..<Int(end))
    }
    guard tableOffset == roundedUp(end + UInt64(SegmentFrame.slackBytes), to: 8) else {
      throw reader.error(.invalid("the table after the last section"))
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

  /// Gives the memory of what was read back to the system, for who reads a large file once from end to end. What is
  /// asked for again comes back from the file, and counts as checked.
  package func forgetMemory() { map.forget(0..<map.byteCount) }

  /// The bytes of the file that a section takes.
  private func place(of section: SectionID) -> Range<Int> { sections[Int(section.rawValue) - 1] }

  package func byteCount(of section: SectionID) -> Int { place(of: section).count }

  /// The checked bytes of a part of a section; valid while this file lives.
  ///
  /// At least eight bytes after the end are readable, so that wide loads never leave the mapping.
  package func bytes(
    of section: SectionID, _ range: Range<Int>
  ) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    let place = place(of: section)
    guard range.lowerBound >= 0, range.upperBound <= place.count else {
      throw IndexFormatError(
        .truncated(needed: range.upperBound, available: place.count), file: name, section: section.name,
        offset: range.lowerBound)
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
      let section = SectionID.allCases.first { place(of: $0).contains(offset) }
      throw IndexFormatError(
        .checksumMismatch, file: name, section: section?.name ?? "frame",
        offset: offset - (section.map { place(of: $0).lowerBound } ?? 0))
    }
  }

  /// Checks what is between the sections, and that the file's name is the one that its sections have.
  ///
  /// The name vouches for the sections together: with it, sections of two files cannot be mixed.
  package func verifyIdentity() throws(IndexFormatError) {
    var end = SegmentFrame.headerBytes
    var identity = SegmentIdentity()
    for section in SectionID.allCases {
      let place = place(of: section)
      // Sound: `init` has checked that the sections ascend inside the file.
      for offset in end..<place.lowerBound where unsafe map.bytes[offset] != 0 {
        throw IndexFormatError(
          .invalid("zero between sections"), file: name, section: "frame", offset: offset)
      }
      end = place.upperBound
      unsafe identity.add(section, byteCount: place.count, contentHash: checksum(try bytes(of: section)))
    }
    for offset in end..<tableStart where unsafe map.bytes[offset] != 0 {
      throw IndexFormatError(.invalid("zero between sections"), file: name, section: "frame", offset: offset)
    }
    guard identity.fileName == name else {
      throw IndexFormatError(
        .invalid("the sections of \(name), found those of \(identity.fileName)"), file: name,
        section: "frame")
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

/// The smallest multiple of `alignment` that is not below `value`.
private func roundedUp(_ value: UInt64, to alignment: UInt64) -> UInt64 {
  (value + alignment - 1) / alignment * alignment
}
