import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

/// FORMAT.md in pieces: headings, and the bytes of its examples.
struct FormatText {
  private(set) var headings: [String] = []
  /// Headings inside a section.
  private(set) var subheadings: [String] = []
  /// By the name after "```hex"; from `;` to the end of a line is comment.
  private(set) var examples: [String: [UInt8]] = [:]

  init() throws {
    let folder = Repository.path("Sources/IndexFormat")
    let bytes = try IndexDirectory(path: folder).read("FORMAT.md", limit: 1 << 20)
    var name: String?
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("```") {
        name = line.hasPrefix("```hex ") ? String(line.dropFirst(7)) : nil
      } else if let name {
        for digits in line.prefix(while: { $0 != ";" }).split(separator: " ") {
          let byte = try #require(UInt8(digits, radix: 16), "\(name): \(digits)")
          examples[name, default: []].append(byte)
        }
      } else if line.hasPrefix("## ") {
        headings.append(String(line.dropFirst(3)))
      } else if line.hasPrefix("### ") {
        subheadings.append(String(line.dropFirst(4)))
      }
    }
  }

  func example(_ name: String) throws -> [UInt8] { try #require(examples[name], "no example named \(name)") }
}

/// Keeps FORMAT.md and the code from drifting apart.
@Suite struct FormatTextTests {
  private let text: FormatText

  init() throws { text = try FormatText() }

  private func sections() throws -> PlainSegmentFile {
    PlainSegmentFile(sections: try SectionID.allCases.map { try text.example($0.name) })
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
  }

