import Glibc
import IndexStorage
import SearchTestSupport
import Testing

/// The twin tests others, so it is tested itself: it injects what it was told, and its disk forgets.
@Suite struct FaultyFileSystemTests {
  private func make() throws -> (TemporaryDirectory, FaultyFileSystem, IndexDirectory) {
    let root = try TemporaryDirectory()
    let files = try FaultyFileSystem(root: root)
    return (root, files, IndexDirectory(path: root.path, fileSystem: files))
  }

  @Test("a fault hits the call it was meant for, once or for ever")
  func counting() throws {
    for (number, isForEver, expected) in [
      (1, false, 1), (3, false, 1), (4, false, 0), (1, true, 3), (2, true, 2),
    ] {
      let (_, files, directory) = try make()
      files.inject(Fault(.fails(EIO), at: number, forEver: isForEver, in: [.syncDirectory]))
      var failures: [Int] = []
      for call in 1...3 {
        do { try directory.sync() } catch { failures.append(call) }
      }
      #expect(files.injectedCount == expected)
      #expect(failures == (1...3).filter { isForEver ? $0 >= number : $0 == number })
      #expect(files.trace.count { $0.failure == EIO } == expected)
      #expect(files.mutationCount == 3)
    }
  }

  @Test("for every mutating call of a clean run there is a fault that hits it")
  func everyCallCanFail() throws {
    func run(_ directory: IndexDirectory) {
      let lock = try? directory.lockForWriting()
      try? directory.write("a") { try $0.write([1]) }
      try? directory.sync()
      try? directory.remove("a")
      withExtendedLifetime(lock) {}
    }
    let (_, clean, cleanDirectory) = try make()
    run(cleanDirectory)
    let mutations = clean.trace.filter { FileOperation.Kind.mutating.contains($0.kind) }
    #expect(mutations.count == clean.mutationCount)
    for number in 1...clean.mutationCount {
      let (_, files, directory) = try make()
      files.inject(Fault(.fails(EIO), at: number))
      run(directory)
      #expect(files.injectedCount == 1)
      let hit = try #require(files.trace.first { $0.failure == EIO })
      #expect(hit.kind == mutations[number - 1].kind)
    }
  }

  @Test("a call that fails afterwards has done its work")
  func failsAfterwards() throws {
    let (root, files, directory) = try make()
    files.inject(Fault(.failsAfterwards(EIO), at: 1, in: [.rename]))
    #expect(throws: FileError.self) { try directory.write("a") { try $0.write([1]) } }
    #expect(try root.names() == ["a"])
  }

