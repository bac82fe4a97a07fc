import Synchronization

/// For which queries the authors of entries want them first (FORMAT.md, "Pins").
package final class PinList: Sendable {
  package struct Pin: Equatable, Sendable {
    package var document: Int
    /// As its author wrote it.
    package var query: String
  }

  private let file: SegmentFile
  private let documentCount: Int
  /// By document, once somebody has asked.
  private let byDocument = Mutex<[Int: [String]]?>(nil)

  init(_ file: SegmentFile, documentCount: Int) {
    self.file = file
    self.documentCount = documentCount
  }

  /// All of them, by document.
  ///
  /// - Complexity: O(pins); they are few.
  package func pins() throws(IndexFormatError) -> [Pin] {
    var reader = try file.reader(of: .pins)
    guard Int(try reader.fixed(UInt32.self)) == documentCount else {
      throw reader.error(.invalid("the number of the segment's documents"))
    }
    var pins: [Pin] = []
    var last = 0
    while reader.remaining > 0 {
      let document = last + (try reader.varint(upTo: Int(Int32.max)))
      guard document < documentCount else { throw reader.error(.invalid("documents of the segment")) }
      pins.append(Pin(document: document, query: try reader.string()))
      last = document
    }
    return pins
  }

  /// The queries for which a document comes first.
  package func queries(of document: Int) throws(IndexFormatError) -> [String] {
    if let known = byDocument.withLock({ $0 }) { return known[document] ?? [] }
    var queries: [Int: [String]] = [:]
    for pin in try pins() { queries[pin.document, default: []].append(pin.query) }
    byDocument.withLock { [queries] in $0 = queries }
    return queries[document] ?? []
  }

  static func encode(_ pins: [Pin], documentCount: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.fixed(UInt32(documentCount))
    var last = 0
    for pin in pins {
      writer.varint(pin.document - last)
      writer.string(pin.query)
      last = pin.document
    }
    return writer.bytes
  }
}
