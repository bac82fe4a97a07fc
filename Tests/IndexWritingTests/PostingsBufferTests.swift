import IndexFormat
import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexWriting
@testable import TextAnalysis

@Suite struct BytePoolTests {
  @Test("streams of every length come back, written side by side")
  func everyLength() {
    var pool = BytePool()
    let longest = 10_000
    /// A value of as many bytes as fit, at most five.
    func value(_ random: inout SplitMix64, room: Int) -> (UInt32, Int) {
      let bits = random.next()
      let byteCount = min(Int(bits >> 60) % 5 + 1, room)
      let low = byteCount == 1 ? 0 : UInt32(1) << UInt32(7 * (byteCount - 1))
      let span = byteCount == 5 ? UInt32(1) << 31 : (UInt32(1) << UInt32(7 * byteCount)) - low
      return (low + UInt32(truncatingIfNeeded: bits) % span, byteCount)
    }
    var tails: [BytePool.StreamTail] = []
    var starts: [UInt32] = []
    var randoms = (0...longest).map { SplitMix64(seed: UInt64($0)) }
    for _ in 0...longest {
      let tail = pool.makeStream()
      starts.append(tail.next)
      tails.append(tail)
    }
    var written = [Int](repeating: 0, count: longest + 1)
    for round in 1...25 {
      for stream in 0...longest {
        let goal = round == 25 ? stream : min(stream, round * 397)
        while written[stream] < goal {
          let (number, byteCount) = value(&randoms[stream], room: stream - written[stream])
          pool.append(varint: number, to: &tails[stream])
          written[stream] += byteCount
        }
      }
    }
    #expect(written == Array(0...longest))
    var wrong = 0
    for stream in 0...longest {
      var found: [UInt8] = []
      var walk = BytePool.SliceWalk(from: starts[stream], to: tails[stream])
      while let slice = pool.next(&walk) { found.append(contentsOf: slice) }
      var expected: [UInt8] = []
      var random = SplitMix64(seed: UInt64(stream))
      while expected.count < stream {
        var (number, _) = value(&random, room: stream - expected.count)
        while number >= 0x80 {
          expected.append(UInt8(truncatingIfNeeded: number) | 0x80)
          number >>= 7
        }
        expected.append(UInt8(number))
      }
      if found != expected { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(pool.byteCount < 70 << 20)
    pool.removeAll()
    #expect(pool.byteCount == 0)
  }
}

/// `PostingsBuffer` against a dictionary of arrays.
@Suite struct PostingsBufferTests {
  private typealias Occurrence = IndexContent.Occurrence

  /// A buffer and what it should hold, filled side by side.
  private struct Bench {
    let root: TemporaryDirectory
    let directory: IndexDirectory
    let buffer = PostingsBuffer()
    var runs: [TermSource] = []
    var expected: [[UInt8]: [Occurrence]] = [:]

    init() throws {
      root = try TemporaryDirectory()
      directory = IndexDirectory(path: root.path)
    }

    /// Writes what was added so far to a scratch file.
    mutating func spill() throws {
      buffer.sort()
      runs.append(try TermSource(writing: buffer, to: directory))
      buffer.removeAll()
      #expect(buffer.termCount == 0 && buffer.byteCount == 0)
    }

    /// Adds a document of some terms, in order; the first `titleCount` are its title.
    ///
    /// - Parameter split: where in a document what was added is spilled, nil for nowhere.
    mutating func add(_ document: Int, _ terms: [[UInt8]], titleCount: Int, split: Int? = nil) throws {
      for isTitle in [true, false] {
        var tokens = TokenBuffer()
        for position in isTitle ? 0..<titleCount : titleCount..<terms.count {
          let key = terms[position]
          let kind = TokenKind(rawValue: key[0]) ?? .form
          let hasPositions = kind == .han || kind == .latin
          tokens.tokens.append(
            Token(
              kind: kind, termLength: UInt16(key.count - 1), termStart: UInt32(tokens.bytes.count),
              position: UInt32(position * 3), start: 0, end: 1, chunk: 0))
          tokens.bytes += key[1...]
          var list = expected[key] ?? []
          if list.last?.document != document {
            list.append(Occurrence(document: document, frequency: 0, titleFrequency: 0, positions: []))
          }
          list[list.count - 1].frequency += 1
          if isTitle { list[list.count - 1].titleFrequency += 1 }
          if hasPositions { list[list.count - 1].positions.append(UInt32(position * 3)) }
          expected[key] = list
          if position == split {
            buffer.add(document: UInt32(document), tokens: tokens, isTitle: isTitle)
            tokens = TokenBuffer()
            try spill()
          }
        }
        buffer.add(document: UInt32(document), tokens: tokens, isTitle: isTitle)
      }
    }

    /// Makes a segment of `documentCount` documents and compares.
    mutating func check(documentCount: Int, threadCount: Int = 1) throws {
      let builder = SegmentBuilder(directory: directory)
      for document in 0..<documentCount {
        let entry = Entry(id: "\(document)")
        try builder.add(SegmentDocument(entry, titleLength: 0, bodyLength: 0), fields: StoredFields(entry))
      }
      buffer.sort()
      let terms = TermParts(runs + [TermSource(buffer)], documentCount: documentCount)
      try PostingsAssembly(terms, for: builder, in: nil, directory: directory).run(
        by: WorkCrew(threadCount: threadCount))
      let segment = CommittedSegment(file: try builder.finish(), documentCount: documentCount)
      try Commit(number: 1, createdAt: 0, analyzer: "", sourcePaths: [], segments: [segment]).publish(
        in: directory)
      let found = try IndexContent(in: directory)
      #expect(found.terms.count == expected.count)
      #expect(found.terms == expected)
      runs = []
      buffer.removeAll()
      expected = [:]
    }
  }

  private static func term(_ random: inout SplitMix64, _ lengths: ClosedRange<Int>) -> [UInt8] {
    [UInt8.random(in: 1...5, using: &random)]
      + (0..<Int.random(in: lengths, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  @Test(
    "random terms of every length in thousands of documents, in one run or several, and again afterwards",
    arguments: UInt64(0)..<4)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var bench = try Bench()
    for round in 0..<2 {
      let rare =
        (1...255).map { Self.term(&random, $0...$0) } + (0..<500).map { _ in Self.term(&random, 1...3) }
      let common = (0..<8).map { _ in Self.term(&random, 1...20) }
      for document in 0..<3_000 where Int.random(in: 0..<10, using: &random) > 0 {
        var terms: [[UInt8]] = []
        for _ in 0..<Int.random(in: 0...20, using: &random) {
          let isCommon = Bool.random(using: &random)
          if let term = (isCommon ? common : rare).randomElement(using: &random) { terms.append(term) }
        }
        let isSplit = round > 0 && Int.random(in: 0..<300, using: &random) == 0
        try bench.add(
          document, terms, titleCount: Int.random(in: 0...terms.count, using: &random),
          split: isSplit ? terms.indices.randomElement(using: &random) : nil)
      }
      #expect(bench.runs.count > 2 || round == 0)
      try bench.check(documentCount: 3_000, threadCount: 1 + Int(seed % 3))
    }
  }

  @Test("a hundred thousand terms, so many that some share a hash")
  func collisions() throws {
    var random = SplitMix64(seed: 7)
    var bench = try Bench()
    for document in 0..<100 {
      try bench.add(document, (0..<1_500).map { _ in Self.term(&random, 4...9) }, titleCount: 3)
    }
    try bench.check(documentCount: 100, threadCount: 2)
  }

  @Test("prefixes, zeros and the longest term keep byte order")
  func order() throws {
    var bench = try Bench()
    let terms: [[UInt8]] = [
      [3, 0], [3, 0, 0], [3, 1, 2, 3, 4, 5, 6, 7], [3, 1, 2, 3, 4, 5, 6, 7, 0], [3, 1, 2, 3, 4, 5, 6, 7, 8],
      [1, 255], [5] + [UInt8](repeating: 255, count: 255), [5] + [UInt8](repeating: 255, count: 254),
    ]
    try bench.add(0, terms + terms.reversed(), titleCount: 5)
    try bench.check(documentCount: 1)
  }

  @Test("one document repeats a term fifty thousand times")
  func frequent() throws {
    var bench = try Bench()
    try bench.add(0, [[UInt8]](repeating: [1, 65], count: 50_000) + [[4, 66]], titleCount: 20_000)
    try bench.check(documentCount: 1)
  }

  @Test("a stream that was damaged is told or read, whatever its bytes are", arguments: UInt64(0)..<20)
  func damagedStreams(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let small = Bool.random(using: &random)
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        UInt8.random(in: 0...(small ? 6 : 255), using: &random)
      }
      bytes.withUnsafeBytes { bytes in
        var last = -1
        var all: [UInt32] = []
        var readCount = 0
        var read: [UInt32] = []
        do {
          var stream = try PostingsStream(bytes, hasPositions: seed % 2 == 0, documentCount: 1_000)
          while !stream.isAtEnd {
            let docID = stream.docID
            // Those of the document before stay, and are not compared with.
            let posting = try stream.read(appendingTo: &all, from: all.count)
            let positions = all.suffix(seed % 2 == 0 ? Int(posting.frequency) : 0)
            #expect(all.count == readCount + positions.count)
            readCount = all.count
            #expect(posting.docID == docID && Int(docID) > last && docID < 1_000)
            read.append(docID)
            #expect(posting.frequency > 0 && posting.titleFrequency <= posting.frequency)
            #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 })
            last = Int(docID)
          }
        } catch {}
        // What is passed over is what is read, as far as that goes.
        var passed: [UInt32] = []
        do {
          var stream = try PostingsStream(bytes, hasPositions: seed % 2 == 0, documentCount: 1_000)
          while !stream.isAtEnd {
            let docID = stream.docID
            try stream.skip()
            passed.append(docID)
          }
        } catch {}
        #expect(passed.starts(with: read))
      }
    }
  }

  @Test("a run that was damaged is told or read, in order and in another one", arguments: UInt64(0)..<40)
  func damagedRuns(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let root = try TemporaryDirectory()
    let files = try FaultyFileSystem(root: root)
    // A file that keeps its name can be reached from here.
    files.inject(Fault(.fails(5), at: 1, forEver: true, in: [.unlink]))
    let other = try TemporaryDirectory()
    let directory = IndexDirectory(path: other.path)
    let buffer = PostingsBuffer()
    let documentCount = 60
    for document in 0..<documentCount {
      var tokens = TokenBuffer()
      for position in 0..<8 {
        let bytes = Array("\(UInt8.random(in: 0...12, using: &random))".utf8)
        tokens.tokens.append(
          Token(
            kind: position % 3 == 0 ? .stem : .latin, termLength: UInt16(bytes.count),
            termStart: UInt32(tokens.bytes.count), position: UInt32(position), start: 0, end: 1, chunk: 0))
        tokens.bytes += bytes
      }
      buffer.add(document: UInt32(document), tokens: tokens, isTitle: false)
    }
    buffer.sort()
    let run = try TermSource(writing: buffer, to: IndexDirectory(path: root.path, fileSystem: files))
    var bytes = try root.read("tmp-scratch")
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      let flipped = bytes[place] ^ 1 << UInt8.random(in: 0..<8, using: &random)
      bytes[place] = Bool.random(using: &random) ? flipped : 0
    }
    try root.write("tmp-scratch", bytes)
    for isOrdered in [false, true] {
      let builder = SegmentBuilder(directory: directory, numbersLater: isOrdered)
      for document in 0..<documentCount {
        let entry = Entry(id: "\(document)")
        try builder.add(SegmentDocument(entry, titleLength: 0, bodyLength: 8), fields: StoredFields(entry))
      }
      let order = isOrdered ? DocumentOrder(documents: (0..<UInt32(documentCount)).reversed()) : nil
      if isOrdered { try builder.number(by: order) }
      do {
        try PostingsAssembly(
          TermParts([run], documentCount: documentCount), for: builder, in: order, directory: directory,
          sorterBytes: 64
        ).run(by: WorkCrew())
      } catch { #expect(error is ScratchDamage) }
    }
  }
}
