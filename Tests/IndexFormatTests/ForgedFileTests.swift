import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

/// Files whose checksums are right and whose contents are not: no reader may stop the program, and `verify`
/// finds sections that do not belong together.
@Suite struct ForgedFileTests {
  private let index = SmallIndex.shared

  @Test("the second writer of the frame agrees with the first", arguments: [0, 1])
  func frame(number: Int) throws {
    let plain = PlainSegmentFile(index.segments[number])
    #expect(plain.bytes == index.segments[number])
    #expect(plain.name == index.commit.segments[number].file.name)
  }

  @Test("a section of another segment is found", arguments: SectionID.allCases)
  func swapped(section: SectionID) throws {
    let files = index.segments.map { PlainSegmentFile($0) }
    for (number, other) in [(0, 1), (1, 0)] {
      var forged = files[number]
      forged[section] = files[other][section]
      let live = number == 1 ? index.liveBits : nil
      let documentCount = index.commit.segments[number].documentCount
      // Under the old name: the name is that of other sections.
      #expect(throws: IndexFormatError.self) {
        try forged.open(as: index.commit.segments[number].file.name, documentCount: documentCount, live: live)
          .verify()
      }
      // Under a name made to fit: two segments of different sizes still do not go together.
      #expect(throws: IndexFormatError.self) {
        try forged.open(documentCount: documentCount, live: live).verify()
      }
      if let segment = try? forged.open(documentCount: documentCount, live: live) {
        exercise(segment, seed: 1)
      }
    }
  }

  @Test("another version, reserved bytes that are set and sections out of order are refused")
  func refused() throws {
    var plain = PlainSegmentFile(index.segments[1])
    plain.version = 3
    let error = #expect(throws: IndexFormatError.self) { try plain.open() }
    #expect(error?.problem == .unsupportedVersion(found: 3, newest: 2))
    plain.version = 2

    let reserved: [(SectionID, Range<Int>)] = [
      (.lengths, 2..<8), (.dates, 1..<8), (.keys, 2..<8), (.facets, 4..<8), (.facets, 24..<28),
      (.storedIndex, 4..<8), (.boosts, 1..<4), (.completions, 14..<16),
    ]
    for (section, offsets) in reserved {
      for offset in offsets {
        var forged = plain
        forged[section][offset] = 1
        #expect(throws: IndexFormatError.self, "\(section) \(offset)") {
          try forged.open(documentCount: 25).verify()
        }
      }
    }
    for section in [
      SectionID.lengths, .dates, .keys, .facets, .stored, .storedIndex, .terms, .postings, .termIndex,
      .letters,
    ] {
      var forged = plain
      forged[section].append(0)
      #expect(throws: IndexFormatError.self, "\(section)") { try forged.open(documentCount: 25).verify() }
    }
  }

  @Test("a frame whose table was forged is refused or harmless", arguments: UInt64(0)..<4)
  func table(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let sound = index.segments[1]
    let tableStart = Int(PlainSegmentFile.number(sound, at: sound.count - 32, 8))
    for _ in 0..<500 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let offset = Int.random(in: tableStart..<bytes.count - 8, using: &random)
        bytes[offset] =
          [0, 1, 0x7F, 0xFF, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      let sum = PlainSegmentFile.checksum(of: Array(bytes[tableStart..<bytes.count - 32]))
      bytes.replaceSubrange(bytes.count - 24..<bytes.count - 16, with: PlainSegmentFile.bytes(sum, 8))
      var forged = index.commit.segments[1]
      forged.file.checksum = sum
      if let segment = try? SegmentReader(
        .inMemory(forged.file.name, bytes), as: forged, live: index.liveBits)
      {
        exercise(segment, seed: seed)
      }
    }
  }

  /// 20,000 in all.
  @Test("forged sections never stop the program", arguments: UInt64(0)..<40)
  func mutated(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let files = index.segments.map { PlainSegmentFile($0) }
    for round in 0..<500 {
      let number = round % 10 == 0 ? 0 : 1
      var forged = files[number]
      for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&forged, using: &random) }
      // As the commit says, or as the forged statistics say.
      let documentCount = Bool.random(using: &random) ? index.commit.segments[number].documentCount : nil
      guard let segment = try? forged.open(documentCount: documentCount) else { continue }
      exercise(segment, seed: random.next())
    }
  }

  private func mutate(_ file: inout PlainSegmentFile, using random: inout SplitMix64) {
    let section = Int.random(in: 0..<file.sections.count, using: &random)
    let count = file.sections[section].count
    // The first bytes are headers and widths, where damage goes furthest.
    let isNearStart = Int.random(in: 0..<3, using: &random) == 0
    let offset = count == 0 ? 0 : Int.random(in: 0..<(isNearStart ? min(count, 64) : count), using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0: file.sections[section].removeLast(Int.random(in: 0...min(count, 40), using: &random))
    case 1: file.sections[section] += (0..<Int.random(in: 1...40, using: &random)).map { _ in 0xFF }
    case 2 where count > 0: file.sections[section].insert(.random(in: 0...255, using: &random), at: offset)
    case 3 where count > 0: file.sections[section].remove(at: offset)
    case 4 where count >= 8:
      let extremes: [UInt64] = [0, 1, .max, 1 << 63, 1 << 32, (1 << 32) - 1, 1 << 31, 1 << 62, UInt64(count)]
      let start = min(offset, count - 8)
      file.sections[section].replaceSubrange(
        start..<start + 8, with: PlainSegmentFile.bytes(extremes.randomElement(using: &random) ?? 0, 8))
    case 5 where count >= 4:
      let extremes: [UInt64] = [0, 1, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, UInt64(count)]
      let start = min(offset, count - 4)
      file.sections[section].replaceSubrange(
        start..<start + 4, with: PlainSegmentFile.bytes(extremes.randomElement(using: &random) ?? 0, 4))
    default:
      guard count > 0 else { return }
      file.sections[section][offset] =
        [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
    }
  }

  /// Does what queries, merges and `verify` do, errors or not; all it has to do is to come back.
  private func exercise(_ segment: SegmentReader, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    _ = try? segment.verify()
    if seed % 2 == 0 {
      _ = try? SegmentContents(reading: segment, storedFirst: seed % 4 == 0)
    } else {
      try? rewrite(segment)
    }
    for term in index.contents[1].terms.shuffled(using: &random).prefix(6) {
      _ = try? segment.terms.find(term.key)
      guard let postings = try? segment.postings(of: term.key) else { continue }
      var positions: [UInt32] = []
      var isSound = true
      while isSound, postings.docID != PostingsCursor.end {
        do {
          try postings.positions(into: &positions)
          try postings.seek(to: postings.docID &+ .random(in: 0...20, using: &random))
          _ = try (postings.frequency, postings.titleFrequency, postings.run().count)
          try postings.advance()
        } catch { isSound = false }
      }
      // After an error too.
      _ = (postings.docID, try? postings.frequency, try? postings.titleFrequency, try? postings.run().count)
      try? postings.advance()
    }
    for word in ["swift", "abcdefghij"] {
      let bounds = try? segment.terms.frequencyBounds(ofBlocks: 0..<segment.terms.blockCount)
      _ = bounds?.reduce(0, +)
      var cursor = TermCursor(segment.terms)
      for term in (try? segment.terms.letters.terms(within: 2, of: Array(word.utf8))) ?? [] {
        guard (try? cursor.seek(toTerm: term)) != nil else { break }
      }
    }
    for entry in index.contents[1].entries.prefix(3) {
      _ = try? segment.keys.document(withID: entry.id)
      for key in FacetKey.allCases {
        for value in key.values(of: entry) { _ = try? segment.facet(key).ordinal(of: value) }
      }
    }
    for key in FacetKey.allCases {
      let column = segment.facet(key)
      var sum = 0
      let start = Int.random(in: 0...max(0, segment.documentCount - 1), using: &random)
      if (try? column.check(start..<segment.documentCount)) != nil {
        for document in start..<segment.documentCount { column.forEachOrdinal(of: document) { sum &+= $0 } }
      }
    }
  }

  /// What a merge does with one segment: reads all of it and gives it to a builder.
  private func rewrite(_ segment: SegmentReader) throws {
    // Nothing is written: sections stay in memory while they are small.
    let builder = SegmentBuilder(directory: IndexDirectory(path: "/nonexistent"))
    let stored = try segment.storedFields()
    for document in 0..<segment.documentCount {
      try builder.add(try segment.document(document), storedAs: document, in: stored)
    }
    var cursor = TermCursor(segment.terms)
    var positions: [UInt32] = []
    while try cursor.next() {
      let postings = try segment.postings(of: cursor.entry)
      var encoder = builder.encoder(hasPositions: cursor.entry.hasPositions)
      while postings.docID != PostingsCursor.end {
        try postings.positions(into: &positions)
        let posting = Posting(
          docID: postings.docID, frequency: try postings.frequency,
          titleFrequency: try postings.titleFrequency)
        guard posting.titleFrequency <= posting.frequency,
          !cursor.entry.hasPositions || positions.count == Int(posting.frequency)
        else { return }
        positions.withUnsafeBufferPointer { encoder.add(posting, positions: $0) }
        try postings.advance()
      }
      try builder.add(term: cursor.key, &encoder)
    }
  }
}
