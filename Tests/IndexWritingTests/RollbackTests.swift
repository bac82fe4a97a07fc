import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing

/// Which commits stay, and that going back to one is a commit like any other.
@Suite struct RollbackTests {
  private let root: TemporaryDirectory
  private let directory: IndexDirectory

  init() throws {
    root = try TemporaryDirectory()
    directory = IndexDirectory(path: root.path(of: "index"))
  }

  private static func entries(_ number: Int) -> [Entry] {
    [Entry(id: "a", title: "第 \(number) 版"), Entry(id: "b\(number)", text: "全文搜索")]
  }

  private func content(in directory: IndexDirectory? = nil) throws -> [Entry] {
    try IndexContent(in: directory ?? self.directory).entries
  }

  private var keptNumbers: [Int] {
    get throws {
      try KeptCommits(in: directory, before: try Commit(in: directory)?.number).commits.map(\.number)
    }
  }

  @discardableResult
  private func rollBack(to number: Int? = nil, in directory: IndexDirectory? = nil, keeping: Int = 2) throws
    -> IndexRollback
  {
    try IndexRollback(
      in: directory ?? self.directory, to: number, isSearched: { _ in true }, keptCommits: keeping)
  }

  // MARK: Keeping

  @Test("as many commits stay as are asked for, with their files and no others", arguments: 1...4)
  func keeps(limit: Int) throws {
    for number in 1...5 { try publish(Self.entries(number), in: directory, keptCommits: limit) }
    #expect(try keptNumbers == Array((1..<5).reversed().prefix(limit - 1)))
    var names: Set = [IndexDirectory.lockName, Commit.fileName]
    for commit in try KeptCommits(in: directory, before: 5).commits + [#require(try Commit(in: directory))] {
      names.formUnion(commit.fileNames)
      if commit.number < 5 { names.insert("commit-\(commit.number)") }
    }
    #expect(try Set(directory.fileNames()) == names)
    // Fewer from now on.
    try publish(Self.entries(6), in: directory, keptCommits: 1)
    #expect(try directory.fileNames() == ownNames(in: directory))
    #expect(try keptNumbers == [])
  }

  @Test("a run that changes nothing takes no place among the kept")
  func unchanged() throws {
    for number in [1, 2, 2, 2] { try publish(Self.entries(number), in: directory, keptCommits: 2) }
    #expect(try Commit(in: directory)?.number == 2)
    #expect(try keptNumbers == [1])
  }

  @Test("only pointers of ours are kept commits, and files that look like them are left alone")
  func foreignNames() throws {
    let foreign = [
      "commit-", "commit-01", "commit-+1", "commit--1", "commit-1.bak", "commit-x", "commits-1", "Commit-1",
    ]
    for number in 1...2 { try publish(Self.entries(number), in: directory, keptCommits: 2) }
    let sound = try root.read("index/commit-1")
    for name in foreign { try root.write("index/\(name)", sound) }
    #expect(try keptNumbers == [1])
    try publish(Self.entries(3), in: directory)
    #expect(try Set(directory.fileNames()) == Set(ownNames(in: directory) + foreign))
  }

