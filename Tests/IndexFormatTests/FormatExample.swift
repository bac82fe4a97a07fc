import IndexFormat
import IndexStorage
import SearchModel

/// The segment whose bytes FORMAT.md shows.
enum FormatExample {
  static let model = SegmentModel(
    documents: [
      .init(
        entry: Entry(
          id: "b.md", title: "全文搜索", text: "搜索 Swift", url: "/b/", tags: ["search", "swift"],
          date: "2024-05-01", lang: "zh", sources: ["b.md"]),
        titleLength: 4, bodyLength: 5),
      .init(
        entry: Entry(
          id: "a.md#use", kind: .heading, title: "Use", text: "搜索", anchor: "use", path: ["A"],
          category: ["docs"], lang: "en", sources: ["a.md"]),
        titleLength: 1, bodyLength: 3),
      .init(
        entry: Entry(id: "c.md", title: "C", sources: ["c.md"], boost: 1.5, pins: ["安装"]), titleLength: 1,
        bodyLength: 300),
    ],
    terms: [
      .init(
        key: [1] + Array("搜".utf8), hasPositions: true,
        postings: [
          .init(docID: 0, frequency: 2, titleFrequency: 1, positions: [2, 12]),
          .init(docID: 1, frequency: 1, titleFrequency: 0, positions: [9]),
        ]),
      .init(
        key: [1] + Array("索".utf8), hasPositions: true,
        postings: [
          .init(docID: 0, frequency: 2, titleFrequency: 1, positions: [3, 13]),
          .init(docID: 1, frequency: 1, titleFrequency: 0, positions: [10]),
        ]),
      .init(
        key: [2] + Array("搜索".utf8), hasPositions: false,
        postings: [
          .init(docID: 0, frequency: 2, titleFrequency: 1), .init(docID: 2, frequency: 1, titleFrequency: 0),
        ]),
      .init(
        key: [3] + Array("swift".utf8), hasPositions: true,
        postings: [.init(docID: 0, frequency: 1, titleFrequency: 0, positions: [14])]),
      .init(
        key: [3] + Array("use".utf8), hasPositions: true,
        postings: [.init(docID: 1, frequency: 1, titleFrequency: 1, positions: [0])]),
    ])

  static let commit = Commit(
    number: 7, createdAt: 1_714_521_600, analyzer: "han-1", sourcePaths: ["docs"],
    segments: [
      CommittedSegment(
        file: FileReference(name: "segment-x.seg", byteCount: 300, checksum: 0x0102_0304_0506_0708),
        documentCount: 3,
        live: FileReference(name: "live-y.bits", byteCount: 24, checksum: 0x1112_1314_1516_1718))
    ], state: FileReference(name: "sources-z.state", byteCount: 400, checksum: 0x2122_2324_2526_2728))

  static let settings = [SourceSetting(name: "reader", value: "1")]

  static let records: [(record: SourceRecord, entries: [SourceEntry])] = [
    (
      SourceRecord(
        name: "a.md",
        signature: FileSignature(
          byteCount: 300, modificationTime: 1_714_521_600_000_000_000,
          changeTime: 1_714_521_600_000_000_001, inode: 9),
        hash: ContentHash(high: 0x0102_0304_0506_0708, low: 0x1112_1314_1516_1718),
        skips: [.init(line: 2, reason: "bad")]),
      [SourceEntry(id: "a.md", fingerprint: 1), SourceEntry(id: "a.md#use", fingerprint: 2)]
    ),
    (
      SourceRecord(
        name: "standard input",
        signature: FileSignature(byteCount: 0, modificationTime: 0, changeTime: 0, inode: 0),
        hash: ContentHash(high: 0, low: 0), isStandardInput: true),
      [SourceEntry(id: "7", fingerprint: 3)]
    ),
  ]

  static func state(in directory: IndexDirectory) throws -> FileReference {
    let builder = try SourceStateBuilder(in: directory)
    for (record, entries) in records { try builder.add(record, entries: entries) }
    return try builder.finish(root: "../docs", settings: settings)
  }
}
