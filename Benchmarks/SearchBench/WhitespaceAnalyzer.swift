import Glibc
import IndexFormat
import IndexWriting
import SearchModel
import TextAnalysis

/// Ready-made tokens as every engine of a comparison gets them: one field, the title's tokens then the text's, cut at
/// single spaces, each an exact term with its position. No text is stored.
struct WhitespaceAnalyzer: EntryAnalyzing {
  static let identity = "whitespace"
  /// Of plain BM25 with b = .75, as `BM25F.Parameters.plain` has it.
  let boundModel = BoundModel(titleWeight: 1, titleB: 0.75, bodyB: 0.75)
  let correctsWords = false

  private static let batch = 16_384
  private static let longestTerm = 255

  private var tokens = TokenBuffer()

  mutating func analyze(
    _ entry: Entry, _ body: (_ tokens: TokenBuffer, _ isTitle: Bool) -> Void
  ) -> EntryLengths {
    var position: UInt32 = 0
    for text in [entry.title, entry.text] {
      var text = text
      text.withUTF8 { bytes in
        tokens.removeAll()
        // Terms are ranges of the text, so its bytes are copied as a whole.
        var base = 0
        var start = 0
        while start < bytes.count {
          var end = bytes.count
          if let base = bytes.baseAddress, let space = memchr(base + start, 0x20, bytes.count - start) {
            end = UnsafeRawPointer(space) - UnsafeRawPointer(base)
          }
          if end > start {
            let length = min(end - start, Self.longestTerm)
            tokens.tokens.append(
              Token(
                kind: .latin, termLength: UInt16(length), termStart: UInt32(start - base), position: position,
                start: 0, end: 1, chunk: 0))
            position += 1
          }
          start = end + 1
          if tokens.tokens.count == Self.batch || start >= bytes.count {
            tokens.bytes.append(contentsOf: bytes[base..<min(start, bytes.count)])
            body(tokens, false)
            tokens.removeAll()
            base = start
          }
        }
      }
    }
    return EntryLengths(title: 0, body: position)
  }

  func storedFields(of entry: Entry) -> StoredFields {
    StoredFields(Entry(id: entry.id))
  }
}
