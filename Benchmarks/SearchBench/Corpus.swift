import ContentIngest
import Glibc
import IndexStorage
import SearchModel

/// A JSONL file with id, title, text and category.
struct Corpus {
  let path: String
  /// Lines to read at most; 0 for all.
  var limit = 0

  /// Calls `body` for each entry, in order.
  ///
  /// - Returns: how many entries there were, and how many lines could not be read.
  @discardableResult
  func read(_ body: (Entry) throws -> Void) throws -> (count: Int, skipped: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var count = 0
    var skipped = 0
    var reader = ContentReader()
    do {
      try reader.readJSONL(
        from: descriptor, name: "corpus",
        entry: { entry in
          if limit > 0, count == limit { throw EndOfInput() }
          count += 1
          try body(entry)
        },
        skipped: { _ in skipped += 1 })
    } catch is EndOfInput {}
    return (count, skipped)
  }

  private struct EndOfInput: Error {}
}

extension Entry {
  /// The facet of a comparison: the category, else the first folder of the id, else `none`.
  var comparedCategory: String {
    if let first = category.first { return first }
    let folders = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    return folders.count > 1 ? String(folders[0]) : "none"
  }

  /// Calls `body` with the bytes of each ready-made token, the title's then the text's.
  func forEachToken(_ body: (ArraySlice<UInt8>) -> Void) {
    for text in [title, text] {
      for token in Array(text.utf8).split(separator: UInt8(ascii: " ")) { body(token) }
    }
  }
}
