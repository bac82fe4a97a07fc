/// Sums over the entries of a segment that scoring needs (FORMAT.md, "Statistics").
package struct SegmentStatistics: Equatable, Sendable {
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

  func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.fixed(UInt64(documentCount))
    writer.fixed(UInt64(titleLength))
    writer.fixed(UInt64(bodyLength))
    return writer.bytes
  }

  init(from reader: inout ByteReader) throws(IndexFormatError) {
    let documents = try reader.fixed(UInt64.self)
    let title = try reader.fixed(UInt64.self)
    let body = try reader.fixed(UInt64.self)
    let limit = UInt64(1) << 48
    guard documents < UInt64(UInt32.max), title < limit, body < limit, reader.remaining == 0 else {
      throw reader.error(.invalid("possible sums"))
    }
    self.init(documentCount: Int(documents), titleLength: Int(title), bodyLength: Int(body))
  }
}
