import IndexStorage
import SearchModel

/// Collects the values of one facet, document by document.
struct FacetColumnWriter {
  private var values = DistinctBytes()
  private let ends: Spool<UInt32>
  private let flat: Spool<UInt32>

  init(directory: IndexDirectory, memoryBytes: Int) {
    ends = Spool(directory: directory, memoryBytes: memoryBytes)
    flat = Spool(directory: directory, memoryBytes: memoryBytes)
  }

  mutating func add(_ documentValues: [String]) throws {
    for var value in documentValues {
      guard values.byteCount + value.utf8.count <= UInt32.max else {
        throw IndexLimitError("bytes of facet values in a segment", Int(UInt32.max))
      }
      // Sound: the pointer does not leave the closure.
      try flat.append(value.withUTF8 { unsafe values.number(of: $0) })
    }
    guard flat.count <= UInt32.max else {
      throw IndexLimitError("facet values of entries in a segment", Int(UInt32.max))
    }
    try ends.append(UInt32(flat.count))
  }

  /// Appends the arrays to `body` and their description to `directory`; offsets count from `base`. The last call.
  ///
  /// - Parameter documentOrder: of the documents, if it is another one than that of addition.
  func finish(
    in documentOrder: DocumentOrder?, directory: inout ByteWriter, body: inout ByteWriter, base: Int
  ) throws {
    var ends = try ends.takeAll()
    var flat = try flat.takeAll()
    if let documentOrder { (ends, flat) = documentOrder.applied(toEnds: ends, values: flat) }
    let order = values.sortedNumbers()
    var ordinalOf = [UInt32](repeating: 0, count: values.count)
    for (ordinal, index) in order.enumerated() { ordinalOf[index] = UInt32(ordinal) }
    let ordinals = flat.map { ordinalOf[Int($0)] }
    let isMulti = zip(ends, [0] + ends).contains { $0 - $1 > 1 }
    var offsets: [UInt32] = [0]
    for index in order { offsets.append((offsets.last ?? 0) + UInt32(values.range(of: index).count)) }
    var perDocument = ends
    if !isMulti {
      for (document, end) in ends.enumerated() {
        let start = document == 0 ? 0 : ends[document - 1]
        perDocument[document] = end > start ? ordinals[Int(start)] + 1 : 0
      }
    }
    let stored = isMulti ? ordinals : []
    directory.fixed(UInt32(values.count))
    directory.fixed(UInt32(stored.count))
    directory.byte(isMulti ? 1 : 0)
    for column in [offsets, perDocument, stored] {
      directory.byte(UInt8(NumberColumn.width(of: column.max() ?? 0)))
    }
    directory.fixed(UInt32(0))
    directory.fixed(UInt64(base + body.count))
    NumberColumn.append(offsets, to: &body)
    directory.fixed(UInt64(base + body.count))
    for index in order { body.raw(values.bytes[values.range(of: index)]) }
    directory.fixed(UInt64(base + body.count))
    NumberColumn.append(perDocument, to: &body)
    directory.fixed(UInt64(base + body.count))
    NumberColumn.append(stored, to: &body)
  }
}
