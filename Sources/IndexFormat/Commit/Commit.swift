package import IndexStorage

/// One segment as a commit names it.
package struct CommittedSegment: Equatable, Sendable {
  package var file: FileReference
  package var documentCount: Int
  /// Nil when every document is live.
  package var live: FileReference?

  package init(file: FileReference, documentCount: Int, live: FileReference? = nil) {
    self.file = file
    self.documentCount = documentCount
    self.live = live
  }
}

/// The state of an index: which segments belong to it, and where its entries come from.
///
/// Stands in the file `commit`, the only one that is ever replaced (FORMAT.md, "The commit").
package struct Commit: Equatable, Sendable {
  package static let fileName = "commit"
  static let magic: UInt64 = 0x0054_4D43_4843_5253  // "SRCHCMT\0"
  static let version: UInt32 = 2
  /// Room for thousands of segments and paths.
  static let maximumBytes = 4 << 20
  /// Header, number, time, three empty lists and the checksum: of version 1, which has no byte for the state.
  private static let minimumBytes = 16 + 16 + 3 + 8
  package static let maximumNumber = 1 << 53
  static let section = "commit"

  /// 1 for the first commit, one more for each.
  package var number: Int
  /// Seconds since 1970.
  package var createdAt: Int
  /// The identity of the analyzer that made the terms.
  package var analyzer: String
  /// The PATHs of the run, relative to the index directory, or absolute when nothing is shared.
  package var sourcePaths: [String]
  package var segments: [CommittedSegment]
  /// The file of the `SourceState`; nil when the next run has to read everything.
  package var state: FileReference?

  package init(
    number: Int, createdAt: Int, analyzer: String, sourcePaths: [String], segments: [CommittedSegment],
    state: FileReference? = nil
  ) {
    self.number = number
    self.createdAt = createdAt
    self.analyzer = analyzer
    self.sourcePaths = sourcePaths
    self.segments = segments
    self.state = state
  }

  /// Every file that belongs to the commit, the pointer excepted.
  package var files: [FileReference] {
    segments.flatMap { [$0.file, $0.live].compactMap { $0 } } + [state].compactMap { $0 }
  }

  package var fileNames: Set<String> { Set(files.map(\.name)) }

  /// Whether readers of both find the same, and the next run goes on from the same.
  package func hasContent(of other: Commit) -> Bool {
    segments == other.segments && sourcePaths == other.sourcePaths && analyzer == other.analyzer
      && state == other.state
  }

  package func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.fixed(Self.magic)
    writer.fixed(Self.version)
    writer.fixed(UInt32(0))
    writer.fixed(UInt64(number))
    writer.fixed(UInt64(clamping: createdAt))  // a clock before 1970 is no reason to stop
    writer.string(analyzer)
    writer.strings(sourcePaths)
    writer.varint(segments.count)
    func put(_ file: FileReference) {
      writer.string(file.name)
      writer.varint(file.byteCount)
      writer.fixed(file.checksum)
    }
    for segment in segments {
      put(segment.file)
      writer.varint(segment.documentCount)
      writer.byte(segment.live == nil ? 0 : 1)
      if let live = segment.live { put(live) }
    }
    writer.byte(state == nil ? 0 : 1)
    if let state { put(state) }
    writer.fixed(unsafe writer.bytes.withUnsafeBytes { unsafe checksum($0) })
    return writer.bytes
  }

  package init(decoding bytes: [UInt8], file: String = Commit.fileName) throws(IndexFormatError) {
    func failure(_ problem: IndexFormatError.Problem, at offset: Int = 0) -> IndexFormatError {
      IndexFormatError(problem, file: file, section: Self.section, offset: offset)
    }
    // Sound: the pointer does not leave the closure.
    self = try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(IndexFormatError) in
      var reader = unsafe ByteReader(bytes, file: file, section: Self.section)
      guard try reader.fixed(UInt64.self) == Self.magic else { throw failure(.notOurs) }
      let version = try reader.fixed(UInt32.self)
      guard (1...Self.version).contains(version) else {
        throw failure(.unsupportedVersion(found: version, newest: Self.version), at: 8)
      }
      guard bytes.count >= Self.minimumBytes else {
        throw failure(.truncated(needed: Self.minimumBytes, available: bytes.count))
      }
      let body = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
      var tail = unsafe ByteReader(
        UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - 8)...]), file: file, section: Self.section)
      guard unsafe checksum(body) == (try tail.fixed(UInt64.self)) else {
        throw failure(.checksumMismatch, at: body.count)
      }
      reader = unsafe ByteReader(body, file: file, section: Self.section)
      _ = unsafe try reader.raw(12)
      try reader.reserved(4)
      return try Self.decode(&reader, version: version)
    }
  }

  /// What stands between header and checksum.
  private static func decode(
    _ reader: inout ByteReader, version: UInt32
  ) throws(IndexFormatError) -> Commit {
    let number = try reader.fixed(UInt64.self)
    let createdAt = try reader.fixed(UInt64.self)
    // Readers add to these; no counter and no clock comes near the limit.
    guard number <= UInt64(maximumNumber), createdAt <= UInt64(maximumNumber) else {
      throw reader.error(.invalid("a number and a time of at most \(maximumNumber)"))
    }
    let analyzer = try reader.string()
    let sourcePaths = try reader.strings()
    var segments: [CommittedSegment] = []
    for _ in 0..<(try reader.varint(upTo: reader.remaining)) {
      let file = try reference(&reader)
      let documentCount = try reader.varint(upTo: SegmentStatistics.maximumDocumentCount)
      segments.append(
        CommittedSegment(
          file: file, documentCount: documentCount, live: try optionalReference(&reader)))
    }
    let state = version == 1 ? nil : try optionalReference(&reader)
    guard reader.remaining == 0 else { throw reader.error(.invalid("nothing after the source state")) }
    return Commit(
      number: Int(number), createdAt: Int(createdAt), analyzer: analyzer, sourcePaths: sourcePaths,
      segments: segments, state: state)
  }

  private static func optionalReference(
    _ reader: inout ByteReader
  ) throws(IndexFormatError) -> FileReference? {
    let isThere = try reader.byte()
    guard isThere <= 1 else { throw reader.error(.invalid("0 or 1 before a reference")) }
    return isThere == 1 ? try reference(&reader) : nil
  }

  private static func reference(_ reader: inout ByteReader) throws(IndexFormatError) -> FileReference {
    FileReference(
      name: try reader.string(), byteCount: try reader.varint(), checksum: try reader.fixed(UInt64.self))
  }

  /// The current commit of a directory; nil when there is none.
  ///
  /// - Throws: `FileError`, `IndexFormatError`.
  package init?(in directory: IndexDirectory) throws {
    let bytes: [UInt8]
    do {
      bytes = try directory.readSmall(Self.fileName, limit: Self.maximumBytes, section: Self.section)
    } catch let error as FileError where error.isNotFound {
      return nil
    }
    try self.init(decoding: bytes)
  }

  /// Makes this the current commit, durably. The files it names are already durable under their names.
  ///
  /// - Throws: `FileError`; `IndexLimitError` for more segments and paths than a reader accepts.
  package func publish(in directory: IndexDirectory) throws {
    let bytes = encode()
    guard bytes.count <= Self.maximumBytes else {
      throw IndexLimitError("bytes of commit", Self.maximumBytes)
    }
    try directory.sync()
    try directory.write(Self.fileName) { (file: inout FileWriter) in try file.write(bytes) }
    try directory.sync()
  }
}
