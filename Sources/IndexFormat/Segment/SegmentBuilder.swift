package import IndexStorage
package import SearchModel

/// What a segment keeps of one entry besides its terms and stored fields.
package struct SegmentDocument: Sendable {
  package var id: String
  /// Tokens of the title, and of everything else.
  package var titleLength: UInt32
  package var bodyLength: UInt32
  /// Values per facet, in the order of `FacetKey.allCases`.
  package var facets: [[String]]
  package var day: CalendarDay?
  /// In hundredths; `BoostColumn.range`.
  package var boost = BoostColumn.neutral
  /// Queries for which the entry comes first.
  package var pins: [String] = []
  /// Of the entry's address; 0 for none.
  package var addressHash: UInt32 = 0
  package var completions: [CompletionText] = []

  package init(id: String, titleLength: UInt32, bodyLength: UInt32, facets: [[String]], day: CalendarDay?) {
    self.id = id
    self.titleLength = titleLength
    self.bodyLength = bodyLength
    self.facets = facets
    self.day = day
  }

  package init(
    _ entry: Entry, titleLength: UInt32, bodyLength: UInt32, completions: [CompletionText] = []
  ) {
    self.init(
      id: entry.id, titleLength: titleLength, bodyLength: bodyLength,
      facets: FacetKey.allCases.map { $0.values(of: entry) }, day: CalendarDay(iso: entry.date))
    boost = BoostColumn.hundredths(entry.boost)
    pins = entry.pins
    addressHash = AddressTable.hash(AddressTable.address(url: entry.url, anchor: entry.anchor))
    self.completions = completions
  }
}

