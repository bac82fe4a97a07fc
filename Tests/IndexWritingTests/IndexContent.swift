import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import TextAnalysis

/// Everything an index says, in plain arrays and dictionaries, so that two indexes can be compared.
struct IndexContent: Equatable {
  struct Occurrence: Equatable {
    var document: Int
    var frequency: UInt32
    var titleFrequency: UInt32
    /// Empty for terms without positions.
    var positions: [UInt32]
  }

  /// Live entries in document order.
  var entries: [Entry] = []
  /// Per key, in document order; documents count live entries from 0.
  var terms: [[UInt8]: [Occurrence]] = [:]
  /// Tokens of the titles and of everything else.
  var titleLengths: [UInt32] = []
  var bodyLengths: [UInt32] = []

  /// What an index of these entries has to say, worked out without a line of the code under test but the analysis.
  init(of entries: [Entry]) throws {
    var analyzer = try EntryAnalyzer()
    self.entries = entries
    for (document, entry) in entries.enumerated() {
      var found: [[UInt8]: Occurrence] = [:]
      let lengths = analyzer.analyze(entry) { tokens, isTitle in
        for token in tokens.tokens {
          let key = [token.kind.rawValue] + tokens.term(of: token)
          var occurrence =
            found[key] ?? Occurrence(document: document, frequency: 0, titleFrequency: 0, positions: [])
          occurrence.frequency += 1
          if isTitle { occurrence.titleFrequency += 1 }
          if token.kind == .han || token.kind == .latin { occurrence.positions.append(token.position) }
          found[key] = occurrence
        }
      }
      titleLengths.append(lengths.title)
      bodyLengths.append(lengths.body)
      for (key, occurrence) in found { terms[key, default: []].append(occurrence) }
    }
  }

  /// What the current commit of a directory says; every byte of it is read and checked.
  init(in directory: IndexDirectory) throws {
    try self.init(of: IndexSnapshot(in: directory))
  }

  init(of snapshot: IndexSnapshot) throws {
    for segment in snapshot.segments {
      try segment.verify()
      var numbers: [Int?] = []
      let stored = try segment.storedFields()
      for document in 0..<segment.documentCount {
        guard segment.live?.isLive(document) ?? true else {
          numbers.append(nil)
          continue
        }
        numbers.append(entries.count)
        entries.append(try segment.entry(document, from: stored))
        titleLengths.append(try segment.titleLengths.value(of: document))
        bodyLengths.append(try segment.bodyLengths.value(of: document))
      }
      var cursor = TermCursor(segment.terms)
      while try cursor.next() {
        let postings = try segment.postings(of: cursor.entry)
        var positions: [UInt32] = []
        while postings.docID != PostingsCursor.end {
          if let document = numbers[Int(postings.docID)] {
            if cursor.entry.hasPositions { try postings.positions(into: &positions) }
            terms[cursor.key, default: []].append(
              Occurrence(
                document: document, frequency: try postings.frequency,
                titleFrequency: try postings.titleFrequency,
                positions: positions))
          }
          try postings.advance()
        }
      }
    }
  }
}

/// The bytes of every file of the current commit, by name, the pointer excepted.
func committedFiles(in directory: IndexDirectory) throws -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  for name in try Commit(in: directory)?.fileNames ?? [] {
    files[name] = try directory.read(name, limit: .max)
  }
  return files
}

/// What a directory may hold besides foreign files: the lock, the pointer, what the pointer names; and at most one kept
/// commit with its files. Sorted.
func ownNames(in directory: IndexDirectory) throws -> [String] {
  let commit = try Commit(in: directory)
  var names = (commit?.fileNames ?? []).union([IndexDirectory.lockName])
  if commit != nil { names.insert(Commit.fileName) }
  if let kept = try KeptCommits(in: directory, before: commit?.number).commits.first {
    names.formUnion(kept.fileNames.union([KeptCommits.fileName(of: kept.number)]))
  }
  return names.sorted()
}

/// Builds an index of these entries in one run, in this order unless it is to find one, with a record of a file per entry.
@discardableResult
func publish(
  _ entries: [Entry], in directory: IndexDirectory, memoryBudget: Int = 1 << 30, threadCount: Int = 1,
  orderedFrom: Int = .max, sourcePaths: [String] = [], keptCommits: Int = 1
) throws -> Commit {
  let writer = try IndexWriter(
    in: directory,
    options: .init(
      threadCount: threadCount, memoryBudget: memoryBudget, orderedFrom: orderedFrom,
      keptCommits: keptCommits, now: 1_000))
  for entry in entries { try writer.add(entry) }
  let builder = try SourceStateBuilder(in: directory)
  for (number, entry) in entries.enumerated() {
    let signature = FileSignature(byteCount: number, modificationTime: 0, changeTime: 0, inode: 0)
    try builder.add(
      SourceRecord(name: "\(number)", signature: signature, hash: ContentHash(high: 0, low: 0)),
      entries: [SourceEntry(entry)])
  }
  return try writer.commit(sourcePaths: sourcePaths, state: try builder.finish(root: ".", settings: []))
}
