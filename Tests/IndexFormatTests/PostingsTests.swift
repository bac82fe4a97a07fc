import SearchTestSupport
import Testing

@testable import IndexFormat

/// Cursors against arrays.
@Suite struct PostingsTests {
  typealias Occurrence = SegmentModel.Occurrence

  static let sizes = [1, 2, 3, 4, 126, 127, 128, 129, 130, 255, 256, 257, 383, 384, 385, 1_000, 1_024, 2_500]

  private let work: Workplace

  init() throws { work = try Workplace() }

  private func list(_ size: Int, seed: UInt64, hasPositions: Bool, documentCount: Int) -> [Occurrence] {
    var random = SplitMix64(seed: seed &* 31 &+ UInt64(size))
    return (0..<UInt32(documentCount)).shuffled(using: &random).prefix(size).sorted()
      .map { .random(docID: $0, hasPositions: hasPositions, using: &random) }
  }

  private func segment(_ postings: [Occurrence], hasPositions: Bool, documentCount: Int) throws
    -> SegmentReader
  {
    let model = SegmentModel.plain(
      documentCount: documentCount,
      terms: [.init(key: [3, 65], hasPositions: hasPositions, postings: postings)])
    return try SegmentReader(try model.build(in: work.directory), in: work.directory)
  }

  @Test("a walk gives what was added", arguments: sizes, [true, false])
  func walk(size: Int, hasPositions: Bool) throws {
    for seed in UInt64(0)..<3 {
      let documentCount = seed == 0 ? size : size * 3
      let postings = list(size, seed: seed, hasPositions: hasPositions, documentCount: documentCount)
      let segment = try segment(postings, hasPositions: hasPositions, documentCount: documentCount)
      #expect(try segment.verify() == size)
      let cursor = try #require(try segment.postings(of: [3, 65]))
      #expect(cursor.documentFrequency == size)
      var found: [Occurrence] = []
      var positions: [UInt32] = [9]
      while cursor.docID != PostingsCursor.end {
        try cursor.positions(into: &positions)
        found.append(
          Occurrence(
            docID: cursor.docID, frequency: try cursor.frequency, titleFrequency: try cursor.titleFrequency,
            positions: positions))
        try cursor.advance()
      }
      #expect(found == postings)
      for _ in 0..<300 { try cursor.advance() }
      #expect(cursor.docID == PostingsCursor.end)
      #expect(try cursor.run().count == 0)
      try cursor.positions(into: &positions)
      #expect(positions.isEmpty)
    }
  }

