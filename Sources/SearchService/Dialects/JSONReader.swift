/// Reads one JSON value (RFC 8259) of unknown shape.
///
/// Foundation's decoder wants to know the shape: a value of any shape has to be tried as every type in turn, and how many
/// there are is not bounded. Here each byte is looked at once, and depth and number of values have limits.
struct JSONReader {
  static let depthLimit = 64
  static let countLimit = 10_000

  struct Problem: Error, Equatable, CustomStringConvertible {
    /// 0-based.
    var byte: Int
    var reason: String
    var description: String { "\(reason) at byte \(byte)" }
  }

  private let bytes: [UInt8]
  private var index = 0
  private var count = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func read(_ bytes: [UInt8]) throws(Problem) -> JSONValue {
    var reader = JSONReader(bytes)
    let value = try reader.value(depth: 1)
    reader.skipSpace()
    guard reader.next == nil else { throw reader.unexpected() }
    return value
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func problem(_ reason: String) -> Problem { Problem(byte: index, reason: reason) }

  private func unexpected() -> Problem {
    guard let next else { return problem("the JSON ends too early") }
    return problem((0x21..<0x7F).contains(next) ? "unexpected `\(Unicode.Scalar(next))`" : "unexpected byte")
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(Problem) -> JSONValue {
    count += 1
    guard depth <= Self.depthLimit else { throw problem("more than \(Self.depthLimit) levels of JSON") }
    guard count <= Self.countLimit else { throw problem("more than \(Self.countLimit) JSON values") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(Problem) -> JSONValue {
    index += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw unexpected() }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected() }
      members[key] = try value(depth: depth + 1)
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw unexpected() }
    }
  }

  private mutating func array(depth: Int) throws(Problem) -> JSONValue {
    index += 1
    var values: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(values) }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(values) }
      guard take(UInt8(ascii: ",")) else { throw unexpected() }
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Problem) -> JSONValue {
    for byte in word.utf8 { guard take(byte) else { throw unexpected() } }
    return value
  }

  // MARK: Numbers

  private mutating func digits() -> Int {
    let start = index
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
    return index - start
  }

  private mutating func number() throws(Problem) -> JSONValue {
    let start = index
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { guard digits() > 0 else { throw unexpected() } }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      guard digits() > 0 else { throw unexpected() }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      index += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw unexpected() }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw problem("a number that is too large") }
    return .number(number)
  }

  // MARK: Strings

  private mutating func string() throws(Problem) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw problem("a string that is no UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20:
        index -= 1
        throw problem("a control character inside a string")
      default: text.append(byte)
      }
    }
    throw unexpected()
  }

  private mutating func escape() throws(Problem) -> [UInt8] {
    guard let byte = next else { throw unexpected() }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
    default:
      index -= 1
      throw unexpected()
    }
  }

  /// Browsers may cut a text between two surrogates: a lone one becomes the replacement character.
  private mutating func scalar() throws(Problem) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[index...].starts(with: "\\u".utf8) else { return "\u{FFFD}" }
    let start = index
    index += 2
    let second = try hexadecimal()
    if (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    {
      return scalar
    }
    index = start
    return "\u{FFFD}"
  }

  private mutating func hexadecimal() throws(Problem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw unexpected()
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
