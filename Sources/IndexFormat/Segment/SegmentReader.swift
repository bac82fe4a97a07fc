package import IndexStorage
package import SearchModel

/// One immutable segment, open for reading. Opening decodes headers only.
package final class SegmentReader: Sendable {
  package let file: SegmentFile
  package let statistics: SegmentStatistics
  /// Under which the block bounds of the postings were made.
  package let boundModel: BoundModel
  package let terms: TermDictionary
  package let titleLengths: NumberColumn
  package let bodyLengths: NumberColumn
  /// `CalendarDay` numbers, 0 for none.
  package let days: NumberColumn
  package let keys: KeyTable
  package let boosts: BoostColumn
  package let pins: PinList
  package let addresses: AddressTable
  package let completions: CompletionsReader
  package let heads: HeadTable
  /// Nil when every document is live.
  package let live: LiveBits?
  private let facetColumns: [FacetColumn]

  package convenience init(_ segment: CommittedSegment, in directory: IndexDirectory) throws {
    let live = try segment.live.map { try LiveBits($0, documentCount: segment.documentCount, in: directory) }
    try self.init(segment, live: live, in: directory)
  }

  /// Opens a segment with live bits that are in no file yet.
  package convenience init(_ segment: CommittedSegment, live: LiveBits?, in directory: IndexDirectory) throws
  {
    try self.init(try directory.map(segment.file.name), as: segment, live: live)
  }

  /// Opens a mapped file as the segment that a commit names.
  package init(_ map: MappedFile, as segment: CommittedSegment, live: LiveBits?) throws(IndexFormatError) {
    precondition(
      live?.documentCount ?? segment.documentCount == segment.documentCount, "one bit per document")
    self.live = live
    let file = try SegmentFile(map, byteCount: segment.file.byteCount, checksum: segment.file.checksum)
    self.file = file
    var reader = try file.reader(of: .statistics)
    statistics = try SegmentStatistics(from: &reader)
    boundModel = try BoundModel(from: &reader)
    let count = statistics.documentCount
    guard count == segment.documentCount else {
      throw file.error(.invalid("as many documents as the commit names"), in: .statistics)
    }
    terms = try TermDictionary(file)
    var header = unsafe ByteReader(
      try file.bytes(of: .lengths, 0..<8), file: file.name, section: SectionID.lengths.name)
    let titleWidth = Int(try header.byte())
    let bodyWidth = Int(try header.byte())
    try header.reserved(6)
    titleLengths = try NumberColumn(file, section: .lengths, offset: 8, width: titleWidth, count: count)
    bodyLengths = try NumberColumn(
      file, section: .lengths, offset: titleLengths.end, width: bodyWidth, count: count)
    header = unsafe ByteReader(
      try file.bytes(of: .dates, 0..<8), file: file.name, section: SectionID.dates.name)
    let dayWidth = Int(try header.byte())
    try header.reserved(7)
    days = try NumberColumn(file, section: .dates, offset: 8, width: dayWidth, count: count)
    guard bodyLengths.end == file.byteCount(of: .lengths) else {
      throw file.error(.invalid("two lengths per document"), in: .lengths)
    }
    guard days.end == file.byteCount(of: .dates) else {
      throw file.error(.invalid("a day per document"), in: .dates)
    }
    keys = try KeyTable(file, documentCount: count)
    boosts = try BoostColumn(file, documentCount: count)
    pins = PinList(file, documentCount: count)
    addresses = try AddressTable(file, documentCount: count)
    completions = try CompletionsReader(file, documentCount: count)
    heads = try HeadTable(file, documentCount: count)
    var table = unsafe ByteReader(
      try file.bytes(of: .facets, 0..<FacetLayout.directoryBytes), file: file.name,
      section: SectionID.facets.name)
    guard Int(try table.fixed(UInt32.self)) == FacetKey.allCases.count, try table.fixed(UInt32.self) == 0
    else {
      throw table.error(.invalid("\(FacetKey.allCases.count) facets"))
    }
    var columns: [FacetColumn] = []
    for (number, key) in FacetKey.allCases.enumerated() {
      guard Int(try table.fixed(UInt32.self)) == number else {
        throw table.error(.invalid("facets in order"))
      }
      columns.append(try FacetColumn(file, key: key, documentCount: count, reader: &table))
    }
    facetColumns = columns
  }

  package var documentCount: Int { statistics.documentCount }
  package var liveCount: Int { live?.liveCount ?? documentCount }

  package func facet(_ key: FacetKey) -> FacetColumn {
    facetColumns[FacetKey.allCases.firstIndex(of: key) ?? 0]
  }

  /// A cursor on the first posting of a term; nil when the segment does not hold it.
  ///
  /// - Parameter standsOnFirst: false for callers that go to places of the list by `find`, `fill` and the like.
  package func postings(
    of key: [UInt8], standsOnFirst: Bool = true
  ) throws(IndexFormatError) -> PostingsCursor? {
    guard let entry = try terms.find(key) else { return nil }
    return try postings(of: entry, standsOnFirst: standsOnFirst)
  }

  package func postings(
    of entry: TermEntry, standsOnFirst: Bool = true
  ) throws(IndexFormatError) -> PostingsCursor {
    try PostingsCursor(
      file, entry: entry, documentCount: UInt32(documentCount), standsOnFirst: standsOnFirst)
  }

  package func storedFields() throws(IndexFormatError) -> StoredFieldsReader {
    try StoredFieldsReader(file, heads: heads, documentCount: documentCount)
  }

  /// What `SegmentBuilder` was given of a document, but for pins and completions, which do not stand by document.
  package func document(_ document: Int) throws(IndexFormatError) -> SegmentDocument {
    var values: [[String]] = []
    for column in facetColumns { values.append(try column.values(of: document)) }
    var result = SegmentDocument(
      id: try keys.id(of: document), titleLength: try titleLengths.value(of: document),
      bodyLength: try bodyLengths.value(of: document), facets: values,
      day: CalendarDay(number: try days.value(of: document)))
    result.boost = try boosts.value(of: document)
    result.addressHash = try addresses.hash(of: document)
    return result
  }

  /// The whole entry, put together from stored fields and columns.
  package func entry(_ document: Int, from stored: StoredFieldsReader) throws(IndexFormatError) -> Entry {
    let fields = try stored.fields(of: document)
    return Entry(
      id: try keys.id(of: document),
      kind: try entryKind(document),
      title: fields.title, text: fields.text, url: fields.url, anchor: fields.anchor, path: fields.path,
      category: try facet(.category).values(of: document), tags: try facet(.tags).values(of: document),
      date: fields.date, lang: try facet(.lang).values(of: document).first ?? "und",
      sources: try facet(.source).values(of: document), description: fields.description,
      author: fields.author, keywords: fields.keywords,
      boost: Float(try boosts.value(of: document)) / 100,
      pins: try pins.queries(of: document))
  }

  private func entryKind(_ document: Int) throws(IndexFormatError) -> Entry.Kind {
    let name = try facet(.kind).values(of: document).first
    guard let kind = Entry.Kind.allCases.first(where: { $0.name == name }) else {
      throw file.error(.invalid("a kind of entry"), in: .facets)
    }
    return kind
  }
}
