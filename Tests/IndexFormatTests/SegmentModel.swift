import IndexFormat
import IndexStorage
import SearchModel
import SearchTestSupport

/// A segment as plain arrays: what goes into a `SegmentBuilder`, and what has to come out of a `SegmentReader`.
struct SegmentModel {
  struct Document: Equatable {
    var entry: Entry
    var titleLength: UInt32
    var bodyLength: UInt32

    /// As plain as can be: the title and tags in lower case, initials of letters alone.
    var completions: [CompletionText] {
      [completion(.title, entry.title)] + entry.tags.map { completion(.tag, $0) }
    }

    private func completion(_ kind: CompletionText.Kind, _ text: String) -> CompletionText {
      let folded = Array(text.lowercased().utf8)
      let letters = folded.filter { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
      return CompletionText(
        kind: kind, folded: folded,
        initials: letters.reduce(0) { $0 | 1 << UInt32($1 - UInt8(ascii: "a")) })
    }
  }

  struct Occurrence: Equatable {
    var docID: UInt32
    var frequency: UInt32
    var titleFrequency: UInt32
    /// Ascending; empty for terms without positions.
    var positions: [UInt32] = []
  }

  struct Term: Equatable {
    var key: [UInt8]
    var hasPositions: Bool
    var postings: [Occurrence]
  }

  var documents: [Document] = []
  /// Ascending by key.
  var terms: [Term] = []

  func build(in directory: IndexDirectory) throws -> CommittedSegment {
    let builder = SegmentBuilder(directory: directory)
    for document in documents {
      try builder.add(
        SegmentDocument(
          document.entry, titleLength: document.titleLength, bodyLength: document.bodyLength,
          completions: document.completions),
        fields: StoredFields(document.entry))
    }
    for term in terms {
      var encoder = builder.encoder(hasPositions: term.hasPositions)
      for posting in term.postings { encoder.add(posting) }
      try builder.add(term: term.key, &encoder)
    }
    return CommittedSegment(file: try builder.finish(), documentCount: documents.count)
  }
}

extension PostingsEncoder {
  mutating func add(_ posting: SegmentModel.Occurrence) {
    let head = Posting(
      docID: posting.docID, frequency: posting.frequency, titleFrequency: posting.titleFrequency)
    posting.positions.withUnsafeBufferPointer { add(head, positions: $0) }
  }
}

extension SegmentModel {
  /// A segment whose documents matter only by their number.
  static func plain(documentCount: Int, terms: [Term] = []) -> SegmentModel {
    let documents = (0..<documentCount).map {
      Document(entry: Entry(id: "\($0)"), titleLength: 0, bodyLength: 0)
    }
    return SegmentModel(documents: documents, terms: terms)
  }

