import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing

/// What a run leaves behind when a system call fails or the power does: the old commit or the new one, in full.
@Suite struct CommitFaultTests {
  private static let mutating = FileOperation.Kind.mutating

  /// Reads indexes; of those whose files have the same bytes only the first.
  private final class Reader {
    private var seen: [[String: [UInt8]]: IndexContent] = [:]
    private var states: [[String: [UInt8]]: IndexContent] = [:]
    var stateCount: Int { states.count }

    func content(in directory: IndexDirectory) throws -> IndexContent {
      let files = try committedFiles(in: directory)
      if let known = seen[files] { return known }
      let content = try IndexContent(in: directory)
      seen[files] = content
      return content
    }

    func content(of state: PowerFailureState) throws -> IndexContent {
      if let known = states[state.files] { return known }
      let root = try state.materialized()
      let content = try content(in: IndexDirectory(path: root.path(of: "index")))
      states[state.files] = content
      return content
    }
  }

  /// Two states of one index, and the bytes of a directory with the first of them.
  private struct Scenario {
    let old: IndexContent
    let new: IndexContent
    let oldEntries: [Entry]
    let newEntries: [Entry]
    let oldFiles: [String: [UInt8]]
    let newFileNames: Set<String>
    let reader = Reader()

    /// A flush after every page, and a merge.
    static let memoryBudget = 0
    /// The old commit stays for a rollback.
    static let keptCommits = 2

    init(oldEntries: [Entry], newEntries: [Entry]) throws {
      self.oldEntries = oldEntries
      self.newEntries = newEntries
      let root = try TemporaryDirectory()
      let directory = IndexDirectory(path: root.path(of: "index"))
      try publish(oldEntries, in: directory, memoryBudget: Self.memoryBudget)
      old = try IndexContent(in: directory)
      #expect(try old == IndexContent(of: old.entries))
      var files: [String: [UInt8]] = [:]
      for name in try root.names(in: "index") { files[name] = try root.read("index/\(name)") }
      oldFiles = files
      newFileNames = try publish(
        newEntries, in: directory, memoryBudget: Self.memoryBudget, keptCommits: Self.keptCommits
      ).fileNames
      new = try IndexContent(in: directory)
      #expect(try new == IndexContent(of: new.entries))
      #expect(old != new)
      #expect(try root.names(in: "index") == ownNames(in: directory))
    }

    /// Items that unite, pages that replace items and pages: several segments and deleted entries in each run.
    static func small() throws -> Scenario {
      var samples = SampleEntries(seed: 1)
      return try Scenario(
        oldEntries: samples.mixture(6, ids: 5),
        newEntries: samples.mixture(5, ids: 3) + samples.mixture(3, ids: 9))
    }

    /// A text that does not stay in memory, so that a scratch file takes part.
    static func large() throws -> Scenario {
      var random = SplitMix64(seed: 2)
      // Private characters: they do not compress, and they are no terms that would take time.
      let units = (0..<800_000).map { _ in UInt16.random(in: 0xE000...0xF8FF, using: &random) }
      let text = String(decoding: units, as: UTF16.self)
      return try Scenario(
        oldEntries: [Entry(id: "a", text: "old")],
        newEntries: [Entry(id: "b", text: "new"), Entry(id: "c", text: text)])
    }
  }

  /// A directory with the old commit, on a disk that may fail.
  private struct Bench {
    let scenario: Scenario
    let root: TemporaryDirectory
    let files: FaultyFileSystem
    let directory: IndexDirectory

    init(_ scenario: Scenario) throws {
      self.scenario = scenario
      root = try TemporaryDirectory()
      for (name, bytes) in scenario.oldFiles { try root.write("index/\(name)", bytes) }
      files = try FaultyFileSystem(root: root)
      directory = IndexDirectory(path: root.path(of: "index"), fileSystem: files)
    }

    func run(_ entries: [Entry]? = nil) throws {
      try publish(
        entries ?? scenario.newEntries, in: directory, memoryBudget: Scenario.memoryBudget,
        keptCommits: Scenario.keptCommits)
    }

    /// The directory as a process without faults sees it.
    var healthy: IndexDirectory { IndexDirectory(path: directory.path) }

