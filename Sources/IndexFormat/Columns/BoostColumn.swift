/// How much an entry is preferred, in hundredths (FORMAT.md, "Boosts").
package struct BoostColumn: Sendable {
  /// What every entry has if its author says nothing.
  package static let neutral: UInt32 = 100
  package static let range: ClosedRange<UInt32> = 1...1_000

  /// Nil when all are neutral.
  private let column: NumberColumn?

  /// Hundredths of a factor; what is no number is neutral.
  package static func hundredths(_ boost: Float) -> UInt32 {
    guard boost.isFinite else { return neutral }
    return UInt32(min(max((boost * 100).rounded(), Float(range.lowerBound)), Float(range.upperBound)))
  }

  init(_ file: SegmentFile, documentCount: Int) throws(IndexFormatError) {
    var header = unsafe ByteReader(
      try file.bytes(of: .boosts, 0..<8), file: file.name, section: SectionID.boosts.name)
    let width = Int(try header.byte())
    try header.reserved(3)
    guard Int(try header.fixed(UInt32.self)) == documentCount else {
      throw header.error(.invalid("the number of the segment's documents"))
    }
    column =
      width == 0
      ? nil : try NumberColumn(file, section: .boosts, offset: 8, width: width, count: documentCount)
    guard file.byteCount(of: .boosts) == column?.end ?? 8 else {
      throw file.error(.invalid("a boost per document, or none"), in: .boosts)
    }
  }

  /// Whether every entry is neutral.
  package var isNeutral: Bool { column == nil }

  /// To be called before `subscript`.
  package func check(_ documents: Range<Int>) throws(IndexFormatError) { try column?.check(documents) }

  /// The boost of a checked document.
  @inline(__always) package subscript(document: Int) -> UInt32 { column?[document] ?? Self.neutral }

  /// The boost of a document, checked first.
  package func value(of document: Int) throws(IndexFormatError) -> UInt32 {
    try column?.value(of: document) ?? Self.neutral
  }

  static func encode(_ hundredths: [UInt32]) -> [UInt8] {
    var writer = ByteWriter()
    let isNeutral = hundredths.allSatisfy { $0 == neutral }
    writer.byte(isNeutral ? 0 : UInt8(NumberColumn.width(of: hundredths.max() ?? 0)))
    writer.raw([0, 0, 0])
    writer.fixed(UInt32(hundredths.count))
    if !isNeutral { NumberColumn.append(hundredths, to: &writer) }
    return writer.bytes
  }

  func verify(_ file: SegmentFile, documentCount: Int) throws(IndexFormatError) {
    guard let column else { return }
    var isNeutral = true
    for document in 0..<documentCount {
      let boost = try column.value(of: document)
      guard Self.range.contains(boost) else {
        throw file.error(.invalid("boosts of \(Self.range)"), in: .boosts)
      }
      isNeutral = isNeutral && boost == Self.neutral
    }
    if isNeutral { throw file.error(.invalid("no column where all boosts are neutral"), in: .boosts) }
  }
}
