/// A JSON value as RFC 8259 has it, with the keys of an object in the order of the text.
///
/// Shares nothing with the reader and the writer of the program.
package indirect enum ParsedJSON: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([ParsedJSON])
  case object([Member])

  package struct Member: Equatable {
    package var key: String
    package var value: ParsedJSON
  }

  package struct SyntaxError: Error { package var offset: Int, expected: String }

  package init(parsing bytes: [UInt8]) throws {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw SyntaxError(offset: 0, expected: "UTF-8")
    }
    var parser = Parser(bytes: bytes)
    self = try parser.value()
    parser.skipSpace()
    guard parser.at == bytes.count else { throw SyntaxError(offset: parser.at, expected: "the end") }
  }

  /// The value under a key; null for what is not there.
  package subscript(key: String) -> ParsedJSON {
    guard case .object(let members) = self else { return .null }
    return members.first { $0.key == key }?.value ?? .null
  }

  package subscript(index: Int) -> ParsedJSON { index < elements.count ? elements[index] : .null }

  package var keys: [String] {
    guard case .object(let members) = self else { return [] }
    return members.map(\.key)
  }

  package var elements: [ParsedJSON] { if case .array(let elements) = self { elements } else { [] } }
  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var int: Int? { if case .number(let number) = self { Int(exactly: number) } else { nil } }
  package var strings: [String] { elements.compactMap(\.string) }

  private struct Parser {
    let bytes: [UInt8]
    var at = 0

    mutating func skipSpace() {
      while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    mutating func take(_ text: StaticString) -> Bool {
      let wanted = Array("\(text)".utf8)
      guard bytes[at...].starts(with: wanted) else { return false }
      at += wanted.count
      return true
    }

    mutating func expect(_ text: StaticString) throws {
      guard take(text) else { throw SyntaxError(offset: at, expected: "\(text)") }
    }

    mutating func value() throws -> ParsedJSON {
      skipSpace()
      if take("null") { return .null }
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      if take("[") { return .array(try list(until: "]") { parser in try parser.value() }) }
      if take("{") {
        let members = try list(until: "}") { parser in
          let key = try parser.string()
          parser.skipSpace()
          try parser.expect(":")
          return Member(key: key, value: try parser.value())
        }
        guard Set(members.map(\.key)).count == members.count else {
          throw SyntaxError(offset: at, expected: "each key once")
        }
        return .object(members)
      }
      if at < bytes.count, bytes[at] == UInt8(ascii: "\"") { return .string(try string()) }
      return .number(try number())
    }

    mutating func list<T>(until end: StaticString, _ element: (inout Parser) throws -> T) throws -> [T] {
      var elements: [T] = []
      skipSpace()
      if take(end) { return elements }
      repeat {
        skipSpace()
        elements.append(try element(&self))
        skipSpace()
      } while take(",")
      try expect(end)
      return elements
    }

    mutating func number() throws -> Double {
      let text = String(
        decoding: bytes[at...].prefix {
          $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 | 0x20 == 0x65 || 48...57 ~= $0
        },
        as: UTF8.self)
      guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil,
        let number = Double(text)
      else { throw SyntaxError(offset: at, expected: "a value") }
      at += text.utf8.count
      return number
    }

    mutating func string() throws -> String {
      try expect("\"")
      var units: [UInt16] = []
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
        guard bytes[at] >= 0x20 else { throw SyntaxError(offset: at, expected: "no control character") }
        if bytes[at] == UInt8(ascii: "\\") {
          units.append(try escape())
        } else {
          let start = at
          repeat { at += 1 } while at < bytes.count && bytes[at] & 0xC0 == 0x80
          units += Array(String(decoding: bytes[start..<at], as: UTF8.self).utf16)
        }
      }
      try expect("\"")
      guard let text = String(validating: units, as: UTF16.self) else {
        throw SyntaxError(offset: at, expected: "paired surrogates")
      }
      return text
    }

    mutating func escape() throws -> UInt16 {
      let short: [(StaticString, UInt16)] = [
        ("\\\"", 0x22), ("\\\\", 0x5C), ("\\/", 0x2F), ("\\b", 8), ("\\f", 12), ("\\n", 10), ("\\r", 13),
        ("\\t", 9),
      ]
      for (text, unit) in short where take(text) { return unit }
      try expect("\\u")
      let digits = String(decoding: bytes[at...].prefix(4), as: UTF8.self)
      guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16)
      else {
        throw SyntaxError(offset: at, expected: "four hexadecimal digits")
      }
      at += 4
      return unit
    }
  }
}
