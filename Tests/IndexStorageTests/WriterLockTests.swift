import Foundation
import Glibc
import IndexStorage
import SearchTestSupport
import Testing

@Suite struct WriterLockTests {
  @Test("a second writer is refused until the first lets go", arguments: TestFileSystem.allCases)
  func refused(fileSystem: TestFileSystem) throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path, fileSystem: try fileSystem.make(root: root))
    var lock: WriterLock? = try directory.lockForWriting()
    #expect(try lock?.isCurrent() == true)
    for _ in 0..<3 {
      #expect(throws: IndexLockedError(path: root.path(of: "lock"))) { try directory.lockForWriting() }
    }
    lock = nil
    let next = try directory.lockForWriting()
    #expect(try next.isCurrent())
    #expect(try directory.fileNames() == ["lock"])
  }

  @Test("a waiting writer gets the lock when it is free")
  func waiting() async throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    var lock: WriterLock? = try directory.lockForWriting()
    async let waited = directory.lockForWriting(patience: .unlimited).isCurrent()
    #expect(try lock?.isCurrent() == true)
    lock = nil
    #expect(try await waited)
  }

  @Test("a patient writer gets the lock when it is free, and gives up when its time is over")
  func patience() async throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    var lock: WriterLock? = try directory.lockForWriting(patience: .seconds(1))
    #expect(throws: IndexLockedError(path: root.path(of: "lock"))) {
      try directory.lockForWriting(patience: .seconds(1))
    }
    async let waited = directory.lockForWriting(patience: .seconds(600)).isCurrent()
    #expect(try lock?.isCurrent() == true)
    lock = nil
    #expect(try await waited)
  }

  @Test("the lock is free at once, even where a child just forked has a copy of its descriptor")
  func copiedDescriptor() throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    var lock: WriterLock? = try directory.lockForWriting()
    #expect(try lock?.isCurrent() == true)
    let descriptor = try #require(
      (0..<1024).first { number in
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))
          == root.path(of: "lock")
      })
    let copy = dup(Int32(descriptor))
    defer { close(copy) }
    lock = nil
    #expect(try directory.lockForWriting().isCurrent())
  }

  @Test("the lock file keeps its content")
  func notTruncated() throws {
    let root = try TemporaryDirectory()
    try root.write("lock", "note")
    _ = try IndexDirectory(path: root.path).lockForWriting()
    #expect(try root.read("lock") == Array("note".utf8))
  }

  @Test("another process is refused, and a killed one leaves no lock behind")
  func otherProcess() throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    let lockPath = root.path(of: "lock")
    do {
      let lock = try directory.lockForWriting()
      #expect(try run(["/usr/bin/flock", "-n", lockPath, "/bin/true"]).wait() == 1)
      #expect(try lock.isCurrent())
    }
    let holder = try run(["/usr/bin/flock", "-o", lockPath, "/bin/cat"])
    // Until the child holds the lock, taking it works.
    while (try? directory.lockForWriting()) != nil { sched_yield() }
    #expect(throws: IndexLockedError.self) { try directory.lockForWriting() }
    holder.kill()
    _ = try directory.lockForWriting(patience: .unlimited)
  }

  @Test("a lock is not current once its directory was made anew")
  func replacedDirectory() throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    try directory.create()
    let lock = try directory.lockForWriting()
    try directory.remove("lock")
    #expect(try !lock.isCurrent())
    rmdir(directory.path)
    #expect(try !lock.isCurrent())
    try directory.create()
    let other = try directory.lockForWriting()
    #expect(try !lock.isCurrent())
    #expect(try other.isCurrent())
  }

  @Test(
    "a failing call is named and leaves nothing locked or open",
    arguments: [
      (FileOperation.Kind.openLock, "open", EACCES), (.lock, "flock", ENOLCK), (.status, "stat", EIO),
    ])
  func faults(kind: FileOperation.Kind, operation: String, code: Int32) throws {
    let root = try TemporaryDirectory()
    let files = try FaultyFileSystem(root: root)
    let directory = IndexDirectory(path: root.path, fileSystem: files)
    files.inject(Fault(.fails(code), at: 1, in: [kind]))
    #expect(throws: FileError(operation: operation, path: root.path(of: "lock"), code: code)) {
      try directory.lockForWriting()
    }
    #expect(files.openDescriptorCount == 0)
    #expect(files.injectedCount == 1)
    #expect(try directory.lockForWriting().isCurrent())
  }
}

/// A child process whose standard input is a pipe that nobody writes to.
private final class ChildProcess {
  private let id: pid_t
  private let input: Int32

  init(_ arguments: [String]) throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    var cArguments = arguments.map { strdup($0) } + [nil]
    defer { for argument in cArguments { free(argument) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, arguments[0], &actions, nil, &cArguments, nil)
    close(ends[0])
    try #require(code == 0, "cannot run \(arguments[0])")
    self.id = id
    input = ends[1]
  }

  deinit { close(input) }

  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) == -1, errno == EINTR {}
    return status >> 8 & 0xFF
  }

  func kill() {
    Glibc.kill(id, SIGKILL)
    _ = wait()
  }
}

private func run(_ arguments: [String]) throws -> ChildProcess { try ChildProcess(arguments) }