  @Test(
    "a kept commit that is damaged, unlike its name or without its files is none, and goes with the next run")
  func damagedKeptCommits() throws {
    for number in 1...3 { try publish(Self.entries(number), in: directory, keptCommits: 3) }
    let one = try root.read("index/commit-1")
    var flipped = one
    flipped[40] ^= 1
    for bytes in [[], flipped, try root.read("index/commit-2"), [UInt8](repeating: 0, count: 5 << 20)] {
      try root.write("index/commit-1", bytes)
      let kept = try KeptCommits(in: directory, before: 3)
      #expect(kept.commits.map(\.number) == [2])
      #expect(kept.damaged.map(\.file) == ["commit-1"])
    }
    // What follows the current commit, or is it, was left by a run that did not come to its end.
    try root.write("index/commit-1", one)
    try root.write("index/commit-3", try root.read("index/commit"))
    #expect(try keptNumbers == [2, 1])
    let second = try KeptCommits(in: directory, before: 3).commits[0]
    try directory.remove(try #require(second.segments.first?.file.name))
    #expect(try keptNumbers == [1])
    try publish(Self.entries(3), in: directory, keptCommits: 3)
    #expect(try !directory.fileNames().contains("commit-2"))
    #expect(try !directory.fileNames().contains("commit-3"))
    #expect(try keptNumbers == [1])
  }

  @Test("when the kept commits cannot be read nothing is removed")
  func unreadableKeptCommits() throws {
    for number in 1...2 { try publish(Self.entries(number), in: directory, keptCommits: 2) }
    try root.write("index/segment-1.seg", "x")
    let files = try FaultyFileSystem(root: root)
    let faulty = IndexDirectory(path: directory.path, fileSystem: files)
    let names = try directory.fileNames()
    // The pointer is read first.
    files.inject(Fault(.fails(EIO), at: 2, forEver: true, in: [.read]))
    _ = try IndexWriter(in: faulty, options: .init(keptCommits: 2, now: 1))
    #expect(files.injectedCount > 0)
    #expect(try directory.fileNames() == names)
    #expect(try keptNumbers == [1])
  }

  // MARK: Going back

  @Test(
    "a rollback is the next commit, with the content and the time of the earlier one; another one undoes it")
  func backAndForth() throws {
    for number in 1...2 { try publish(Self.entries(number), in: directory, keptCommits: 2) }
    let first = try rollBack()
    #expect((first.previous?.number, first.target, first.commit.number) == (2, 1, 3))
    #expect(first.commit.createdAt == 1_000)
    #expect(try content() == Self.entries(1))
    #expect(try directory.fileNames() == ownNames(in: directory))
    #expect(try keptNumbers == [2])
    let second = try rollBack(to: 2)
    #expect((second.previous?.number, second.target, second.commit.number) == (3, 2, 4))
    #expect(try content() == Self.entries(2))
    #expect(try keptNumbers == [3])
    // The next run goes on from there.
    #expect(try publish(Self.entries(5), in: directory, keptCommits: 2).number == 5)
    #expect(try rollBack().commit.number == 6)
    #expect(try content() == Self.entries(2))
  }

  @Test("what is rolled back from stays, whatever is to be kept otherwise")
  func keepsTheLast() throws {
    for number in 1...2 { try publish(Self.entries(number), in: directory, keptCommits: 2) }
    try rollBack(keeping: 1)
    #expect(try keptNumbers == [2])
  }

  @Test("a commit that is not kept, of other rules or damaged is refused, and nothing changes")
  func refused() throws {
    #expect(throws: IndexOpenError.missing(path: directory.path)) { try rollBack() }
    try root.makeDirectory("index")
    #expect(throws: IndexOpenError.missing(path: directory.path)) { try rollBack() }
    #expect(try directory.fileNames() == [])
    try publish(Self.entries(1), in: directory, keptCommits: 2)
    #expect(throws: RollbackError.notKept(nil, kept: [])) { try rollBack() }
    for number in 2...3 { try publish(Self.entries(number), in: directory, keptCommits: 3) }
    #expect(throws: RollbackError.notKept(7, kept: [2, 1])) { try rollBack(to: 7) }
    #expect(throws: RollbackError.notKept(3, kept: [2, 1])) { try rollBack(to: 3) }
    #expect(throws: RollbackError.otherAnalyzer(2)) {
      try IndexRollback(in: directory, to: 2, isSearched: { _ in false }, keptCommits: 3)
    }
    let target = try #require(try KeptCommits(in: directory, before: 3).commits.first)
    for file in target.files {
      let sound = try root.read("index/\(file.name)")
      var bytes = sound
      bytes[bytes.count / 2] ^= 1
      try root.write("index/\(file.name)", bytes)
      #expect(throws: IndexFormatError.self, "\(file.name)") { try rollBack(to: 2) }
      try root.write("index/\(file.name)", sound)
    }
    let lock = try directory.lockForWriting()
    #expect(throws: IndexLockedError.self) { try rollBack() }
    #expect(try lock.isCurrent())
    #expect(try content() == Self.entries(3))
    #expect(try Commit(in: directory)?.number == 3)
  }

