import Glibc
import IndexStorage
import SearchTestSupport
import Testing

private let oldBytes = pattern(1_000, seed: 1)
private let newBytes = pattern(600_000, seed: 2)

/// What `IndexDirectory` does when a system call fails: the old file or the new one, a named cause, no rest.
@Suite struct WriteFaultTests {
  /// Which of the two files some bytes are; short in the message of a failing test.
  private enum Version {
    case old, new, other

    init(_ bytes: [UInt8]?) { self = bytes == oldBytes ? .old : bytes == newBytes ? .new : .other }
  }

  /// An index directory with one file, and everything a commit of that file does.
  private struct Bench {
    let root: TemporaryDirectory
    let files: FaultyFileSystem
    let directory: IndexDirectory

    init(manifest: [UInt8]) throws {
      root = try TemporaryDirectory()
      try root.write("index/manifest", manifest)
      try root.write("index/lock", "")
      files = try FaultyFileSystem(root: root)
      directory = IndexDirectory(path: root.path(of: "index"), fileSystem: files)
    }

    func commit(_ bytes: [UInt8]) throws {
      try directory.create()
      let lock = try directory.lockForWriting()
      try directory.write("manifest") { writer in
        for start in stride(from: 0, to: bytes.count, by: 100_000) {
          try writer.write(Array(bytes[start..<min(start + 100_000, bytes.count)]))
        }
      }
      try directory.sync()
      _ = try lock.isCurrent()
    }

    /// What a process without faults finds.
    func found() throws -> Version {
      Version(try IndexDirectory(path: directory.path).read("manifest", limit: .max))
    }
  }

  private func mutationCountOfCleanCommit() throws -> Int {
    let bench = try Bench(manifest: oldBytes)
    try bench.commit(newBytes)
    #expect(try bench.found() == .new)
    return bench.files.mutationCount
  }