  @Test("the trace tells all calls by their place below the root")
  func trace() throws {
    let (_, files, directory) = try make()
    try directory.write("a") { try $0.write([1, 2]) }
    _ = try directory.read("a", limit: 10)
    #expect(
      files.trace.map(\.description) == [
        "create tmp-a", "write tmp-a 2", "sync tmp-a", "close tmp-a", "rename tmp-a a", "openForReading a",
        "status a", "read a", "release a",
      ])
  }

  @Test("a disk takes what fits, then it is full")
  func limitedSpace() throws {
    let (root, files, _) = try make()
    let descriptor = try files.open(root.path(of: "a"), .creating)
    files.limitSpace(to: 5)
    let counts = try [3, 3].map { count in
      try pattern(count).withUnsafeBytes { try files.write(descriptor, $0) }
    }
    #expect(counts == [3, 2])
    #expect(throws: SystemError(ENOSPC)) {
      try pattern(1).withUnsafeBytes { try files.write(descriptor, $0) }
    }
    #expect(try root.read("a").count == 5)
    #expect(files.injectedCount == 2)
    try files.close(descriptor)
  }

  @Test("an unsynced file may be lost, empty, half, zeros or there")
  func unsyncedFile() throws {
    let (root, files, _) = try make()
    let descriptor = try files.open(root.path(of: "a"), .creating)
    _ = try [1, 2, 3, 4].withUnsafeBytes { try files.write(descriptor, $0) } as Int
    try files.close(descriptor)
    let found = files.statesAfterPowerFailure().map { $0.files["a"] }
    let bytes = try root.read("a")
    let zeros = [UInt8](repeating: 0, count: bytes.count)
    #expect(Set(found) == [nil, [], Array(bytes.prefix(bytes.count / 2)), zeros, bytes])
  }

  @Test("only the sync of the file and of its directory together make it safe")
  func syncs() throws {
    let (root, files, directory) = try make()
    let descriptor = try files.open(root.path(of: "a"), .creating)
    _ = try pattern(4).withUnsafeBytes { try files.write(descriptor, $0) }
    try files.sync(descriptor)
    #expect(Set(files.statesAfterPowerFailure().map { $0.files["a"] }) == [nil, pattern(4)])
    try directory.sync()
    #expect(files.statesAfterPowerFailure().map { $0.files } == [["a": pattern(4)]])
    try files.close(descriptor)
  }

  @Test("a sync after a failed one saves nothing")
  func failedSync() throws {
    let (root, files, directory) = try make()
    let descriptor = try files.open(root.path(of: "a"), .creating)
    _ = try pattern(4).withUnsafeBytes { try files.write(descriptor, $0) }
    files.inject(Fault(.fails(EIO), at: 1, in: [.sync]))
    #expect(throws: SystemError(EIO)) { try files.sync(descriptor) }
    try files.sync(descriptor)
    try directory.sync()
    #expect(files.statesAfterPowerFailure().contains { $0.files["a"] == [] })
    try files.close(descriptor)
  }

  @Test("an unsynced rename is done or not, and never leaves neither name")
  func rename() throws {
    let (_, files, directory) = try make()
    try directory.write("a") { try $0.write([1]) }
    try directory.sync()
    try directory.write("a") { try $0.write([2]) }
    let found = files.statesAfterPowerFailure().map(\.files)
    #expect(Set(found) == [["a": [1]], ["a": [1], "tmp-a": [2]], ["a": [2]]])
  }

  @Test("changes may survive out of order")
  func reordered() throws {
    let (_, files, directory) = try make()
    try directory.write("a") { try $0.write([1]) }
    try directory.write("b") { try $0.write([2]) }
    let names = Set(files.statesAfterPowerFailure(limit: 200).map { $0.files.keys.sorted() })
    #expect(names.isSuperset(of: [[], ["a"], ["b"], ["a", "b"]]))
  }

  @Test("an unsynced directory takes its content with it")
  func unsyncedDirectory() throws {
    let (root, files, _) = try make()
    try files.makeDirectory(root.path(of: "index"))
    let directory = IndexDirectory(path: root.path(of: "index"), fileSystem: files)
    try directory.write("a") { try $0.write([1]) }
    try directory.sync()
    let states = files.statesAfterPowerFailure()
    #expect(Set(states.map(\.files)) == [[:], ["index/a": [1]]])
    try IndexDirectory(path: root.path, fileSystem: files).sync()
    #expect(files.statesAfterPowerFailure().map(\.files) == [["index/a": [1]]])
  }

  @Test("what was there at the start is safe")
  func initialContent() throws {
    let root = try TemporaryDirectory()
    try root.write("index/old", [1, 2])
    let files = try FaultyFileSystem(root: root)
    #expect(files.statesAfterPowerFailure().map(\.files) == [["index/old": [1, 2]]])
    try IndexDirectory(path: root.path(of: "index"), fileSystem: files).remove("old")
    #expect(Set(files.statesAfterPowerFailure().map(\.files)) == [["index/old": [1, 2]], [:]])
  }

  @Test("the states are different, bounded and the same for the same seed")
  func seeds() throws {
    let (_, files, directory) = try make()
    for name in ["a", "b", "c", "d", "e"] { try directory.write(name) { try $0.write([1, 2]) } }
    let states = files.statesAfterPowerFailure(limit: 30, seed: 5)
    #expect(states.count == 30)
    #expect(Set(states.map(\.files)).count == 30)
    #expect(files.statesAfterPowerFailure(limit: 30, seed: 5).map(\.files) == states.map(\.files))
    #expect(files.statesAfterPowerFailure(limit: 30, seed: 6).map(\.files) != states.map(\.files))
  }

  @Test("a state becomes a real directory")
  func materialized() throws {
    let (_, files, directory) = try make()
    try directory.write("a") { try $0.write([1]) }
    try directory.sync()
    let state = try #require(files.statesAfterPowerFailure().first)
    let copy = try state.materialized()
    #expect(try IndexDirectory(path: copy.path).read("a", limit: 1) == [1])
  }

  @Test("a temporary directory removes itself with all that is in it")
  func temporaryDirectory() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(directory?.path)
    try directory?.write("a/b/c.txt", "text")
    #expect(try directory?.read("a/b/c.txt") == Array("text".utf8))
    #expect(symlink("/", path + "/a/link") == 0)
    #expect(mkdir(path + "/a/\u{1}odd", 0) == 0)
    directory = nil
    #expect(!IndexDirectory(path: path).exists())
    #expect(IndexDirectory(path: "/etc").exists())
  }
}
