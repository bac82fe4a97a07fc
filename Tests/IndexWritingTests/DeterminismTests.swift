import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing

/// The published bytes depend on the entries and their order alone, not on threads and memory.
@Suite struct DeterminismTests {
  private static let budgets = [0, 0, 0, 300_000, 340_000, 600_000, 1 << 30, 1 << 30, 1 << 30]

  /// The committed files of a build, and how many scratch files it took.
  private func build(_ entries: [Entry], memoryBudget: Int, threadCount: Int = 1) throws -> (
    files: [String: [UInt8]], scratchCount: Int
  ) {
    let files = try FaultyFileSystem(root: TemporaryDirectory())
    let directory = IndexDirectory(path: files.root + "/index", fileSystem: files)
    try publish(entries, in: directory, memoryBudget: memoryBudget, threadCount: threadCount)
    let scratchCount = files.trace.count { $0.kind == .create && $0.path.contains("scratch") }
    return (try committedFiles(in: directory).filter { $0.key.hasSuffix(".seg") }, scratchCount)
  }

  private func check(_ entries: [Entry]) throws {
    let whole = try build(entries, memoryBudget: 1 << 30)
    #expect(whole.files.count == 1)
    for (index, budget) in Self.budgets.enumerated() {
      let threadCount = 1 + index % 3
      let built = try build(entries, memoryBudget: budget, threadCount: threadCount)
      #expect(built.files == whole.files, "memory budget \(budget), \(threadCount) threads")
      if budget == 0 { #expect(built.scratchCount > 10) }
    }
  }

  @Test("pages and items, some replaced, some united", arguments: UInt64(0)..<6)
  func mixture(seed: UInt64) throws {
    var samples = SampleEntries(seed: seed)
    try check(samples.mixture(300, ids: 200, words: 60))
  }

  @Test("few ids, each deleted and added again many times", arguments: UInt64(0)..<4)
  func replacedAgainAndAgain(seed: UInt64) throws {
    var samples = SampleEntries(seed: seed)
    try check(samples.mixture(200, ids: 12) + [samples.entry("last", kind: .page)])
  }

  @Test("so many entries that what is kept of each waits in files, some ids coming again early and late")
  func many() throws {
    var samples = SampleEntries(seed: 11)
    var entries: [Entry] = []
    for number in 0..<17_500 {
      var entry = samples.entry("\(number % 50 == 0 ? number / 2 : number)", kind: .page)
      entry.text = "段落 \(number)"
      entries.append(entry)
    }
    var last: [String: Int] = [:]
    for (place, entry) in entries.enumerated() { last[entry.id] = place }
    let whole = entries.indices.filter { last[entries[$0].id] == $0 }.map { entries[$0] }
    let directory = try TemporaryDirectory()
    let index = IndexDirectory(path: directory.path(of: "index"))
    try publish(entries, in: index, memoryBudget: 16 << 20, threadCount: 2)
    #expect(try IndexContent(in: index) == IndexContent(of: whole))
  }

  @Test("the bytes are those of a run that never saw what was replaced")
  func withoutTheReplaced() throws {
    var samples = SampleEntries(seed: 9)
    let first = (0..<120).map { samples.entry("page-\($0 % 40)", kind: .page) }
    let last = Array(first.suffix(40))
    #expect(try build(first, memoryBudget: 0).files == build(last, memoryBudget: 1 << 30).files)
  }

  @Test("the same items in several files are as good as united before", arguments: [0, 1 << 30])
  func united(memoryBudget: Int) throws {
    var samples = SampleEntries(seed: 10)
    var copies: [Entry] = []
    var united: [Entry] = []
    for number in 0..<40 {
      var item = samples.entry("item-\(number)", kind: .item)
      item.sources = ["a.md", "b.md", "c.md"]
      united.append(item)
      copies.append(item)
    }
    for index in copies.indices { copies[index].sources = ["a.md"] }
    let again = ["b.md", "c.md", "a.md"].flatMap { source in
      copies.map { copy in
        var copy = copy
        copy.sources = [source]
        return copy
      }
    }
    #expect(
      try build(copies + again, memoryBudget: memoryBudget).files
        == build(united, memoryBudget: 1 << 30).files)
  }
}
