package import SearchModel

/// The texts of an entry that are kept for display; what facets, dates and keys hold is not repeated
/// (FORMAT.md, "Stored").
package struct StoredFields: Equatable, Sendable {
  package var title: String
  package var text: String
  package var url: String?
  package var anchor: String?
  package var path: [String]
  package var date: String?
  package var description: String
  package var author: String
  package var keywords: [String]

  package init(_ entry: Entry) {
    title = entry.title
    text = entry.text
    url = entry.url
    anchor = entry.anchor
    path = entry.path
    date = entry.date
    description = entry.description
    author = entry.author
    keywords = entry.keywords
  }

  private static let hasURL: UInt8 = 1
  private static let hasAnchor: UInt8 = 2
  private static let hasDate: UInt8 = 4

  func encode(to writer: inout ByteWriter) {
    writer.byte(
      (url == nil ? 0 : Self.hasURL) | (anchor == nil ? 0 : Self.hasAnchor) | (date == nil ? 0 : Self.hasDate)
    )
    writer.string(title)
    if let url { writer.string(url) }
    if let anchor { writer.string(anchor) }
    if let date { writer.string(date) }
    writer.strings(path)
    writer.string(description)
    writer.string(author)
    writer.strings(keywords)
    writer.string(text)
  }

  init(from reader: inout ByteReader) throws(IndexFormatError) {
    let flags = try reader.byte()
    guard flags & ~7 == 0 else { throw reader.error(.invalid("known flags")) }
    title = try reader.string()
    url = flags & Self.hasURL != 0 ? try reader.string() : nil
    anchor = flags & Self.hasAnchor != 0 ? try reader.string() : nil
    date = flags & Self.hasDate != 0 ? try reader.string() : nil
    path = try reader.strings()
    description = try reader.string()
    author = try reader.string()
    keywords = try reader.strings()
    text = try reader.string()
  }
}