  /// Every kind of field, list and value, at random.
  static func random(seed: UInt64, documentCount: Int, termCount: Int) -> SegmentModel {
    var random = SplitMix64(seed: seed)
    let tags = ["swift", "搜索", "全文", "é", "e\u{301}", "", "a tag with spaces", "标签/下级"]
    let texts = ["全文搜索 engine", "", "短", "A longer text, for one block to hold several of them. ", "🙂"]
    var ids = Set<String>()
    var documents: [Document] = []
    for number in 0..<documentCount {
      var id = "docs/\(UInt32.random(in: 0..<1_000_000, using: &random)).md"
      if Bool.random(using: &random) { id += "#节\(number)" }
      if !ids.insert(id).inserted { id += "-\(number)" }
      let day = "20\(10 + Int.random(in: 0...9, using: &random))-0\(Int.random(in: 1...9, using: &random))-15"
      let entry = Entry(
        id: id, kind: Entry.Kind.allCases.randomElement(using: &random) ?? .page,
        title: number % 13 == 0 ? "参数" : "标题 \(number)",
        text: String(
          repeating: texts.randomElement(using: &random) ?? "", count: Int.random(in: 0...5, using: &random)),
        url: Bool.random(using: &random) ? "/docs/\(number)/" : nil,
        anchor: Bool.random(using: &random) ? "a\(number)" : nil,
        path: (0..<Int.random(in: 0...3, using: &random)).map { "level \($0)" },
        category: [["guides"], [], ["reference", "api"]].randomElement(using: &random) ?? [],
        tags: Array(tags.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))),
        date: Bool.random(using: &random) ? day : nil, lang: Bool.random(using: &random) ? "zh" : "en",
        sources: ["docs/\(number % 7).md"], description: number % 5 == 0 ? "描述" : "",
        author: number % 3 == 0 ? "somebody" : "", keywords: number % 4 == 0 ? ["k1", "关键"] : [],
        boost: seed % 2 == 0 && number % 9 == 0 ? Float(number % 900 + 1) / 100 : 1,
        pins: number % 11 == 0 ? ["安装", "how to \(number)"] : [])
      documents.append(
        Document(
          entry: entry, titleLength: UInt32.random(in: 0...20, using: &random),
          bodyLength: UInt32.random(in: 0...(number == 7 ? 100_000 : 900), using: &random)))
    }
    var keys = Set<[UInt8]>()
    while keys.count < termCount {
      let shared: [UInt8] = [1, 0xE6, 0x90, 0x9C, 0xE7, 0xB4, 0xA2, 0x61, 0x62]
      let kind = UInt8.random(in: 1...3, using: &random)
      if Int.random(in: 0..<5, using: &random) == 0 {
        keys.insert(
          [3]
            + (0..<Int.random(in: 1...9, using: &random)).map { _ in .random(in: 0x61...0x7A, using: &random)
            })
        continue
      }
      let prefix = [kind] + shared.prefix(Int.random(in: 0...9, using: &random))
      keys.insert(
        prefix
          + (0..<Int.random(in: 0...6, using: &random)).map { _ in .random(in: .min ... .max, using: &random)
          })
    }
    let terms = keys.sorted { $0.lexicographicallyPrecedes($1) }.enumerated().map { number, key in
      let most = number % 8 == 0 ? documentCount : min(3, documentCount)
      let docIDs = (0..<UInt32(documentCount)).shuffled(using: &random)
        .prefix(max(1, Int.random(in: 0...most, using: &random))).sorted()
      return Term(
        key: key, hasPositions: number % 3 > 0,
        postings: docIDs.map { .random(docID: $0, hasPositions: number % 3 > 0, using: &random) })
    }
    return SegmentModel(documents: documents, terms: documentCount == 0 ? [] : terms)
  }
}

extension SegmentModel.Occurrence {
  static func random(
    docID: UInt32, hasPositions: Bool, using random: inout SplitMix64
  ) -> SegmentModel.Occurrence {
    let largest: UInt32 = [1, 1, 1, 1, 5, 5, 5, 150].randomElement(using: &random) ?? 1
    let frequency = UInt32.random(in: 1...largest, using: &random)
    let title = Bool.random(using: &random) ? 0 : UInt32.random(in: 0...frequency, using: &random)
    var positions: [UInt32] = []
    if hasPositions {
      let step: UInt32 = [1, 3, 100_000].randomElement(using: &random) ?? 1
      var next = UInt32.random(in: 0...step, using: &random)
      for _ in 0..<frequency {
        positions.append(next)
        next += UInt32.random(in: 1...step, using: &random)
      }
    }
    return SegmentModel.Occurrence(
      docID: docID, frequency: frequency, titleFrequency: title, positions: positions)
  }
}

/// A new directory and an index directory on it. Hold it as long as the files are in use.
struct Workplace {
  let root: TemporaryDirectory
  let directory: IndexDirectory

  init() throws {
    root = try TemporaryDirectory()
    directory = IndexDirectory(path: root.path)
  }
}

