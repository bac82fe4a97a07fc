import Glibc
import IndexStorage
import SearchTestSupport
import Testing

/// The contract of `IndexDirectory` over every file system.
@Suite struct IndexDirectoryTests {
  @Test("a new directory gets its missing parents", arguments: TestFileSystem.allCases)
  func createWithParents(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "a/b/c"), fileSystem: try fileSystem.make(root: root))
    #expect(!directory.exists())
    try directory.create()
    #expect(directory.exists())
    try directory.create()
    #expect(try directory.fileNames() == [])
  }

  @Test("a path may end in slashes or dots", arguments: ["x/", "x//", "x/.", "x/../y", "./z", "x/y/.."])
  func oddPaths(path: String) throws {
    let root = try TemporaryDirectory()
    try root.makeDirectory("x")
    let directory = IndexDirectory(path: root.path(of: path))
    try directory.create()
    #expect(directory.exists())
    #expect(try root.names().contains("x"))
  }

  @Test("a file in place of the directory is an error and not a directory")
  func fileInPlace() throws {
    let root = try TemporaryDirectory()
    try root.write("index", "text")
    let directory = IndexDirectory(path: root.path(of: "index"))
    #expect(!directory.exists())
    #expect(throws: FileError(operation: "mkdir", path: directory.path, code: EEXIST)) {
      try directory.create()
    }
    #expect(throws: FileError(operation: "mkdir", path: directory.path, code: EEXIST)) {
      try IndexDirectory(path: directory.path + "/below").create()
    }
  }

  @Test("what was written is mapped and read back", arguments: TestFileSystem.allCases)
  func roundTrip(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path, fileSystem: try fileSystem.make(root: root))
    for byteCount in [0, 1, 4_095, 4_096, 4_097, 262_143, 262_144, 262_145, 1_000_000] {
      let bytes = pattern(byteCount)
      let counted = try directory.write("segment") { writer in
        try writer.write(bytes)
        return writer.byteCount
      }
      #expect(counted == byteCount)
      let file = try directory.map("segment")
      #expect(file.name == "segment")
      #expect(file.byteCount == byteCount)
      #expect(contents(of: file) == bytes)
      #expect(try directory.read("segment", limit: byteCount) == bytes)
      #expect(try directory.fileNames() == ["segment"])
    }
    try directory.sync()
  }

  @Test("pieces of any size arrive in order", arguments: UInt64(0)..<8)
  func pieces(seed: UInt64) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    var random = SplitMix64(seed: seed)
    var expected: [UInt8] = []
    try directory.write("segment") { writer in
      for _ in 0..<40 {
        let limit = [10, 5_000, 300_000].randomElement(using: &random) ?? 10
        let piece = pattern(Int.random(in: 0...limit, using: &random), seed: random.next())
        try writer.write(piece.span.bytes)
        expected += piece
      }
    }
    #expect(try directory.read("segment", limit: .max) == expected)
  }

  @Test("names come sorted, removed ones are gone", arguments: TestFileSystem.allCases)
  func names(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path, fileSystem: try fileSystem.make(root: root))
    for name in ["b", "a", "Z", "10", "9"] { try directory.write(name) { try $0.write([1]) } }
    #expect(try directory.fileNames() == ["10", "9", "Z", "a", "b"])
    try directory.remove("a")
    #expect(try directory.fileNames() == ["10", "9", "Z", "b"])
    #expect(throws: FileError(operation: "unlink", path: root.path(of: "a"), code: ENOENT)) {
      try directory.remove("a")
    }
  }

  @Test("a missing file and a missing directory are not found", arguments: TestFileSystem.allCases)
  func missing(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let files = try fileSystem.make(root: root)
    let directory = IndexDirectory(path: root.path, fileSystem: files)
    let absent = IndexDirectory(path: root.path(of: "absent"), fileSystem: files)
    let calls: [() throws -> Void] = [
      { _ = try directory.map("x") }, { _ = try directory.read("x", limit: 10) },
      { _ = try absent.map("x") }, { _ = try absent.fileNames() }, { try absent.sync() },
      { _ = try absent.lockForWriting() }, { try absent.write("x") { try $0.write([1]) } },
    ]
    for call in calls {
      let error = #expect(throws: FileError.self) { try call() }
      #expect(error?.isNotFound == true)
    }
  }

  @Test(
    "names that lead elsewhere are refused", arguments: ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\0b"])
  func forgedNames(name: String) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    let calls: [() throws -> Void] = [
      { _ = try directory.map(name) }, { _ = try directory.read(name, limit: 10) },
      { try directory.remove(name) },
      { try directory.write(name) { try $0.write([1]) } },
    ]
    for call in calls {
      #expect(throws: FileError(operation: "open", path: "\(root.path)/\(name)", code: EINVAL)) { try call() }
    }
    #expect(try directory.fileNames() == [])
  }

  @Test("a file above the limit is refused before it is read")
  func readLimit() throws {
    let root = try TemporaryDirectory()
    try root.write("big", pattern(101))
    #expect(throws: FileError(operation: "read", path: root.path(of: "big"), code: EFBIG)) {
      try IndexDirectory(path: root.path).read("big", limit: 100)
    }
  }

  @Test("a directory or a pipe under a file's name is refused and does not block")
  func otherKinds() throws {
    let root = try TemporaryDirectory()
    try root.makeDirectory("folder")
    try #require(mkfifo(root.path(of: "pipe"), 0o600) == 0)
    let directory = IndexDirectory(path: root.path)
    #expect(throws: FileError(operation: "open", path: root.path(of: "folder"), code: EISDIR)) {
      try directory.map("folder")
    }
    #expect(throws: FileError(operation: "open", path: root.path(of: "pipe"), code: EINVAL)) {
      try directory.map("pipe")
    }
  }

  @Test("a body that throws leaves what was there", arguments: TestFileSystem.allCases)
  func throwingBody(fileSystem: TestFileSystem) throws {
    struct Refusal: Error {}
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path, fileSystem: try fileSystem.make(root: root))
    try directory.write("manifest") { try $0.write([1, 2, 3]) }
    #expect(throws: Refusal.self) {
      try directory.write("manifest") { writer in
        try writer.write(pattern(500_000))
        throw Refusal()
      }
    }
    #expect(try directory.fileNames() == ["manifest"])
    #expect(try directory.read("manifest", limit: 10) == [1, 2, 3])
  }

  @Test("temporary files that a killed process left are stepped over")
  func leftovers() throws {
    let root = try TemporaryDirectory()
    try root.write("tmp-a", "left")
    try root.write("tmp-a.1", "left")
    let directory = IndexDirectory(path: root.path)
    try directory.write("a") { try $0.write([7]) }
    #expect(try directory.fileNames() == ["a", "tmp-a", "tmp-a.1"])
    #expect(try directory.read("a", limit: 1) == [7])
  }

  @Test("two writes of one name at the same time do not mix", arguments: TestFileSystem.allCases)
  func nested(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path, fileSystem: try fileSystem.make(root: root))
    try directory.write("a") { outer in
      try outer.write([1])
      try directory.write("a") { try $0.write([2]) }
      #expect(try directory.read("a", limit: 1) == [2])
    }
    #expect(try directory.read("a", limit: 1) == [1])
    #expect(try directory.fileNames() == ["a"])
  }

  @Test("files are closed on exec")
  func closeOnExec() throws {
    let root = try TemporaryDirectory()
    let files = POSIXFileSystem()
    for (name, mode) in [("a", FileOpenMode.creating), ("a", .reading), ("lock", .locking)] {
      let descriptor = try files.open(root.path(of: name), mode)
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
      try files.close(descriptor)
    }
  }

  @Test("a scratch file has no name, keeps its bytes and is gone", arguments: TestFileSystem.allCases)
  func scratchFile(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path, fileSystem: try fileSystem.make(root: root))
    let bytes = pattern(700_001)
    var scratch: ScratchFile? = try directory.scratchFile()
    #expect(try scratch?.map().byteCount == 0)
    try scratch?.write(Array(bytes[..<300_000]))
    let early = try #require(try scratch?.map())
    try scratch?.write(Array(bytes[300_000...]))
    #expect(scratch?.byteCount == bytes.count)
    let file = try #require(try scratch?.map())
    #expect(try directory.fileNames() == [])
    scratch = nil
    #expect(contents(of: early) == Array(bytes[..<300_000]))
    #expect(contents(of: file) == bytes)
    #expect(file.name.hasPrefix(IndexDirectory.temporaryPrefix))
  }
}
