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
    let positionsBatch = PositionsBatch()
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
        let few = Array(places.prefix(128))
        try cursor.positions(of: few, count: few.count, base: base, into: positionsBatch, lookUp: batch)
        for (i, place) in few.enumerated() {
          let posting = all[base + place]
          #expect(
            positionsBatch.range(of: i).map { positionsBatch.values[$0] } == posting?.positions ?? [])
          // Of a list without positions none stands in a title.
          let inTitle = seed % 2 == 0 ? posting?.titleFrequency ?? 0 : 0
          #expect(positionsBatch.titleCount(of: i) == Int(inTitle))
        }
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
