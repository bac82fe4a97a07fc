/// What names an entry and where it leads: all that a list of titles shows (FORMAT.md, "Heads").
package struct EntryHead: Equatable, Sendable {
  package var title: String
  package var url: String?
  package var anchor: String?

  package init(title: String, url: String? = nil, anchor: String? = nil) {
    self.title = title
    self.url = url
    self.anchor = anchor
  }

  private static let hasURL: UInt8 = 1
  private static let hasAnchor: UInt8 = 2

  func encode(to writer: inout ByteWriter) {
    writer.byte((url == nil ? 0 : Self.hasURL) | (anchor == nil ? 0 : Self.hasAnchor))
    writer.string(title)
    if let url { writer.string(url) }
    if let anchor { writer.string(anchor) }
  }

  init(from reader: inout ByteReader) throws(IndexFormatError) {
    let flags = try reader.byte()
    guard flags & ~(Self.hasURL | Self.hasAnchor) == 0 else { throw reader.error(.invalid("known flags")) }
    title = try reader.string()
    url = flags & Self.hasURL != 0 ? try reader.string() : nil
    anchor = flags & Self.hasAnchor != 0 ? try reader.string() : nil
  }
}
