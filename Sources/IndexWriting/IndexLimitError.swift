/// Content that an index has no room for.
package enum IndexLimitError: Error, Equatable, CustomStringConvertible {
  /// One entry with more text than a reader takes.
  case entryTooLarge(id: String, byteCount: Int)
  case tooManyEntries

  package static let largestEntry = 96 << 20
  package static let mostEntries = Int(Int32.max)

  package var description: String {
    switch self {
    case .entryTooLarge(let id, let byteCount):
      "the entry \(id.prefix(200)) has \(byteCount) bytes of text; at most \(Self.largestEntry) fit"
    case .tooManyEntries: "there are more than \(Self.mostEntries) entries"
    }
  }
}
