import SearchTestSupport
import Testing

@testable import IndexFormat

/// What cursors say of windows and of single documents, against sets.
@Suite struct PostingsWindowTests {
  typealias Occurrence = SegmentModel.Occurrence

  private let work: Workplace

  init() throws { work = try Workplace() }

  /// Lists of one posting, of one block, of runs, of dense and of sparse blocks, and of all of these together.
  private func list(seed: UInt64, documentCount: Int) -> [Occurrence] {
    var random = SplitMix64(seed: seed)
    var docIDs: [UInt32] = []
    var next = Int.random(in: 0...70, using: &random)
    while next < documentCount {
      let gap = [1, 1, 2, 5, 40, 700].randomElement(using: &random) ?? 1
      for _ in 0..<Int.random(in: 1...400, using: &random) where next < documentCount {
        docIDs.append(UInt32(next))
        next += gap == 1 ? 1 : Int.random(in: 1...gap, using: &random)
      }
      if seed % 5 == 0 { break }
    }
    if docIDs.isEmpty { docIDs = [UInt32(documentCount - 1)] }
    return docIDs.map { .random(docID: $0, hasPositions: seed % 2 == 0, using: &random) }
  }

  private func open(_ postings: [Occurrence], seed: UInt64, documentCount: Int) throws -> PostingsCursor {
    let model = SegmentModel.plain(
      documentCount: documentCount,
      terms: [.init(key: [3, 65], hasPositions: seed % 2 == 0, postings: postings)])
    let segment = try SegmentReader(try model.build(in: work.directory), in: work.directory)
    try segment.verify()
    return try #require(try segment.postings(of: [3, 65]))
  }

  @Test("windows and look-ups in any order agree with the set", arguments: UInt64(0)..<30)
  func windows(seed: UInt64) throws {
    var random = SplitMix64(seed: seed &+ 1_000)
    let documentCount = Int.random(in: 200...14_000, using: &random)
    let postings = list(seed: seed, documentCount: documentCount)
    let cursor = try open(postings, seed: seed, documentCount: documentCount)
    let all = Dictionary(uniqueKeysWithValues: postings.map { ($0.docID, $0) })
    let batch = PostingsBatch()
    let numbers = PostingNumbers(capacity: 64 * 64 + 1)
    for _ in 0..<60 {
      let wordCount = Int.random(in: 1...64, using: &random)
      let base = UInt32.random(in: 0...UInt32(documentCount), using: &random) & ~63
      let document = UInt32.random(in: 0..<UInt32(documentCount), using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        var held = [UInt64](repeating: 0, count: wordCount)
        var titles = held
        let asksTitles = Bool.random(using: &random)
        try held.withUnsafeMutableBufferPointer { held in
          try titles.withUnsafeMutableBufferPointer { titles in
            try cursor.fill(
              held.baseAddress!, titles: asksTitles ? titles.baseAddress! : nil, from: base,
              wordCount: wordCount)
          }
        }
        for relative in 0..<wordCount * 64 {
          let posting = all[base + UInt32(relative)]
          #expect(held[relative >> 6] >> UInt64(relative & 63) & 1 == (posting == nil ? 0 : 1))
          let inTitle = asksTitles && (posting?.titleFrequency ?? 0) > 0
          #expect(titles[relative >> 6] >> UInt64(relative & 63) & 1 == (inTitle ? 1 : 0))
        }
      case 1:
        let isFound = try cursor.find(notBelow: document) == document
        #expect(isFound == (all[document] != nil))
        if isFound {
          #expect(try cursor.frequency == all[document]?.frequency)
          #expect(try cursor.titleFrequency == all[document]?.titleFrequency)
          var positions: [UInt32] = []
          try cursor.positions(into: &positions)
          #expect(positions == all[document]?.positions)
        }
      case 2:
        let next = postings.first { $0.docID >= document }?.docID ?? PostingsCursor.end
        #expect(try cursor.find(notBelow: document) == next)
      default:
        let rarity = Int.random(in: 1..<60, using: &random)
        let places =
          [0] + (1..<UInt32(wordCount * 64)).filter { _ in Int.random(in: 0..<rarity, using: &random) == 0 }
        var found: [Occurrence] = []
        try places.withUnsafeBufferPointer {
          try cursor.gather($0.baseAddress!, count: $0.count, base: base, into: batch) { run, _ in
            for i in 0..<batch.count {
              #expect(batch.docIDs[i] == base + places[run.lowerBound + Int(batch.chosen[i])])
              found.append(
                Occurrence(
                  docID: batch.docIDs[i], frequency: batch.frequencies[i],
                  titleFrequency: batch.titleFrequencies[i]))
              if !batch.hasTitles { #expect(batch.titleFrequencies[i] == 0) }
            }
          }
        }
        let expected = places.compactMap { all[base + $0] }
        #expect(found.map(\.docID) == expected.map(\.docID))
        #expect(found.map(\.frequency) == expected.map(\.frequency))
        #expect(found.map(\.titleFrequency) == expected.map(\.titleFrequency))
        var kept = places + [0]  // kernels write before they count
        let keptCount = try kept.withUnsafeMutableBufferPointer {
          try cursor.keep($0.baseAddress!, count: places.count, base: base, into: batch)
        }
        #expect(kept.prefix(keptCount).map { base + $0 } == expected.map(\.docID))
        // A column of another list is kept beside the places.
        for (i, place) in places.enumerated() { numbers.column(0)[i] = place + 7 }
        kept = places + [0]
        let numbered = try kept.withUnsafeMutableBufferPointer {
          try cursor.keep(
            $0.baseAddress!, count: places.count, base: base, into: batch, numbers: numbers, columns: 1)
        }
        #expect(kept.prefix(numbered).map { base + $0 } == expected.map(\.docID))
        #expect((0..<numbered).allSatisfy { numbers.column(0)[$0] == kept[$0] + 7 })
        try check(numbers.column(1), numbered, base: base, are: expected, of: postings, cursor)

        var listed = [UInt32](repeating: 0, count: wordCount * 64)
        let window = base..<base + UInt32(wordCount * 64)
        let count = try listed.withUnsafeMutableBufferPointer {
          try cursor.list(into: $0.baseAddress!, numbers: numbers.column(0), window)
        }
        let inWindow = postings.filter { window.contains($0.docID) }
        #expect(listed.prefix(count).map { base + $0 } == inWindow.map(\.docID))
        try check(numbers.column(0), count, base: base, are: inWindow, of: postings, cursor)
      }
    }
  }

  /// Whether the postings with these numbers are the expected ones, read by their numbers.
  private func check(
    _ numbers: UnsafePointer<UInt32>, _ count: Int, base: UInt32, are expected: [Occurrence],
    of postings: [Occurrence], _ cursor: PostingsCursor
  ) throws {
    try #require(count == expected.count)
    #expect((0..<count).allSatisfy { postings[Int(numbers[$0])].docID == expected[$0].docID })
    let batch = PostingsBatch()
    let places = expected.map { $0.docID - base }
    var read: [Occurrence] = []
    var bounds: [UInt16] = []
    try cursor.gather(places, ofPostings: numbers, count: count, base: base, into: batch) {
      bounds.append($0)
      return bounds.count % 3 > 0
    } _: { run in
      #expect(read.count <= run.lowerBound)
      read += expected[read.count..<run.lowerBound]  // blocks that were not wanted
      for i in 0..<batch.count {
        read.append(
          Occurrence(
            docID: batch.docIDs[i], frequency: batch.frequencies[i],
            titleFrequency: batch.titleFrequencies[i]))
      }
      #expect(read.count == run.upperBound)
    }
    read += expected[read.count...]
    #expect(read.map(\.docID) == expected.map(\.docID))
    #expect(read.map(\.frequency) == expected.map(\.frequency))
    #expect(read.map(\.titleFrequency) == expected.map(\.titleFrequency))
    let positions = PositionsBatch()
    for start in stride(from: 0, to: count, by: 100) {
      let size = min(100, count - start)
      try cursor.positions(ofPostings: numbers + start, count: size, into: positions)
      for i in 0..<size {
        let posting = expected[start + i]
        #expect(positions.range(of: i).map { positions.values[$0] } == posting.positions)
        // Of a list without positions none stands in a title.
        #expect(
          positions.titleCount(of: i) == (posting.positions.isEmpty ? 0 : Int(posting.titleFrequency)))
      }
    }
  }

