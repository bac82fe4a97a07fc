package import IndexStorage
import SearchModel

/// Which files an index was made from and what each of them gave, so that the next run reads only what changed
/// (FORMAT.md, "The source state").
///
/// The records are decoded at once, the ids of a file when they are asked for.
package final class SourceState: Sendable {
  /// What names are relative to: relative to the index directory, or absolute when nothing is shared.
  package let root: String
  package let settings: [SourceSetting]
  /// In the order in which their entries were added: by name.
  package let records: [SourceRecord]
  private let places: [Place]
  private let map: MappedFile
  /// Where the two columns and the ids begin in the file.
  private let hashesStart: Int
  private let fingerprintsStart: Int
  private let idsStart: Int

  /// The part of a record in the columns and in the ids.
  private struct Place: Sendable {
    var firstEntry: Int
    var entryCount: Int
    var idsStart: Int
    var idsByteCount: Int
  }

  static let magic: UInt64 = 0x0043_5253_4843_5253  // "SRCHSRC\0"
  static let version: UInt32 = 1
  static let headerBytes = 48
  private static let section = "source state"

  package convenience init(_ reference: FileReference, in directory: IndexDirectory) throws {
    let map: MappedFile
    do { map = try directory.map(reference.name) } catch let error as FileError where error.isNotFound {
      throw IndexFormatError(.missing, file: reference.name, section: Self.section)
    }
    try self.init(map, reference)
  }

  init(_ map: MappedFile, _ reference: FileReference) throws(IndexFormatError) {
    self.map = map
    let bytes = unsafe map.bytes
    func failure(_ problem: IndexFormatError.Problem, at offset: Int = 0) -> IndexFormatError {
      IndexFormatError(problem, file: reference.name, section: Self.section, offset: offset)
    }
    guard bytes.count == reference.byteCount, bytes.count >= Self.headerBytes else {
      throw failure(.truncated(needed: max(reference.byteCount, Self.headerBytes), available: bytes.count))
    }
    guard unsafe checksum(bytes) == reference.checksum else { throw failure(.checksumMismatch) }
    var reader = unsafe ByteReader(bytes, file: reference.name, section: Self.section)
    guard try reader.fixed(UInt64.self) == Self.magic else { throw failure(.notOurs) }
    let version = try reader.fixed(UInt32.self)
    guard version == Self.version else {
      throw failure(.unsupportedVersion(found: version, newest: Self.version), at: 8)
    }
    let recordCount = Int(try reader.fixed(UInt32.self))
    let entryCount = try reader.fixed(UInt64.self)
    let recordBytes = try reader.fixed(UInt64.self)
    let idBytes = try reader.fixed(UInt64.self)
    try reader.reserved(8)
    // Each is compared with the size first, so that no sum overflows.
    let size = UInt64(bytes.count)
    guard entryCount <= size / 16, recordBytes <= size, idBytes <= size,
      UInt64(Self.headerBytes) + recordBytes + entryCount * 16 + idBytes == size
    else { throw failure(.invalid("parts that fill the file"), at: 16) }
    hashesStart = Self.headerBytes + Int(recordBytes)
    fingerprintsStart = hashesStart + Int(entryCount) * 8
    idsStart = fingerprintsStart + Int(entryCount) * 8

    reader = unsafe ByteReader(
      UnsafeRawBufferPointer(rebasing: bytes[Self.headerBytes..<hashesStart]), file: reference.name,
      section: Self.section, sectionOffset: Self.headerBytes)
    root = try reader.string()
    var settings: [SourceSetting] = []
    for _ in 0..<(try reader.varint(upTo: reader.remaining)) {
      settings.append(SourceSetting(name: try reader.string(), value: try reader.string()))
    }
    self.settings = settings
    var records: [SourceRecord] = []
    var places: [Place] = []
    // A forged count must not make us ask for much more memory than there are bytes.
    records.reserveCapacity(min(recordCount, bytes.count / 64))
    places.reserveCapacity(min(recordCount, bytes.count / 64))
    var place = Place(firstEntry: 0, entryCount: 0, idsStart: 0, idsByteCount: 0)
    for _ in 0..<recordCount {
      records.append(try SourceRecord(from: &reader))
      place.firstEntry += place.entryCount
      place.idsStart += place.idsByteCount
      place.entryCount = try reader.varint(upTo: Int(entryCount) - place.firstEntry)
      place.idsByteCount = try reader.varint(upTo: Int(idBytes) - place.idsStart)
      places.append(place)
    }
    guard reader.remaining == 0, place.firstEntry + place.entryCount == Int(entryCount),
      place.idsStart + place.idsByteCount == Int(idBytes)
    else { throw reader.error(.invalid("records that account for every entry")) }
    self.records = records
    self.places = places
  }

  package var entryCount: Int { places.last.map { $0.firstEntry + $0.entryCount } ?? 0 }

  package func entryCount(of record: Int) -> Int { places[record].entryCount }

  /// What one file gave, in its order.
  package func entries(of record: Int) throws(IndexFormatError) -> [SourceEntry] {
    let place = places[record]
    let name = Array(records[record].name.utf8)
    var reader = unsafe ByteReader(
      encodedIDs(of: record), file: map.name, section: Self.section, sectionOffset: idsStart + place.idsStart)
    var entries: [SourceEntry] = []
    entries.reserveCapacity(place.entryCount)
    for number in 0..<place.entryCount {
      let shared = try reader.varint(upTo: name.count)
      let rest = unsafe try reader.raw(try reader.varint(upTo: reader.remaining))
      guard let id = unsafe String(validating: name[..<shared] + Array(rest), as: UTF8.self) else {
        throw reader.error(.invalid("UTF-8"))
      }
      entries.append(SourceEntry(id: id, fingerprint: fingerprint(place.firstEntry + number)))
    }
    guard reader.remaining == 0 else { throw reader.error(.invalid("nothing after the last id")) }
    return entries
  }

  /// The files that give an entry with one of these ids (`SourceEntry.hash(ofID:)`), in order.
  package func records(giving ids: Set<UInt64>) -> [Int] {
    if ids.isEmpty { return [] }
    var found: [Int] = []
    for (record, place) in places.enumerated()
    where (place.firstEntry..<place.firstEntry + place.entryCount).contains(where: {
      ids.contains(idHash($0))
    }) {
      found.append(record)
    }
    return found
  }

  private func idHash(_ entry: Int) -> UInt64 { number(hashesStart + entry * 8) }
  private func fingerprint(_ entry: Int) -> UInt64 { number(fingerprintsStart + entry * 8) }

  private func number(_ offset: Int) -> UInt64 {
    // Sound: `init` has checked that the columns lie in the file, and entries come from `places`.
    unsafe UInt64(littleEndian: map.bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Reads everything and checks what opening leaves out: ids that decode and are those of the hashes, names in order.
  package func verify() throws(IndexFormatError) {
    func failure(_ expectation: String, at offset: Int) -> IndexFormatError {
      IndexFormatError(.invalid(expectation), file: map.name, section: Self.section, offset: offset)
    }
    for (record, place) in places.enumerated() {
      let name = records[record].name
      if records[record].isStandardInput {
        guard record == records.count - 1 else {
          throw failure("standard input as the last record", at: Self.headerBytes)
        }
      } else if record > 0 {
        guard records[record - 1].name.utf8.lexicographicallyPrecedes(name.utf8) else {
          throw failure("names that ascend strictly", at: Self.headerBytes)
        }
      }
      for (number, entry) in try entries(of: record).enumerated() {
        let entryNumber = place.firstEntry + number
        guard idHash(entryNumber) == SourceEntry.hash(ofID: entry.id) else {
          throw failure("the hashes of the ids", at: hashesStart + entryNumber * 8)
        }
      }
    }
  }

  // MARK: For the next state

  /// The bytes of a file's part of each column, to be copied.
  func columns(of record: Int) -> (hashes: UnsafeRawBufferPointer, fingerprints: UnsafeRawBufferPointer) {
    let place = places[record]
    let part = place.firstEntry * 8..<(place.firstEntry + place.entryCount) * 8
    // Sound: as in `number`; the mapping lives as long as this object.
    return unsafe (
      UnsafeRawBufferPointer(
        rebasing: map.bytes[hashesStart + part.lowerBound..<hashesStart + part.upperBound]),
      UnsafeRawBufferPointer(
        rebasing: map.bytes[fingerprintsStart + part.lowerBound..<fingerprintsStart + part.upperBound])
    )
  }

  func encodedIDs(of record: Int) -> UnsafeRawBufferPointer {
    let start = idsStart + places[record].idsStart
    return unsafe UnsafeRawBufferPointer(rebasing: map.bytes[start..<start + places[record].idsByteCount])
  }
}

extension SourceRecord {
  private static let uncertain: UInt8 = 1
  private static let standardInput: UInt8 = 2
  private static let deliberate: UInt8 = 4

  fileprivate init(from reader: inout ByteReader) throws(IndexFormatError) {
    let flags = try reader.byte()
    guard flags & ~(Self.uncertain | Self.standardInput | Self.deliberate) == 0 else {
      throw reader.error(.invalid("known flags"))
    }
    name = try reader.string()
    isUncertain = flags & Self.uncertain != 0
    isStandardInput = flags & Self.standardInput != 0
    signature = FileSignature(
      byteCount: try reader.varint(), modificationTime: try reader.fixed(Int64.self),
      changeTime: try reader.fixed(Int64.self), inode: try reader.fixed(UInt64.self))
    hash = ContentHash(high: try reader.fixed(UInt64.self), low: try reader.fixed(UInt64.self))
    skips = []
    for _ in 0..<(try reader.varint(upTo: reader.remaining)) {
      let line = try reader.varint()
      skips.append(
        Skip(
          line: line == 0 ? nil : line, reason: try reader.string(),
          isDeliberate: line == 0 && flags & Self.deliberate != 0))
    }
  }

  func encode(to writer: inout ByteWriter) {
    writer.byte(
      (isUncertain ? Self.uncertain : 0) | (isStandardInput ? Self.standardInput : 0)
        | (skips.contains { $0.line == nil && $0.isDeliberate } ? Self.deliberate : 0))
    writer.string(name)
    writer.varint(signature.byteCount)
    writer.fixed(signature.modificationTime)
    writer.fixed(signature.changeTime)
    writer.fixed(signature.inode)
    writer.fixed(hash.high)
    writer.fixed(hash.low)
    writer.varint(skips.count)
    for skip in skips {
      writer.varint(skip.line ?? 0)
      writer.string(skip.reason)
    }
  }
}
