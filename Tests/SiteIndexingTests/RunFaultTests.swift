import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import SiteIndexing
import Testing

/// Whole runs of `search index` on a disk that fails: the old state of the site or the new one, and the next run works.
@Suite struct RunFaultTests {
  enum Kind: CaseIterable, Sendable {
    case firstBuild, update, updateWithMerge, rebuild, standardInput
  }

  /// A site with an index of its old state, and files that have changed since.
  private final class Bench {
    let kind: Kind
    private let site: Site
    private let oldFiles: [String: [UInt8]]
    /// By id; nil where there is no index yet.
    let old: [String: Entry]?
    private(set) var new: [String: Entry]? = [:]
    private var known: [[String: [UInt8]]: [String: Entry]] = [:]

    static let keptCommits = 2

    init(_ kind: Kind) throws {
      self.kind = kind
      site = try Site([
        "a.md": "# 集群\n\n- [多集群](https://example.org/a) 管理\n- [Istio](https://example.org/b) mesh\n",
        "b.md": "# 网格\n\n- [Istio](https://example.org/b) 服务\n", "c.md": "# 存储\n\n## 备份\n\n日志与监控。\n",
      ])
      if kind != .firstBuild {
        let directory = site.directory()
        try Self.run(.update, site, in: directory)
        if kind == .updateWithMerge {
          for number in 0..<MergePolicy().fanOut - 2 {
            try site.write("d\(number).md", "# 第 \(number) 篇\n\n升级\n")
            try Self.run(.update, site, in: directory)
          }
        }
        if kind == .rebuild {
          // What came through standard input is read back from the index that is built over.
          try site.root.write("lines", #"{"id":"1","title":"行"}"# + "\n")
          try Self.run(.standardInput, site, in: directory)
        }
        old = try Self.entries(in: directory)
      } else {
        old = nil
      }
      var files: [String: [UInt8]] = [:]
      if kind != .firstBuild {
        for name in try site.root.names(in: "index") { files[name] = try site.root.read("index/\(name)") }
      }
      oldFiles = files
      try site.write("a.md", "# 集群\n\n- [多集群](https://example.org/a) 调度\n")
      site.remove("c.md")
      try site.write("e.md", "# 新页\n\n镜像\n")
      try site.root.write(
        "lines", #"{"id":"1","title":"行"}"# + "\n" + #"{"id":"c.md","_delete":true}"# + "\n")
      try run(in: site.directory())
      new = try content()
      #expect(new != old)
      if kind == .updateWithMerge { #expect(try IndexSnapshot(in: site.directory()).segments.count == 1) }
    }

    /// The directory with the old state, on a disk that may fail.
    func restored() throws -> (FaultyFileSystem, IndexDirectory) {
      for name in (try? site.root.names(in: "index")) ?? [] { unlink(site.root.path(of: "index/\(name)")) }
      rmdir(site.root.path(of: "index"))
      for (name, bytes) in oldFiles { try site.root.write("index/\(name)", bytes) }
      let files = try FaultyFileSystem(root: site.root.path)
      return (files, IndexDirectory(path: site.root.path(of: "index"), fileSystem: files))
    }

    func run(in directory: IndexDirectory) throws { try Self.run(kind, site, in: directory) }

    private static func run(_ kind: Kind, _ site: Site, in directory: IndexDirectory) throws {
      var options = IndexRun.Options(now: 1)
      options.isFull = kind == .rebuild
      options.keptCommits = keptCommits
      options.memoryBudget = 0
      var run = IndexRun(in: directory, options: options)
      if kind == .standardInput {
        let descriptor = open(site.root.path(of: "lines"), O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        _ = try run.update(standardInput: descriptor)
      } else {
        _ = try run.update(paths: [site.content], recordedPaths: ["../content"], keepsStandardInput: true)
      }
    }

    /// What a reader finds; nil without an index. Of indexes with the same bytes only the first is read.
    func content(in folder: TemporaryDirectory? = nil) throws -> [String: Entry]? {
      let root = folder ?? site.root
      let directory = IndexDirectory(path: root.path(of: "index"))
      guard let commit = try Commit(in: directory) else { return nil }
      var files = ["commit": try root.read("index/commit")]
      for name in commit.fileNames { files[name] = try root.read("index/\(name)") }
      if let entries = known[files] { return entries }
      let entries = try Self.entries(in: directory)
      known[files] = entries
      return entries
    }

    private static func entries(in directory: IndexDirectory) throws -> [String: Entry] {
      let snapshot = try IndexSnapshot(in: directory)
      try snapshot.verify(in: directory)
      var entries: [String: Entry] = [:]
      for segment in snapshot.segments {
        let stored = try segment.storedFields()
        for document in 0..<segment.documentCount where segment.live?.isLive(document) ?? true {
          let entry = try segment.entry(document, from: stored)
          entries[entry.id] = entry
        }
      }
      return entries
    }

    /// Names beyond lock, pointer, and what the current commit and the kept ones name.
    func strangeNames() throws -> Set<String> {
      let directory = IndexDirectory(path: site.root.path(of: "index"))
      let commit = try Commit(in: directory)
      var names = Set(try directory.fileNames()).subtracting([IndexDirectory.lockName, Commit.fileName])
      names.subtract(commit?.fileNames ?? [])
      for kept in try KeptCommits(in: directory, before: commit?.number).commits {
        names.subtract(kept.fileNames)
        names.remove(KeptCommits.fileName(of: kept.number))
      }
      return names
    }
  }

  private static let all = Set(FileOperation.Kind.allCases).subtracting([.release])

  @Test(
    "whichever call of a run fails, the old state or the new one is there, nothing leaks, and the next run works",
    arguments: Kind.allCases)
  func failingCalls(kind: Kind) throws {
    let codes = [EIO, ENOSPC, EMFILE, EACCES, ENOMEM]
    let bench = try Bench(kind)
    let (clean, cleanDirectory) = try bench.restored()
    try bench.run(in: cleanDirectory)
    let calls = clean.trace.filter { Self.all.contains($0.kind) }
    #expect(calls.count > 40)
    for (index, call) in calls.enumerated() {
      let code = codes[index % codes.count]
      for isForEver in index % 3 == 0 ? [false, true] : [false] {
        let comment: Comment = "call \(index + 1), \(call), \(isForEver ? "for ever" : "once")"
        let (files, directory) = try bench.restored()
        files.inject(Fault(.fails(code), at: index + 1, forEver: isForEver, in: Self.all))
        var failure: (any Error)?
        do { try bench.run(in: directory) } catch { failure = error }
        #expect(files.injectedCount > 0, comment)
        #expect(files.openDescriptorCount == 0 && files.openMappingCount == 0, comment)
        if let failure { #expect(failure is FileError, comment) }
        let found = try bench.content()
        #expect(found == bench.old || found == bench.new, comment)
        if failure == nil { #expect(found == bench.new, comment) }
        files.clearFaults()
        try bench.run(in: directory)
        #expect(try bench.content() == bench.new, comment)
        #expect(try bench.strangeNames() == [], comment)
        #expect(files.openDescriptorCount == 0 && files.openMappingCount == 0, comment)
      }
    }
  }

  @Test(
    "a power failure at any moment of a run leaves the old state or the new one, after it the new one",
    arguments: Kind.allCases)
  func powerFailure(kind: Kind) throws {
    let bench = try Bench(kind)
    let (files, directory) = try bench.restored()
    try bench.run(in: directory)
    var count = 0
    for step in 0...files.stepCount {
      for state in files.statesAfterPowerFailure(afterSteps: step, limit: 25, seed: UInt64(step)) {
        let found = try bench.content(in: state.materialized())
        #expect(
          found == bench.new || (found == bench.old && step < files.stepCount),
          "after \(step) of \(files.stepCount) steps: \(state)")
        count += 1
      }
    }
    #expect(count > 250)
  }
}
