/// Sums over the entries of a segment that scoring needs (FORMAT.md, "Statistics").
package struct SegmentStatistics: Equatable, Sendable {
  /// Most documents of a segment. Half of what 32 bits hold: room for sums of doc IDs and window sizes.
  package static let maximumDocumentCount = Int(Int32.max)

  package var documentCount: Int
  /// Sum of the title lengths, in tokens.
  package var titleLength: Int
  /// Sum of the body lengths, in tokens.
  package var bodyLength: Int

  package init(documentCount: Int = 0, titleLength: Int = 0, bodyLength: Int = 0) {
    self.documentCount = documentCount
    self.titleLength = titleLength
    self.bodyLength = bodyLength
  }

  /// Tokens of a title and of a body on average; 0 without documents.
  package var averageLengths: (title: Float, body: Float) {
    let count = Double(max(documentCount, 1))
    return (Float(Double(titleLength) / count), Float(Double(bodyLength) / count))
  }

  func encode(boundModel: BoundModel) -> [UInt8] {
    var writer = ByteWriter()
    writer.fixed(UInt64(documentCount))
    writer.fixed(UInt64(titleLength))
    writer.fixed(UInt64(bodyLength))
    for number in boundModel.numbers { writer.fixed(number.bitPattern) }
    return writer.bytes
  }

  init(from reader: inout ByteReader) throws(IndexFormatError) {
    let documents = try reader.fixed(UInt64.self)
    let title = try reader.fixed(UInt64.self)
    let body = try reader.fixed(UInt64.self)
    let largest = documents.multipliedReportingOverflow(by: UInt64(UInt32.max))
    guard documents <= UInt64(Self.maximumDocumentCount), title <= largest.partialValue,
      body <= largest.partialValue, reader.remaining == BoundModel.byteCount
    else { throw reader.error(.invalid("possible sums")) }
    self.init(documentCount: Int(documents), titleLength: Int(title), bodyLength: Int(body))
  }
}
