/// The fields of a JSONL line that make an entry.
struct JSONFields: Equatable {
  var id: String?
  var title: String?
  var text: String?
  var body: String?
  var url: String?
  var anchor: String?
  var category: [String] = []
  var tags: [String] = []
  var date: String?
  var lang: String?
  var description = ""
  var author: [String] = []
  var keywords: [String] = []
  var path: [String] = []
  var kind: String?
  var sources: [String] = []
  var boost: String?
  var pins: [String] = []
  /// `"_delete": true`: the entry with the id is to go.
  var isDeletion = false
}

/// A strict reader for one JSON object (RFC 8259) over bytes that are known to be UTF-8.
///
/// Builds strings only for the fields it knows; other values are checked and passed over. Nesting is bounded by
/// 64, the last of repeated keys counts, lone surrogates are refused.
struct JSONObjectParser {
  static let depthLimit = 64

  struct Problem: Error, Equatable, CustomStringConvertible {
    /// 0-based byte of the line.
    var byte: Int
    var reason: String
    var description: String { "\(reason) (byte \(byte) of the line)" }
  }

  /// Field of an entry by the key of an object, where they differ.
  private let names: [String: String]

  init(names: [String: String] = [:]) { self.names = names }

  private enum Key {
    case id, title, text, body, url, anchor, category, tags, date, lang, description, author, keywords, path,
      kind, sources, boost, pins, deletion, other
  }

  /// Unescaped bytes of the string read last.
  private var scratch: [UInt8] = []

