import SearchTestSupport
import Testing

@testable import IndexFormat

/// The dictionary against a sorted array.
@Suite struct TermDictionaryTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  private func segment(_ keys: [[UInt8]]) throws -> SegmentReader {
    // The key's place is in the posting, so that no entry can be taken for another.
    let terms = keys.enumerated().map { number, key in
      var posting = SegmentModel.Occurrence(docID: 0, frequency: UInt32(number) + 1, titleFrequency: 0)
      if number % 3 == 0 {
        posting = .init(
          docID: 0, frequency: 5, titleFrequency: 0, positions: [0, 1, 2, 3, UInt32(number) + 4])
      }
      return SegmentModel.Term(key: key, hasPositions: number % 3 == 0, postings: [posting])
    }
    let model = SegmentModel.plain(documentCount: 1, terms: terms)
    return try SegmentReader(try model.build(in: work.directory), in: work.directory)
  }

  private func place(_ entry: TermEntry, in segment: SegmentReader) throws -> Int {
    let postings = try segment.postings(of: entry)
    guard entry.hasPositions else { return Int(try postings.frequency) - 1 }
    var positions: [UInt32] = []
    try postings.positions(into: &positions)
    return Int(positions[4]) - 4
  }

  private func check(_ keys: [[UInt8]], seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let segment = try segment(keys)
    #expect(segment.terms.termCount == keys.count)
    try segment.verify()
    var walked: [[UInt8]] = []
    var cursor = TermCursor(segment.terms)
    while try cursor.next() {
      #expect(try place(cursor.entry, in: segment) == walked.count)
      walked.append(cursor.key)
    }
    #expect(walked == keys)

    let all = Set(keys)
    var targets = keys + [[], [0], [255], [UInt8](repeating: 255, count: 300)]
    for key in keys {
      targets.append(key + [0])
      targets.append(Array(key.dropLast()))
      var other = key
      other[Int.random(in: 0..<key.count, using: &random)] &+= 1
      targets.append(other)
    }
    for target in targets.shuffled(using: &random).prefix(100) {
      let expected = keys.firstIndex { !$0.lexicographicallyPrecedes(target) }
      var cursor = TermCursor(segment.terms)
      let found = try cursor.seek(to: target)
      #expect(found == (expected != nil))
      if let expected, found {
        #expect(cursor.key == keys[expected])
        #expect(try place(cursor.entry, in: segment) == expected)
        // What follows, over the end of a block or two.
        for next in keys[(expected + 1)...].prefix(35) {
          let isMore = try cursor.next()
          #expect(isMore && cursor.key == next)
        }
      }
      let entry = try segment.terms.find(target)
      #expect((entry != nil) == all.contains(target))
      if let entry { #expect(try place(entry, in: segment) == expected) }
    }
    // By place, forwards and back.
    var byPlace = TermCursor(segment.terms)
    for place in Array(keys.indices).shuffled(using: &random).prefix(50) + keys.indices.prefix(70) {
      #expect(try byPlace.seek(toTerm: place) && byPlace.key == keys[place])
    }
    #expect(try !byPlace.seek(toTerm: keys.count) && !byPlace.seek(toTerm: -1))
    for prefix in targets.prefix(20) where !prefix.isEmpty {
      let blocks = try segment.terms.blocks(withPrefix: prefix)
      for place in keys.indices where keys[place].starts(with: prefix) {
        #expect(blocks.contains(place / 32))
      }
      for block in blocks {
        var cursor = TermCursor(segment.terms)
        var found: [[UInt8]] = []
        var isOpen = try cursor.seek(toBlock: block)
        while isOpen {
          found.append(cursor.key)
          isOpen = try cursor.nextInBlock()
        }
        #expect(found == Array(keys[(block * 32)...].prefix(32)))
      }
    }
  }

  @Test(
    "look-up, seek and iteration agree with the array, whatever the number of terms",
    arguments: [0, 1, 2, 31, 32, 33, 63, 64, 65, 96, 97, 500])
  func sizes(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    var keys = Set<[UInt8]>()
    while keys.count < count {
      keys.insert(
        (0..<Int.random(in: 1...4, using: &random)).map { _ in .random(in: 0...255, using: &random) })
    }
    try check(keys.sorted { $0.lexicographicallyPrecedes($1) }, seed: 1)
  }

  @Test("keys of 1 to 255 bytes with long shared prefixes", arguments: UInt64(0)..<6)
  func sharedPrefixes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let stem = (0..<255).map { _ in UInt8.random(in: 0...255, using: &random) }
    var keys = Set((1...255).map { Array(stem.prefix($0)) })
    for _ in 0..<200 {
      var key = Array(stem.prefix(Int.random(in: 1...255, using: &random)))
      key[key.count - 1] = .random(in: 0...255, using: &random)
      keys.insert(key)
    }
    try check(keys.sorted { $0.lexicographicallyPrecedes($1) }, seed: seed)
  }

  @Test("blocks whose first terms agree in eight bytes", arguments: [7, 8, 9, 12])
  func equalPrefixes(prefixCount: Int) throws {
    // Zero bytes, which the prefix of a shorter key is filled with, are the nasty ones.
    let prefix = [UInt8](repeating: prefixCount % 2 == 0 ? 0 : 0xE6, count: prefixCount)
    var keys = (1...prefixCount).map { Array(prefix.prefix($0)) }
    for number in 0..<300 { keys.append(prefix + [UInt8(number >> 8), UInt8(number & 255)]) }
    try check(keys.sorted { $0.lexicographicallyPrecedes($1) }, seed: UInt64(prefixCount))
  }

  @Test("terms that do not ascend stop the program")
  func order() async {
    await #expect(processExitsWith: .failure) {
      let work = try Workplace()
      let builder = SegmentBuilder(directory: work.directory)
      for _ in 0..<2 {
        var encoder = PostingsEncoder(hasPositions: false)
        encoder.add(.init(docID: 0, frequency: 1, titleFrequency: 0))
        try builder.add(term: [1], &encoder)
      }
    }
  }
}
