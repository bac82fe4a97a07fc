/// Bytes under construction: little-endian integers, varints, strings.
package struct ByteWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package var count: Int { bytes.count }

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  package mutating func byte(_ value: UInt8) { bytes.append(value) }

  package mutating func fixed<Value: FixedWidthInteger>(_ value: Value) {
    var remaining = value
    for _ in 0..<(Value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: remaining))
      remaining >>= 8
    }
  }

  /// LEB128: seven bits a byte, lowest first, the high bit says that more follow.
  package mutating func varint(_ value: Int) {
    precondition(value >= 0, "varints hold no negative values")
    varint(UInt64(value))
  }

  package mutating func varint(_ value: UInt64) {
    var remaining = value
    while remaining >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: remaining) | 0x80)
      remaining >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: remaining))
  }

  /// The byte count as a varint, then UTF-8.
  package mutating func string(_ value: String) {
    varint(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }

  package mutating func strings(_ values: [String]) {
    varint(values.count)
    for value in values { string(value) }
  }

  package mutating func raw(_ values: some Sequence<UInt8>) { bytes.append(contentsOf: values) }
}
