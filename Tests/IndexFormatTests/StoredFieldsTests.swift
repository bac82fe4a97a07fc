import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct StoredFieldsTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  /// Text that does not compress well.
  private func text(_ byteCount: Int, using random: inout SplitMix64) -> String {
    var words = ""
    while words.utf8.count < byteCount { words += String(random.next(), radix: 36) }
    return String(words.prefix(byteCount))
  }

  @Test(
    "entries come back from one block and from many, in any order",
    arguments: [1, 100, 1_000, 16_383, 16_384, 16_385, 50_000], [1, 2, 40])
  func roundTrip(byteCount: Int, documentCount: Int) throws {
    var random = SplitMix64(seed: UInt64(byteCount * 100 + documentCount))
    let entries = (0..<documentCount).map { number in
      Entry(
        id: "\(number)", title: number % 2 == 0 ? "" : "标题", text: text(byteCount, using: &random),
        url: number % 3 == 0 ? "" : nil, anchor: number % 3 == 1 ? "a" : nil,
        path: number % 4 == 0 ? ["", "二"] : [], date: number % 5 == 0 ? "sometime" : nil, description: "d",
        author: "", keywords: number % 7 == 0 ? [""] : [])
    }
    let segment = try SegmentReader(
      try SegmentModel(documents: entries.map { .init(entry: $0, titleLength: 0, bodyLength: 0) })
        .build(in: work.directory), in: work.directory)
    try segment.verify()
    let stored = try segment.storedFields()
    for document in (Array(entries.indices) + Array(entries.indices)).shuffled(using: &random) {
      #expect(try stored.fields(of: document) == StoredFields(entries[document]))
      #expect(try segment.entry(document, from: stored) == entries[document])
    }
    #expect(throws: IndexFormatError.self) { try stored.fields(of: documentCount) }
    #expect(throws: IndexFormatError.self) { try stored.fields(of: -1) }
  }

  @Test("many empty entries share a block; a huge one has its own")
  func extremes() throws {
    var entries = (0..<5_000).map { Entry(id: "\($0)") }
    entries[2_500].text = String(repeating: "很长的正文。", count: 500_000)
    let segment = try SegmentReader(
      try SegmentModel(documents: entries.map { .init(entry: $0, titleLength: 0, bodyLength: 0) })
        .build(in: work.directory), in: work.directory)
    try segment.verify()
    let stored = try segment.storedFields()
    for document in [0, 2_499, 2_500, 2_501, 4_999] {
      #expect(try segment.entry(document, from: stored) == entries[document])
    }
  }

  @Test("an entry that no reader would accept is refused")
  func tooLarge() throws {
    let builder = SegmentBuilder(directory: work.directory)
    let entry = Entry(
      id: "a", text: String(repeating: "0123456789abcdef", count: StoredLayout.maximumEntryBytes / 16))
    #expect(throws: IndexLimitError("bytes of stored text in one entry", StoredLayout.maximumEntryBytes)) {
      try builder.add(SegmentDocument(entry, titleLength: 0, bodyLength: 0), fields: StoredFields(entry))
    }
  }

  @Test("fields copied from another segment are the same bytes", arguments: UInt64(0)..<4)
  func copied(seed: UInt64) throws {
    let model = SegmentModel.random(seed: seed, documentCount: 300, termCount: 0)
    let first = try model.build(in: work.directory)
    let reader = try SegmentReader(first, in: work.directory)
    let builder = SegmentBuilder(directory: work.directory)
    let stored = try reader.storedFields()
    let completions = try reader.completions.byDocument()
    for document in 0..<300 {
      var copied = try reader.document(document)
      copied.completions = try completions.texts(of: document)
      copied.pins = try reader.pins.queries(of: document)
      try builder.add(copied, storedAs: document, in: stored)
    }
    #expect(try builder.finish() == first.file)
  }
}
