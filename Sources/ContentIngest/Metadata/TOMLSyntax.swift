/// Whether a text is TOML 1.0 by its grammar, before it is given to the parser.
///
/// toml++ says what tables and keys mean, but it stops the program at some mistakes (a table without a name, a list
/// that begins with a comma, a time without digits) and frees what is nested by recursion. What passes here has none.
///
/// - Source: toml.io/en/v1.0.0, toml.abnf
struct TOMLSyntax {
  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var line = 1

  /// - Throws: with the line of the first mistake.
  static func check(_ toml: ArraySlice<UInt8>) throws(MetaProblem) {
    var syntax = TOMLSyntax(bytes: toml, index: toml.startIndex)
    if toml.starts(with: [0xEF, 0xBB, 0xBF]) { syntax.index += 3 }
    while !syntax.isAtEnd { try syntax.expression() }
  }

  private init(bytes: ArraySlice<UInt8>, index: Int) {
    self.bytes = bytes
    self.index = index
  }

  // MARK: Lines

  private var isAtEnd: Bool { index >= bytes.endIndex }
  /// The byte at the place, 0 at the end and where none may stand.
  private var current: UInt8 { byte(0) }

  private func byte(_ offset: Int) -> UInt8 {
    bytes.endIndex - index > offset ? bytes[index + offset] : 0
  }

  private func mistake(_ what: String) -> MetaProblem {
    MetaProblem(line: line, reason: "is not valid TOML and was not read: \(what)")
  }

  private mutating func take(_ wanted: Character) -> Bool {
    guard current == wanted.asciiValue, !isAtEnd else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while current == 0x20 || current == 0x09 { index += 1 }
  }

  private mutating func takeLineBreak() -> Bool {
    if current == 0x0D, byte(1) == 0x0A { index += 1 }
    guard take("\n") else { return false }
    line += 1
    return true
  }

  private mutating func skipComment() throws(MetaProblem) {
    guard take("#") else { return }
    while !isAtEnd, current != 0x0A, !(current == 0x0D && byte(1) == 0x0A) {
      guard isText(current) else { throw mistake("a control character in a comment") }
      index += 1
    }
  }

  /// A line: a table, a key with its value, or nothing.
  private mutating func expression() throws(MetaProblem) {
    skipSpace()
    switch current {
    case UInt8(ascii: "#"), 0x0A, 0x0D, 0: break
    case UInt8(ascii: "["):
      index += 1
      let isList = take("[")
      try key("a table without a name")
      guard take("]"), !isList || take("]") else { throw mistake("the name of a table does not end") }
    default: try pair()
    }
    skipSpace()
    try skipComment()
    guard isAtEnd || takeLineBreak() else { throw mistake("something that is no key, table or comment") }
  }

  private mutating func pair() throws(MetaProblem) {
    try key("a line without a key")
    guard take("=") else { throw mistake("a key without a value") }
    skipSpace()
    try value()
  }

  /// Words with dots between them, and the white space around.
  private mutating func key(_ missing: String) throws(MetaProblem) {
    var depth = 0
    repeat {
      depth += 1
      if depth > MetaValue.depthLimit { throw tooDeep }
      skipSpace()
      switch current {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): try text()
      default:
        let start = index
        while isWordByte(current) { index += 1 }
        guard index > start else { throw mistake(missing) }
      }
      skipSpace()
    } while take(".")
  }

  private var tooDeep: MetaProblem {
    MetaProblem(line: line, reason: "may be nested deeper than 64 levels and was not read")
  }

  // MARK: Values

  /// A value with all that it holds. What is open stands on a list, not on the stack.
  private mutating func value() throws(MetaProblem) {
    /// The sign that closes each list and table that is open.
    var open: [Character] = []
    while true {
      if take("[") {
        open.append("]")
        try skipLines()
      } else if take("{") {
        open.append("}")
        skipSpace()
      } else if current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") {
        try text(mayBeLong: true)
        if try !goesOn(&open) { return }
        continue
      } else {
        try plainValue()
        if try !goesOn(&open) { return }
        continue
      }
      if open.count > MetaValue.depthLimit { throw tooDeep }
      if let last = open.last, take(last) {
        open.removeLast()
        if try !goesOn(&open) { return }
      } else if open.last == "}" {
        try inlineKey()
      }
    }
  }

  private mutating func inlineKey() throws(MetaProblem) {
    try key("an inline table without a key")
    guard take("=") else { throw mistake("a key without a value") }
    skipSpace()
  }

  /// After a value: closes what ends there; true when another value follows.
  private mutating func goesOn(_ open: inout [Character]) throws(MetaProblem) -> Bool {
    while let last = open.last {
      if last == "]" { try skipLines() } else { skipSpace() }
      if take(",") {
        if last == "}" {
          try inlineKey()
          return true
        }
        try skipLines()
        // The last comma of a list may stand alone.
        if current != UInt8(ascii: "]") { return true }
      }
      guard take(last) else {
        throw mistake(last == "]" ? "a list does not end" : "an inline table does not end")
      }
      open.removeLast()
    }
    return false
  }

  private mutating func skipLines() throws(MetaProblem) {
    repeat {
      skipSpace()
      try skipComment()
    } while takeLineBreak()
  }

  /// A number, a date, a time, or one of the names.
  private mutating func plainValue() throws(MetaProblem) {
    let start = index
    while isPlain(current) { index += 1 }
    // A space may stand in the place of the T.
    if index - start == 10, current == 0x20, isDigit(byte(1)), bytes[start + 4] == UInt8(ascii: "-") {
      index += 1
      while isPlain(current) { index += 1 }
    }
    guard index > start else { throw mistake("a value is missing") }
    guard TOMLPlainValue.isOne(bytes[start..<index]) else {
      throw mistake("a value that is no text, number, date, true or false")
    }
  }

  private func isPlain(_ byte: UInt8) -> Bool {
    isWordByte(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
  }

  // MARK: Texts

  private mutating func text(mayBeLong: Bool = false) throws(MetaProblem) {
    let sign = current
    let escapes = sign == UInt8(ascii: "\"")
    let isLong = mayBeLong && byte(1) == sign && byte(2) == sign
    index += isLong ? 3 : 1
    while !isAtEnd {
      if current == sign {
        guard isLong else {
          index += 1
          return
        }
        var count = 1
        while count < 5, byte(count) == sign { count += 1 }
        index += count
        // Up to two more belong to the text.
        if count >= 3 { return }
      } else if escapes, current == UInt8(ascii: "\\") {
        index += 1
        try escape(mayEndLine: isLong)
      } else if isLong, takeLineBreak() {
      } else {
        guard isText(current) else {
          throw mistake(current == 0x0A ? "a text does not end" : "a control character in a text")
        }
        index += 1
      }
    }
    throw mistake("a text does not end")
  }

  private mutating func escape(mayEndLine: Bool) throws(MetaProblem) {
    switch current {
    case UInt8(ascii: "b"), UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "f"), UInt8(ascii: "r"),
      UInt8(ascii: "\""), UInt8(ascii: "\\"):
      index += 1
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let count = current == UInt8(ascii: "u") ? 4 : 8
      let digits = String(decoding: bytes[(index + 1)...].prefix(count), as: UTF8.self)
      guard digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
        let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil
      else { throw mistake("\\u is no character") }
      index += 1 + count
    default:
      skipSpace()
      guard mayEndLine, takeLineBreak() else { throw mistake("a backslash before what it cannot stand for") }
    }
  }

  // MARK: Bytes

  private func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }
}
