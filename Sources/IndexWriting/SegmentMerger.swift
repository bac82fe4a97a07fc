package import IndexFormat
package import IndexStorage

/// Makes one segment of several: their live documents one after the other, terms merged by streaming.
///
/// The result is what one build with the documents in this order would have written, byte for byte.
package enum SegmentMerger {
  package static func merge(
    _ segments: [SegmentReader], in directory: IndexDirectory, crew: WorkCrew = WorkCrew()
  ) throws -> CommittedSegment {
    let builder = SegmentBuilder(
      directory: directory, boundModel: segments.first?.boundModel ?? .standard,
      keepsLetters: segments.contains { $0.terms.letters.count > 0 }, crew: crew)
    let newIDs = try mergeDocuments(segments, into: builder)
    try mergeTerms(segments, newIDs: newIDs, into: builder)
    let documentCount = builder.documentCount
    return CommittedSegment(file: try builder.finish(), documentCount: documentCount)
  }

  private static let deleted = UInt32.max
  /// Bytes and documents read after which the memory of the files is given back.
  private static let rememberedBytes = 32 << 20
  private static let rememberedDocuments = 4_096

  /// Appends the live documents; returns the new doc ID of every old one.
  private static func mergeDocuments(
    _ segments: [SegmentReader], into builder: SegmentBuilder
  ) throws -> [[UInt32]] {
    var newIDs: [[UInt32]] = []
    for segment in segments {
      let stored = try segment.storedFields()
      let completions = try segment.completions.byDocument()
      let pins = Dictionary(grouping: try segment.pins.pins(), by: \.document)
      var map = [UInt32](repeating: deleted, count: segment.documentCount)
      for document in 0..<segment.documentCount where segment.live?.isLive(document) ?? true {
        map[document] = UInt32(builder.documentCount)
        var merged = try segment.document(document)
        merged.completions = try completions.texts(of: document)
        merged.pins = (pins[document] ?? []).map(\.query)
        try builder.add(merged, storedAs: document, in: stored)
        if builder.documentCount % rememberedDocuments == 0 { segment.file.forgetMemory() }
      }
      newIDs.append(map)
    }
    return newIDs
  }

  private static func mergeTerms(
    _ segments: [SegmentReader], newIDs: [[UInt32]], into builder: SegmentBuilder
  ) throws {
    var cursors: [TermCursor] = []
    var isOpen: [Bool] = []
    for segment in segments {
      var cursor = TermCursor(segment.terms)
      isOpen.append(try cursor.next())
      cursors.append(cursor)
    }
    var withPositions = builder.encoder(hasPositions: true)
    var withoutPositions = builder.encoder(hasPositions: false)
    var positions: [UInt32] = []
    var last: [UInt8]?
    var readByteCount = 0
    while true {
      var smallest: [UInt8]?
      for i in cursors.indices where isOpen[i] {
        if smallest.map({ cursors[i].key.lexicographicallyPrecedes($0) }) ?? true {
          smallest = cursors[i].key
        }
      }
      guard let key = smallest else { return }
      if let last, !last.lexicographicallyPrecedes(key), let segment = segments.first {
        throw segment.file.error(.invalid("terms that ascend strictly"), in: .terms)
      }
      last = key
      let hasPositions =
        cursors.indices.first { isOpen[$0] && cursors[$0].key == key }
        .map { cursors[$0].entry.hasPositions } ?? false
      for i in cursors.indices where isOpen[i] && cursors[i].key == key {
        let postings = try segments[i].postings(of: cursors[i].entry)
        while postings.docID != PostingsCursor.end {
          let document = newIDs[i][Int(postings.docID)]
          if document != deleted {
            if hasPositions { try postings.positions(into: &positions) }
            let posting = Posting(
              docID: document, frequency: try postings.frequency, titleFrequency: try postings.titleFrequency)
            guard posting.titleFrequency <= posting.frequency,
              !hasPositions || positions.count == Int(posting.frequency)
            else { throw segments[i].file.error(.invalid("a position per occurrence"), in: .postings) }
            positions.withUnsafeBufferPointer {
              if hasPositions {
                withPositions.add(posting, positions: $0)
              } else {
                withoutPositions.add(posting, positions: $0)
              }
            }
          }
          try postings.advance()
        }
        readByteCount += cursors[i].entry.postings.count + cursors[i].entry.positions.count
        isOpen[i] = try cursors[i].next()
      }
      if readByteCount > rememberedBytes {
        for segment in segments { segment.file.forgetMemory() }
        readByteCount = 0
      }
      if withPositions.documentFrequency > 0 { try builder.add(term: key, &withPositions) }
      if withoutPositions.documentFrequency > 0 { try builder.add(term: key, &withoutPositions) }
    }
  }
}