  @Test(
    "blocks end where they say, and no posting is worth more than its block's bound",
    arguments: UInt64(0)..<20)
  func blocks(seed: UInt64) throws {
    let documentCount = 9_000
    let postings = list(seed: seed, documentCount: documentCount)
    let cursor = try open(postings, seed: seed, documentCount: documentCount)
    #expect(cursor.blockCount == (postings.count + 127) / 128)
    var windows = [UInt16](repeating: 0, count: 3)
    for block in 0..<cursor.blockCount {
      let part = postings[block * 128..<min(block * 128 + 128, postings.count)]
      try cursor.load(block: block)
      #expect(cursor.lastDoc(ofBlock: block) == part.last?.docID)
      // The lengths of `SegmentModel.plain` are all zero.
      let model = BoundModel.standard
      let best =
        part.map {
          model.weightedFrequency(
            Posting(docID: $0.docID, frequency: $0.frequency, titleFrequency: $0.titleFrequency),
            titleLength: 0,
            bodyLength: 0)
        }.max() ?? 0
      if postings.count > 1 { #expect(BlockBound.frequency(cursor.bound(ofBlock: block)) >= best) }
      for posting in part {
        windows[Int(posting.docID) >> 12] = max(
          windows[Int(posting.docID) >> 12], cursor.bound(ofBlock: block))
      }
    }
    for (found, least) in zip(cursor.bounds(ofWindows: 12), windows) { #expect(found >= least) }
    for target in stride(from: UInt32(0), to: UInt32(documentCount), by: 97) {
      let block = (0..<cursor.blockCount).first { cursor.lastDoc(ofBlock: $0) >= target } ?? cursor.blockCount
      #expect(cursor.firstBlock(reaching: target) == block)
    }
    if postings.count > 1 {
      let least = cursor.largestBound
      let first = (0..<cursor.blockCount).first { cursor.bound(ofBlock: $0) >= least }
      #expect(cursor.firstBlock(from: 0, boundedBy: least) == first)
    }
  }
}
