import SearchModel

/// Collects the values of one facet, document by document.
struct FacetColumnWriter {
  /// A value by its bytes: two spellings that Swift calls equal, such as é in one scalar and in two, are two values.
  private struct Value: Hashable {
    var text: String

    static func == (a: Value, b: Value) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
      for byte in text.utf8 { hasher.combine(byte) }
    }
  }

  private var numbers: [Value: UInt32] = [:]
  private var values: [String] = []
  private var valueBytes = 0
  private var ends: [UInt32] = []
  private var flat: [UInt32] = []

  mutating func add(_ documentValues: [String]) throws(IndexLimitError) {
    for value in documentValues {
      if let number = numbers[Value(text: value)] {
        flat.append(number)
      } else {
        valueBytes += value.utf8.count
        guard valueBytes <= UInt32.max else {
          throw IndexLimitError("bytes of facet values in a segment", Int(UInt32.max))
        }
        let number = UInt32(values.count)
        numbers[Value(text: value)] = number
        flat.append(number)
        values.append(value)
      }
    }
    guard flat.count <= UInt32.max else {
      throw IndexLimitError("facet values of entries in a segment", Int(UInt32.max))
    }
    ends.append(UInt32(flat.count))
  }

  /// Appends the arrays to `body` and their description to `directory`; offsets count from `base`.
  func finish(directory: inout ByteWriter, body: inout ByteWriter, base: Int) {
    let order = values.indices.sorted { values[$0].utf8.lexicographicallyPrecedes(values[$1].utf8) }
    var ordinalOf = [UInt32](repeating: 0, count: values.count)
    for (ordinal, index) in order.enumerated() { ordinalOf[index] = UInt32(ordinal) }
    let ordinals = flat.map { ordinalOf[Int($0)] }
    let isMulti = zip(ends, [0] + ends).contains { $0 - $1 > 1 }
    var offsets: [UInt32] = [0]
    for index in order { offsets.append((offsets.last ?? 0) + UInt32(values[index].utf8.count)) }
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
    for index in order { body.raw(values[index].utf8) }
    directory.fixed(UInt64(base + body.count))
    NumberColumn.append(perDocument, to: &body)
    directory.fixed(UInt64(base + body.count))
    NumberColumn.append(stored, to: &body)
  }
}
