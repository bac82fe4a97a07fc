import SearchModel

extension SegmentReader {
  /// Reads every byte and checks what the format promises: checksums, order, counts, bounds, ordinals, every
  /// posting of every term, every stored field, and that columns and bounds are those of the stored fields and postings.
  ///
  /// - Returns: the number of postings read.
  @discardableResult
  package func verify() throws(IndexFormatError) -> Int {
    try file.verifyPages()
    try verifyColumns()
    try verifyStored()
    let postingCount = try verifyTerms()
    try file.verifyIdentity()
    return postingCount
  }

  private func verifyColumns() throws(IndexFormatError) {
    try titleLengths.check(0..<documentCount)
    try bodyLengths.check(0..<documentCount)
    try days.check(0..<documentCount)
    var title = 0
    var body = 0
    for document in 0..<documentCount {
      title += Int(titleLengths[document])
      body += Int(bodyLengths[document])
      guard days[document] == 0 || CalendarDay(number: days[document]) != nil else {
        throw file.error(.invalid("days of a calendar"), in: .dates)
      }
    }
    guard title == statistics.titleLength, body == statistics.bodyLength else {
      throw file.error(.invalid("lengths that add up to the statistics"), in: .lengths)
    }
    var start = FacetLayout.directoryBytes
    for key in FacetKey.allCases {
      start = try facet(key).verify(documentCount: documentCount, start: start)
    }
    guard start == file.byteCount(of: .facets) else {
      throw file.error(.invalid("nothing after the last facet"), in: .facets, at: start)
    }
    try keys.verify()
    try boosts.verify(file, documentCount: documentCount)
    _ = try pins.pins()
    try completions.verify()
  }

  private func verifyStored() throws(IndexFormatError) {
    let stored = try storedFields()
    for document in 0..<documentCount {
      let entry = try entry(document, from: stored)
      let address = AddressTable.address(url: entry.url, anchor: entry.anchor)
      guard try addresses.hash(of: document) == AddressTable.hash(address) else {
        throw file.error(.invalid("the checksums of the stored addresses"), in: .addresses)
      }
      guard days[document] == CalendarDay(iso: entry.date)?.number ?? 0,
        try facet(.year).values(of: document) == FacetKey.year.values(of: entry)
      else { throw file.error(.invalid("the days of the stored dates"), in: .dates) }
    }
    try stored.verifyIndex()
    try heads.verify()
  }

  private func verifyTerms() throws(IndexFormatError) -> Int {
    try terms.verifyIndex()
    var cursor = TermCursor(terms)
    var previous: [UInt8]?
    var termCount = 0
    var postingCount = 0
    var positions: [UInt32] = []
    var postingsEnd = 0
    var positionsEnd = 0
    var wordCount = 0
    var mostFrequent = [Int](repeating: 0, count: terms.blockCount)
    while try cursor.next() {
      if let previous, !previous.lexicographicallyPrecedes(cursor.key) {
        throw file.error(.invalid("terms that ascend strictly"), in: .terms)
      }
      previous = cursor.key
      mostFrequent[cursor.blockNumber] = max(mostFrequent[cursor.blockNumber], cursor.entry.documentFrequency)
      if LetterColumn.covers(cursor.key) {
        wordCount += 1
        if terms.letters.count > 0 {
          guard try terms.letters.signature(ofTerm: termCount) == LetterSignature(of: cursor.key.dropFirst())
          else { throw file.error(.invalid("the letters of the words"), in: .letters) }
        }
      }
      termCount += 1
      if !cursor.entry.isInline {
        guard cursor.entry.postings.lowerBound == postingsEnd,
          cursor.entry.positions.lowerBound == positionsEnd
        else { throw file.error(.invalid("lists without gaps"), in: .terms) }
        postingsEnd = cursor.entry.postings.upperBound
        positionsEnd = cursor.entry.positions.upperBound
      }
      let postings = try self.postings(of: cursor.entry)
      var count = 0
      while postings.docID != PostingsCursor.end {
        count += 1
        guard try postings.frequency > 0, try postings.titleFrequency <= postings.frequency else {
          throw file.error(
            .invalid("title frequencies up to frequencies"), in: .postings,
            at: cursor.entry.postings.lowerBound)
        }
        guard try isBounded(postings) else {
          throw file.error(
            .invalid("no posting worth more than its block"), in: .postings,
            at: cursor.entry.postings.lowerBound)
        }
        if cursor.entry.hasPositions {
          try postings.positions(into: &positions)
          guard positions.count == Int(try postings.frequency) else {
            throw file.error(
              .invalid("a position per occurrence"), in: .positions, at: cursor.entry.positions.lowerBound)
          }
        }
        try postings.advance()
      }
      guard count == cursor.entry.documentFrequency else {
        throw file.error(.invalid("as many postings as the dictionary says"), in: .postings)
      }
      postingCount += count
    }
    guard termCount == terms.termCount else {
      throw file.error(.invalid("as many terms as the index says"), in: .termIndex)
    }
    guard terms.letters.count == 0 || wordCount == terms.letters.count,
      terms.letters.count > 0 || terms.letters.firstTerm == 0
    else {
      throw file.error(.invalid("as many signatures as words"), in: .letters)
    }
    let bounds = mostFrequent.map { FrequencyBound.frequency(of: FrequencyBound.code($0)) }
    guard try terms.frequencyBounds(ofBlocks: 0..<terms.blockCount) == bounds else {
      throw file.error(.invalid("the bounds of the frequencies"), in: .termIndex)
    }
    guard postingsEnd == file.byteCount(of: .postings), positionsEnd == file.byteCount(of: .positions) else {
      throw file.error(.invalid("nothing after the last list"), in: .postings)
    }
    return postingCount
  }

  /// Whether the current posting is worth no more than its block says; else a query may pass it over.
  private func isBounded(_ postings: PostingsCursor) throws(IndexFormatError) -> Bool {
    let document = Int(postings.docID)
    let posting = Posting(
      docID: postings.docID, frequency: try postings.frequency, titleFrequency: try postings.titleFrequency)
    // `verifyColumns` has looked at all lengths.
    let worth = boundModel.weightedFrequency(
      posting, titleLength: titleLengths[document], bodyLength: bodyLengths[document])
    return BlockBound.code(worth) <= postings.bound(ofBlock: max(postings.block, 0))
  }
}
