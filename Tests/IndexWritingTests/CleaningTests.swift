import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Synchronization
import Testing

/// Which files go, which stay, and what readers see meanwhile.
@Suite struct CleaningTests {
  private let root: TemporaryDirectory
  private let directory: IndexDirectory

  private static let first = [Entry(id: "a", title: "first"), Entry(id: "b", text: "全文搜索")]
  private static let second = [Entry(id: "a", title: "second")]

  init() throws {
    root = try TemporaryDirectory()
    directory = IndexDirectory(path: root.path(of: "index"))
  }

  // MARK: Garbage

  private static let ours = [
    "segment-0123456789abcdef.seg", "segment-.seg", "live-0123456789abcdef.bits", "tmp-commit",
    "tmp-scratch.17", "sources-0123456789abcdef.state", "sources-.state",
  ]
  private static let foreign = [
    "README.md", "segment-1", "segment-1.seg.bak", "live-1", "live-1.bits~", "tmp", "1.seg", "xsegment-1.seg",
    "Segment-1.seg", "tmp.1", ".segment-1.seg", "commit.old", "全文.seg", "sources-1",
    "sources-1.state~",
  ]

  @Test("what no commit names is removed, what is foreign never")
  func garbage() throws {
    try publish(Self.first, in: directory)
    for name in Self.ours + Self.foreign { try root.write("index/\(name)", "x") }
    try root.write("index/folder/segment-1.seg", "x")
    let expected = (try ownNames(in: directory) + Self.foreign + ["folder"]).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    // Opening the writer is enough.
    _ = try IndexWriter(in: directory, options: .init(now: 1))
    #expect(try directory.fileNames() == expected)
    try publish(Self.second, in: directory)
    #expect(try Set(directory.fileNames()) == Set(ownNames(in: directory) + Self.foreign + ["folder"]))
    #expect(try root.read("index/folder/segment-1.seg") == Array("x".utf8))
  }

  @Test("a writer that is dropped takes its files with it and frees the lock")
  func dropped() throws {
    try publish(Self.first, in: directory)
    let before = try directory.fileNames()
    var writer: IndexWriter? = try IndexWriter(
      in: directory, options: .init(memoryBudget: 0, waitingBytes: 0, now: 1))
    // An item that comes again is read back from a segment, which is written for that.
    for number in 0..<10 { try writer?.add(Entry(id: "\(number / 2)", kind: .item, text: "text \(number)")) }
    #expect(try directory.fileNames().count == before.count + 5)
    #expect(throws: IndexLockedError.self) { try IndexWriter(in: directory, options: .init(now: 1)) }
    writer = nil
    #expect(try directory.fileNames() == before)
    #expect(try IndexContent(in: directory).entries == Self.first)
    _ = try IndexWriter(in: directory, options: .init(now: 1))
  }

  @Test("a writer that is dropped leaves a segment alone that the commit names too")
  func droppedWithTheSameContent() throws {
    let item = Entry(id: "a", kind: .item, text: "one")
    try publish([item], in: directory)
    let before = try directory.fileNames()
    do {
      let writer = try IndexWriter(
        in: directory, options: .init(memoryBudget: 0, waitingBytes: 0, now: 1))
      // Written with the very content of the commit: its file has the same name.
      try writer.add(item)
      try writer.add(item)
      #expect(try directory.fileNames() == before)
      try writer.add(item)
    }
    #expect(try directory.fileNames() == before)
    #expect(try IndexContent(in: directory).entries == [item])
  }

