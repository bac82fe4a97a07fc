import ContentIngest
import Glibc
import IndexFormat
import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import SiteIndexing

/// What an update reads, what it says, and when it reads everything.
@Suite struct UpdateTests {
  private let site: Site

  init() throws {
    site = try Site([
      "a.md": "# 多集群\n\n一\n", "b.md": "# 网格\n\n二\n", "draft.md": "---\ndraft: true\n---\n# 草稿\n",
      "c/links.md": "# 周报\n\n## 工具\n\n- [同一个](https://example.org/1) 说明\n- [别的](https://example.org/2) 说明\n",
    ])
    // Older than any step of the clock that times of files come from: nothing is uncertain.
    usleep(30_000)
    try site.index()
  }

  @Test("without a change nothing is read and nothing is published; skips are still told")
  func nothing() throws {
    let report = try site.index()
    #expect(report.readFileCount == 0 && !report.isNewCommit && report.commit?.number == 1)
    #expect(report.fileCount == 4 && report.indexedFileCount == 3)
    #expect(report.skipped == [SkippedInput(file: "draft.md", reason: "draft", isDeliberate: true)])
    #expect(!report.hasChanges && report.rebuildReason == nil)
  }

  @Test("a touch publishes nothing, nor does a copy with the same content")
  func touch() throws {
    site.setTime("a.md", seconds: 1_000_000_000)
    try site.write("b.md.tmp", "# 网格\n\n二\n")
    try site.move("b.md.tmp", to: "b.md")
    let report = try site.index()
    #expect(report.readFileCount == 0 && !report.isNewCommit && !report.hasChanges)
  }

  @Test("only what changed is read, and counted entry by entry")
  func oneChange() throws {
    try site.write("a.md", "# 多集群\n\n三\n")
    try site.write("new.md", "# 新\n")
    site.remove("b.md")
    let report = try site.index()
    #expect(report.readFileCount == 2 && report.isNewCommit)
    #expect(report.changedFiles == ["a.md"] && report.newFiles == ["new.md"] && report.goneFiles == ["b.md"])
    #expect(report.addedEntryCount == 1 && report.replacedEntryCount == 1 && report.deletedEntryCount == 1)
    #expect(try site.index().readFileCount == 0)
  }

  @Test("of an item in several files the others are read again, and only for it")
  func sharedItem() throws {
    try site.write("d.md", "# 周报\n\n## 文章\n\n- [同一个](https://example.org/1) 另一句\n")
    var report = try site.index()
    #expect(report.replacedEntryCount == 1 && report.readFileCount == 2)
    var item = try #require(site.answers().entries.values.first { $0.title == "同一个" })
    #expect(item.category == ["工具", "文章"] && item.sources == ["c/links.md", "d.md"])
    #expect(item.text == "说明\n\n另一句")
    site.remove("c/links.md")
    report = try site.index()
    item = try #require(site.answers().entries.values.first { $0.title == "同一个" })
    #expect(item.category == ["文章"] && item.sources == ["d.md"] && item.text == "另一句")
    // The other item of the file, and what it says of itself as a page.
    #expect(report.deletedEntryCount == 2 && report.replacedEntryCount == 1)
  }

  @Test("a write within one tick of the clock, of the same size, is not missed")
  func racy() throws {
    for number in 0..<30 {
      try site.write("a.md", "# 多集群\n\n第\(number % 10)次\n")
      try site.index()
      try site.write("a.md", "# 多集群\n\n次\(number % 10)第\n")
      try site.index()
      #expect(try site.answers().entries["a.md"]?.text == "次\(number % 10)第", "\(number)")
    }
  }

