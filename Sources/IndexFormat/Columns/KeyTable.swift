/// The ids of a segment's entries, by document, and the documents in the order of their ids (FORMAT.md, "Keys").
package struct KeyTable: Sendable {
  private let file: SegmentFile
  private let ends: NumberColumn
  private let order: NumberColumn
  /// Where each document stands in the order of ids.
  package let ranks: NumberColumn
  private let bytesStart: Int
  package let count: Int

  init(_ file: SegmentFile, documentCount: Int) throws(IndexFormatError) {
    self.file = file
    count = documentCount
    var header = unsafe ByteReader(
      try file.bytes(of: .keys, 0..<8), file: file.name, section: SectionID.keys.name)
    let endWidth = Int(try header.byte())
    let orderWidth = Int(try header.byte())
    try header.reserved(6)
    ends = try NumberColumn(file, section: .keys, offset: 8, width: endWidth, count: documentCount)
    order = try NumberColumn(
      file, section: .keys, offset: ends.end, width: orderWidth, count: documentCount)
    ranks = try NumberColumn(file, section: .keys, offset: order.end, width: orderWidth, count: documentCount)
    bytesStart = ranks.end
  }

  /// The bytes of a document's id.
  private func bytes(of document: Int) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    guard document >= 0, document < count else {
      throw file.error(.invalid("a document of the segment"), in: .keys)
    }
    let start = document == 0 ? 0 : Int(try ends.value(of: document - 1))
    let end = Int(try ends.value(of: document))
    guard start <= end else { throw file.error(.invalid("ascending offsets"), in: .keys) }
    return unsafe try file.bytes(of: .keys, bytesStart + start..<bytesStart + end)
  }

  package func id(of document: Int) throws(IndexFormatError) -> String {
    guard let id = unsafe String(utf8: try bytes(of: document)) else {
      throw file.error(.invalid("UTF-8"), in: .keys)
    }
    return id
  }

  /// Whether the id of one document is before that of another in byte order, in this or another segment.
  package func precedes(
    _ document: Int, _ other: Int, in otherTable: KeyTable
  ) throws(IndexFormatError) -> Bool {
    unsafe TermDictionaryLayout.compare(try bytes(of: document), try otherTable.bytes(of: other)) < 0
  }

  /// The document at a place in the order of ids, from 0.
  package func document(atRank rank: Int) throws(IndexFormatError) -> Int {
    let document = Int(try order.value(of: rank))
    guard document < count else { throw file.error(.invalid("a document of the segment"), in: .keys) }
    return document
  }

  /// The document with this id, or nil.
  package func document(withID id: String) throws(IndexFormatError) -> Int? {
    let wanted = Array(id.utf8)
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      let document = Int(try order.value(of: middle))
      let key = unsafe try bytes(of: document)
      let comparison = unsafe wanted.withUnsafeBytes { unsafe TermDictionaryLayout.compare(key, $0) }
      if comparison == 0 { return document }
      if comparison < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  func verify() throws(IndexFormatError) {
    let last = count == 0 ? 0 : Int(try ends.value(of: count - 1))
    guard bytesStart + last == file.byteCount(of: .keys) else {
      throw file.error(.invalid("nothing after the last id"), in: .keys, at: bytesStart)
    }
    var seen = [Bool](repeating: false, count: count)
    for rank in 0..<count {
      let document = Int(try order.value(of: rank))
      guard document < count, !seen[document] else {
        throw file.error(.invalid("every document once in the order of ids"), in: .keys)
      }
      seen[document] = true
      guard try ranks.value(of: document) == UInt32(rank) else {
        throw file.error(.invalid("the place of each document in the order of ids"), in: .keys)
      }
      _ = try id(of: document)
      if rank > 0 {
        guard try precedes(Int(try order.value(of: rank - 1)), document, in: self) else {
          throw file.error(.invalid("ids that ascend strictly"), in: .keys)
        }
      }
    }
  }

  /// Turns ids in document order into the bytes of the section.
  static func encode(ends: [UInt32], bytes: [UInt8]) -> [UInt8] {
    let order = DistinctBytes.sorted(ends: ends, bytes: bytes)
    var ranks = [UInt32](repeating: 0, count: order.count)
    for (rank, document) in order.enumerated() { ranks[Int(document)] = UInt32(rank) }
    var writer = ByteWriter()
    writer.byte(UInt8(NumberColumn.width(of: ends.max() ?? 0)))
    writer.byte(UInt8(NumberColumn.width(of: order.max() ?? 0)))
    writer.raw([0, 0, 0, 0, 0, 0])
    NumberColumn.append(ends, to: &writer)
    NumberColumn.append(order, to: &writer)
    NumberColumn.append(ranks, to: &writer)
    writer.raw(bytes)
    return writer.bytes
  }
}