  @Test("a writer whose directory was replaced publishes nothing and removes nothing")
  func replacedDirectory() throws {
    let writer = try IndexWriter(in: directory, options: .init(memoryBudget: 0, now: 1))
    try writer.add(Self.second[0])
    #expect(rename(directory.path, directory.path + ".away") == 0)
    try publish(Self.first, in: directory)
    try root.write("index/tmp-of-another-writer", "x")
    #expect(throws: FileError(operation: "rename", path: directory.path, code: ESTALE)) {
      try writer.commit(sourcePaths: [])
    }
    #expect(try IndexContent(in: directory).entries == Self.first)
    #expect(try directory.fileNames().contains("tmp-of-another-writer"))
  }

  @Test("a damaged pointer, one of another format and one of any size are built over")
  func damagedPointer() throws {
    for bytes in [[], [1, 2, 3], [UInt8](repeating: 7, count: 100), [UInt8](repeating: 0, count: 5 << 20)] {
      try root.write("index/commit", bytes)
      try root.write("index/segment-1.seg", "it may be the last copy")
      do {
        let writer = try IndexWriter(in: directory, options: .init(memoryBudget: 0, now: 1))
        try writer.add(Self.first[0])
      }
      #expect(try directory.fileNames().contains("segment-1.seg"))
      try publish(Self.first, in: directory)
      #expect(try directory.fileNames() == ownNames(in: directory))
      #expect(try IndexContent(in: directory).entries == Self.first)
    }
  }

  @Test("a pointer with a number that has no next is no pointer: the index is built anew")
  func largestNumber() throws {
    try directory.create()
    try Commit(number: .max, createdAt: 0, analyzer: "", sourcePaths: [], segments: []).publish(in: directory)
    #expect(try publish(Self.first, in: directory).number == 1)
  }

  // MARK: After an error

  @Test("after an error a writer says the same again and publishes nothing")
  func poisoned() throws {
    let files = try FaultyFileSystem(root: TemporaryDirectory())
    let directory = IndexDirectory(path: files.root + "/index", fileSystem: files)
    let writer = try IndexWriter(in: directory, options: .init(memoryBudget: 0, now: 1))
    files.inject(Fault(.fails(ENOSPC), at: 1, in: [.write]))
    let error = try #require(throws: FileError.self) { try writer.add(Self.first[0]) }
    #expect(error.code == ENOSPC)
    #expect(throws: error) { try writer.add(Self.first[1]) }
    #expect(throws: error) { try writer.commit(sourcePaths: []) }
    #expect(try Commit(in: directory) == nil)
  }

  @Test("an entry above the limit is refused, and the others are indexed")
  func largestEntry() throws {
    let writer = try IndexWriter(in: directory, options: .init(now: 1))
    try writer.add(Self.first[0])
    let text = String(repeating: "a", count: IndexLimitError.largestEntry)
    #expect(throws: IndexLimitError.entryTooLarge(id: "x", byteCount: text.utf8.count + 4)) {
      try writer.add(Entry(id: "x", text: text))
    }
    _ = try writer.commit(sourcePaths: [])
    #expect(try IndexContent(in: directory).entries == [Self.first[0]])
  }

  @Test("a united text stays below what a reader takes")
  func largestUnitedText() throws {
    let writer = try IndexWriter(in: directory, options: .init(now: 1))
    for letter in ["a", "b", "c"] {
      let text = String(repeating: String(repeating: letter, count: 99) + "。", count: 250_000)
      try writer.add(Entry(id: "x", kind: .item, text: text, sources: [letter]))
    }
    _ = try writer.commit(sourcePaths: [])
    let snapshot = try IndexSnapshot(in: directory)
    let segment = try #require(snapshot.segments.first)
    let entry = try segment.entry(0, from: segment.storedFields())
    #expect(entry.sources == ["a", "b", "c"])
    #expect(entry.text.utf8.count == 2 * 102 * 250_000 + 2)
  }

  @Test("a writer that has committed is done")
  func doneAfterCommit() async {
    await #expect(processExitsWith: .failure) {
      let root = try TemporaryDirectory()
      let writer = try IndexWriter(in: IndexDirectory(path: root.path), options: .init(now: 1))
      _ = try writer.commit(sourcePaths: [])
      try writer.add(Entry(id: "a"))
    }
  }

  // MARK: Readers

  @Test("a reader keeps answering from its commit after the next one")
  func openReader() throws {
    try publish(Self.first, in: directory)
    let snapshot = try IndexSnapshot(in: directory)
    let expected = try IndexContent(of: snapshot)
    try publish(Self.second, in: directory)
    #expect(try directory.fileNames() == ownNames(in: directory))
    #expect(try IndexContent(of: snapshot) == expected)
    #expect(try IndexContent(in: directory).entries == Self.second)
  }

  @Test("a reader that is overtaken between pointer and files reads the pointer again", arguments: 1...3)
  func overtakenReader(times: Int) throws {
    try publish(Self.first, in: directory)
    let healthy = directory
    let fileSystem = OvertakingFileSystem(times: times) { number in
      try publish([Entry(id: "a", title: "number \(number)")], in: healthy)
    }
    let snapshot = try IndexSnapshot(in: IndexDirectory(path: directory.path, fileSystem: fileSystem))
    #expect(fileSystem.count == times)
    #expect(try IndexContent(of: snapshot) == IndexContent(in: directory))
    #expect(try IndexContent(of: snapshot).entries == [Entry(id: "a", title: "number \(times)")])
  }

  @Test("a file that is really lost is damage that names the file")
  func lostFile() throws {
    let commit = try publish(Self.first, in: directory)
    let name = try #require(commit.segments.first?.file.name)
    try directory.remove(name)
    #expect(throws: IndexFormatError(.missing, file: name, section: "frame")) {
      try IndexSnapshot(in: directory)
    }
    try publish(Self.first, in: directory)
    #expect(try IndexContent(in: directory).entries == Self.first)
  }
}

