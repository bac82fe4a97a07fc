extension JSONObjectParser {
  /// The object that starts the text, and where it ends.
  mutating func object(in bytes: Span<UInt8>) throws(Problem) -> (value: MetaValue, end: Int) {
    var index = 0
    var count = 0
    skipSpace(bytes, &index)
    guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { throw bad(index) }
    let value = try value(bytes, &index, depth: 1, &count)
    return (value, index)
  }

  private mutating func value(
    _ bytes: Span<UInt8>, _ index: inout Int, depth: Int, _ count: inout Int
  ) throws(Problem) -> MetaValue {
    count += 1
    guard depth <= Self.depthLimit, count <= MetaValue.countLimit else {
      throw Problem(byte: index, reason: "it holds more than 10,000 values or 64 levels")
    }
    guard index < bytes.count else { throw ends(index) }
    switch bytes[index] {
    case UInt8(ascii: "\""):
      let range = try string(bytes, &index)
      return .text(trimmed(text(range, bytes)))
    case UInt8(ascii: "{"):
      var pairs: [MetaPair] = []
      try members(bytes, &index, until: UInt8(ascii: "}")) { parser, index throws(Problem) in
        let key = try parser.string(bytes, &index)
        let name = parser.text(key, bytes)
        parser.skipSpace(bytes, &index)
        try parser.expect(UInt8(ascii: ":"), bytes, &index)
        parser.skipSpace(bytes, &index)
        pairs.append(MetaPair(key: name, value: try parser.value(bytes, &index, depth: depth + 1, &count)))
      }
      return .map(pairs)
    case UInt8(ascii: "["):
      var items: [MetaValue] = []
      try members(bytes, &index, until: UInt8(ascii: "]")) { parser, index throws(Problem) in
        items.append(try parser.value(bytes, &index, depth: depth + 1, &count))
      }
      return .list(items)
    case UInt8(ascii: "t"):
      try word("true", bytes, &index)
      return .text("true")
    case UInt8(ascii: "f"):
      try word("false", bytes, &index)
      return .text("false")
    case UInt8(ascii: "n"):
      try word("null", bytes, &index)
      return .null
    default:
      let start = index
      try number(bytes, &index)
      return .text(text(.plain(start..<index), bytes))
    }
  }

  /// What stands between an opening bracket and its end, separated by commas.
  private mutating func members(
    _ bytes: Span<UInt8>, _ index: inout Int, until end: UInt8,
    _ member: (inout Self, inout Int) throws(Problem) -> Void
  ) throws(Problem) {
    index += 1
    skipSpace(bytes, &index)
    if index < bytes.count, bytes[index] == end {
      index += 1
      return
    }
    while true {
      skipSpace(bytes, &index)
      try member(&self, &index)
      skipSpace(bytes, &index)
      guard index < bytes.count else { throw ends(index) }
      index += 1
      if bytes[index - 1] == end { return }
      guard bytes[index - 1] == UInt8(ascii: ",") else { throw bad(index - 1) }
    }
  }
}