  @Test("going back to what the index already is changes nothing")
  func sameContent() throws {
    for number in 1...2 { try publish(Self.entries(number), in: directory, keptCommits: 3) }
    try rollBack(to: 1, keeping: 3)
    let rollback = try rollBack(to: 1, keeping: 3)
    #expect(rollback.commit == rollback.previous)
    #expect(try Commit(in: directory)?.number == 3)
  }

  @Test("a damaged pointer is no end: the newest kept commit can be gone back to, and numbers go on")
  func damagedPointer() throws {
    for number in 1...3 { try publish(Self.entries(number), in: directory, keptCommits: 3) }
    try root.write("index/commit", "damaged")
    let rollback = try rollBack()
    #expect(rollback.previous == nil)
    #expect((rollback.target, rollback.commit.number) == (2, 3))
    #expect(try content() == Self.entries(2))
    try root.write("index/commit", "damaged")
    #expect(try publish(Self.entries(4), in: directory, keptCommits: 2).number == 3)
  }

  // MARK: Faults

  /// A directory with commits 1 and 2, on a disk that may fail.
  private func faulty() throws -> (FaultyFileSystem, IndexDirectory) {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    for number in 1...2 { try publish(Self.entries(number), in: directory, keptCommits: 2) }
    let files = try FaultyFileSystem(root: root)
    return (files, IndexDirectory(path: directory.path, fileSystem: files))
  }

  @Test(
    "whichever call of a rollback fails, the commit before or the earlier one is there, and the next try works",
    arguments: [false, true])
  func failingCalls(isForEver: Bool) throws {
    let codes = [EIO, ENOSPC, EMFILE, EACCES]
    let (clean, cleanDirectory) = try faulty()
    try rollBack(in: cleanDirectory)
    let all = Set(FileOperation.Kind.allCases).subtracting([.release])
    let calls = clean.trace.filter { all.contains($0.kind) }
    #expect(calls.count > 20)
    for (index, call) in calls.enumerated() {
      let (files, directory) = try faulty()
      files.inject(Fault(.fails(codes[index % 4]), at: index + 1, forEver: isForEver, in: all))
      var failure: (any Error)?
      do { try rollBack(in: directory) } catch { failure = error }
      #expect(files.injectedCount > 0)
      #expect(files.openDescriptorCount == 0 && files.openMappingCount == 0, "call \(index + 1), \(call)")
      files.clearFaults()
      let healthy = IndexDirectory(path: directory.path)
      let found = try content(in: healthy)
      #expect(found == Self.entries(1) || found == Self.entries(2), "call \(index + 1), \(call)")
      if failure == nil { #expect(found == Self.entries(1), "call \(index + 1), \(call)") }
      let rollback = try rollBack(to: found == Self.entries(1) ? 2 : 1, in: directory)
      #expect(try content(in: healthy) == Self.entries(rollback.target), "call \(index + 1), \(call)")
      #expect(try healthy.fileNames() == ownNames(in: healthy), "call \(index + 1), \(call)")
    }
  }

  @Test("a power failure at any moment of a rollback leaves one of the two, after it the earlier one")
  func powerFailure() throws {
    let (files, directory) = try faulty()
    try rollBack(in: directory)
    var known: [[String: [UInt8]]: [Entry]] = [:]
    for step in 0...files.stepCount {
      for state in files.statesAfterPowerFailure(afterSteps: step, limit: 40, seed: UInt64(step)) {
        let found: [Entry]
        if let before = known[state.files] {
          found = before
        } else {
          let root = try state.materialized()
          found = try content(in: IndexDirectory(path: root.path(of: "index")))
          known[state.files] = found
        }
        #expect(
          found == Self.entries(1) || (found == Self.entries(2) && step < files.stepCount),
          "after \(step) steps: \(state)")
      }
    }
    #expect(known.count > 8)
  }
}
