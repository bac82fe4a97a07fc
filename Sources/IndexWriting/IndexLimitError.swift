/// Content that an index has no room for.
package enum IndexLimitError: Error, Equatable, CustomStringConvertible {
  /// One entry with more text than a reader takes.
  case entryTooLarge(id: String, byteCount: Int)
  /// More ids and facet values, in bytes, than one segment can address.
  case tooManyColumnBytes(Int)
  case tooManyEntries

  package static let largestEntry = 96 << 20
  package static let largestColumns = Int(UInt32.max)
  package static let mostEntries = Int(Int32.max)

  package var description: String {
    switch self {
    case .entryTooLarge(let id, let byteCount):
      "the entry \(id.prefix(200)) has \(byteCount) bytes of text; at most \(Self.largestEntry) fit"
    case .tooManyColumnBytes(let byteCount):
      "ids, categories, tags and sources take \(byteCount) bytes; at most \(Self.largestColumns) fit into one index"
    case .tooManyEntries: "there are more than \(Self.mostEntries) entries"
    }
  }
}
