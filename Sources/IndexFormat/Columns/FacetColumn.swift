import CKernels
package import SearchModel

/// The values of one facet: sorted, each once, and their ordinals per document (FORMAT.md, "Facets").
package struct FacetColumn: Sendable {
  package let key: FacetKey
  package let valueCount: Int
  private let file: SegmentFile
  private let valueOffsets: NumberColumn
  private let valuesStart: Int
  /// Single-valued: ordinal + 1, 0 for none. Multi-valued: where the document's ordinals end.
  private let perDocument: NumberColumn
  private let ordinals: NumberColumn?
  private let arrays: Range<Int>

  init(
    _ file: SegmentFile, key: FacetKey, documentCount: Int, reader: inout ByteReader
  ) throws(IndexFormatError) {
    self.file = file
    self.key = key
    valueCount = Int(try reader.fixed(UInt32.self))
    let ordinalCount = Int(try reader.fixed(UInt32.self))
    let isMulti = try reader.byte()
    let offsetWidth = Int(try reader.byte())
    let documentWidth = Int(try reader.byte())
    let ordinalWidth = Int(try reader.byte())
    try reader.reserved(4)
    func place(_ value: UInt64) -> Int { Int(clamping: value) }
    let offsetsAt = place(try reader.fixed(UInt64.self))
    let valuesAt = place(try reader.fixed(UInt64.self))
    let documentsAt = place(try reader.fixed(UInt64.self))
    let ordinalsAt = place(try reader.fixed(UInt64.self))
    guard isMulti == 1 || isMulti == 0 && ordinalCount == 0, valuesAt <= file.byteCount(of: .facets) else {
      throw reader.error(.invalid("a facet inside the section"))
    }
    valueOffsets = try NumberColumn(
      file, section: .facets, offset: offsetsAt, width: offsetWidth, count: valueCount + 1)
    valuesStart = valuesAt
    perDocument = try NumberColumn(
      file, section: .facets, offset: documentsAt, width: documentWidth, count: documentCount)
    let stored = try NumberColumn(
      file, section: .facets, offset: ordinalsAt, width: ordinalWidth, count: ordinalCount)
    ordinals = isMulti == 1 ? stored : nil
    guard valueOffsets.end == valuesAt, valuesAt <= documentsAt, perDocument.end == ordinalsAt else {
      throw reader.error(.invalid("the arrays of a facet one after the other"))
    }
    arrays = offsetsAt..<stored.end
  }

  package var isMultiValued: Bool { ordinals != nil }

  package func value(_ ordinal: Int) throws(IndexFormatError) -> String {
    guard ordinal >= 0, ordinal < valueCount else {
      throw file.error(.invalid("an ordinal below \(valueCount)"), in: .facets)
    }
    try valueOffsets.check(ordinal..<ordinal + 2)
    let start = Int(valueOffsets[ordinal])
    let end = Int(valueOffsets[ordinal + 1])
    guard start <= end else { throw file.error(.invalid("ascending offsets"), in: .facets) }
    guard
      let value = unsafe String(utf8: try file.bytes(of: .facets, valuesStart + start..<valuesStart + end))
    else { throw file.error(.invalid("UTF-8"), in: .facets, at: valuesStart + start) }
    return value
  }

  /// The ordinal of a value, nil when no document has it.
  package func ordinal(of value: String) throws(IndexFormatError) -> Int? {
    var low = 0
    var high = valueCount
    while low < high {
      let middle = (low + high) / 2
      if try self.value(middle).utf8.lexicographicallyPrecedes(value.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < valueCount else { return nil }
    return Array(try self.value(low).utf8) == Array(value.utf8) ? low : nil
  }

  /// To be called before `forEachOrdinal` on these documents.
  package func check(_ documents: Range<Int>) throws(IndexFormatError) {
    guard !documents.isEmpty else { return }
    try perDocument.check(max(documents.lowerBound - 1, 0)..<documents.upperBound)
    guard let ordinals else { return }
    let start = documents.lowerBound == 0 ? 0 : Int(perDocument[documents.lowerBound - 1])
    let end = Int(perDocument[documents.upperBound - 1])
    guard start <= end, end <= ordinals.count else {
      throw file.error(.invalid("ascending offsets of ordinals"), in: .facets)
    }
    try ordinals.check(start..<end)
  }

  /// The ordinals of a checked document, in the entry's order.
  @inline(__always)
  package func forEachOrdinal(of document: Int, _ body: (Int) -> Void) {
    guard let ordinals else {
      let stored = Int(perDocument[document])
      if stored > 0, stored <= valueCount { body(stored - 1) }
      return
    }
    let start = document == 0 ? 0 : Int(perDocument[document - 1])
    let end = min(Int(perDocument[document]), ordinals.count)
    var i = start
    while i < end {
      let ordinal = Int(ordinals[i])
      if ordinal < valueCount { body(ordinal) }
      i += 1
    }
  }

  /// Adds the values of the documents whose bit is set to `counts`, one place per ordinal.
  ///
  /// - Parameters:
  ///   - bits: bit 0 is document `base`; bits are set for documents of the segment alone.
  ///   - counts: `valueCount + 1` places: first the documents of a single-valued facet without a value, then one per ordinal.
  package func count(
    _ bits: UnsafePointer<UInt64>, wordCount: Int, base: UInt32, documentCount: Int,
    into counts: UnsafeMutablePointer<UInt32>
  ) throws(IndexFormatError) {
    try check(Int(base)..<min(Int(base) + 64 * wordCount, documentCount))
    if ordinals == nil {
      // Sound: the pages were just checked; values are compared with the number of places.
      unsafe kernel_tally(
        bits, wordCount, base,
        kernel_column(
          bytes: perDocument.uncheckedBytes?.assumingMemoryBound(to: UInt8.self),
          width: Int32(perDocument.width)),
        UInt32(valueCount) + 1, counts)
      return
    }
    for word in 0..<wordCount {
      var rest = unsafe bits[word]
      while rest != 0 {
        forEachOrdinal(of: Int(base) + word * 64 + rest.trailingZeroBitCount) { unsafe counts[$0 + 1] += 1 }
        rest &= rest - 1
      }
    }
  }

  /// The values of one document, in the entry's order.
  package func values(of document: Int) throws(IndexFormatError) -> [String] {
    try check(document..<document + 1)
    var found: [Int] = []
    forEachOrdinal(of: document) { found.append($0) }
    var values: [String] = []
    for ordinal in found { values.append(try value(ordinal)) }
    return values
  }

  // MARK: Checking

  /// Checks that the arrays begin at `start`, and what `forEachOrdinal` leaves out because it must not stop:
  /// ordinals out of range.
  ///
  /// - Returns: where the arrays end.
  func verify(documentCount: Int, start: Int) throws(IndexFormatError) -> Int {
    try check(0..<documentCount)
    try valueOffsets.check(0..<valueCount + 1)
    guard arrays.lowerBound == start, valueOffsets[0] == 0,
      valuesStart + Int(valueOffsets[valueCount]) + perDocument.byteCount + (ordinals?.byteCount ?? 0)
        == arrays.upperBound
    else { throw file.error(.invalid("no gaps between the arrays"), in: .facets, at: start) }
    var earlier: String?
    for ordinal in 0..<valueCount {
      let value = try value(ordinal)
      guard earlier?.utf8.lexicographicallyPrecedes(value.utf8) ?? true else {
        throw file.error(.invalid("values in ascending order"), in: .facets)
      }
      earlier = value
    }
    var previous: UInt32 = 0
    for document in 0..<documentCount {
      let stored = perDocument[document]
      if ordinals == nil {
        guard stored <= valueCount else {
          throw file.error(.invalid("ordinals below \(valueCount)"), in: .facets)
        }
      } else {
        guard stored >= previous else {
          throw file.error(.invalid("ascending offsets of ordinals"), in: .facets)
        }
        previous = stored
      }
    }
    if let ordinals {
      guard Int(previous) == ordinals.count else {
        throw file.error(.invalid("as many ordinals as documents have"), in: .facets)
      }
      for i in 0..<ordinals.count where ordinals[i] >= valueCount {
        throw file.error(.invalid("ordinals below \(valueCount)"), in: .facets)
      }
    }
    return arrays.upperBound
  }
}
