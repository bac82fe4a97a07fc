import CKernels
import IndexFormat

/// What ranking reads of every document: lengths and the rank of its id, also as the kernels take them.
final class DocumentColumns {
  let titles: NumberColumn
  let bodies: NumberColumn
  private let ranks: NumberColumn
  let title: kernel_column
  let body: kernel_column
  let rank: kernel_column

  init(_ segment: SegmentReader) {
    titles = segment.titleLengths
    bodies = segment.bodyLengths
    title = kernel_column(titles)
    body = kernel_column(bodies)
    ranks = segment.keys.ranks
    rank = kernel_column(ranks)
  }

  /// The saturation of one posting.
  @inline(__always)
  func share(of document: UInt32, frequency: UInt32, titleFrequency: UInt32, _ model: BM25F) -> Float {
    // A damaged list may claim more title occurrences than occurrences: never below zero.
    let title = min(titleFrequency, frequency)
    return model.saturation(
      titleFrequency: title, bodyFrequency: frequency &- title,
      titleLength: title == 0 ? 0 : titles[Int(document)], bodyLength: bodies[Int(document)])
  }

  /// Checks the pages of the documents whose scores are to be computed.
  func check(_ documents: Range<Int>) throws {
    try titles.check(documents)
    try bodies.check(documents)
    try ranks.check(documents)
  }
}

extension kernel_column {
  /// A column, for as long as its segment is open; its pages are checked by whoever reads them.
  init(_ column: NumberColumn) {
    self.init(
      bytes: column.uncheckedBytes?.assumingMemoryBound(to: UInt8.self), width: Int32(column.width))
  }

  /// The value of a document whose page was checked.
  @inline(__always)
  subscript(document: UInt32) -> UInt32 {
    guard let bytes = UnsafeRawPointer(bytes) else { return 0 }
    let document = Int(document)
    switch width {
    case 1: return UInt32(bytes.load(fromByteOffset: document, as: UInt8.self))
    case 2:
      return UInt32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: document &* 2, as: UInt16.self)))
    default: return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: document &* 4, as: UInt32.self))
    }
  }
}