/// Turns documents and then terms, each in order, into one segment file.
///
/// The bytes depend on what is added and on nothing else. Stored fields are compressed by the threads of a crew.
/// Documents have the order in which they are added as doc IDs, or get another one when all are there (`number`).
package final class SegmentBuilder {
  private let directory: IndexDirectory
  /// With averages of 1; the real ones are known when all documents are in.
  private let boundModel: BoundModel
  private let keepsLetters: Bool
  private let terms: SectionBuffer
  private let postings: SectionBuffer
  private let positions: SectionBuffer
  private let stored: SectionBuffer
  private let storedIndex: SectionBuffer
  private let heads: SectionBuffer
  private let letters: SectionBuffer
  private var dictionary = TermDictionaryWriter()
  private var letterWriter = LetterWriter()
  private let storedWriter: StoredFieldsWriter
  /// Until the documents are numbered, if they are not numbered as they come.
  private var waitingFields: WaitingFields?
  /// If it is another one than that of addition.
  private var order: DocumentOrder?
  private var headWriter: HeadWriter
  private var statistics = SegmentStatistics()
  private var titleLengths: [UInt32] = []
  private var bodyLengths: [UInt32] = []
  private let days: Spool<UInt32>
  private let boosts: Spool<UInt32>
  private var pins: [PinList.Pin] = []
  private let addresses: Spool<UInt32>
  private let completions: CompletionsSpool
  private let keyEnds: Spool<UInt32>
  private let keyBytes: Spool<UInt8>
  /// Emptied one by one when they are written.
  private var facets: [FacetColumnWriter?]

  /// - Parameters:
  ///   - boundModel: under which the block bounds are made; its averages are replaced by the segment's own.
  ///   - keepsLetters: whether words can be corrected.
  ///   - numbersLater: whether `number` is going to be called; until then stored fields wait in a file.
  ///   - columnBytes: memory of each column of documents; what is beyond it waits in a file.
  package init(
    directory: IndexDirectory, boundModel: BoundModel = .standard, keepsLetters: Bool = true,
    numbersLater: Bool = false, columnBytes: Int = 256 << 10, crew: WorkCrew = WorkCrew()
  ) {
    waitingFields = numbersLater ? WaitingFields(directory: directory, memoryBytes: columnBytes) : nil
    self.keepsLetters = keepsLetters
    self.directory = directory
    self.boundModel = boundModel
    storedWriter = StoredFieldsWriter(crew: crew)
    terms = SectionBuffer(directory: directory)
    postings = SectionBuffer(directory: directory)
    positions = SectionBuffer(directory: directory)
    stored = SectionBuffer(directory: directory)
    storedIndex = SectionBuffer(directory: directory)
    heads = SectionBuffer(directory: directory)
    letters = SectionBuffer(directory: directory)
    headWriter = HeadWriter(directory: directory, memoryBytes: columnBytes)
    days = Spool(directory: directory, memoryBytes: columnBytes)
    boosts = Spool(directory: directory, memoryBytes: columnBytes)
    addresses = Spool(directory: directory, memoryBytes: columnBytes)
    completions = CompletionsSpool(directory: directory, memoryBytes: columnBytes)
    keyEnds = Spool(directory: directory, memoryBytes: columnBytes)
    keyBytes = Spool(directory: directory, memoryBytes: columnBytes)
    facets = FacetKey.allCases.map { _ in
      FacetColumnWriter(directory: directory, memoryBytes: columnBytes)
    }
  }

  package var documentCount: Int { statistics.documentCount }

  // MARK: Documents

  /// Appends a document; its doc ID is the number of those before it, unless `number` gives it another.
  ///
  /// - Throws: `FileError`; `IndexLimitError` when the document or the segment is too large for the format.
  package func add(_ document: SegmentDocument, fields: StoredFields) throws {
    try append(document)
    if let waitingFields { return try waitingFields.add(fields) }
    try headWriter.add(fields.head, to: heads)
    try storedWriter.add(fields, to: stored)
  }

  /// Appends a document of another segment, its stored fields as they are.
  package func add(_ document: SegmentDocument, storedAs other: Int, in reader: StoredFieldsReader) throws {
    precondition(waitingFields == nil, "documents of other segments are numbered as they come")
    try append(document)
    try unsafe headWriter.add(encoded: reader.heads.encoded(other), to: heads)
    unsafe try reader.withEncoded(other) { unsafe try storedWriter.add(encoded: $0, to: stored) }
  }

  /// Sets the lengths of documents that were added without, from `first` on.
  package func setLengths(from first: Int, _ lengths: [(title: UInt32, body: UInt32)]) {
    precondition(first >= 0 && first + lengths.count <= documentCount, "lengths of documents that were added")
    for (offset, length) in lengths.enumerated() {
      let document = first + offset
      statistics.titleLength += Int(length.title) - Int(titleLengths[document])
      statistics.bodyLength += Int(length.body) - Int(bodyLengths[document])
      titleLengths[document] = length.title
      bodyLengths[document] = length.body
    }
  }

  /// Whether a document was added under this id.
  ///
  /// - Throws: `FileError`, `ScratchDamage`.
  package func hasID(_ id: String, _ document: Int) throws -> Bool {
    let ends = try keyEnds.elements(max(document - 1, 0)..<document + 1).map(Int.init)
    let start = document == 0 ? 0 : ends[0]
    guard let end = ends.last, start <= end else { throw ScratchDamage() }
    return try end - start == id.utf8.count && keyBytes.elements(start..<end).elementsEqual(id.utf8)
  }

  /// Gives the documents their doc IDs; after the last of them, before the first encoder. For builders that number
  /// later.
  ///
  /// - Parameter order: nil for the order of addition.
  /// - Throws: `FileError`, `ScratchDamage`, `IndexLimitError`.
  package func number(by order: DocumentOrder?) throws {
    guard let waitingFields else { preconditionFailure("a builder that numbers later, once") }
    self.waitingFields = nil
    self.order = order
    if let order {
      titleLengths = order.applied(to: titleLengths)
      bodyLengths = order.applied(to: bodyLengths)
    }
    let documents = order?.documents ?? Array(0..<UInt32(documentCount))
    try unsafe waitingFields.takeAll(in: documents) { head, fields in
      try unsafe headWriter.add(encoded: head, to: heads)
      try unsafe storedWriter.add(encoded: fields, to: stored)
    }
  }

  private func ordered<T>(_ column: [T]) -> [T] { order?.applied(to: column) ?? column }

  private func append(_ document: SegmentDocument) throws {
    precondition(document.facets.count == facets.count, "one list of values per facet")
    guard statistics.documentCount < SegmentStatistics.maximumDocumentCount else {
      throw IndexLimitError("entries in a segment", SegmentStatistics.maximumDocumentCount)
    }
    guard keyBytes.count + document.id.utf8.count <= UInt32.max else {
      throw IndexLimitError("bytes of ids in a segment", Int(UInt32.max))
    }
    let number = statistics.documentCount
    try boosts.append(document.boost)
    pins += document.pins.map { PinList.Pin(document: number, query: $0) }
    try addresses.append(document.addressHash)
    for text in document.completions { try completions.add(text, document: number) }
    guard completions.byteCount <= UInt32.max else {
      throw IndexLimitError("bytes of titles and tags in a segment", Int(UInt32.max))
    }
    statistics.documentCount += 1
    statistics.titleLength += Int(document.titleLength)
    statistics.bodyLength += Int(document.bodyLength)
    titleLengths.append(document.titleLength)
    bodyLengths.append(document.bodyLength)
    try days.append(document.day?.number ?? 0)
    try keyBytes.append(contentsOf: document.id.utf8)
    try keyEnds.append(UInt32(keyBytes.count))
    for i in facets.indices { try facets[i]?.add(document.facets[i]) }
  }

  // MARK: Terms

  /// An encoder for the postings of these documents, to be used when all of them are in; on any thread.
  package func encoder(hasPositions: Bool) -> PostingsEncoder {
    precondition(waitingFields == nil, "documents are numbered before there are terms")
    return PostingsEncoder(
      hasPositions: hasPositions,
      lengths: DocumentLengths(titles: titleLengths, bodies: bodyLengths, model: finalBoundModel))
  }

  private var finalBoundModel: BoundModel {
    var model = boundModel
    let average = statistics.averageLengths
    model.averageTitle = average.title > 0 ? average.title : 1
    model.averageBody = average.body > 0 ? average.body : 1
    return model
  }

  /// Appends a term with the postings collected in `encoder`, which is empty afterwards. Keys ascend.
  package func add(term key: [UInt8], _ encoder: inout PostingsEncoder) throws {
    var terms = EncodedTerms()
    // Sound: the pointer does not leave the closure.
    try unsafe key.withUnsafeBytes { try unsafe terms.append(key: $0, &encoder) }
    try add(terms)
  }

  /// Appends terms after those that were added before.
  package func add(_ encoded: EncodedTerms) throws {
    var key = 0
    var entry = 0
    for term in encoded.terms {
      let keyEnd = key + Int(term.keyBytes)
      let entryEnd = entry + Int(term.entryBytes)
      if keepsLetters {
        try letterWriter.add(key: encoded.keys[key..<keyEnd], term: dictionary.termCount, to: letters)
      }
      try dictionary.add(
        key: encoded.keys[key..<keyEnd], entry: encoded.entries[entry..<entryEnd],
        documentFrequency: term.documentFrequency, postingsBytes: term.postingsBytes,
        positionsBytes: term.positionsBytes, to: terms)
      key = keyEnd
      entry = entryEnd
    }
    try postings.append(encoded.postings)
    try positions.append(encoded.positions)
  }

  // MARK: The file

  package func finish() throws -> FileReference {
    precondition(waitingFields == nil, "documents are numbered before the end")
    let termIndex = SectionBuffer(directory: directory)
    try dictionary.finish(terms: terms, index: termIndex)
    try letterWriter.finish(letters)
    try storedWriter.finish(section: stored, indexSection: storedIndex)
    try headWriter.finish(heads)
    return try SegmentFileWriter.write(
      [
        .statistics: try section(statistics.encode(boundModel: finalBoundModel)),
        .terms: terms,
        .termIndex: termIndex,
        .postings: postings,
        .positions: positions,
        .lengths: try section(encodedLengths()),
        .facets: try encodedFacets(),
        .dates: try section(encodedDates()),
        .keys: try section(encodedKeys()),
        .stored: stored,
        .storedIndex: storedIndex,
        .boosts: try section(BoostColumn.encode(ordered(boosts.takeAll()))),
        .pins: try section(PinList.encode(orderedPins, documentCount: documentCount)),
        .addresses: try section(encodedAddresses()),
        .completions: try encodedCompletions(),
        .heads: heads,
        .letters: letters,
      ], to: directory)
  }

  private func encodedCompletions() throws -> SectionBuffer {
    let buffer = SectionBuffer(directory: directory)
    var writer = try completions.writer(in: order)
    try writer.encode(documentCount: documentCount) { try buffer.append($0) }
    return buffer
  }

  private func section(_ bytes: [UInt8]) throws -> SectionBuffer {
    let buffer = SectionBuffer(directory: directory)
    try buffer.append(bytes)
    return buffer
  }

  private func encodedKeys() throws -> [UInt8] {
    var ends = try keyEnds.takeAll()
    var bytes = try keyBytes.takeAll()
    if let order { (ends, bytes) = order.applied(toEnds: ends, values: bytes) }
    return KeyTable.encode(ends: ends, bytes: bytes)
  }

  /// By document; those of one as they came.
  private var orderedPins: [PinList.Pin] {
    guard let order else { return pins }
    let byDocument = Dictionary(grouping: pins, by: \.document)
    return byDocument.map { (docID: Int(order.docIDs[$0]), pins: $1) }.sorted { $0.docID < $1.docID }
      .flatMap { document in document.pins.map { PinList.Pin(document: document.docID, query: $0.query) } }
  }

  /// FORMAT.md, "Lengths".
  private func encodedLengths() -> [UInt8] {
    var writer = ByteWriter()
    writer.byte(UInt8(NumberColumn.width(of: titleLengths.max() ?? 0)))
    writer.byte(UInt8(NumberColumn.width(of: bodyLengths.max() ?? 0)))
    writer.raw([0, 0, 0, 0, 0, 0])
    NumberColumn.append(titleLengths, to: &writer)
    NumberColumn.append(bodyLengths, to: &writer)
    return writer.bytes
  }

  /// FORMAT.md, "Dates".
  private func encodedDates() throws -> [UInt8] {
    let days = ordered(try days.takeAll())
    var writer = ByteWriter()
    writer.byte(UInt8(NumberColumn.width(of: days.max() ?? 0)))
    writer.raw([0, 0, 0, 0, 0, 0, 0])
    NumberColumn.append(days, to: &writer)
    return writer.bytes
  }

  /// FORMAT.md, "Addresses".
  private func encodedAddresses() throws -> [UInt8] {
    var writer = ByteWriter()
    for address in ordered(try addresses.takeAll()) { writer.fixed(address) }
    return writer.bytes
  }

  /// FORMAT.md, "Facets": all directories, then all arrays. The values are given back.
  private func encodedFacets() throws -> SectionBuffer {
    let base = FacetLayout.directoryBytes
    var table = ByteWriter()
    var body = ByteWriter()
    table.fixed(UInt32(facets.count))
    table.fixed(UInt32(0))
    for number in facets.indices {
      table.fixed(UInt32(number))
      try facets[number]?.finish(in: order, directory: &table, body: &body, base: base)
      facets[number] = nil
    }
    let buffer = SectionBuffer(directory: directory)
    try buffer.append(table.bytes)
    try buffer.append(body.bytes)
    return buffer
  }
}