/// What can be read of a segment, in arrays that can be compared.
struct SegmentContents: Equatable {
  struct Term: Equatable {
    var key: [UInt8]
    var documentFrequency: Int
    var docIDs: [UInt32] = []
    var frequencies: [UInt32] = []
    var titleFrequencies: [UInt32] = []
    var positions: [[UInt32]] = []
  }

  var terms: [Term] = []
  var entries: [Entry] = []
  var titleLengths: [UInt32] = []
  var bodyLengths: [UInt32] = []
  var days: [UInt32] = []
  var live: [Bool] = []
  /// By kind and text, per document.
  var completions: [[CompletionText]] = []

  init(_ model: SegmentModel, live: [Bool]? = nil) {
    for term in model.terms {
      terms.append(
        Term(
          key: term.key, documentFrequency: term.postings.count, docIDs: term.postings.map(\.docID),
          frequencies: term.postings.map(\.frequency),
          titleFrequencies: term.postings.map(\.titleFrequency),
          positions: term.hasPositions ? term.postings.map(\.positions) : []))
    }
    for document in model.documents {
      entries.append(document.entry)
      titleLengths.append(document.titleLength)
      bodyLengths.append(document.bodyLength)
      days.append(document.entry.date.flatMap { UInt32($0.filter(\.isNumber)) } ?? 0)
    }
    self.live = live ?? entries.map { _ in true }
    completions = model.documents.map { document in
      var different: [CompletionText] = []
      for text in document.completions where !text.folded.isEmpty && !different.contains(text) {
        different.append(text)
      }
      return Self.sorted(different)
    }
  }

  /// Reads all of it, as queries do: nothing of `verify` is used.
  ///
  /// - Parameter storedFirst: in which order; damage should be found either way.
  init(reading segment: SegmentReader, storedFirst: Bool = false) throws {
    if storedFirst { try readDocuments(of: segment) }
    try readTerms(of: segment)
    if !storedFirst { try readDocuments(of: segment) }
  }

  private static func sorted(_ texts: [CompletionText]) -> [CompletionText] {
    texts.sorted {
      $0.kind != $1.kind
        ? $0.kind.rawValue < $1.kind.rawValue : $0.folded.lexicographicallyPrecedes($1.folded)
    }
  }

  private mutating func readTerms(of segment: SegmentReader) throws {
    var cursor = TermCursor(segment.terms)
    while try cursor.next() {
      var term = Term(key: cursor.key, documentFrequency: cursor.entry.documentFrequency)
      let postings = try segment.postings(of: cursor.entry)
      var positions: [UInt32] = []
      while postings.docID != PostingsCursor.end {
        let run = try postings.run()
        if cursor.entry.hasPositions {
          // One by one, so that positions can be asked for.
          term.docIDs.append(postings.docID)
          term.frequencies.append(try postings.frequency)
          term.titleFrequencies.append(try postings.titleFrequency)
          try postings.positions(into: &positions)
          term.positions.append(positions)
          try postings.advance()
        } else {
          term.docIDs.append(contentsOf: UnsafeBufferPointer(start: run.docIDs, count: run.count))
          term.frequencies.append(contentsOf: UnsafeBufferPointer(start: run.frequencies, count: run.count))
          term.titleFrequencies.append(
            contentsOf: UnsafeBufferPointer(start: run.titleFrequencies, count: run.count))
          try postings.skip(run.count)
        }
      }
      terms.append(term)
    }
  }

  private mutating func readDocuments(of segment: SegmentReader) throws {
    let byDocument = try segment.completions.byDocument()
    completions = try (0..<segment.documentCount).map { Self.sorted(try byDocument.texts(of: $0)) }
    let stored = try segment.storedFields()
    for document in 0..<segment.documentCount {
      entries.append(try segment.entry(document, from: stored))
      titleLengths.append(try segment.titleLengths.value(of: document))
      bodyLengths.append(try segment.bodyLengths.value(of: document))
      days.append(try segment.days.value(of: document))
      live.append(segment.live?.isLive(document) ?? true)
    }
  }
}
