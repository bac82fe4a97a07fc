import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing

/// Runs that start from the segments of the commit before, against a dictionary.
@Suite struct KeepExistingTests {
  private let root: TemporaryDirectory
  private let directory: IndexDirectory

  init() throws {
    root = try TemporaryDirectory()
    directory = IndexDirectory(path: root.path(of: "index"))
  }

  private func writer(memoryBudget: Int = 1 << 30, policy: MergePolicy = MergePolicy()) throws -> IndexWriter
  {
    try IndexWriter(
      in: directory,
      options: .init(keepsExisting: true, mergePolicy: policy, memoryBudget: memoryBudget, now: 1))
  }

  /// One run from its lock to its commit.
  @discardableResult
  private func run(_ body: (IndexWriter) throws -> Void = { _ in }) throws -> Commit {
    let writer = try writer()
    try body(writer)
    return try writer.commit(sourcePaths: [])
  }

  private func entries() throws -> [Entry] {
    try IndexContent(in: directory).entries.sorted { $0.id < $1.id }
  }

  @Test(
    "two thousand additions, replacements and deletions over many runs agree with a dictionary",
    arguments: UInt64(0)..<5)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var samples = SampleEntries(seed: seed + 500)
    var model: [String: Entry] = [:]
    var operations = 0
    var runs = 0
    var mostSegments = 0
    while operations < 2_000 {
      var policy = MergePolicy()
      policy.smallest = [1, 4_000, 1 << 20].randomElement(using: &random) ?? 1
      let writer = try writer(
        memoryBudget: [0, 300_000, 1 << 30].randomElement(using: &random) ?? 0, policy: policy)
      var next = model
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        operations += 1
        let id = "id-\(Int.random(in: 0..<150, using: &random))"
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
          let entry = samples.entry(id, kind: .page)
          try writer.add(entry)
          next[id] = entry
        case 5..<7:
          let item = samples.entry(id, kind: .item)
          try writer.replace(item)
          next[id] = item
        default:
          #expect(try writer.delete(id: id) == (next[id] != nil))
          next[id] = nil
        }
      }
      // Some writers are dropped.
      if Int.random(in: 0..<8, using: &random) > 0 {
        let commit = try writer.commit(sourcePaths: [])
        model = next
        mostSegments = max(mostSegments, commit.segments.count)
        #expect(commit.segments.count <= policy.maximumSegmentCount)
      }
      runs += 1
      guard try Commit(in: directory) != nil else { continue }
      let found = try IndexContent(in: directory)
      #expect(found.entries.count == model.count)
      #expect(found.entries.allSatisfy { $0 == model[$0.id] })
      #expect(try found == IndexContent(of: found.entries))
      // By id, whichever segment an entry stands in.
      var ids: [String] = []
      let snapshot = try IndexSnapshot(in: directory)
      try snapshot.eachLiveDocument { ids.append(try snapshot.segments[$1].keys.id(of: $0)) }
      #expect(ids == model.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
    #expect(try directory.fileNames() == ownNames(in: directory))
    #expect(runs > 40 && mostSegments > 3)
  }

  @Test("an item of the kept commit unites with what is added, and is replaced or deleted when told")
  func items() throws {
    let item = Entry(id: "a", kind: .item, text: "one", sources: ["1.md"])
    let other = Entry(id: "a", kind: .item, text: "two", sources: ["2.md"])
    try publish([item, Entry(id: "b", text: "stays")], in: directory)
    try run { try $0.add(other) }
    #expect(try entries().map(\.text) == ["one\n\ntwo", "stays"])
    #expect(try entries().map(\.sources) == [["1.md", "2.md"], []])
    try run {
      try $0.add(item)
      try $0.replace(other)
    }
    #expect(try entries().first == other)
    try run {
      try $0.add(item)
      #expect(try $0.delete(id: "a"))
      #expect(try !$0.delete(id: "a"))
    }
    #expect(try entries().map(\.id) == ["b"])
  }

  @Test("a run that changes nothing publishes nothing, nor does one that puts back what was there")
  func unchanged() throws {
    let entry = Entry(id: "a", title: "same")
    try publish([entry], in: directory)
    // The one before names a source state, which these runs leave out.
    let first = try run()
    #expect(try run() == first)
    #expect(try run { try $0.replace(entry) } == first)
  }

  @Test("deleting everything leaves an index without entries")
  func everythingDeleted() throws {
    try publish([Entry(id: "a"), Entry(id: "b")], in: directory)
    let commit = try run {
      try $0.delete(id: "a")
      try $0.delete(id: "b")
    }
    #expect(commit.segments.isEmpty)
    #expect(try entries().isEmpty)
  }

  @Test(
    "without a commit there is nothing to keep, and a damaged pointer or other rules of analysis are told")
  func cannotKeep() throws {
    let commit = try run { try $0.add(Entry(id: "a")) }
    #expect(commit.number == 1)
    try Commit(number: 2, createdAt: 1, analyzer: "other", sourcePaths: [], segments: commit.segments)
      .publish(in: directory)
    #expect(throws: KeepExistingError.otherAnalyzer(found: "other")) { try writer() }
    try root.write("index/commit", [1, 2, 3])
    #expect(throws: IndexFormatError.self) { try writer() }
    // Built anew it works, and nothing of the old is left.
    try publish([Entry(id: "b")], in: directory)
    #expect(try entries().map(\.id) == ["b"])
    #expect(try directory.fileNames() == ownNames(in: directory))
  }

  @Test("after many small runs there are few segments and few deleted entries")
  func manyRuns() throws {
    var samples = SampleEntries(seed: 3)
    var policy = MergePolicy()
    policy.smallest = 3_000
    for run in 0..<80 {
      let next = try writer(policy: policy)
      for number in 0..<3 { try next.add(samples.entry("\((run * 3 + number) % 90)", kind: .page)) }
      _ = try next.commit(sourcePaths: [])
      let snapshot = try IndexSnapshot(in: directory)
      let count = snapshot.segments.reduce(0) { $0 + $1.documentCount }
      #expect(snapshot.segments.count <= 8)
      #expect(snapshot.entryCount == min(90, run * 3 + 3))
      #expect(Double(count - snapshot.entryCount) <= policy.largestDeletedShare * Double(count))
    }
  }

  @Test("a kept index survives every failing call", arguments: [false, true])
  func faults(isForEver: Bool) throws {
    var samples = SampleEntries(seed: 4)
    let old = (0..<6).map { samples.entry("\($0)", kind: .page) }
    let added = (4..<8).map { samples.entry("\($0)", kind: .page) }
    func run(in directory: IndexDirectory) throws {
      let next = try IndexWriter(
        in: directory, options: .init(keepsExisting: true, memoryBudget: 0, now: 2))
      for entry in added { try next.add(entry) }
      try next.delete(id: "0")
      _ = try next.commit(sourcePaths: [])
    }
    func bench() throws -> (FaultyFileSystem, IndexDirectory) {
      let files = try FaultyFileSystem(root: TemporaryDirectory())
      try publish(old, in: IndexDirectory(path: files.root + "/index"))
      return (files, IndexDirectory(path: files.root + "/index", fileSystem: files))
    }
    let (clean, cleanDirectory) = try bench()
    let before = try IndexContent(in: cleanDirectory)
    clean.clearFaults()
    let callsBefore = clean.mutationCount
    try run(in: cleanDirectory)
    let after = try IndexContent(in: cleanDirectory)
    #expect(clean.mutationCount - callsBefore > 20)
    for number in 1...(clean.mutationCount - callsBefore) {
      let (files, directory) = try bench()
      files.inject(Fault(.fails(EIO), at: number, forEver: isForEver))
      do { try run(in: directory) } catch { #expect(error is FileError) }
      let healthy = IndexDirectory(path: directory.path)
      let found = try IndexContent(in: healthy)
      #expect(found == before || found == after, "call \(number)")
      #expect(files.openDescriptorCount == 0 && files.openMappingCount == 0, "call \(number)")
    }
  }
}
