import IndexFormat
import IndexStorage
import SearchModel

/// The segment that entries go into: columns and stored fields on their way to a file, postings in memory.
///
/// Documents are numbered from 0 in the order in which they are added.
final class SegmentInProgress {
  private let builder: SegmentBuilder
  private var analyzer: any EntryAnalyzing
  private var buffer = PostingsBuffer()
  private var locations = EntryLocations()
  private var idBytes: [UInt8] = []
  private var idEnds: [Int] = []
  private var isItem: [Bool] = []
  private var deleted: [Int] = []
  private var columnByteCount = 0

  init(in directory: IndexDirectory, analyzer: any EntryAnalyzing) {
    builder = SegmentBuilder(directory: directory, boundModel: analyzer.boundModel)
    self.analyzer = analyzer
  }

  var documentCount: Int { builder.documentCount }

  /// Memory in use, near enough for a budget.
  var byteCount: Int { buffer.byteCount + columnByteCount }

  /// Appends an entry whose id is not live in this segment.
  func add(_ entry: Entry, _ hash: UInt64) throws {
    let document = documentCount
    let lengths = analyzer.analyze(entry) { tokens, isTitle in
      buffer.add(document: UInt32(document), tokens: tokens, isTitle: isTitle)
    }
    try builder.add(
      SegmentDocument(entry, titleLength: lengths.title, bodyLength: lengths.body),
      fields: analyzer.storedFields(of: entry))
    idBytes.append(contentsOf: entry.id.utf8)
    idEnds.append(idBytes.count)
    isItem.append(entry.kind == .item)
    columnByteCount += entry.columnByteCount
    locations.insert(UInt32(document), hash: hash)
  }

  /// The live document with this id.
  func find(_ id: String, _ hash: UInt64) -> Int? {
    locations.find(hash) { hasID(id, Int($0)) }.map(Int.init)
  }

  private func hasID(_ id: String, _ document: Int) -> Bool {
    idBytes[(document == 0 ? 0 : idEnds[document - 1])..<idEnds[document]].elementsEqual(id.utf8)
  }

  func isItem(_ document: Int) -> Bool { isItem[document] }

  func delete(_ document: Int, _ hash: UInt64) {
    locations.remove(UInt32(document), hash: hash)
    deleted.append(document)
  }

  /// Writes the segment; the end of this object's work.
  func finish() throws -> (segment: CommittedSegment, live: LiveBits) {
    let documentCount = documentCount
    try buffer.flush(to: builder)
    let file = try builder.finish()
    var live = LiveBits(documentCount: documentCount)
    for document in deleted { live.delete(document) }
    return (CommittedSegment(file: file, documentCount: documentCount), live)
  }
}

extension Entry {
  /// Bytes that its id and facet values take in the columns of a segment, about.
  fileprivate var columnByteCount: Int {
    var bytes = id.utf8.count + 64
    for key in FacetKey.allCases {
      for value in key.values(of: self) { bytes += value.utf8.count + 4 }
    }
    return bytes
  }
}
