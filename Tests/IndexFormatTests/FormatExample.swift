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
    ])
}