/// The real file system, where a writer is faster than the reader: it publishes before the first segment opens.
private final class OvertakingFileSystem: FileSystem {
  private let base = POSIXFileSystem()
  private let times: Int
  private let publish: @Sendable (Int) throws -> Void
  private let published = Mutex(0)

  init(times: Int, publish: @escaping @Sendable (Int) throws -> Void) {
    self.times = times
    self.publish = publish
  }

  /// How often it was faster.
  var count: Int { published.withLock { $0 } }

  func open(_ path: String, _ mode: FileOpenMode) throws(SystemError) -> Int32 {
    if path.hasSuffix(".seg"), count < times {
      let number = published.withLock { count in
        count += 1
        return count
      }
      do { try publish(number) } catch { throw SystemError(EIO) }
    }
    return try base.open(path, mode)
  }

  func close(_ descriptor: Int32) throws(SystemError) { try base.close(descriptor) }
  func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    try base.read(descriptor, into: buffer)
  }
  func read(
    _ descriptor: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SystemError) -> Int {
    try base.read(descriptor, at: offset, into: buffer)
  }
  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
    try base.write(descriptor, bytes)
  }
  func sync(_ descriptor: Int32) throws(SystemError) { try base.sync(descriptor) }
  func syncDirectory(_ path: String) throws(SystemError) { try base.syncDirectory(path) }
  func rename(_ path: String, to newPath: String) throws(SystemError) { try base.rename(path, to: newPath) }
  func unlink(_ path: String) throws(SystemError) { try base.unlink(path) }
  func makeDirectory(_ path: String) throws(SystemError) { try base.makeDirectory(path) }
  func lock(_ descriptor: Int32, waiting: Bool) throws(SystemError) {
    try base.lock(descriptor, waiting: waiting)
  }
  func unlock(_ descriptor: Int32) throws(SystemError) { try base.unlock(descriptor) }
  func status(_ path: String) throws(SystemError) -> FileStatus { try base.status(path) }
  func status(of descriptor: Int32) throws(SystemError) -> FileStatus { try base.status(of: descriptor) }
  func names(in path: String) throws(SystemError) -> [String] { try base.names(in: path) }
  func map(_ descriptor: Int32, byteCount: Int) throws(SystemError) -> UnsafeRawPointer {
    try base.map(descriptor, byteCount: byteCount)
  }
  func unmap(_ start: UnsafeRawPointer, byteCount: Int) { base.unmap(start, byteCount: byteCount) }
}
