package import IndexStorage

/// Puts a source state together, file by file, and writes it (FORMAT.md, "The source state").
///
/// What it keeps in memory does not grow with the number of entries.
package final class SourceStateBuilder {
  private let directory: IndexDirectory
  private let records: SectionBuffer
  private let hashes: SectionBuffer
  private let fingerprints: SectionBuffer
  private let ids: SectionBuffer
  private var recordCount = 0
  private var entryCount = 0
  private var writer = ByteWriter()

  package init(in directory: IndexDirectory) throws {
    self.directory = directory
    records = SectionBuffer(directory: directory)
    hashes = SectionBuffer(directory: directory)
    fingerprints = SectionBuffer(directory: directory)
    ids = SectionBuffer(directory: directory)
  }

  /// Appends a file with what it gave.
  package func add(_ record: SourceRecord, entries: [SourceEntry]) throws {
    let name = Array(record.name.utf8)
    let start = ids.count
    for entry in entries {
      writer.fixed(SourceEntry.hash(ofID: entry.id))
      if writer.count >= 1 << 16 { try flush(to: hashes) }
    }
    try flush(to: hashes)
    for entry in entries {
      writer.fixed(entry.fingerprint)
      if writer.count >= 1 << 16 { try flush(to: fingerprints) }
    }
    try flush(to: fingerprints)
    for entry in entries {
      let id = Array(entry.id.utf8)
      let shared = zip(id, name).prefix { $0 == $1 }.count
      writer.varint(shared)
      writer.varint(id.count - shared)
      writer.raw(id[shared...])
      if writer.count >= 1 << 16 { try flush(to: ids) }
    }
    try flush(to: ids)
    try append(record, entryCount: entries.count, idsByteCount: ids.count - start)
  }

  /// Appends a file that gave what it gave before. The name is that of the older record.
  package func add(_ record: SourceRecord, entriesOf other: Int, in state: SourceState) throws {
    precondition(record.name == state.records[other].name, "ids are written relative to the name")
    let columns = unsafe state.columns(of: other)
    try unsafe hashes.append(columns.hashes)
    try unsafe fingerprints.append(columns.fingerprints)
    let encoded = unsafe state.encodedIDs(of: other)
    try unsafe ids.append(encoded)
    try append(record, entryCount: state.entryCount(of: other), idsByteCount: encoded.count)
  }

  private func append(_ record: SourceRecord, entryCount: Int, idsByteCount: Int) throws {
    guard recordCount < UInt32.max else { throw IndexLimitError("files", Int(UInt32.max)) }
    record.encode(to: &writer)
    writer.varint(entryCount)
    writer.varint(idsByteCount)
    try flush(to: records)
    recordCount += 1
    self.entryCount += entryCount
  }

  private func flush(to buffer: SectionBuffer) throws {
    try buffer.append(writer.bytes)
    writer.removeAll()
  }

  /// Writes the file under a name made of its checksum. The last call.
  ///
  /// - Parameters:
  ///   - root: what names are relative to.
  ///   - settings: what decides, besides the bytes of a file, what is made of it.
  package func finish(root: String, settings: [SourceSetting]) throws -> FileReference {
    var head = ByteWriter()
    head.string(root)
    head.varint(settings.count)
    for setting in settings {
      head.string(setting.name)
      head.string(setting.value)
    }
    var header = ByteWriter()
    header.fixed(SourceState.magic)
    header.fixed(SourceState.version)
    header.fixed(UInt32(recordCount))
    header.fixed(UInt64(entryCount))
    header.fixed(UInt64(head.count + records.count))
    header.fixed(UInt64(ids.count))
    header.fixed(UInt64(0))
    header.raw(head.bytes[...])
    var sum = Checksum()
    unsafe sum.update(header.bytes.span.bytes)
    // Sound: the pointers do not leave the closures, here and below.
    try unsafe drain { unsafe sum.update($0) }
    let reference = FileReference(
      name: "sources-" + hexadecimal(sum.value) + ".state",
      byteCount: header.count + records.count + hashes.count + fingerprints.count + ids.count,
      checksum: sum.value)
    try directory.write(reference.name) { (file: inout FileWriter) in
      try file.write(header.bytes)
      try unsafe drain { unsafe try file.write($0) }
    }
    return reference
  }

  private func drain(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try unsafe records.drain(body)
    try unsafe hashes.drain(body)
    try unsafe fingerprints.drain(body)
    try unsafe ids.drain(body)
  }
}
