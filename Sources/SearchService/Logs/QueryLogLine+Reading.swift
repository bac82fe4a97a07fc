/// Reads lines of the log of queries from bytes that may be anything.
struct QueryLogParser {
  /// What a report needs of a line; the texts stand in the line, or unescaped in the parser.
  struct Fields {
    var time: Range<Int>?
    var total: Int?
    var isFull = true
  }

  private(set) var query: [UInt8] = []
  private(set) var after: [UInt8] = []

  /// The fields of a line; nil when it is no flat JSON object with a time, a query and a total.
  ///
  /// - Returns: fields, with `query` and `after` (empty when there is none) set.
  mutating func parse(_ bytes: Span<UInt8>) -> Fields? {
    query.removeAll(keepingCapacity: true)
    after.removeAll(keepingCapacity: true)
    var fields = Fields()
    var at = 0
    guard take(UInt8(ascii: "{"), bytes, &at) else { return nil }
    while true {
      guard let key = string(bytes, &at), !key.isEscaped, take(UInt8(ascii: ":"), bytes, &at),
        at < bytes.count
      else { return nil }
      if bytes[at] == UInt8(ascii: "\"") {
        guard let value = string(bytes, &at) else { return nil }
        switch (key.range.count, bytes[key.range.lowerBound]) {
        case (1, UInt8(ascii: "q")): guard copy(value, bytes, to: \.query) else { return nil }
        case (5, UInt8(ascii: "a")): guard copy(value, bytes, to: \.after) else { return nil }
        case (4, UInt8(ascii: "t")): fields.time = value.range
        case (5, UInt8(ascii: "m")):
          fields.isFull = value.range.count == 4 && bytes[value.range.lowerBound] == UInt8(ascii: "f")
        default: break
        }
      } else {
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "}") { at += 1 }
        if key.range.count == 5, bytes[key.range.lowerBound] == UInt8(ascii: "t") {
          fields.total = number(bytes, start..<at)
        }
      }
      guard at < bytes.count else { return nil }
      at += 1
      if bytes[at - 1] == UInt8(ascii: "}") { break }
      guard bytes[at - 1] == UInt8(ascii: ",") else { return nil }
    }
    return fields.time != nil && fields.total != nil && !query.isEmpty && at == bytes.count ? fields : nil
  }

  private typealias Text = (range: Range<Int>, isEscaped: Bool)

  private func take(_ byte: UInt8, _ bytes: Span<UInt8>, _ at: inout Int) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  /// A string that is not empty if it is a key; the range is without its quotes.
  private func string(_ bytes: Span<UInt8>, _ at: inout Int) -> Text? {
    guard take(UInt8(ascii: "\""), bytes, &at) else { return nil }
    let start = at
    var isEscaped = false
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        at += 1
        return (start..<at - 1, isEscaped)
      }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        at += 1
      }
      at += 1
    }
    return nil
  }

  private func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard (1...18).contains(range.count) else { return nil }
    var value = 0
    for index in range {
      guard (0x30...0x39).contains(bytes[index]) else { return nil }
      value = value * 10 + Int(bytes[index] - 0x30)
    }
    return value
  }

  private mutating func copy(
    _ text: Text, _ bytes: Span<UInt8>, to target: WritableKeyPath<QueryLogParser, [UInt8]>
  ) -> Bool {
    if !text.isEscaped {
      let part = bytes.extracting(text.range)
      part.withUnsafeBufferPointer { self[keyPath: target].append(contentsOf: $0) }
      return true
    }
    guard let unescaped = Self.unescaped(bytes.extracting(text.range)) else { return false }
    self[keyPath: target] = unescaped
    return true
  }

  /// JSON escapes as bytes of UTF-8; nil for those that are none, half surrogates and NUL.
  private static func unescaped(_ bytes: Span<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var at = 0
    func unit() -> UInt32? {
      guard at + 4 <= bytes.count else { return nil }
      var value: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else { return nil }
        value = value << 4 | UInt32(digit)
        at += 1
      }
      return value
    }
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard at < bytes.count else { return nil }
      let escape = bytes[at]
      at += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
      case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"):
        result.append(0x20)
      case UInt8(ascii: "u"):
        guard var value = unit() else { return nil }
        if (0xD800...0xDBFF).contains(value) {
          guard at + 2 <= bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
          else {
            return nil
          }
          at += 2
          guard let low = unit(), (0xDC00...0xDFFF).contains(low) else { return nil }
          value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard value > 0, let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
          return nil
        }
        result.append(contentsOf: encoded)
      default: return nil
      }
    }
    return result
  }
}
