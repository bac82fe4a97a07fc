import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

/// What only `verify` finds: files whose checksums are right, which open and decode, and still say something wrong.
@Suite struct VerifyTests {
  private let index = SmallIndex.shared

  private func expectation(_ error: IndexFormatError?) -> String? {
    if case .invalid(let expectation) = error?.problem { expectation } else { nil }
  }

  @Test("a block bound that is too low, which would cost a hit its place, is found")
  func bounds() throws {
    let sound = PlainSegmentFile(index.segments[0])
    let segment = try sound.open(documentCount: 150)
    var cursor = TermCursor(segment.terms)
    var forgedCount = 0
    while try cursor.next() {
      let entry = cursor.entry
      if entry.isInline { continue }
      let postings = try segment.postings(of: entry)
      for block in 0..<postings.blockCount where postings.bound(ofBlock: block) > 0 {
        var forged = sound
        let offset = entry.postings.lowerBound + postings.boundsOffset + 2 * block
        let bound = postings.bound(ofBlock: block) - 1
        forged[.postings].replaceSubrange(
          offset..<offset + 2, with: PlainSegmentFile.bytes(UInt64(bound), 2))
        let error = #expect(throws: IndexFormatError.self) {
          try forged.open(documentCount: 150).verify()
        }
        #expect(expectation(error) == "no posting worth more than its block")
        forgedCount += 1
      }
    }
    #expect(forgedCount > 5)
  }

  @Test("a day that is not that of the stored date is found")
  func days() throws {
    let sound = PlainSegmentFile(index.segments[1])
    let segment = try sound.open(documentCount: 25, live: index.liveBits)
    #expect(sound[.dates][0] == 4)
    for document in 0..<25 {
      let day = try segment.days.value(of: document)
      for other in [day == 0 ? 20_240_501 : 0, day == 0 ? 20_101_231 : day + 1] {
        var forged = sound
        forged[.dates].replaceSubrange(
          8 + 4 * document..<12 + 4 * document, with: PlainSegmentFile.bytes(UInt64(other), 4))
        let error = #expect(throws: IndexFormatError.self) { try forged.open(documentCount: 25).verify() }
        #expect(expectation(error) == "the days of the stored dates")
      }
    }
  }

  @Test("an id that is live in two segments is found; one that is deleted in all but one is none")
  func doubledIDs() throws {
    let work = try Workplace()
    func model(_ ids: ClosedRange<Int>) -> SegmentModel {
      SegmentModel(
        documents: ids.map {
          .init(entry: Entry(id: "\($0)", title: "\(ids.count)", lang: "en"), titleLength: 1, bodyLength: 1)
        })
    }
    let first = try model(1...5).build(in: work.directory)
    var second = try model(5...9).build(in: work.directory)
    func verify() throws {
      let commit = Commit(
        number: 1, createdAt: 0, analyzer: "a", sourcePaths: [], segments: [first, second])
      try IndexSnapshot(commit, in: work.directory).verify(in: work.directory)
    }
    let error = #expect(throws: IndexFormatError.self) { try verify() }
    #expect(expectation(error) == "ids that no other segment has")
    var live = LiveBits(documentCount: 5)
    live.delete(0)
    second.live = try live.write(to: work.directory)
    try verify()
  }

  // MARK: The source state

  private func verify(_ records: [(name: String, isStandardInput: Bool)]) throws {
    let work = try Workplace()
    let builder = try SourceStateBuilder(in: work.directory)
    for record in records {
      try builder.add(
        SourceRecord(
          name: record.name, signature: .init(byteCount: 0, modificationTime: 0, changeTime: 0, inode: 0),
          hash: ContentHash(high: 0, low: 0), isStandardInput: record.isStandardInput),
        entries: [SourceEntry(id: record.name + "#a", fingerprint: 1)])
    }
    try SourceState(try builder.finish(root: ".", settings: []), in: work.directory).verify()
  }

  @Test("records out of order, twice, or after standard input are found")
  func recordOrder() throws {
    try verify([("a", false), ("b", false), ("standard input", true)])
    try verify([("x", false), ("a", true)])
    for records in [
      [("b", false), ("a", false)], [("a", false), ("a", false)], [("a", true), ("b", false)],
      [("a", true), ("b", true)],
    ] {
      #expect(throws: IndexFormatError.self) { try verify(records) }
    }
  }

  @Test("the hash of another id is found; any flipped bit and any other length of a source state is refused")
  func sourceState() throws {
    let work = try Workplace()
    let reference = try FormatExample.state(in: work.directory)
    let sound = try work.root.read(reference.name)
    func open(_ bytes: [UInt8], _ reference: FileReference) throws {
      try SourceState(.inMemory(reference.name, bytes), reference).verify()
    }
    try open(sound, reference)
    let hashesStart = 48 + Int(PlainSegmentFile.number(sound, at: 24, 8))
    for offset in hashesStart..<hashesStart + 24 {
      var bytes = sound
      bytes[offset] ^= 1
      var forged = reference
      forged.checksum = PlainSegmentFile.checksum(of: bytes)
      let error = #expect(throws: IndexFormatError.self) { try open(bytes, forged) }
      #expect(expectation(error) == "the hashes of the ids")
    }
    for offset in sound.indices {
      for bit in 0..<8 {
        var bytes = sound
        bytes[offset] ^= 1 << UInt8(bit)
        #expect(throws: IndexFormatError.self) { try open(bytes, reference) }
      }
      #expect(throws: IndexFormatError.self) { try open(Array(sound[..<offset]), reference) }
    }
    #expect(throws: IndexFormatError.self) { try open(sound + [0], reference) }
  }
}
