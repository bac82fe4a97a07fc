/// A bounds-checked read position in bytes of one section.
///
/// Holds a pointer, not an owner: whoever makes one keeps the mapping alive while it is in use.
/// Every access is checked against `bytes.count`, which is why the type counts as safe.
@safe package struct ByteReader {
  package let file: String
  package let section: String
  package let bytes: UnsafeRawBufferPointer
  /// Where `bytes` begins in the section; only for messages.
  package let sectionOffset: Int
  package private(set) var offset = 0

  package init(_ bytes: UnsafeRawBufferPointer, file: String, section: String, sectionOffset: Int = 0) {
    unsafe self.bytes = bytes
    self.file = file
    self.section = section
    self.sectionOffset = sectionOffset
  }

  package var remaining: Int { unsafe bytes.count - offset }

  package func error(_ problem: IndexFormatError.Problem) -> IndexFormatError {
    IndexFormatError(problem, file: file, section: section, offset: sectionOffset + offset)
  }

  private func need(_ count: Int) throws(IndexFormatError) {
    guard count >= 0 && count <= remaining else {
      throw error(.truncated(needed: count, available: remaining))
    }
  }

  package mutating func byte() throws(IndexFormatError) -> UInt8 {
    try need(1)
    // Sound: `need` has checked the byte.
    let value = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt8.self)
    offset += 1
    return value
  }

  package mutating func fixed<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type
  ) throws(IndexFormatError) -> Value {
    let size = MemoryLayout<Value>.size
    try need(size)
    // Sound: `need` has checked the bytes, and every bit pattern is an integer.
    let value = unsafe Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    offset += size
    return value
  }

  /// A varint of at most `limit`; longer than ten bytes or larger than `limit` is an error.
  @inline(__always)
  package mutating func varint(upTo limit: Int = Int.max) throws(IndexFormatError) -> Int {
    // Most have one byte, nearly all others two.
    if unsafe offset &+ 1 < bytes.count, let base = unsafe bytes.baseAddress {
      // Sound: both bytes lie before the end.
      let first = Int(unsafe base.load(fromByteOffset: offset, as: UInt8.self))
      if first < 0x80, first <= limit {
        offset &+= 1
        return first
      }
      let second = Int(unsafe base.load(fromByteOffset: offset &+ 1, as: UInt8.self))
      let value = first & 0x7F | second &<< 7
      if first >= 0x80, second < 0x80, value <= limit {
        offset &+= 2
        return value
      }
    }
    return try longVarint(upTo: limit)
  }

  @inline(never)
  private mutating func longVarint(upTo limit: Int) throws(IndexFormatError) -> Int {
    precondition(limit >= 0, "varints hold no negative values")
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || (shift == 63 && next <= 1) else { throw error(.invalid("a shorter varint")) }
      value |= UInt64(next & 0x7F) << shift
      if next & 0x80 == 0 { break }
      shift += 7
    }
    guard value <= UInt64(limit) else { throw error(.invalid("a value of at most \(limit)")) }
    return Int(value)
  }

  package mutating func raw(_ count: Int) throws(IndexFormatError) -> UnsafeRawBufferPointer {
    try need(count)
    let slice = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    offset += count
    return unsafe slice
  }

  package mutating func string() throws(IndexFormatError) -> String {
    let count = try varint(upTo: remaining)
    guard let value = unsafe String(utf8: try raw(count)) else { throw error(.invalid("UTF-8")) }
    return value
  }

  /// Zero bytes that a later version may use.
  package mutating func reserved(_ count: Int) throws(IndexFormatError) {
    for _ in 0..<count {
      guard try byte() == 0 else { throw error(.invalid("zero in the reserved bytes")) }
    }
  }

  package mutating func strings() throws(IndexFormatError) -> [String] {
    let count = try varint(upTo: remaining)
    var values: [String] = []
    // A forged count must not make us ask for much more memory than there are bytes.
    values.reserveCapacity(min(count, 64))
    for _ in 0..<count { values.append(try string()) }
    return values
  }
}

extension String {
  /// The text of bytes that are UTF-8; nil when they are not.
  @unsafe init?(utf8 bytes: UnsafeRawBufferPointer) {
    // Sound: every bit pattern of a byte may be read.
    guard let text = unsafe String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else {
      return nil
    }
    self = text
  }
}
