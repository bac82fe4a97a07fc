import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing

/// Random runs against a dictionary.
@Suite struct WriterModelTests {
  /// What an index has to hold: slow, obvious, without a line in common with the writer.
  private struct Model {
    var entries: [String: Entry] = [:]

    mutating func add(_ entry: Entry) {
      guard entry.kind == .item, var item = entries[entry.id], item.kind == .item else {
        entries[entry.id] = entry
        return
      }
      func unite(_ list: inout [String], _ other: [String]) {
        for value in other where !list.contains(value) { list.append(value) }
      }
      unite(&item.category, entry.category)
      unite(&item.tags, entry.tags)
      unite(&item.sources, entry.sources)
      unite(&item.keywords, entry.keywords)
      if item.path.isEmpty { item.path = entry.path }
      if item.date == nil { item.date = entry.date }
      // The texts of these tests are single paragraphs.
      let known = item.text.split(separator: "\n\n")
      if item.text.isEmpty {
        item.text = entry.text
      } else if !entry.text.isEmpty, !known.contains(Substring(entry.text)) {
        item.text += "\n\n" + entry.text
      }
      entries[entry.id] = item
    }
  }

  @Test("ten thousand operations agree with a dictionary", arguments: UInt64(0)..<10)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var samples = SampleEntries(seed: seed + 1_000)
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    let texts = (0..<30).map { _ in samples.text(words: 6) }
    var operations = 0
    var published: IndexContent?
    while operations < 1_000 {
      let budget = [0, 300_000, 400_000, 1 << 30].randomElement(using: &random) ?? 0
      let waiting = [0, 2_000, 20_000, 32 << 20].randomElement(using: &random) ?? 0
      let writer = try IndexWriter(
        in: directory,
        options: .init(
          threadCount: Int.random(in: 1...3, using: &random), memoryBudget: budget, waitingBytes: waiting,
          now: 1))
      var model = Model()
      let idCount = [3, 20, 200].randomElement(using: &random) ?? 3
      for _ in 0..<Int.random(in: 0...(budget == 0 ? 60 : 250), using: &random) {
        let kind = [Entry.Kind.item, .item, .page].randomElement(using: &random) ?? .item
        var entry = samples.entry("id-\(Int.random(in: 0..<idCount, using: &random))", kind: kind)
        entry.text = texts.randomElement(using: &random) ?? ""
        if Int.random(in: 0..<8, using: &random) == 0 { entry.text = "" }
        try writer.add(entry)
        model.add(entry)
        operations += 1
      }
      operations += 1
      if Int.random(in: 0..<6, using: &random) == 0, published != nil {
        #expect(try IndexContent(in: directory) == published)  // a writer that is dropped
        continue
      }
      _ = try writer.commit(sourcePaths: [])
      let found = try IndexContent(in: directory)
      #expect(found.entries.count == model.entries.count)
      for entry in found.entries { #expect(entry == model.entries[entry.id]) }
      #expect(try found == IndexContent(of: found.entries))
      #expect(try directory.fileNames() == ownNames(in: directory))
      published = found
    }
  }

  // MARK: The rules of uniting

  private func united(_ entries: [Entry], memoryBudget: Int = 0, waitingBytes: Int = 32 << 20) throws
    -> [Entry]
  {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    let writer = try IndexWriter(
      in: directory, options: .init(memoryBudget: memoryBudget, waitingBytes: waitingBytes, now: 1))
    for entry in entries { try writer.add(entry) }
    _ = try writer.commit(sourcePaths: [])
    return try IndexContent(in: directory).entries
  }

  @Test("lists unite in the order of first sight, each value once", arguments: [0, 32 << 20])
  func lists(waitingBytes: Int) throws {
    let found = try united(
      [
        Entry(id: "a", kind: .item, category: ["x"], tags: ["b", "a"], sources: ["1.md"]),
        Entry(id: "a", kind: .item, category: ["y", "y"], tags: ["a", "c"], sources: ["2.md"]),
        Entry(id: "a", kind: .item, category: ["z", "x"], tags: ["b"], sources: ["1.md", "3.md"]),
      ], waitingBytes: waitingBytes)
    #expect(found.count == 1)
    #expect(found.first?.category == ["x", "y", "z"])
    #expect(found.first?.tags == ["b", "a", "c"])
    #expect(found.first?.sources == ["1.md", "2.md", "3.md"])
  }

  @Test("a text is kept once when equal, both when different", arguments: [0, 32 << 20])
  func texts(waitingBytes: Int) throws {
    func text(_ texts: String...) throws -> String? {
      try united(texts.map { Entry(id: "a", kind: .item, text: $0) }, waitingBytes: waitingBytes).first?.text
    }
    #expect(try text("one", "one") == "one")
    #expect(try text("one", "two") == "one\n\ntwo")
    #expect(try text("one", "two", "one", "two") == "one\n\ntwo")
    #expect(try text("one more", "one") == "one more\n\none")
    #expect(try text("", "one", "") == "one")
    #expect(try text("one\n\ntwo", "two") == "one\n\ntwo")
  }

  @Test("a page takes the place of an item, and an item that of a page", arguments: [0, 32 << 20])
  func replacing(waitingBytes: Int) throws {
    let page = Entry(id: "a", kind: .page, text: "page", tags: ["p"])
    let item = Entry(id: "a", kind: .item, text: "item", tags: ["i"])
    #expect(try united([item, page], waitingBytes: waitingBytes) == [page])
    #expect(try united([page, item], waitingBytes: waitingBytes) == [item])
    #expect(try united([item, page, item, item], waitingBytes: waitingBytes) == [item])
  }

  @Test("ids are compared by their bytes")
  func bytewise() throws {
    let entries = [Entry(id: "caf\u{E9}", text: "a"), Entry(id: "cafe\u{301}", text: "b")]
    #expect(try united(entries).map { Array($0.id.utf8) } == entries.map { Array($0.id.utf8) })
    let items = entries.map { Entry(id: $0.id, kind: .item, text: $0.text) }
    #expect(try united(items).count == 2)
  }

  @Test("items without a text do not pile up, nor do items that pages replace")
  func waitingIsBounded() throws {
    let files = try FaultyFileSystem(root: TemporaryDirectory())
    let directory = IndexDirectory(path: files.root + "/index", fileSystem: files)
    let writer = try IndexWriter(
      in: directory, options: .init(memoryBudget: 0, waitingBytes: 100_000, now: 1))
    for number in 0..<1_000 { try writer.add(Entry(id: "\(number)", kind: .item, title: "t")) }
    #expect(files.trace.contains { $0.kind == .create && $0.path.contains("scratch") })
  }

  @Test(
    "a hundred thousand items that pages replace, and an item of ten thousand files, take no time to speak of"
  )
  func notQuadratic() throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    let writer = try IndexWriter(in: directory, options: .init(now: 1))
    let time = try processorTime {
      for number in 0..<100_000 { try writer.add(Entry(id: "\(number)", kind: .item)) }
      for number in 0..<100_000 { try writer.add(Entry(id: "\(number)")) }
      for number in 0..<10_000 {
        try writer.add(Entry(id: "item", kind: .item, text: "text \(number)", sources: ["\(number).md"]))
      }
    }
    // Seconds where it was minutes: far from both, whatever machine it is.
    #expect(time < .seconds(30))
    _ = try writer.commit(sourcePaths: [])
    let snapshot = try IndexSnapshot(in: directory)
    #expect(snapshot.entryCount == 100_001)
  }
}