  @Test("another setting, a lost or damaged record and --full read everything and say why")
  func rebuilds() throws {
    let setting = [SourceSetting(name: "configuration", value: "1")]
    #expect(try site.index(settings: setting).rebuildReason == .otherSetting("configuration"))
    #expect(try site.index(settings: setting).rebuildReason == nil)
    #expect(try site.index().rebuildReason == .otherSetting("configuration"))
    #expect(try site.index(full: true).rebuildReason == .asked)
    let commit = try #require(try Commit(in: site.directory()))
    let name = try #require(commit.state?.name)
    try site.root.write("index/" + name, "damaged")
    guard case .unreadable = try site.index().rebuildReason else {
      Issue.record("a damaged record was taken for sound")
      return
    }
    try site.directory().remove(try #require(try Commit(in: site.directory())?.state?.name))
    #expect(try site.index().rebuildReason?.sentence?.contains("everything is read again") == true)
    #expect(try site.index().rebuildReason == nil)
    // An index of a program that kept no record.
    var old = try #require(try Commit(in: site.directory()))
    old.state = nil
    try old.publish(in: site.directory())
    #expect(try site.index().rebuildReason == .noRecord)
    old = try #require(try Commit(in: site.directory()))
    old.analyzer = "another"
    try old.publish(in: site.directory())
    #expect(try site.index().rebuildReason == .otherAnalyzer)
  }

  @Test("a file that goes, and one that changes, while the run reads")
  func inMotion() throws {
    for name in ["a.md", "b.md", "z.md"] { try site.write(name, "# 新的\n\n\(name)\n") }
    var isFirst = true
    let root = site.root
    let report = try site.index { _, _, _ in
      guard isFirst else { return }
      isFirst = false
      unlink(root.path(of: "content/b.md"))
      try root.write("content/z.md", "# 更新的\n")
    }
    #expect(report.skipped.contains { $0.file == "b.md" })
    let entries = try site.answers().entries
    #expect(entries["b.md"] == nil && entries["z.md"]?.title == "更新的")
    try site.index("fresh")
    #expect(try site.answers() == site.answers("fresh"))
  }

  @Test("a run that is ended while it reads publishes nothing and leaves nothing")
  func ended() throws {
    struct Stop: Error {}
    try site.write("a.md", "# 别的\n")
    let names = try site.root.names(in: "index")
    #expect(throws: Stop.self) { try site.index { _, _, _ in throw Stop() } }
    #expect(try site.root.names(in: "index") == names)
    #expect(try site.index().changedFiles == ["a.md"])
  }

  @Test("bad content stops a strict update, also content that was there before")
  func strict() throws {
    try site.write("bad.md", [0xFF, 0xFE, 0xFD])
    #expect(throws: BadContentError.self) { try site.index(strict: true) }
    #expect(try site.index().skipped.contains { $0.file == "bad.md" })
    #expect(throws: BadContentError.self) { try site.index(strict: true) }
  }

  @Test("when most of it is new, the index is built anew")
  func mostChanged() throws {
    let padding = String(repeating: "x", count: 5_000_000)
    for number in 0..<2 {
      try site.write("big-\(number).jsonl", #"{"id":"\#(number)","title":"大","other":"\#(padding)"}"#)
    }
    #expect(try site.index().rebuildReason == .mostChanged)
    let commit = try #require(try Commit(in: site.directory()))
    #expect(commit.segments.count == 1 && commit.segments[0].live == nil)
  }
}

/// `--stdin`: entries that come once and stay.
@Suite struct StandardInputTests {
  private let site: Site

  init() throws {
    site = try Site(["a.md": "# 多集群\n\n一\n"])
    try site.index()
  }

  private func line(_ id: String, _ title: String) -> String {
    #"{"id":"\#(id)","title":"\#(title)"}"# + "\n"
  }

  @Test("lines add, replace by id and delete; what is the same publishes nothing")
  func upserts() throws {
    var report = try site.send(line("1", "甲") + line("2", "乙"))
    #expect(report.addedEntryCount == 2 && report.isNewCommit)
    report = try site.send(line("1", "甲") + line("2", "乙"))
    #expect(!report.isNewCommit && report.addedEntryCount + report.replacedEntryCount == 0)
    report = try site.send(line("2", "丙") + #"{"id":"1","_delete":true}"# + "\n" + line("3", "丁"))
    #expect(
      [report.addedEntryCount, report.replacedEntryCount, report.deletedEntryCount] == [1, 1, 1])
    #expect(try site.answers().entries.mapValues(\.title) == ["a.md": "多集群", "2": "丙", "3": "丁"])
    #expect(try Commit(in: site.directory())?.sourcePaths == ["../content", "-"])
    report = try site.send(#"{"id":"nowhere","_delete":true}"#)
    #expect(!report.isNewCommit && report.deletedEntryCount == 0)
    report = try site.send(#"{"id":"3","_delete":true}"#, dry: true)
    #expect(report.deletedEntryCount == 1)
    #expect(try site.answers().entries.count == 3)
  }

  @Test("updates of the files keep them, rebuilds too; other sources replace them")
  func stay() throws {
    try site.send(line("1", "甲") + line("a.md", "来自别处"))
    try site.write("a.md", "# 改了\n")
    try site.index()
    #expect(try site.answers().entries.mapValues(\.title) == ["a.md": "来自别处", "1": "甲"])
    try site.index(full: true)
    #expect(try site.answers().entries.mapValues(\.title) == ["a.md": "来自别处", "1": "甲"])
    try site.index(keepsStandardInput: false)
    #expect(try site.answers().entries.mapValues(\.title) == ["a.md": "改了"])
  }

  @Test("full, they are all that there is; a bad line is named and passed over")
  func alone() throws {
    let report = try site.send(line("1", "甲") + "nonsense\n", full: true)
    #expect(report.skipped.map(\.line) == [2])
    #expect(try site.answers().entries.count == 1)
    #expect(try Commit(in: site.directory())?.sourcePaths == ["-"])
  }

  @Test("what a damaged index does not give back is said, and stops a strict run", arguments: [true, false])
  func lost(isGone: Bool) throws {
    try site.send(line("1", "甲") + line("2", "乙"))
    for name in try site.root.names(in: "index") where name.hasSuffix(".seg") {
      var bytes = try site.root.read("index/" + name)
      for place in 64..<bytes.count / 2 { bytes[place] ^= 1 }
      if isGone {
        unlink(site.root.path(of: "index/" + name))
      } else {
        try site.root.write("index/" + name, bytes)
      }
    }
    #expect(throws: BadContentError.self) { try site.index(full: true, strict: true) }
    let report = try site.index(full: true)
    #expect(report.skipped.map(\.file) == ["standard input"] && report.indexedFileCount == 1)
    #expect(report.skipped.first?.reason.contains("cannot be read back") == true)
    #expect(try site.answers().entries.mapValues(\.title) == ["a.md": "多集群"])
    #expect(try site.index().skipped.isEmpty)
  }

  @Test(
    "of entries in several files, those in the damaged one alone are lost, and counted",
    arguments: ["texts", "ids", "all of it", "the file"])
  func partlyLost(_ damage: String) throws {
    // Two segments: a third would make them one.
    try site.send(line("1", "甲") + line("2", "乙"), full: true)
    let before = Set(try site.root.names(in: "index"))
    try site.send(line("3", "丙"))
    let name = try #require(
      try site.root.names(in: "index").first { !before.contains($0) && $0.hasSuffix(".seg") })
    if damage == "the file" {
      unlink(site.root.path(of: "index/" + name))
    } else {
      let sound = try site.root.read("index/" + name)
      var file = PlainSegmentFile(sound)
      let sections = damage == "texts" ? [SectionID.stored] : damage == "ids" ? [.keys] : SectionID.allCases
      for section in sections { file[section] = file[section].map { $0 ^ 0x55 } }
      // Behind the sections everything is as it was, the checksums too.
      let tableStart = (0..<8).reduce(0) { $0 | Int(sound[sound.count - 32 + $1]) << (8 * $1) }
      try site.root.write("index/" + name, Array(file.bytes[..<tableStart] + sound[tableStart...]))
    }
    #expect(throws: BadContentError.self) { try site.index(full: true, strict: true) }
    let report = try site.index(full: true)
    #expect(report.skipped.map(\.file) == ["standard input"])
    #expect(report.skipped.first?.reason.hasPrefix("1 of 3 entries ") == true)
    #expect(try site.answers().entries.mapValues(\.title) == ["a.md": "多集群", "1": "甲", "2": "乙"])
    try site.send(line("3", "丙"))
    #expect(try site.index(full: true).skipped.isEmpty)
    #expect(try site.answers().entries.count == 4)
  }

  @Test("an index that tells nothing of its files cannot be continued")
  func noRecord() throws {
    var commit = try #require(try Commit(in: site.directory()))
    commit.state = nil
    try commit.publish(in: site.directory())
    #expect(throws: RebuildFirstError.self) { try site.send(line("1", "甲")) }
  }
}
