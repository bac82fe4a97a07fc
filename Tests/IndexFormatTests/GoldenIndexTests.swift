import Glibc
import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

/// Indexes as each version wrote them, kept for ever: later programs open them, or refuse them by their version.
///
/// Written once, by `SEARCH_WRITE_GOLDEN_INDEX=1 swift test --filter GoldenIndexTests`; look at the difference
/// before you commit one. A new version of the format gets a new folder instead.
@Suite struct GoldenIndexTests {
  static let folder = "Tests/Fixtures/index-v2"
  static let commitNumber = 2

  /// Made by arithmetic, so that it depends on no generator: lists of one posting, one block and several, long
  /// and short, with and without positions; every field empty and not.
  static let models: [SegmentModel] = [("docs", 200), ("more", 40)].map { folder, documentCount in
    let documents = (0..<documentCount).map { number in
      SegmentModel.Document(
        entry: Entry(
          id: "\(folder)/\(number * 37 % documentCount).md", kind: Entry.Kind.allCases[number % 3],
          title: "第 \(number) 篇", text: String(repeating: "全文搜索 full-text search。", count: number % 5),
          url: number % 2 == 0 ? "/docs/\(number)/" : nil, anchor: number % 3 == 1 ? "节-\(number)" : nil,
          path: (0..<number % 3).map { "level \($0)" }, category: number % 4 == 0 ? ["guides"] : [],
          tags: ["swift", "搜索", "index"].prefix(number % 4).map { $0 },
          date: number % 2 == 0 ? "20\(10 + number % 10)-0\(1 + number % 9)-15" : nil,
          lang: number % 3 == 0 ? "en" : "zh", sources: ["docs/\(number % 6).md"],
          description: number % 5 == 0 ? "描述" : "", author: number % 7 == 0 ? "somebody" : "",
          keywords: number % 6 == 0 ? ["k", "关键"] : [], boost: number % 10 == 9 ? 2.5 : 1,
          pins: number % 50 == 7 ? ["安装", "install \(number)"] : []),
        titleLength: UInt32(number % 20), bodyLength: UInt32(number * number))
    }
    func term(_ key: [UInt8], every step: Int, hasPositions: Bool, most: Int) -> SegmentModel.Term {
      let postings = stride(from: step - 1, to: documentCount, by: step).map { document in
        let frequency = UInt32(1 + document % most)
        return SegmentModel.Occurrence(
          docID: UInt32(document), frequency: frequency, titleFrequency: UInt32(document) % (frequency + 1),
          positions: hasPositions ? (0..<frequency).map { $0 * UInt32(1 + document % 50) } : [])
      }
      return SegmentModel.Term(key: key, hasPositions: hasPositions, postings: postings)
    }
    var terms = [
      term([1] + Array("全".utf8), every: 1, hasPositions: true, most: 4),
      term([1] + Array("搜".utf8), every: 3, hasPositions: true, most: 150),
      term([2] + Array("全文".utf8), every: 1, hasPositions: false, most: 9),
      term([3] + Array("full".utf8), every: documentCount, hasPositions: true, most: 3),
      term([3] + Array("search".utf8), every: documentCount, hasPositions: true, most: 300),
    ]
    for number in 10..<60 {
      terms.append(
        term([4] + Array("stem\(number)".utf8), every: number % 30 + 5, hasPositions: false, most: 2))
    }
    return SegmentModel(documents: documents, terms: terms)
  }

  /// Of the second segment.
  static func isLive(_ document: Int) -> Bool { document % 4 != 1 }

  @Test("an index of version 1 is refused by its version")
  func refused() throws {
    let directory = IndexDirectory(path: Repository.path("Tests/Fixtures/index-v1"))
    do {
      _ = try IndexSnapshot(in: directory)
      Issue.record("version 1 was opened")
    } catch let error as IndexFormatError {
      #expect(error.problem == .unsupportedVersion(found: 1, newest: 2))
    }
  }

  @Test("the golden index opens, is sound and holds what was written")
  func opens() throws {
    let directory = IndexDirectory(path: Repository.path(Self.folder))
    let snapshot = try IndexSnapshot(in: directory)
    #expect(snapshot.commit.number == Self.commitNumber)
    #expect(snapshot.commit.analyzer == "analyzer-of-version-2")
    #expect(snapshot.commit.sourcePaths == ["docs", "../更多"])
    #expect(snapshot.entryCount == 230)
    try #require(snapshot.segments.count == Self.models.count)
    for (number, segment) in snapshot.segments.enumerated() {
      try segment.verify()
      let live = number == 0 ? nil : (0..<40).map(Self.isLive)
      #expect(try SegmentContents(reading: segment) == SegmentContents(Self.models[number], live: live))
    }
    try snapshot.verify(in: directory)
    let state = try snapshot.commit.state.map { try SourceState($0, in: directory) }
    #expect(state?.settings == FormatExample.settings)
    let names = try directory.fileNames().filter { !$0.hasPrefix(".") }
    #expect(Set(names) == snapshot.commit.fileNames.union([Commit.fileName]))
  }

  @Test(
    "writes the golden index", .enabled(if: getenv("SEARCH_WRITE_GOLDEN_INDEX") != nil))
  func writes() throws {
    let directory = IndexDirectory(path: Repository.path(Self.folder))
    try directory.create()
    for name in try directory.fileNames() { try directory.remove(name) }
    var segments = try Self.models.map { try $0.build(in: directory) }
    var live = LiveBits(documentCount: 40)
    for document in 0..<40 where !Self.isLive(document) { live.delete(document) }
    segments[1].live = try live.write(to: directory)
    try Commit(
      number: Self.commitNumber, createdAt: 1_714_521_600, analyzer: "analyzer-of-version-2",
      sourcePaths: ["docs", "../更多"], segments: segments,
      state: try FormatExample.state(in: directory)
    ).publish(in: directory)
  }
}

@Suite struct SameBytesTests {
  @Test("the same input gives the same bytes in another directory", arguments: UInt64(0)..<3)
  func sameBytes(seed: UInt64) throws {
    let first = try Workplace()
    let second = try Workplace()
    let model = SegmentModel.random(seed: seed, documentCount: 200, termCount: 60)
    let a = try model.build(in: first.directory)
    let b = try model.build(in: second.directory)
    #expect(a == b)
    #expect(try first.root.read(a.file.name) == second.root.read(b.file.name))
  }

  @Test("a section that went through a scratch file is the same")
  func spilled() throws {
    let work = try Workplace()
    let first = SectionBuffer(directory: work.directory)
    var all: [UInt8] = []
    for number in 0..<40 {
      let part = [UInt8](repeating: UInt8(number), count: 70_000)
      try first.append(part)
      all += part
    }
    var drained: [UInt8] = []
    try first.drain { drained += $0 }
    #expect(drained == all)
    #expect(first.count == all.count)
    #expect(first.contentHash == PlainSegmentFile.checksum(of: all))
  }

  @Test("a segment without documents and terms opens")
  func empty() throws {
    let work = try Workplace()
    let segment = try SegmentReader(try SegmentModel().build(in: work.directory), in: work.directory)
    #expect(try segment.verify() == 0)
    #expect(try SegmentContents(reading: segment) == SegmentContents(SegmentModel()))
    #expect(try segment.terms.find([1]) == nil)
  }
}