  @Test("every section has its heading, in the order of the file")
  func headings() {
    let sections = SectionID.allCases.map { $0.name.prefix(1).uppercased() + $0.name.dropFirst() }
    #expect(
      text.headings == ["Purpose", "Byte order and units", "A segment file", "The frame"] + sections
        + ["Live bits", "The source state", "The commit", "Limits", "History"])
  }

  @Test("comments in the code point to headings that exist")
  func pointers() throws {
    let marker = "FORMAT.md, \""
    var count = 0
    for folder in [
      "", "/Columns", "/Commit", "/Completions", "/Container", "/Dictionary", "/Postings", "/Segment",
      "/Stored",
    ] {
      let directory = IndexDirectory(path: Repository.path("Sources/IndexFormat" + folder))
      for name in try directory.fileNames() where name.hasSuffix(".swift") {
        let code = String(decoding: try directory.read(name, limit: 1 << 20), as: UTF8.self)
        for rest in code.split(separator: marker, omittingEmptySubsequences: false).dropFirst() {
          let heading = String(rest.prefix { $0 != "\"" })
          #expect((text.headings + text.subheadings).contains(heading), "\(name)")
          count += 1
        }
      }
    }
    #expect(count >= 15)
  }

  @Test("the units")
  func units() throws {
    let bytes = try text.example("units")
    var writer = ByteWriter()
    writer.varint(300)
    writer.string("搜")
    var packed: [UInt8] = []
    var values: [UInt32] = [1, 2, 3, 0]
    values.withUnsafeMutableBufferPointer { PackedArray.append($0, to: &packed) }
    #expect(bytes == writer.bytes + packed)
    let read = try bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes, file: "FORMAT.md", section: "units")
      return (try reader.varint(), try reader.string())
    }
    #expect(read == (300, "搜"))
  }

  @Test("the sections make a segment that is sound and holds the three entries")
  func decodes() throws {
    let segment = try sections().open()
    try segment.verify()
    #expect(try SegmentContents(reading: segment) == SegmentContents(FormatExample.model))
    #expect(try segment.keys.document(withID: "c.md") == 2)
    #expect(try segment.facet(.tags).values(of: 0) == ["search", "swift"])
    let swift = try #require(try segment.terms.find([3] + Array("swift".utf8)))
    #expect(swift.isInline && swift.documentFrequency == 1)
  }

  @Test("header, table and trailer are those around the sections")
  func frame() throws {
    let plain = try sections()
    let bytes = plain.bytes
    let tail = try text.example("table") + text.example("trailer")
    let header = try text.example("header")
    #expect(Array(bytes.prefix(16)) == header)
    #expect(hex(bytes.suffix(tail.count)) == hex(tail))
    #expect(bytes.count == 2_152)
    #expect(plain.name == "segment-1210b10b592eba53.seg")
  }

  /// Stored blocks are left out: another version of libzstd may compress the same entries to other bytes.
  @Test("the code writes the sections of the text", arguments: SectionID.allCases.filter { $0 != .stored })
  func encodes(section: SectionID) throws {
    let work = try Workplace()
    let segment = try FormatExample.model.build(in: work.directory)
    let written = PlainSegmentFile(try work.root.read(segment.file.name))[section]
    let shown = try text.example(section.name)
    #expect(hex(written) == hex(shown))
  }

  @Test("a list of two blocks")
  func longList() throws {
    let bytes = try text.example("long list")
    var encoder = PostingsEncoder(hasPositions: false)
    for docID in UInt32(0)..<129 { encoder.add(.init(docID: docID, frequency: 1, titleFrequency: 0)) }
    encoder.finish { entry, postings, _ in
      #expect(entry == [0x84, 0x04, 0x18])
      #expect(postings == bytes)
    }

    var plain = PlainSegmentFile()
    plain[.postings] = bytes
    let entry = TermEntry(
      documentFrequency: 129, hasPositions: false, isInline: false, postings: 0..<bytes.count,
      positions: 0..<0)
    let cursor = try PostingsCursor(try plain.openFile(), entry: entry, documentCount: 129)
    for docID in UInt32(0)..<129 {
      #expect(try cursor.docID == docID && cursor.frequency == 1 && cursor.titleFrequency == 0)
      try cursor.advance()
    }
    #expect(cursor.docID == PostingsCursor.end)
  }

  @Test("the live bits")
  func liveBits() throws {
    let bytes = try text.example("live bits")
    let bits = try LiveBits(decoding: bytes, LiveBits.reference(to: bytes), documentCount: 3)
    #expect((0..<3).map(bits.isLive) == [true, false, true])
    #expect(bits.encode() == bytes)
  }

  @Test("the commit")
  func commit() throws {
    let bytes = try text.example("commit")
    #expect(try Commit(decoding: bytes) == FormatExample.commit)
    #expect(hex(FormatExample.commit.encode()) == hex(bytes))
  }

  @Test("the source state")
  func sourceState() throws {
    let bytes = try text.example("source state")
    let work = try Workplace()
    let reference = try FormatExample.state(in: work.directory)
    #expect(hex(try work.root.read(reference.name)) == hex(bytes))
    let state = try SourceState(.inMemory(reference.name, bytes), reference)
    #expect(state.root == "../docs" && state.settings == FormatExample.settings)
    #expect(state.records == FormatExample.records.map(\.record))
    #expect(
      try state.records.indices.map { try state.entries(of: $0) } == FormatExample.records.map(\.entries))
  }

  @Test("the numbers of the text are those of the code")
  func numbers() {
    #expect(
      SegmentFrame.version == 2 && LiveBits.version == 1 && Commit.version == 2 && SourceState.version == 1)
    #expect(SegmentFrame.pageBytes == 16_384 && SegmentFrame.alignment == 64 && SegmentFrame.slackBytes == 8)
    #expect(TermDictionaryLayout.termsPerBlock == 32 && TermDictionaryLayout.maximumKeyBytes == 1_024)
    #expect(LetterColumn.kind == 3)
    #expect(PostingsLayout.blockSize == 128 && PostingsLayout.inlinePositions == 4)
    #expect(PostingsLayout.maximumFrequency == 1 << 31 && PostingsLayout.maximumBitWords == 10)
    #expect(StoredLayout.blockBytes == 8_192 && StoredLayout.maximumEntryBytes == 128 << 20)
    #expect(StoredLayout.maximumBlockBytes == (128 << 20) + (64 << 10))
    #expect(SegmentStatistics.maximumDocumentCount == Int(Int32.max) && Commit.maximumBytes == 4 << 20)
    #expect(FacetLayout.columnBytes == 52 && FacetKey.allCases.count == 6)
    #expect(BoostColumn.range == 1...1_000 && CompletionText.longest == 256)
  }
}
