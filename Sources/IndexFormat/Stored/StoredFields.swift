package import SearchModel

/// The texts of an entry that are kept for display; what facets, dates and keys hold is not repeated
/// (FORMAT.md, "Heads" and "Stored").
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

  package var head: EntryHead { EntryHead(title: title, url: url, anchor: anchor) }

  private static let hasDate: UInt8 = 1

  /// Writes everything but the head.
  func encode(to writer: inout ByteWriter) {
    writer.byte(date == nil ? 0 : Self.hasDate)
    if let date { writer.string(date) }
    writer.strings(path)
    writer.string(description)
    writer.string(author)
    writer.strings(keywords)
    writer.string(text)
  }

  /// Reads what `encode` writes.
  init(_ head: EntryHead, from reader: inout ByteReader) throws(IndexFormatError) {
    title = head.title
    url = head.url
    anchor = head.anchor
    let flags = try reader.byte()
    guard flags & ~Self.hasDate == 0 else { throw reader.error(.invalid("known flags")) }
    date = flags & Self.hasDate != 0 ? try reader.string() : nil
    path = try reader.strings()
    description = try reader.string()
    author = try reader.string()
    keywords = try reader.strings()
    text = try reader.string()
  }
}
