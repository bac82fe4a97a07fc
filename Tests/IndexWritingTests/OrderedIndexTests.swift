import IndexFormat
import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexWriting
@testable import TextAnalysis

/// Indexes whose documents are put in order when all are there.
@Suite struct OrderedIndexTests {
  /// Entries of some topics, so that there is an order to be found.
  private func entries(_ count: Int, seed: UInt64) -> [Entry] {
    var samples = SampleEntries(seed: seed)
    var random = SplitMix64(seed: seed + 100)
    return (0..<count).map { number in
      var entry = samples.entry("id-\(number)", kind: number % 5 == 0 ? .page : .heading, words: 6)
      let topic = Int.random(in: 0..<20, using: &random)
      let words = (0..<8).map { _ in "topic\(topic)x\(Int.random(in: 0..<12, using: &random))" }
      entry.text += " " + words.joined(separator: " ")
      if number % 97 == 0 { entry.pins = ["pin \(number % 7)", "another"] }
      if number % 31 == 0 { entry.boost = 1.5 }
      return entry
    }
  }

  private func build(
    _ entries: [Entry], memoryBudget: Int = 1 << 30, threadCount: Int = 1, orderedFrom: Int
  ) throws -> (content: IndexContent, files: [String: [UInt8]]) {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    try publish(
      entries, in: directory, memoryBudget: memoryBudget, threadCount: threadCount, orderedFrom: orderedFrom)
    return (
      try IndexContent(in: directory), try committedFiles(in: directory).filter { $0.key.hasSuffix(".seg") }
    )
  }

  @Test(
    "the bytes are those of entries that come in that order, whatever threads and memory",
    arguments: UInt64(0)..<2)
  func bytes(seed: UInt64) throws {
    let entries = entries(2_000, seed: seed)
    let ordered = try build(entries, orderedFrom: 1_000)
    #expect(ordered.content.entries.map(\.id) != entries.map(\.id))
    #expect(ordered.content.entries.map(\.id).sorted() == entries.map(\.id).sorted())
    #expect(ordered.files.count == 1)
    #expect(try build(ordered.content.entries, orderedFrom: .max).files == ordered.files)
    for (memoryBudget, threadCount) in [(0, 1), (600_000, 2), (2 << 20, 3), (1 << 30, 2)] {
      let other = try build(
        entries, memoryBudget: memoryBudget, threadCount: threadCount, orderedFrom: 1_000)
      #expect(other.files == ordered.files, "memory budget \(memoryBudget), \(threadCount) threads")
    }
  }

  @Test("fewer entries stay in the order of addition")
  func few() throws {
    let entries = entries(600, seed: 3)
    #expect(try build(entries, orderedFrom: 601).content.entries == entries)
  }