  @Test("seeks, steps, runs and positions in any order agree with the array", arguments: UInt64(0)..<24)
  func anyOrder(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let size = Self.sizes.randomElement(using: &random) ?? 1
    let documentCount = size * Int.random(in: 1...8, using: &random)
    let hasPositions = seed % 4 != 0
    let postings = list(size, seed: seed, hasPositions: hasPositions, documentCount: documentCount)
    let segment = try segment(postings, hasPositions: hasPositions, documentCount: documentCount)
    for _ in 0..<8 {
      let cursor = try #require(try segment.postings(of: [3, 65]))
      var at = 0  // in `postings`
      let longest = UInt32(max(1, documentCount / Int.random(in: 2...60, using: &random)))
      var positions: [UInt32] = []
      while at < postings.count {
        #expect(cursor.docID == postings[at].docID)
        if Bool.random(using: &random) {
          try cursor.positions(into: &positions)
          #expect(positions == postings[at].positions)
        }
        if Bool.random(using: &random) {
          #expect(try cursor.frequency == postings[at].frequency)
          #expect(try cursor.titleFrequency == postings[at].titleFrequency)
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          try cursor.advance()
          at += 1
        case 1:
          let run = try cursor.run()
          let expected = postings[at..<at + run.count]
          #expect(run.count > 0 && run.count == min(128 - at % 128, postings.count - at))
          #expect(Array(UnsafeBufferPointer(start: run.docIDs, count: run.count)) == expected.map(\.docID))
          #expect(
            Array(UnsafeBufferPointer(start: run.frequencies, count: run.count)) == expected.map(\.frequency))
          #expect(
            Array(UnsafeBufferPointer(start: run.titleFrequencies, count: run.count))
              == expected.map(\.titleFrequency))
          let count = Int.random(in: 0...run.count, using: &random)
          try cursor.skip(count)
          at += count
        default:
          // Also backwards, which must not move.
          let docID = postings[at].docID
          let target =
            Bool.random(using: &random) ? docID &+ .random(in: 0...longest, using: &random) : docID / 2
          try cursor.seek(to: target)
          at = postings[at...].firstIndex { $0.docID >= target } ?? postings.count
        }
      }
      #expect(cursor.docID == PostingsCursor.end)
      try cursor.seek(to: PostingsCursor.end)
      #expect(cursor.docID == PostingsCursor.end)
    }
  }

  @Test("documents that are one word from end to end come back", arguments: UInt64(0)..<3)
  func manyPositions(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // More positions in a block, and in a document, than the encoder lets wait.
    let postings = [200_001, 3, 65_536, 1, 131_072].enumerated().map { number, count in
      var position: UInt32 = 0
      let positions = (0..<count).map { _ in
        position += .random(in: 1...(number == 0 ? 1 : 70), using: &random)
        return position
      }
      return Occurrence(
        docID: UInt32(number * 2), frequency: UInt32(count), titleFrequency: 1, positions: positions)
    }
    let repeated = (10..<200).map { number in
      Occurrence(
        docID: UInt32(number), frequency: 900, titleFrequency: 0, positions: (0..<900).map { $0 * 3 + 1 })
    }
    let expected = postings + repeated
    let segment = try segment(expected, hasPositions: true, documentCount: 200)
    let cursor = try #require(try segment.postings(of: [3, 65]))
    var positions: [UInt32] = []
    for occurrence in expected {
      #expect(cursor.docID == occurrence.docID)
      try cursor.positions(into: &positions)
      #expect(positions == occurrence.positions, "document \(occurrence.docID)")
      try cursor.advance()
    }
    #expect(cursor.docID == PostingsCursor.end)
    #expect(try segment.verify() == expected.count)
  }

  @Test("the largest numbers survive", arguments: [true, false])
  func extremes(isInline: Bool) throws {
    let most = PostingsLayout.maximumFrequency
    var postings = [Occurrence(docID: 0, frequency: most, titleFrequency: most)]
    if !isInline { postings.append(Occurrence(docID: 2, frequency: 1, titleFrequency: 1)) }
    let without = try segment(postings, hasPositions: false, documentCount: 3)
    let cursor = try #require(try without.postings(of: [3, 65]))
    #expect(try cursor.frequency == most)
    #expect(try cursor.titleFrequency == most)
    #expect(try without.verify() == postings.count)

    postings = [Occurrence(docID: 1, frequency: 2, titleFrequency: 0, positions: [0, .max])]
    if !isInline { postings.append(Occurrence(docID: 2, frequency: 1, titleFrequency: 1, positions: [.max])) }
    let with = try segment(postings, hasPositions: true, documentCount: 3)
    var positions: [UInt32] = []
    try #require(try with.postings(of: [3, 65])).positions(into: &positions)
    #expect(positions == [0, .max])
    #expect(try with.verify() == postings.count)
  }

  private struct Forgery: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var documentFrequency = 2
    var postings: [UInt8]
    var positions: [UInt8]? = nil
  }

  private static let ones = [UInt8](repeating: 0xFF, count: 8)
  /// In front of a list of one block: nothing known of its best posting.
  private static let unbounded: [UInt8] = [0xFF, 0xFF]
  /// Last documents 127 and 128, blocks at 0 and 2, positions at 0 and 0, two bounds; two blocks of nothing but a width.
  private static let twoBlocks: [UInt8] =
    [127, 0, 0, 0, 128, 0, 0, 0] + [0, 0, 0, 0, 2, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0, 0] + unbounded + unbounded
    + [0, 0, 0, 0]

  private static func twoBlocks(_ offset: Int, _ value: UInt8) -> [UInt8] {
    var bytes = twoBlocks
    bytes[offset] = value
    return bytes
  }

  private static let forgeries = [
    Forgery(testDescription: "no bytes at all", postings: []),
    Forgery(testDescription: "no block after the bound", postings: unbounded),
    Forgery(testDescription: "a block that ends early", postings: unbounded + [0]),
    Forgery(testDescription: "unknown flags", postings: unbounded + [8, 0]),
    Forgery(testDescription: "gaps that end early", postings: unbounded + [0, 32, 1, 0, 0, 0]),
    Forgery(testDescription: "33 bits for gaps", postings: unbounded + [0, 33] + ones + ones),
    Forgery(testDescription: "33 bits for frequencies", postings: unbounded + [2, 0, 33] + ones + ones),
    Forgery(
      testDescription: "33 bits for title frequencies", postings: unbounded + [4, 0, 33] + ones + ones),
    Forgery(testDescription: "a patch past the values", postings: unbounded + [0, 0x40, 1, 2, 1]),
    Forgery(testDescription: "patches that end early", postings: unbounded + [0, 0x40, 2, 0, 1]),
    Forgery(
      testDescription: "a patched gap of more than 32 bits", postings: unbounded + [0, 0xC1, 1, 1, 0] + ones),
    Forgery(testDescription: "documents past the last", postings: unbounded + [0, 32] + ones),
    Forgery(
      testDescription: "documents that wrap to the right last",
      postings: unbounded + [0, 32] + ones[..<4] + [9, 0, 0, 0]),
    Forgery(testDescription: "no words of bits", postings: unbounded + [1, 0] + ones + ones),
    Forgery(testDescription: "more words than bytes", postings: unbounded + [1, 2] + ones),
    Forgery(
      testDescription: "more words than a block has",
      postings: unbounded + [1, 11] + [UInt8](repeating: 0, count: 88)),
    Forgery(
      testDescription: "more bits than postings", postings: unbounded + [1, 1, 7, 0, 0, 0, 0, 0, 0, 0]),
    Forgery(testDescription: "more postings than documents", documentFrequency: 201, postings: twoBlocks),
    Forgery(testDescription: "more blocks than bytes", documentFrequency: 200, postings: [0, 0, 0]),
    Forgery(
      testDescription: "another last document", documentFrequency: 129, postings: twoBlocks(0, 126),
      positions: []),
    Forgery(
      testDescription: "last documents that descend", documentFrequency: 129, postings: twoBlocks(4, 5),
      positions: []),
    Forgery(
      testDescription: "a block past the list", documentFrequency: 129, postings: twoBlocks(13, 1),
      positions: []),
    Forgery(
      testDescription: "positions past the list", documentFrequency: 129, postings: twoBlocks(20, 9),
      positions: [0, 0]),
    Forgery(testDescription: "no positions", postings: unbounded + [0, 0], positions: []),
    Forgery(
      testDescription: "positions that end early", postings: unbounded + [0, 0], positions: [32, 0, 0, 0]),
    Forgery(
      testDescription: "33 bits for positions", postings: unbounded + [0, 0], positions: [33] + ones + ones),
    Forgery(
      testDescription: "two positions that do not fit 32 bits", postings: unbounded + [2, 0, 1, 3],
      positions: [32] + ones + ones),
    // 2^31 occurrences of no bits each: it has to end with the bytes, not with the occurrences.
    Forgery(
      testDescription: "far more occurrences than bytes", postings: unbounded + [2, 0, 31] + ones,
      positions: [UInt8](repeating: 0, count: 1_000)),
  ]

  @Test("forged lists throw, and leave a cursor that does no harm", arguments: forgeries)
  private func forged(_ forgery: Forgery) throws {
    var plain = PlainSegmentFile()
    plain[.postings] = forgery.postings
    plain[.positions] = forgery.positions ?? []
    let file = try plain.openFile()
    let entry = TermEntry(
      documentFrequency: forgery.documentFrequency, hasPositions: forgery.positions != nil, isInline: false,
      postings: 0..<forgery.postings.count, positions: 0..<(forgery.positions?.count ?? 0))
    var cursor: PostingsCursor?
    #expect(throws: IndexFormatError.self) {
      let opened = try PostingsCursor(file, entry: entry, documentCount: 200)
      cursor = opened
      var positions: [UInt32] = []
      while opened.docID != PostingsCursor.end {
        _ = try (opened.frequency, opened.titleFrequency)
        try opened.positions(into: &positions)
        try opened.advance()
      }
    }
    let batch = PostingsBatch()
    let positionsBatch = PositionsBatch()
    let numbers = PostingNumbers(capacity: 301)
    if let cursor {
      for _ in 0..<3 {
        if let run = try? cursor.run(withFrequencies: false) {
          #expect(run.count >= 0 && (0..<run.count).allSatisfy { run.docIDs[$0] < 200 })
        }
        _ = (try? cursor.frequency, try? cursor.titleFrequency)
        var bits = [UInt64](repeating: 0, count: 64)
        bits.withUnsafeMutableBufferPointer {
          try? cursor.fill($0.baseAddress!, titles: nil, from: 0, wordCount: 64)
        }
        #expect((200..<4_096).allSatisfy { bits[$0 >> 6] >> UInt64($0 & 63) & 1 == 0 })
        _ = try? cursor.find(notBelow: 130)
        for step in [1, 7, 60] {
          var places = stride(from: UInt32(0), to: 300, by: step).map { $0 }
          let count = places.count
          try? cursor.gather(places, count: count, base: 0, into: batch) { _, _ in
            #expect((0..<batch.count).allSatisfy { batch.docIDs[$0] < 200 && batch.frequencies[$0] > 0 })
          }
          places.append(0)  // kernels write before they count
          let kept = try? places.withUnsafeMutableBufferPointer {
            try cursor.keep($0.baseAddress!, count: count, base: 0, into: batch)
          }
          #expect(places.prefix(kept ?? 0).allSatisfy { $0 < 200 })
          places = stride(from: UInt32(0), to: 300, by: step).map { $0 } + [0]
          let numbered = try? places.withUnsafeMutableBufferPointer {
            try cursor.keep(
              $0.baseAddress!, count: count, base: 0, into: batch, numbers: numbers, columns: 0)
          }
          guard let numbered else { continue }
          try? cursor.positions(
            ofPostings: numbers.column(0), count: min(numbered, 128), into: positionsBatch)
          try? cursor.gather(
            places, ofPostings: numbers.column(0), count: numbered, base: 0, into: batch
          ) { _ in
            true
          } _: { _ in
            #expect((0..<batch.count).allSatisfy { batch.frequencies[$0] > 0 })
          }
        }
        try? cursor.seek(to: 150)
        try? cursor.advance()
      }
    }
  }

  @Test("an encoder that was used leaves nothing for the next term")
  func reused() throws {
    var encoder = PostingsEncoder(hasPositions: true)
    for posting in list(300, seed: 1, hasPositions: true, documentCount: 900) { encoder.add(posting) }
    encoder.finish { _, _, _ in }
    let second = list(200, seed: 2, hasPositions: true, documentCount: 900)
    var fresh = PostingsEncoder(hasPositions: true)
    for posting in second {
      encoder.add(posting)
      fresh.add(posting)
    }
    var again: [[UInt8]] = []
    encoder.finish { again = [$0, $1, $2] }
    fresh.finish { #expect(again == [$0, $1, $2]) }
    #expect(encoder.documentFrequency == 0)
  }

  @Test("mistakes of callers stop the program")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var encoder = PostingsEncoder(hasPositions: false)
      encoder.add(.init(docID: 4, frequency: 1, titleFrequency: 0))
      encoder.add(.init(docID: 4, frequency: 1, titleFrequency: 0))
    }
    await #expect(processExitsWith: .failure) {
      var encoder = PostingsEncoder(hasPositions: false)
      encoder.add(.init(docID: 4, frequency: 0, titleFrequency: 0))
    }
    await #expect(processExitsWith: .failure) {
      var encoder = PostingsEncoder(hasPositions: true)
      encoder.add(.init(docID: 4, frequency: 2, titleFrequency: 0, positions: [1]))
    }
  }
}
