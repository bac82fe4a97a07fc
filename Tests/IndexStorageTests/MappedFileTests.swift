import Glibc
import IndexStorage
import SearchTestSupport
import Synchronization
import Testing

@Suite struct MappedFileTests {
  @Test("an empty file is mapped as no bytes")
  func empty() throws {
    let root = try TemporaryDirectory()
    try root.write("empty", [])
    let file = try IndexDirectory(path: root.path).map("empty")
    #expect(file.byteCount == 0)
    #expect(file.bytes.count == 0)
    #expect(file.withBytes { $0.byteCount } == 0)
  }

  @Test("a mapping outlives the removal and the replacement of its file")
  func removed() throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    let old = pattern(10_000, seed: 1)
    try directory.write("segment") { try $0.write(old) }
    let file = try directory.map("segment")
    try directory.write("segment") { try $0.write(pattern(10_000, seed: 2)) }
    try directory.remove("segment")
    #expect(contents(of: file) == old)
  }

  @Test("the mapping and the descriptor end with the last reference")
  func released() throws {
    let root = try TemporaryDirectory()
    try root.write("segment", pattern(5_000))
    let files = try FaultyFileSystem(root: root)
    var file: MappedFile? = try IndexDirectory(path: root.path, fileSystem: files).map("segment")
    #expect(files.openMappingCount == 1)
    #expect(files.openDescriptorCount == 0)
    #expect(file?.byteCount == 5_000)
    file = nil
    #expect(files.openMappingCount == 0)
  }

  @Test("an error of the body comes through")
  func throwingBody() throws {
    struct Refusal: Error {}
    let file = MappedFile.inMemory("x", [1])
    #expect(throws: Refusal.self) { try file.withBytes { _ in throw Refusal() } }
  }

  @Test(
    "a failing call on the way is named and leaks nothing",
    arguments: [
      (FileOperation.Kind.openForReading, "open", EMFILE), (.status, "stat", EIO), (.map, "mmap", ENOMEM),
    ])
  func faults(kind: FileOperation.Kind, operation: String, code: Int32) throws {
    let root = try TemporaryDirectory()
    try root.write("segment", pattern(5_000))
    let files = try FaultyFileSystem(root: root)
    let directory = IndexDirectory(path: root.path, fileSystem: files)
    for number in 1...(kind == .status ? 2 : 1) {
      files.clearFaults()
      files.inject(Fault(.fails(code), at: number, in: [kind]))
      #expect(throws: FileError(operation: operation, path: root.path(of: "segment"), code: code)) {
        try directory.map("segment")
      }
      #expect(files.openDescriptorCount == 0)
      #expect(files.openMappingCount == 0)
    }
    #expect(try directory.map("segment").byteCount == 5_000)
  }

  @Test("bytes in memory look like a file", arguments: [0, 1, 15, 16, 17, 4_095, 4_096, 4_097])
  func inMemory(byteCount: Int) {
    let bytes = pattern(byteCount)
    let file = MappedFile.inMemory("x", bytes)
    #expect(file.byteCount == byteCount)
    #expect(contents(of: file) == bytes)
  }
}