  @Test("entries that are replaced and deleted meanwhile are not in it")
  func replaced() throws {
    let first = entries(1_500, seed: 4)
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    let writer = try IndexWriter(in: directory, options: .init(threadCount: 2, orderedFrom: 500, now: 1))
    var expected: [String: Entry] = [:]
    for entry in first {
      try writer.add(entry)
      expected[entry.id] = entry
    }
    for (number, entry) in first.enumerated() where number % 3 == 0 {
      var changed = entry
      changed.text = "changed \(number)"
      try writer.replace(changed)
      expected[entry.id] = changed
      if number % 6 == 0 {
        #expect(try writer.delete(id: entry.id))
        expected[entry.id] = nil
      }
    }
    _ = try writer.commit(sourcePaths: [])
    let found = try IndexContent(in: directory)
    #expect(found.entries.count == expected.count)
    for entry in found.entries { #expect(entry == expected[entry.id]) }
    #expect(try found == IndexContent(of: found.entries))
  }

  @Test("a call on a scratch file that fails late in the run fails it")
  func faults() throws {
    let entries = (0..<300).map { Entry(id: "\($0)", text: "topic\($0 % 4)") }
    let kinds: Set<FileOperation.Kind> = [.create, .write, .map, .read]
    func run(_ files: FaultyFileSystem) throws {
      let directory = IndexDirectory(path: files.root + "/index", fileSystem: files)
      try publish(entries, in: directory, memoryBudget: 0, orderedFrom: 200)
    }
    let whole = try FaultyFileSystem(root: TemporaryDirectory())
    try run(whole)
    let calls = whole.trace.filter { kinds.contains($0.kind) }
    let scratch = calls.indices.filter { calls[$0].path.contains("scratch") }
    // A run for each entry comes first; what follows is of the order, the columns and the sections.
    #expect(scratch.count > 40)
    for call in scratch.suffix(60) {
      let files = try FaultyFileSystem(root: TemporaryDirectory())
      files.inject(Fault(.fails(28), at: call + 1, in: kinds))
      let error = #expect(throws: FileError.self) { try run(files) }
      #expect(error?.code == 28)
      #expect(files.openDescriptorCount == 0 && files.openMappingCount == 0)
    }
  }
}

@Suite struct DocumentFeaturesTests {
  @Test("terms of neither few nor many documents, each as often as it stands there", arguments: UInt64(0)..<4)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path)
    let documentCount = 1_000
    // Terms by how many documents have them, about.
    let shares = (0..<60).map { _ in Int.random(in: 1...200, using: &random) }
    var termsOf: [[Int]] = []
    for _ in 0..<documentCount {
      termsOf.append(shares.indices.filter { Int.random(in: 0..<documentCount, using: &random) < shares[$0] })
    }
    let frequencies = shares.indices.map { term in termsOf.count { $0.contains(term) } }
    var used = shares.indices.filter { (64...100).contains(frequencies[$0]) }
    #expect(used.count > 3)
    var limits = DocumentFeatures.Limits()
    if seed % 2 == 0 {
      // No room in memory, and none for the more frequent half; of equally frequent ones all are used or none.
      let ascending = used.map { frequencies[$0] }.sorted()
      limits.memoryBytes = 0
      limits.mostFeatures = ascending.prefix(used.count / 2).reduce(0, +)
      var sum = 0
      let bound = ascending.first { frequency in
        sum += frequency
        return sum > limits.mostFeatures
      }
      used = used.filter { frequencies[$0] < bound ?? .max }
      #expect(!used.isEmpty)
    }
    let expected = termsOf.map { terms in used.indices.filter { terms.contains(used[$0]) }.map { UInt32($0) }
    }
    for threadCount in 1...2 {
      let sources = try sources(of: termsOf, laneCount: threadCount, in: directory, &random)
      let features = try DocumentFeatures.collect(
        from: TermParts(sources, documentCount: documentCount), documentCount: documentCount, limits: limits,
        directory: directory, by: WorkCrew(threadCount: threadCount))
      #expect(features.termCount == used.count)
      #expect(features.starts.count == documentCount + 1)
      let found = (0..<documentCount).map {
        Array(features.features[Int(features.starts[$0])..<Int(features.starts[$0 + 1])])
      }
      #expect(found == expected)
    }
  }

  /// Buffers and runs of some lanes that take batches of documents; at times a document goes on in the next run.
  private func sources(
    of termsOf: [[Int]], laneCount: Int, in directory: IndexDirectory, _ random: inout SplitMix64
  ) throws -> [TermSource] {
    var runs = [[TermSource]](repeating: [], count: laneCount)
    let buffers = (0..<laneCount).map { _ in PostingsBuffer() }
    for (document, terms) in termsOf.enumerated() {
      let lane = document / 10 % laneCount
      buffers[lane].add(document: UInt32(document), tokens: tokens(of: terms, from: 0), isTitle: true)
      if Int.random(in: 0..<50, using: &random) == 0 {
        buffers[lane].sort()
        runs[lane].append(try TermSource(writing: buffers[lane], to: directory))
        buffers[lane].removeAll()
      }
      buffers[lane].add(document: UInt32(document), tokens: tokens(of: terms, from: 1_000), isTitle: false)
    }
    return (0..<laneCount).flatMap { lane in
      buffers[lane].sort()
      return runs[lane] + [TermSource(buffers[lane])]
    }
  }

  /// Terms of one kind with positions and one without.
  private func tokens(of terms: [Int], from position: UInt32) -> TokenBuffer {
    var tokens = TokenBuffer()
    for (offset, term) in terms.enumerated() {
      let bytes = Array((term < 10 ? "0\(term)" : "\(term)").utf8)
      tokens.tokens.append(
        Token(
          kind: term < 30 ? .latin : .stem, termLength: UInt16(bytes.count),
          termStart: UInt32(tokens.bytes.count), position: position + UInt32(offset), start: 0, end: 1,
          chunk: 0))
      tokens.bytes += bytes
    }
    return tokens
  }
}
