import Glibc
import IndexStorage
import QueryEngine
import SearchModel
import SearchTestSupport
import TextAnalysis

@testable import IndexFormat

/// A segment file with right checksums, one section of which is the input: the first byte is its number.
///
/// It is verified, rewritten as a merge does and asked as queries do, through the file system of `ForgedFiles`.
func segmentTarget() throws -> FuzzTarget {
  let site = try SmallSite()
  guard let commit = try Commit(in: site.directory), let segment = commit.segments.first else {
    fatalError("no index")
  }
  let sound = PlainSegmentFile(try site.directory.read(segment.file.name, limit: 1 << 24))
  let analyzer = try Analyzer()
  let requests = ["多集群", "kube-proxy clus*", "\"条目\" -7", "kubeprxy", "gj tag:x after:2023", "安装"].map {
    SearchRequest(text: $0, facets: FacetKey.allCases)
  }
  return { input in
    guard let first = input.first else { return }
    var forged = sound
    forged.sections[Int(first) % forged.sections.count] = Array(input.dropFirst())
    let statistics = forged[.statistics]
    let documentCount =
      statistics.count >= 8 ? Int(clamping: PlainSegmentFile.number(statistics, at: 0, 8)) : 0
    let bytes = forged.bytes
    var named = segment
    named.documentCount = documentCount
    named.file = FileReference(
      name: forged.name, byteCount: bytes.count,
      checksum: PlainSegmentFile.number(bytes, at: bytes.count - 24, 8))
    var pointer = commit
    pointer.segments = [named]
    pointer.state = nil
    let files = ForgedFiles([Commit.fileName: pointer.encode(), forged.name: bytes])
    let snapshot = try IndexSnapshot(in: IndexDirectory(path: "/forged", fileSystem: files))
    _ = try? snapshot.segments[0].verify()
    _ = try? rewrite(snapshot.segments[0])
    let searcher = try Searcher(snapshot)
    let completions = CompletionTable(snapshot)
    for request in requests {
      guard let results = try? searcher.search(request) else { continue }
      _ = results.json()
      if let id = results.hits.first?.entry.id { _ = try? searcher.explain(request, id: id) }
      _ = try? completions.completions(of: String(request.text.prefix(3)), limit: 10, analyzer: analyzer)
    }
    withExtendedLifetime(site) {}
  }
}

/// What a merge does with one segment: reads all of it and gives it to a builder, whose sections stay in memory.
private func rewrite(_ segment: SegmentReader) throws {
  let builder = SegmentBuilder(directory: IndexDirectory(path: "/nonexistent"))
  let stored = try segment.storedFields()
  for document in 0..<segment.documentCount {
    try builder.add(try segment.document(document), storedAs: document, in: stored)
  }
  var cursor = TermCursor(segment.terms)
  var positions: [UInt32] = []
  while try cursor.next() {
    let postings = try segment.postings(of: cursor.entry)
    while postings.docID != PostingsCursor.end {
      try postings.positions(into: &positions)
      _ = (try postings.frequency, try postings.titleFrequency)
      try postings.advance()
    }
  }
}

/// The pointer file with the right checksum.
func commitTarget() throws -> FuzzTarget {
  return { input in
    let body = Array(input)
    let bytes = body + PlainSegmentFile.bytes(PlainSegmentFile.checksum(of: body), 8)
    let commit = try Commit(decoding: bytes)
    require(try Commit(decoding: commit.encode()) == commit, "a commit that is not read as it was written")
  }
}

/// The record of sources.
func sourceStateTarget() throws -> FuzzTarget {
  return { input in
    let bytes = Array(input)
    let reference = FileReference(
      name: "sources.state", byteCount: bytes.count, checksum: PlainSegmentFile.checksum(of: bytes))
    let state = try SourceState(.inMemory("sources.state", bytes), reference)
    for record in state.records.indices { _ = try? state.entries(of: record) }
    _ = state.records(giving: [0, 1, .max])
  }
}

/// The bits of deleted documents: the first byte is their number.
func liveBitsTarget() throws -> FuzzTarget {
  return { input in
    guard let first = input.first else { return }
    let bytes = Array(input.dropFirst())
    let reference = FileReference(
      name: "live.bits", byteCount: bytes.count, checksum: PlainSegmentFile.checksum(of: bytes))
    let bits = try LiveBits(decoding: bytes, reference, documentCount: Int(first))
    require(bits.liveCount + bits.deleted.count == Int(first), "documents that are neither live nor deleted")
  }
}

/// A directory of files in memory, each mapped so that its last byte is followed by memory that cannot be read.
final class ForgedFiles: FileSystem {
  private let names: [String]
  private let contents: [[UInt8]]

  init(_ files: [String: [UInt8]]) {
    names = Array(files.keys)
    contents = names.map { files[$0] ?? [] }
  }

  func open(_ path: String, _ mode: FileOpenMode) throws(SystemError) -> Int32 {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard mode == .reading, let number = names.firstIndex(of: name) else { throw SystemError(ENOENT) }
    return Int32(number)
  }

  func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    // Read whole, at once.
    let content = contents[Int(descriptor)].prefix(buffer.count)
    buffer.copyBytes(from: content)
    return content.count
  }

  func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    let content = contents[Int(descriptor)].dropFirst(offset).prefix(buffer.count)
    buffer.copyBytes(from: content)
    return content.count
  }

  func status(of descriptor: Int32) throws(SystemError) -> FileStatus {
    FileStatus(kind: .file, byteCount: contents[Int(descriptor)].count, device: 0, inode: 0)
  }

  func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer {
    let (base, readable) = Self.layout(byteCount)
    guard
      let start = mmap(
        nil, base + readable + 4_096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { throw SystemError(ENOMEM) }
    UnsafeMutableRawBufferPointer(start: start + base, count: byteCount)
      .copyBytes(from: contents[Int(descriptor)].prefix(byteCount))
    mprotect(start + base + readable, 4_096, PROT_NONE)
    return UnsafeRawPointer(start + base)
  }

  func unmap(_ start: UnsafeRawPointer, byteCount: Int) {
    let (base, readable) = Self.layout(byteCount)
    munmap(UnsafeMutableRawPointer(mutating: start - base), base + readable + 4_096)
  }

  /// Bytes before the file and from its start to the page that cannot be read; the start is aligned to 16 bytes.
  private static func layout(_ byteCount: Int) -> (base: Int, readable: Int) {
    let readable = (byteCount + 15) / 16 * 16
    return ((4_096 - readable % 4_096) % 4_096, readable)
  }

  func close(_ descriptor: Int32) throws(SystemError) {}
  func status(_ path: String) throws(SystemError) -> FileStatus { throw SystemError(ENOSYS) }
  func names(in path: String) throws(SystemError) -> [String] { names }
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    throw SystemError(EROFS)
  }
  func sync(_ descriptor: Int32) throws(SystemError) { throw SystemError(EROFS) }
  func syncDirectory(_ path: String) throws(SystemError) { throw SystemError(EROFS) }
  func rename(_ path: String, to newPath: String) throws(SystemError) { throw SystemError(EROFS) }
  func unlink(_ path: String) throws(SystemError) { throw SystemError(EROFS) }
  func makeDirectory(_ path: String) throws(SystemError) { throw SystemError(EROFS) }
  func lock(_ descriptor: Int32, waiting: Bool) throws(SystemError) { throw SystemError(EROFS) }
  func unlock(_ descriptor: Int32) throws(SystemError) { throw SystemError(EROFS) }
}
