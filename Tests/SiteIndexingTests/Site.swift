import ContentIngest
import Glibc
import IndexFormat
import IndexStorage
import QueryEngine
import SearchModel
import SearchTestSupport
import SiteIndexing

/// A folder of content and indexes made from it, in this process.
final class Site {
  let root: TemporaryDirectory

  init(_ files: [String: String] = [:]) throws {
    root = try TemporaryDirectory()
    try root.makeDirectory("content")
    for (name, text) in files { try write(name, text) }
  }

  var content: String { root.path(of: "content") }

  func directory(_ name: String = "index") -> IndexDirectory { IndexDirectory(path: root.path(of: name)) }

  func write(_ name: String, _ text: String) throws { try root.write("content/" + name, text) }
  func write(_ name: String, _ bytes: [UInt8]) throws { try root.write("content/" + name, bytes) }

  func remove(_ name: String) { unlink(root.path(of: "content/" + name)) }

  func move(_ name: String, to other: String) throws {
    if let slash = other.lastIndex(of: "/") { try root.makeDirectory("content/" + other[..<slash]) }
    guard rename(root.path(of: "content/" + name), root.path(of: "content/" + other)) == 0 else {
      throw FileError(operation: "rename", path: other, code: errno)
    }
  }

  /// Sets the time of modification, as `touch -d` and copying programs do.
  func setTime(_ name: String, seconds: Int) {
    let time = timespec(tv_sec: seconds, tv_nsec: 0)
    utimensat(AT_FDCWD, root.path(of: "content/" + name), [time, time], 0)
  }

  @discardableResult
  func index(
    _ name: String = "index", full: Bool = false, dry: Bool = false, strict: Bool = false,
    settings: [SourceSetting] = [], keepsStandardInput: Bool = true,
    progress: @escaping IndexRun.Progress = { _, _, _ in }
  ) throws -> RunReport {
    var options = IndexRun.Options(now: 1)
    (options.isFull, options.isDryRun, options.isStrict) = (full, dry, strict)
    options.settings = settings
    var run = IndexRun(in: directory(name), options: options, progress: progress)
    return try run.update(
      paths: [content], recordedPaths: ["../content"], keepsStandardInput: keepsStandardInput)
  }

  /// Lines of JSONL through a descriptor, as `--stdin` hands it over.
  @discardableResult
  func send(_ lines: String, full: Bool = false, dry: Bool = false) throws -> RunReport {
    try root.write("lines", lines)
    let descriptor = open(root.path(of: "lines"), O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var options = IndexRun.Options(now: 1)
    (options.isFull, options.isDryRun) = (full, dry)
    var run = IndexRun(in: directory(), options: options)
    return try run.update(standardInput: descriptor)
  }

  func answers(_ name: String = "index") throws -> Answers { try Answers(in: directory(name)) }
}

/// Everything that an index answers: its entries, and hits with scores and counts for some queries.
struct Answers: Equatable {
  var entries: [String: Entry] = [:]
  var results: [String: [String]] = [:]

  static let queries = [
    "集群", "多集群", "管理", "网格 调度", "K8s", "mesh", "kube*", "云原生 服务", "镜像 -日志", "title:存储", "监控备份升级",
    "source:a", "category:工具", "clustr",
  ]

  init(in directory: IndexDirectory) throws {
    let searcher = try Searcher(in: directory)
    try searcher.snapshot.verify(in: directory)
    for segment in searcher.snapshot.segments {
      let stored = try segment.storedFields()
      for document in 0..<segment.documentCount where segment.live?.isLive(document) ?? true {
        let entry = try segment.entry(document, from: stored)
        if entries.updateValue(entry, forKey: entry.id) != nil { results["twice " + entry.id] = [] }
      }
    }
    for query in Self.queries {
      let found = try searcher.search(
        SearchRequest(text: query, limit: 1_000, facets: [.category, .tags, .source, .kind]))
      results[query] =
        ["\(found.match) \(found.total)", "\(found.facets)"]
        + found.hits.map { "\($0.entry.id) \($0.match) \($0.score) \($0.snippet)" }
    }
  }
}
