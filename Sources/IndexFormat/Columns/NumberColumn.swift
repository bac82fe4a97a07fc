/// One unsigned integer per document, 1, 2 or 4 bytes wide, as the largest needs (FORMAT.md, "Byte order and units").
@safe package struct NumberColumn: @unchecked Sendable {
  // `@unchecked Sendable`: the bytes are read-only and belong to `file`, which lives as long as this.
  private let file: SegmentFile
  private let section: SectionID
  private let offset: Int
  /// Bytes of one value.
  package let width: Int
  private let base: UnsafeRawPointer?
  package let count: Int

  static func width(of largest: UInt32) -> Int { largest < 1 << 8 ? 1 : largest < 1 << 16 ? 2 : 4 }

  static func append(_ values: [UInt32], to writer: inout ByteWriter) {
    switch width(of: values.max() ?? 0) {
    case 1: for value in values { writer.fixed(UInt8(value)) }
    case 2: for value in values { writer.fixed(UInt16(value)) }
    default: for value in values { writer.fixed(value) }
    }
  }

  init(
    _ file: SegmentFile, section: SectionID, offset: Int, width: Int, count: Int
  ) throws(IndexFormatError) {
    guard width == 1 || width == 2 || width == 4, offset >= 0, count >= 0,
      offset <= file.byteCount(of: section), count <= (file.byteCount(of: section) - offset) / width
    else { throw file.error(.invalid("a column inside the section"), in: section, at: max(offset, 0)) }
    self.file = file
    self.section = section
    self.offset = offset
    self.width = width
    self.count = count
    // The address alone; bytes are checked by `check` before they are read.
    unsafe base = try file.bytes(of: section, offset..<offset).baseAddress
  }

  package var byteCount: Int { count * width }

  /// The first value, for loops that read many; whoever reads calls `check` first and stays inside the column.
  package var uncheckedBytes: UnsafeRawPointer? { unsafe base }

  /// Where the column ends, from the start of the section.
  var end: Int { offset + byteCount }

  /// Compares the pages under these documents with their checksums; to be called before their values are read.
  package func check(_ documents: Range<Int>) throws(IndexFormatError) {
    guard documents.lowerBound >= 0, documents.upperBound <= count else {
      throw file.error(.invalid("documents of the segment"), in: section, at: offset)
    }
    _ = unsafe try file.bytes(
      of: section, offset + documents.lowerBound * width..<offset + documents.upperBound * width)
  }

  /// The value of a checked document.
  @inline(__always)
  package subscript(document: Int) -> UInt32 {
    precondition(document >= 0 && document < count, "the caller stays inside the checked documents")
    // Sound: `init` has checked that the column stands inside the section.
    guard let base = unsafe base else { return 0 }
    switch width {
    case 1: return unsafe UInt32(base.loadUnaligned(fromByteOffset: document, as: UInt8.self))
    case 2:
      return unsafe UInt32(
        UInt16(littleEndian: base.loadUnaligned(fromByteOffset: document &* 2, as: UInt16.self)))
    default:
      return unsafe UInt32(littleEndian: base.loadUnaligned(fromByteOffset: document &* 4, as: UInt32.self))
    }
  }

  /// The value of a document, checked first; for single look-ups.
  package func value(of document: Int) throws(IndexFormatError) -> UInt32 {
    try check(document..<document + 1)
    return self[document]
  }
}