    /// Runs with the fault that was injected, and holds everything that must hold afterwards against it.
    ///
    /// - Returns: whether the run threw.
    func check(_ comment: Comment) throws -> Bool {
      var failure: (any Error)?
      do { try run() } catch { failure = error }
      #expect(files.injectedCount > 0, comment)
      let found = try scenario.reader.content(in: healthy)
      #expect(found == scenario.old || found == scenario.new, comment)
      if failure == nil { #expect(found == scenario.new, comment) }
      if let failure { #expect(failure is FileError, comment) }
      #expect(files.openDescriptorCount == 0, comment)
      #expect(files.openMappingCount == 0, comment)
      // A failed run takes its files with it, unless it cannot see or remove them.
      if failure != nil, files.injectedCount == 1,
        files.trace.allSatisfy({ $0.kind != .unlink || $0.failure == nil })
      {
        let allowed = Set(scenario.oldFiles.keys).union(scenario.newFileNames)
          .union(found == scenario.new ? [KeptCommits.fileName(of: 1)] : [])
        #expect(allowed.isSuperset(of: try root.names(in: "index")), comment)
      }
      files.clearFaults()
      try run()
      #expect(try scenario.reader.content(in: healthy) == scenario.new, comment)
      #expect(try root.names(in: "index") == ownNames(in: healthy), comment)
      #expect(files.openDescriptorCount == 0, comment)
      #expect(files.openMappingCount == 0, comment)
      return failure != nil
    }
  }

  // MARK: Failing calls

  @Test(
    "whichever change of the disk fails, once or for ever, the old commit or the new one is there",
    arguments: [
      Fault.Effect.fails(EIO), .failsAfterwards(EIO), .fails(ENOSPC), .fails(EMFILE),
    ], [false, true])
  func failingChanges(effect: Fault.Effect, isForEver: Bool) throws {
    let scenario = try Scenario.small()
    let clean = try Bench(scenario)
    try clean.run()
    let calls = clean.files.trace.filter { Self.mutating.contains($0.kind) }
    #expect(calls.count > 40)
    for (index, call) in calls.enumerated() {
      let bench = try Bench(scenario)
      bench.files.inject(Fault(effect, at: index + 1, forEver: isForEver))
      let threw = try bench.check("call \(index + 1), \(call)")
      // A run gets over a file that cannot be removed. Whether it goes on without a scratch file that it cannot
      // take away or close is its own business: `check` has seen that nothing is lost either way.
      if call.path.contains("scratch"), call.kind == .unlink || call.kind == .close { continue }
      #expect(threw == (call.kind != .unlink), "call \(index + 1), \(call)")
    }
  }

  @Test(
    "whichever look at the disk fails, the old commit or the new one is there",
    arguments: [EIO, EMFILE], [false, true])
  func failingReads(code: Int32, isForEver: Bool) throws {
    let scenario = try Scenario.small()
    let clean = try Bench(scenario)
    try clean.run()
    let reading = FileOperation.Kind.reading.subtracting([.release])
    let looks = clean.files.trace.filter { reading.contains($0.kind) }
    #expect(looks.count > 20)
    for (index, look) in looks.enumerated() {
      let bench = try Bench(scenario)
      bench.files.inject(Fault(.fails(code), at: index + 1, forEver: isForEver, in: reading))
      let threw = try bench.check("look \(index + 1), \(look)")
      // Only cleaning up lists the directory and reads the kept commit: it can wait.
      let isForCleaning = look.kind == .names || look.path == "index/commit-1"
      #expect(threw || isForCleaning, "look \(index + 1), \(look)")
    }
  }

  @Test("interruptions and short writes are invisible")
  func invisibleFaults() throws {
    let scenario = try Scenario.small()
    let clean = try Bench(scenario)
    try clean.run()
    let all = Set(FileOperation.Kind.allCases)
    var faults = (1...clean.files.trace.count).map { Fault(.fails(EINTR), at: $0, in: all) }
    let writeCount = clean.files.trace.count { $0.kind == .write }
    faults += (1...writeCount).map { Fault(.writesShort, at: $0) }
    faults += [
      Fault(.fails(EINTR), at: 1, forEver: true, in: all), Fault(.writesShort, at: 1, forEver: true),
    ]
    for fault in faults {
      let bench = try Bench(scenario)
      bench.files.inject(fault)
      #expect(try !bench.check("\(fault)"))
    }
  }

  @Test("a full disk of any size is told, and room makes the next run work")
  func fullDisk() throws {
    let scenario = try Scenario.small()
    let clean = try Bench(scenario)
    try clean.run()
    let byteCount = clean.files.trace.reduce(0) { $0 + ($1.byteCount ?? 0) }
    for room in stride(from: 0, to: byteCount, by: byteCount / 40) {
      let bench = try Bench(scenario)
      bench.files.limitSpace(to: room)
      #expect(try bench.check("room for \(room) bytes"))
      #expect(bench.files.trace.contains { $0.kind == .write && $0.failure == ENOSPC })
    }
  }

  @Test("sections that wait in scratch files change none of this", arguments: [false, true])
  func scratchFiles(isForEver: Bool) throws {
    let scenario = try Scenario.large()
    let clean = try Bench(scenario)
    try clean.run()
    let calls = clean.files.trace.filter { Self.mutating.contains($0.kind) }
    let scratch = calls.indices.filter { calls[$0].path.contains("scratch") }
    #expect(scratch.count >= 6)
    for index in scratch {
      let bench = try Bench(scenario)
      bench.files.inject(Fault(.fails(EIO), at: index + 1, forEver: isForEver))
      let threw = try bench.check("call \(index + 1), \(calls[index])")
      // The name of a scratch file is removed at once, or at the latest with the object.
      if !isForEver { #expect(threw == [.create, .write].contains(calls[index].kind)) }
    }
  }

  @Test("the first commit of a directory is all or nothing", arguments: [false, true])
  func firstCommit(isForEver: Bool) throws {
    let scenario = try Scenario.small()
    func makeDirectory() throws -> (FaultyFileSystem, IndexDirectory) {
      let files = try FaultyFileSystem(root: TemporaryDirectory())
      return (files, IndexDirectory(path: files.root + "/a/index", fileSystem: files))
    }
    let (clean, cleanDirectory) = try makeDirectory()
    try publish(scenario.oldEntries, in: cleanDirectory, memoryBudget: 0)
    #expect(clean.mutationCount > 20)
    for number in 1...clean.mutationCount {
      let (files, directory) = try makeDirectory()
      files.inject(Fault(.fails(EIO), at: number, forEver: isForEver))
      var threw = false
      do { try publish(scenario.oldEntries, in: directory, memoryBudget: 0) } catch { threw = true }
      let healthy = IndexDirectory(path: directory.path)
      do {
        #expect(try scenario.reader.content(in: healthy) == scenario.old, "call \(number)")
      } catch let error as IndexOpenError {
        #expect(threw && error == .missing(path: healthy.path), "call \(number)")
      }
      files.clearFaults()
      try publish(scenario.oldEntries, in: directory, memoryBudget: 0)
      #expect(try scenario.reader.content(in: healthy) == scenario.old)
      #expect(try healthy.fileNames() == ownNames(in: healthy))
    }
  }

  // MARK: Power

  @Test("a power failure at any moment leaves the old commit or the new one, after the commit the new one")
  func powerFailure() throws {
    let bench = try Bench(Scenario.small())
    try bench.run()
    let power = bench.scenario.reader
    for step in 0...bench.files.stepCount {
      let states = bench.files.statesAfterPowerFailure(afterSteps: step, limit: 25, seed: UInt64(step))
      for state in states {
        let found = try power.content(of: state)
        let isLegal =
          found == bench.scenario.new || (found == bench.scenario.old && step < bench.files.stepCount)
        #expect(isLegal, "after \(step) steps: \(state)")
      }
    }
    #expect(power.stateCount > 50)
  }

  @Test("a power failure in the run after a failed one leaves one of their commits", arguments: [0, 1, 2])
  func powerFailureAfterFailure(kindOfNextRun: Int) throws {
    let scenario = try Scenario.small()
    let clean = try Bench(scenario)
    try clean.run()
    let calls = clean.files.trace.filter { Self.mutating.contains($0.kind) }
    var third = SampleEntries(seed: 3)
    let thirdEntries = third.mixture(2, ids: 3)
    for (index, call) in calls.enumerated() where [.rename, .syncDirectory].contains(call.kind) {
      for effect in [Fault.Effect.fails(EIO), .failsAfterwards(EIO)] {
        let bench = try Bench(scenario)
        bench.files.inject(Fault(effect, at: index + 1))
        #expect(throws: FileError.self) { try bench.run() }
        bench.files.clearFaults()
        let firstStep = bench.files.stepCount
        switch kindOfNextRun {
        case 0: try bench.run()
        case 1: try bench.run(thirdEntries)
        default: _ = try IndexWriter(in: bench.directory, options: .init(memoryBudget: 0, now: 1_000))
        }
        let last = try scenario.reader.content(in: bench.healthy)
        if kindOfNextRun == 0 { #expect(last == scenario.new) }
        for step in firstStep...bench.files.stepCount {
          for state in bench.files.statesAfterPowerFailure(afterSteps: step, limit: 8, seed: UInt64(step)) {
            let isPublished = kindOfNextRun < 2 && step == bench.files.stepCount
            let found = try scenario.reader.content(of: state)
            let isLegal = found == last || (!isPublished && (found == scenario.old || found == scenario.new))
            #expect(isLegal, "call \(index + 1) \(call), after \(step) steps: \(state)")
          }
        }
      }
    }
  }
}
