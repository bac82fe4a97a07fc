/// The heads of a segment's documents (FORMAT.md, "Heads").
package struct HeadTable: Sendable {
  static let trailerBytes = 8

  private let file: SegmentFile
  private let ends: NumberColumn
  private let count: Int
  private let endsStart: Int

  init(_ file: SegmentFile, documentCount: Int) throws(IndexFormatError) {
    self.file = file
    count = documentCount
    let trailerStart = file.byteCount(of: .heads) - Self.trailerBytes
    guard trailerStart >= 0 else { throw file.error(.invalid("a trailer"), in: .heads) }
    var trailer = unsafe ByteReader(
      try file.bytes(of: .heads, trailerStart..<trailerStart + Self.trailerBytes), file: file.name,
      section: SectionID.heads.name, sectionOffset: trailerStart)
    let documents = Int(try trailer.fixed(UInt32.self))
    let width = Int(try trailer.byte())
    try trailer.reserved(3)
    guard documents == documentCount, width <= 4, documentCount <= trailerStart / max(1, width) else {
      throw trailer.error(.invalid("a head per document"))
    }
    endsStart = trailerStart - documentCount * width
    ends = try NumberColumn(file, section: .heads, offset: endsStart, width: width, count: documentCount)
  }

  package func head(of document: Int) throws(IndexFormatError) -> EntryHead {
    let range = try range(of: document)
    var reader = unsafe ByteReader(
      try file.bytes(of: .heads, range), file: file.name, section: SectionID.heads.name,
      sectionOffset: range.lowerBound)
    let head = try EntryHead(from: &reader)
    guard reader.remaining == 0 else { throw reader.error(.invalid("nothing after the head")) }
    return head
  }

  /// The head as `HeadWriter.add(encoded:to:)` takes it.
  func encoded(_ document: Int) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    unsafe try file.bytes(of: .heads, try range(of: document))
  }

  private func range(of document: Int) throws(IndexFormatError) -> Range<Int> {
    guard document >= 0, document < count else {
      throw file.error(.invalid("a document of the segment"), in: .heads)
    }
    let start = document == 0 ? 0 : Int(try ends.value(of: document - 1))
    let end = Int(try ends.value(of: document))
    guard start <= end, end <= endsStart else {
      throw file.error(.invalid("ascending offsets"), in: .heads, at: endsStart)
    }
    return start..<end
  }

  /// Checks what look-ups do not meet.
  func verify() throws(IndexFormatError) {
    guard endsStart == (count == 0 ? 0 : Int(try ends.value(of: count - 1))) else {
      throw file.error(.invalid("heads up to their ends"), in: .heads, at: endsStart)
    }
  }
}
