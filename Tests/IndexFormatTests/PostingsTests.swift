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
            docID: cursor.docID, frequency: cursor.frequency, titleFrequency: cursor.titleFrequency,
            positions: positions))
        try cursor.advance()
      }
      #expect(found == postings)
      for _ in 0..<300 { try cursor.advance() }
      #expect(cursor.docID == PostingsCursor.end)
      #expect(cursor.run().count == 0)
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
          #expect(cursor.frequency == postings[at].frequency)
          #expect(cursor.titleFrequency == postings[at].titleFrequency)
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          try cursor.advance()
          at += 1
        case 1:
          let run = cursor.run()
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

  @Test("the largest numbers survive", arguments: [true, false])
  func extremes(isInline: Bool) throws {
    let most = PostingsLayout.maximumFrequency
    var postings = [Occurrence(docID: 0, frequency: most, titleFrequency: most)]
    if !isInline { postings.append(Occurrence(docID: 2, frequency: 1, titleFrequency: 1)) }
    let without = try segment(postings, hasPositions: false, documentCount: 3)
    let cursor = try #require(try without.postings(of: [3, 65]))
    #expect(cursor.frequency == most)
    #expect(cursor.titleFrequency == most)
    #expect(try without.verify() == postings.count)

    postings = [Occurrence(docID: 1, frequency: 2, titleFrequency: 0, positions: [0, .max])]
    if !isInline { postings.append(Occurrence(docID: 2, frequency: 1, titleFrequency: 1, positions: [.max])) }
    let with = try segment(postings, hasPositions: true, documentCount: 3)
    var positions: [UInt32] = []
    try #require(try with.postings(of: [3, 65])).positions(into: &positions)
    #expect(positions == [0, .max])
    #expect(try with.verify() == postings.count)
  }

  @Test("an encoder that was used leaves nothing for the next term")
  func reused() throws {
    var encoder = PostingsEncoder(hasPositions: true)
    for posting in list(300, seed: 1, hasPositions: true, documentCount: 900) { encoder.add(posting) }
    _ = encoder.finish()
    let second = list(200, seed: 2, hasPositions: true, documentCount: 900)
    var fresh = PostingsEncoder(hasPositions: true)
    for posting in second {
      encoder.add(posting)
      fresh.add(posting)
    }
    #expect(encoder.finish() == fresh.finish())
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