  mutating func fields(of bytes: Span<UInt8>, from start: Int = 0) throws(Problem) -> JSONFields {
    var index = start
    var fields = JSONFields()
    skipSpace(bytes, &index)
    guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else {
      throw Problem(byte: index, reason: "it is not a JSON object")
    }
    index += 1
    skipSpace(bytes, &index)
    if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
      index += 1
    } else {
      while true {
        skipSpace(bytes, &index)
        let key = try self.key(bytes, &index)
        skipSpace(bytes, &index)
        try expect(UInt8(ascii: ":"), bytes, &index)
        skipSpace(bytes, &index)
        try value(of: key, bytes, &index, &fields)
        skipSpace(bytes, &index)
        guard index < bytes.count else { throw ends(index) }
        let next = bytes[index]
        index += 1
        if next == UInt8(ascii: "}") { break }
        guard next == UInt8(ascii: ",") else { throw bad(index - 1) }
      }
    }
    skipSpace(bytes, &index)
    guard index == bytes.count else { throw bad(index) }
    return fields
  }

  // MARK: - Fields

  private mutating func key(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) -> Key {
    let range = try string(bytes, &index)
    let name = text(range, bytes)
    switch names[name] ?? name {
    case "id": return .id
    case "title": return .title
    case "text": return .text
    case "body": return .body
    case "url": return .url
    case "anchor": return .anchor
    case "category", "categories": return .category
    case "tags": return .tags
    case "date": return .date
    case "lang", "language": return .lang
    case "description": return .description
    case "author", "authors": return .author
    case "keywords": return .keywords
    case "path": return .path
    case "kind": return .kind
    case "sources": return .sources
    case "boost": return .boost
    case "pins": return .pins
    case "_delete": return .deletion
    default: return .other
    }
  }

  private mutating func value(
    of key: Key, _ bytes: Span<UInt8>, _ index: inout Int, _ fields: inout JSONFields
  ) throws(Problem) {
    switch key {
    case .id: fields.id = try scalar("id", bytes, &index)
    case .title: fields.title = try scalar("title", bytes, &index)
    case .text: fields.text = try scalar("text", bytes, &index)
    case .body: fields.body = try scalar("body", bytes, &index)
    case .url: fields.url = try scalar("url", bytes, &index)
    case .anchor: fields.anchor = try scalar("anchor", bytes, &index)
    case .date: fields.date = try scalar("date", bytes, &index)
    case .lang: fields.lang = try scalar("lang", bytes, &index)
    case .description: fields.description = try list(bytes, &index).joined(separator: "\n\n")
    case .category: fields.category = unique(try list(bytes, &index))
    case .tags: fields.tags = unique(try list(bytes, &index))
    case .author: fields.author = unique(try list(bytes, &index))
    case .keywords: fields.keywords = unique(try list(bytes, &index))
    case .path: fields.path = try list(bytes, &index)
    case .kind: fields.kind = try list(bytes, &index).first
    case .sources: fields.sources = unique(try list(bytes, &index))
    case .boost: fields.boost = try list(bytes, &index).first
    case .pins: fields.pins = unique(try list(bytes, &index))
    case .deletion: fields.isDeletion = try scalar("_delete", bytes, &index) == "true"
    case .other: try skipValue(bytes, &index)
    }
  }

  private func unique(_ values: [String]) -> [String] {
    var known: Set<String> = []
    return values.filter { known.insert($0).inserted }
  }

  /// A string, or a number or boolean as it is written; nil for null.
  private mutating func scalar(
    _ name: StaticString, _ bytes: Span<UInt8>, _ index: inout Int
  ) throws(Problem) -> String? {
    guard index < bytes.count else { throw ends(index) }
    switch bytes[index] {
    case UInt8(ascii: "\""):
      let range = try string(bytes, &index)
      return text(range, bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      throw Problem(byte: index, reason: "its \(name) is neither a string nor a number")
    default:
      let start = index
      let isNull = bytes[index] == UInt8(ascii: "n")
      try skipValue(bytes, &index)
      return isNull ? nil : text(.plain(start..<index), bytes)
    }
  }

  /// The strings of a list, or the one that stands in its place; empty ones and nulls are dropped.
  private mutating func list(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) -> [String] {
    guard index < bytes.count else { throw ends(index) }
    if bytes[index] == UInt8(ascii: "{") {
      try skipValue(bytes, &index)
      return []
    }
    guard bytes[index] == UInt8(ascii: "[") else {
      let one = try scalar("value", bytes, &index)
      return one.map { $0.isEmpty ? [] : [$0] } ?? []
    }
    var values: [String] = []
    index += 1
    skipSpace(bytes, &index)
    if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
      index += 1
      return values
    }
    while true {
      skipSpace(bytes, &index)
      guard index < bytes.count else { throw ends(index) }
      if bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: "[") {
        try skipValue(bytes, &index)
      } else if let value = try scalar("value", bytes, &index), !value.isEmpty {
        values.append(value)
      }
      skipSpace(bytes, &index)
      guard index < bytes.count else { throw ends(index) }
      let next = bytes[index]
      index += 1
      if next == UInt8(ascii: "]") { return values }
      guard next == UInt8(ascii: ",") else { throw bad(index - 1) }
    }
  }

  // MARK: - Strings

  /// Where the content of a string is: in the line itself, or unescaped in `scratch`.
  enum StringContent {
    case plain(Range<Int>)
    case unescaped
  }

  func text(_ content: StringContent, _ bytes: Span<UInt8>) -> String {
    switch content {
    case .plain(let range):
      bytes.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    case .unescaped: String(decoding: scratch, as: UTF8.self)
    }
  }

  mutating func string(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) -> StringContent {
    try expect(UInt8(ascii: "\""), bytes, &index)
    let start = index
    while index < bytes.count {
      index = plainEnd(bytes, from: index)
      guard index < bytes.count else { break }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        index += 1
        return .plain(start..<index - 1)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(bytes, &index, from: start) }
      if byte < 0x20 { throw Problem(byte: index, reason: "a control character stands in a string") }
      index += 1
    }
    throw ends(index)
  }

  private mutating func escapedString(
    _ bytes: Span<UInt8>, _ index: inout Int, from start: Int
  ) throws(Problem) -> StringContent {
    scratch.removeAll(keepingCapacity: true)
    var copied = start
    while index < bytes.count {
      index = plainEnd(bytes, from: index)
      guard index < bytes.count else { break }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        append(bytes, copied..<index)
        index += 1
        return .unescaped
      }
      if byte < 0x20 { throw Problem(byte: index, reason: "a control character stands in a string") }
      guard byte == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      append(bytes, copied..<index)
      index += 1
      guard index < bytes.count else { throw ends(index) }
      let escape = bytes[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(escape)
      case UInt8(ascii: "n"): scratch.append(0x0A)
      case UInt8(ascii: "t"): scratch.append(0x09)
      case UInt8(ascii: "r"): scratch.append(0x0D)
      case UInt8(ascii: "b"): scratch.append(0x08)
      case UInt8(ascii: "f"): scratch.append(0x0C)
      case UInt8(ascii: "u"):
        var value = try hex(bytes, &index)
        if (0xD800...0xDBFF).contains(value) {
          guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
          else { throw Problem(byte: index, reason: "half a surrogate pair stands in a string") }
          index += 2
          let low = try hex(bytes, &index)
          guard (0xDC00...0xDFFF).contains(low) else {
            throw Problem(byte: index, reason: "half a surrogate pair stands in a string")
          }
          value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else {
          throw Problem(byte: index, reason: "half a surrogate pair stands in a string")
        }
        // NUL is white space to everything that comes after.
        scratch.append(contentsOf: UTF8.encode(value == 0 ? " " : scalar)!)
      default: throw bad(index - 1)
      }
      copied = index
    }
    throw ends(index)
  }

  private mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    bytes.extracting(range).withUnsafeBufferPointer { scratch.append(contentsOf: $0) }
  }

  private func hex(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) -> UInt32 {
    guard index + 4 <= bytes.count else { throw ends(bytes.count) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[index]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
      default: throw bad(index)
      }
      index += 1
    }
    return value
  }

  // MARK: - Values that are passed over

  /// Checks one value of any kind; its nesting is kept in bits, not on the stack.
  private mutating func skipValue(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) {
    var isObject: UInt64 = 0  // bit d: level d is an object
    var depth = 0
    while true {
      guard index < bytes.count else { throw ends(index) }
      var isComplete = true
      switch bytes[index] {
      case UInt8(ascii: "\""): _ = try string(bytes, &index)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // The object of the line is level 1.
        guard depth < Self.depthLimit - 1 else {
          throw Problem(byte: index, reason: "it is nested deeper than 64 levels")
        }
        let object = bytes[index] == UInt8(ascii: "{")
        index += 1
        skipSpace(bytes, &index)
        guard index < bytes.count else { throw ends(index) }
        if bytes[index] == (object ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          index += 1
        } else {
          if object { isObject |= 1 << UInt64(depth) } else { isObject &= ~(1 << UInt64(depth)) }
          depth += 1
          if object { try skipKey(bytes, &index) }
          isComplete = false
        }
      case UInt8(ascii: "t"): try word("true", bytes, &index)
      case UInt8(ascii: "f"): try word("false", bytes, &index)
      case UInt8(ascii: "n"): try word("null", bytes, &index)
      default: try number(bytes, &index)
      }
      guard isComplete else { continue }
      // A value is complete: go on in its list or object, or leave as many levels as end here.
      while true {
        if depth == 0 { return }
        skipSpace(bytes, &index)
        guard index < bytes.count else { throw ends(index) }
        let object = isObject >> UInt64(depth - 1) & 1 == 1
        let next = bytes[index]
        index += 1
        if next == UInt8(ascii: ",") {
          skipSpace(bytes, &index)
          if object { try skipKey(bytes, &index) }
          break
        }
        guard next == (object ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw bad(index - 1) }
        depth -= 1
      }
    }
  }

  private mutating func skipKey(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) {
    _ = try string(bytes, &index)
    skipSpace(bytes, &index)
    try expect(UInt8(ascii: ":"), bytes, &index)
    skipSpace(bytes, &index)
  }

  func word(_ text: StaticString, _ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) {
    let start = index
    for offset in 0..<text.utf8CodeUnitCount {
      guard index < bytes.count else { throw ends(index) }
      guard bytes[index] == text.utf8Start[offset] else { throw bad(start) }
      index += 1
    }
  }

  func number(_ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) {
    func digits() throws(Problem) {
      let start = index
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
      guard index > start else { throw index < bytes.count ? bad(index) : ends(index) }
    }
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "0") { index += 1 } else { try digits() }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      try digits()
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
        index += 1
      }
      try digits()
    }
  }

  // MARK: - Bytes

  /// Passes over bytes that mean nothing in a string, eight at a time: no quote, backslash or control character.
  @inline(__always)
  private func plainEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      let raw = UnsafeRawBufferPointer(buffer)
      let ones: UInt64 = 0x0101_0101_0101_0101
      let highs: UInt64 = 0x8080_8080_8080_8080
      var index = start
      while index &+ 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        // The usual trick: a byte that is zero after the exclusive or, or below 0x20, borrows into its high bit.
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let found =
          (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word
        if found & highs != 0 { return index &+ (found & highs).trailingZeroBitCount &>> 3 }
        index &+= 8
      }
      while index < raw.count, raw[index] != 0x22, raw[index] != 0x5C, raw[index] >= 0x20 { index &+= 1 }
      return index
    }
  }

  @inline(__always)
  func skipSpace(_ bytes: Span<UInt8>, _ index: inout Int) {
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
      index += 1
    }
  }

  func expect(_ byte: UInt8, _ bytes: Span<UInt8>, _ index: inout Int) throws(Problem) {
    guard index < bytes.count else { throw ends(index) }
    guard bytes[index] == byte else { throw bad(index) }
    index += 1
  }

  func bad(_ index: Int) -> Problem { Problem(byte: index, reason: "it is not valid JSON") }
  func ends(_ index: Int) -> Problem { Problem(byte: index, reason: "its JSON ends too early") }
}