  @Test("a commit is these calls in this order")
  func order() throws {
    let bench = try Bench(manifest: oldBytes)
    try bench.commit(Array(newBytes[..<10]))
    let mutations = bench.files.trace.filter { FileOperation.Kind.mutating.contains($0.kind) }
    #expect(
      mutations.map(\.description) == [
        "syncDirectory ", "openLock index/lock", "lock index/lock",
        "create index/tmp-manifest", "write index/tmp-manifest 10", "sync index/tmp-manifest",
        "close index/tmp-manifest", "rename index/tmp-manifest index/manifest", "syncDirectory index",
      ])
  }

  @Test(
    "whichever call fails, the old file or the new one is there and the cause is named",
    arguments: [EIO, ENOSPC, EDQUOT, EPERM, EMFILE, ENOMEM, EROFS])
  func everySingleFailure(code: Int32) throws {
    for number in 1...(try mutationCountOfCleanCommit()) {
      for effect in [Fault.Effect.fails(code), .failsAfterwards(code)] {
        let bench = try Bench(manifest: oldBytes)
        bench.files.inject(Fault(effect, at: number))
        let error = #expect(throws: FileError.self, "call \(number), \(effect)") {
          try bench.commit(newBytes)
        }
        #expect(error?.code == code)
        #expect(error?.path.hasPrefix(bench.root.path) == true)
        #expect(bench.files.injectedCount == 1)
        #expect([.old, .new].contains(try bench.found()), "call \(number), \(effect)")
        #expect(try bench.root.names(in: "index") == ["lock", "manifest"], "call \(number), \(effect)")
        #expect(bench.files.openDescriptorCount == 0)
        bench.files.clearFaults()
        try bench.commit(newBytes)
        #expect(try bench.found() == .new)
      }
    }
  }

  @Test("after a death at any call the next commit works", arguments: [EIO, ENOSPC])
  func failingForEver(code: Int32) throws {
    for number in 1...(try mutationCountOfCleanCommit()) {
      let bench = try Bench(manifest: oldBytes)
      bench.files.inject(Fault(.fails(code), at: number, forEver: true))
      #expect(throws: FileError.self) { try bench.commit(newBytes) }
      #expect([.old, .new].contains(try bench.found()), "call \(number)")
      #expect(bench.files.openDescriptorCount == 0)
      let next = IndexDirectory(path: bench.directory.path)
      let lock = try next.lockForWriting()
      try next.write("manifest") { try $0.write(newBytes) }
      #expect(try bench.found() == .new)
      #expect(try lock.isCurrent())
    }
  }

  @Test("interruptions are invisible, one or many")
  func interrupted() throws {
    let every = Set(FileOperation.Kind.allCases)
    for number in 1...(try mutationCountOfCleanCommit()) {
      let bench = try Bench(manifest: oldBytes)
      bench.files.inject(Fault(.fails(EINTR), at: number))
      try bench.commit(newBytes)
      #expect(try bench.found() == .new)
      #expect(bench.files.injectedCount == 1)
    }
    let bench = try Bench(manifest: oldBytes)
    bench.files.inject(Fault(.fails(EINTR), at: 1, forEver: true, in: every))
    try bench.commit(newBytes)
    #expect(try bench.found() == .new)
    #expect(bench.files.injectedCount >= 10)
    #expect(Version(contents(of: try bench.directory.map("manifest"))) == .new)
    #expect(Version(try bench.directory.read("manifest", limit: .max)) == .new)
    #expect(bench.files.openDescriptorCount == 0)
  }

  @Test("short writes are invisible, one or all")
  func shortWrites() throws {
    for (number, isForEver) in [(1, false), (2, false), (3, false), (1, true)] {
      let bench = try Bench(manifest: oldBytes)
      bench.files.inject(Fault(.writesShort, at: number, forEver: isForEver))
      bench.files.inject(Fault(.fails(EINTR), at: 4, in: [.write]))
      try bench.commit(newBytes)
      #expect(try bench.found() == .new)
      #expect(bench.files.injectedCount >= 2)
    }
  }

  @Test("a full disk is told, the old file stays", arguments: [0, 1, 100, 262_144, 300_000, 599_999])
  func fullDisk(room: Int) throws {
    let bench = try Bench(manifest: oldBytes)
    bench.files.limitSpace(to: room)
    let error = #expect(throws: FileError.self) { try bench.commit(newBytes) }
    #expect(
      error == FileError(operation: "write", path: bench.root.path(of: "index/tmp-manifest"), code: ENOSPC))
    #expect(try bench.found() == .old)
    #expect(try bench.root.names(in: "index") == ["lock", "manifest"])
    bench.files.clearFaults()
    try bench.commit(newBytes)
    #expect(try bench.found() == .new)
  }

  @Test("a parent that must not be opened does not stand in the way of an existing index")
  func unreadableParent() throws {
    let bench = try Bench(manifest: oldBytes)
    bench.files.inject(Fault(.fails(EACCES), at: 1, in: [.syncDirectory]))
    try bench.commit(newBytes)
    #expect(try bench.found() == .new)
    #expect(bench.files.injectedCount == 1)
  }

  @Test("a failed sync is not tried again and the file is abandoned")
  func failedSync() throws {
    let bench = try Bench(manifest: oldBytes)
    bench.files.inject(Fault(.fails(EIO), at: 1, in: [.sync]))
    #expect(
      throws: FileError(operation: "fsync", path: bench.root.path(of: "index/tmp-manifest"), code: EIO)
    ) { try bench.commit(newBytes) }
    #expect(bench.files.trace.count { $0.kind == .sync } == 1)
    #expect(!bench.files.trace.contains { $0.kind == .rename })
    #expect(try bench.found() == .old)
  }

  @Test("a swallowed write error comes back: no file with a hole")
  func swallowedError() throws {
    let bench = try Bench(manifest: oldBytes)
    bench.files.inject(Fault(.fails(ENOSPC), at: 1, in: [.write]))
    #expect(
      throws: FileError(operation: "write", path: bench.root.path(of: "index/tmp-manifest"), code: ENOSPC)
    ) {
      try bench.directory.write("manifest") { writer in
        try? writer.write(newBytes)
        try? writer.write([1, 2, 3])
      }
    }
    #expect(try bench.found() == .old)
  }

  @Test("a scratch file that cannot lose its name at once loses it at the end")
  func scratchFile() throws {
    let bench = try Bench(manifest: oldBytes)
    bench.files.inject(Fault(.fails(EIO), at: 1, in: [.unlink]))
    var scratch: ScratchFile? = try bench.directory.scratchFile()
    try scratch?.write([1, 2, 3])
    #expect(try bench.root.names(in: "index") == ["lock", "manifest", "tmp-scratch"])
    scratch = nil
    #expect(try bench.root.names(in: "index") == ["lock", "manifest"])
    #expect(bench.files.openDescriptorCount == 0)
  }

  @Test("a scratch file tells a full disk")
  func scratchFileFullDisk() throws {
    let bench = try Bench(manifest: oldBytes)
    let scratch = try bench.directory.scratchFile()
    bench.files.limitSpace(to: 10)
    try scratch.write([1, 2, 3])
    try scratch.write(newBytes.dropLast(599_000).map { $0 })
    let error = #expect(throws: FileError.self) { try scratch.map() }
    #expect(error?.code == ENOSPC)
  }

  @Test("a power failure at any moment leaves the old file or the new one, and after sync the new one")
  func powerFailure() throws {
    let bench = try Bench(manifest: oldBytes)
    try bench.commit(newBytes)
    var stateCount = 0
    for stepCount in 0...bench.files.stepCount {
      for state in bench.files.statesAfterPowerFailure(afterSteps: stepCount, seed: UInt64(stepCount)) {
        let found = Version(state.files["index/manifest"])
        let isLegal = stepCount == bench.files.stepCount ? found == .new : found != .other
        #expect(isLegal, "after \(stepCount) steps: \(state)")
        stateCount += 1
      }
    }
    #expect(stateCount > 20)
  }

  @Test("a power failure after the first commit of a new directory leaves all of it")
  func powerFailureOfNewDirectory() throws {
    let root = try TemporaryDirectory()
    let files = try FaultyFileSystem(root: root)
    // A first process dies between mkdir and the sync of the parent; a second one takes over.
    files.inject(Fault(.fails(EIO), at: 1, forEver: true, in: [.syncDirectory]))
    let directory = IndexDirectory(path: root.path(of: "a/b/index"), fileSystem: files)
    #expect(throws: FileError.self) { try directory.create() }
    files.clearFaults()
    try directory.create()
    try directory.write("manifest") { try $0.write(newBytes) }
    try directory.sync()
    for state in files.statesAfterPowerFailure(limit: 100) {
      #expect(Version(state.files["a/b/index/manifest"]) == .new, "\(state)")
    }
  }
}
