/// Bytes of a file made ready for the readers.
enum UTF8Text {
  /// Where the text stops being UTF-8 (overlong forms, surrogates and values above U+10FFFF count as wrong),
  /// or nil when all of it is.
  static func firstInvalidByte(in bytes: Span<UInt8>) -> Int? {
    bytes.withUnsafeBufferPointer { firstInvalidByte(in: $0) }
  }

  private static func firstInvalidByte(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var index = 0
    let count = bytes.count
    let raw = UnsafeRawBufferPointer(bytes)
    while index < count {
      let first = bytes[index]
      // Most of every text: eight ASCII bytes, and characters of three bytes such as Han.
      if first < 0x80, index &+ 8 <= count,
        raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        index &+= 8
        continue
      }
      if first > 0xE0, first < 0xED, index &+ 3 <= count, bytes[index &+ 1] & 0xC0 == 0x80,
        bytes[index &+ 2] & 0xC0 == 0x80
      {
        index &+= 3
        continue
      }
      if first < 0x80 {
        index += 1
        continue
      }
      let width: Int
      let lowest: UInt8
      let highest: UInt8
      switch first {
      case 0xC2...0xDF: (width, lowest, highest) = (2, 0x80, 0xBF)
      case 0xE0: (width, lowest, highest) = (3, 0xA0, 0xBF)
      case 0xED: (width, lowest, highest) = (3, 0x80, 0x9F)
      case 0xE1...0xEF: (width, lowest, highest) = (3, 0x80, 0xBF)
      case 0xF0: (width, lowest, highest) = (4, 0x90, 0xBF)
      case 0xF1...0xF3: (width, lowest, highest) = (4, 0x80, 0xBF)
      case 0xF4: (width, lowest, highest) = (4, 0x80, 0x8F)
      default: return index
      }
      guard index + width <= count, bytes[index + 1] >= lowest, bytes[index + 1] <= highest else {
        return index
      }
      if width > 2, bytes[index + 2] & 0xC0 != 0x80 { return index }
      if width > 3, bytes[index + 3] & 0xC0 != 0x80 { return index }
      index += width
    }
    return nil
  }

  /// Drops a byte order mark, makes every line end `\n` and every NUL and form feed a space.
  static func normalize(_ bytes: inout [UInt8]) {
    var from = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard from > 0 || bytes.contains(where: { $0 == 0x0D || $0 == 0 || $0 == 0x0C }) else { return }
    var to = 0
    let count = bytes.count
    while from < count {
      var byte = bytes[from]
      from += 1
      if byte == 0x0D {
        if from < count, bytes[from] == 0x0A { from += 1 }
        byte = 0x0A
      } else if byte == 0 || byte == 0x0C {
        byte = 0x20
      }
      bytes[to] = byte
      to += 1
    }
    bytes.removeSubrange(to...)
  }
}
