import SearchModel

/// The parameters of one request, wherever a client put them: members of the body, a URL-encoded `params` string inside
/// of it, or the address. From the last two all values are strings, with JSON arrays written out.
struct AlgoliaParameters {
  private var values: [String: JSONValue]
  /// The `params` string as it was sent.
  private(set) var encoded: String?

  /// - Parameter members: of the body; what they say goes before what `params` says.
  init(_ members: [String: JSONValue]) throws(AlgoliaError) {
    values = members
    guard case .string(let encoded)? = members["params"] else { return }
    self.encoded = encoded
    values.merge(try Self.decoded(encoded)) { member, _ in member }
  }

  /// - Parameter target: what stands in the address.
  init(_ target: RequestTarget) {
    values = Dictionary(target.parameters.map { ($0.name, .string($0.value)) }) { _, last in last }
  }

  private static func decoded(_ text: String) throws(AlgoliaError) -> [String: JSONValue] {
    var limits = ServiceLimits()
    limits.targetBytes = limits.bodyBytes + 2
    do {
      return AlgoliaParameters(try RequestTarget("/?" + text, limits: limits)).values
    } catch {
      throw .parameter("params", "write it as URL-encoded UTF-8, name=value&name=value")
    }
  }

  /// The value as it was sent, an array in a string as an array; nil when it is not there or null.
  func value(of name: String) throws(AlgoliaError) -> JSONValue? {
    switch values[name] {
    case nil, .null: return nil
    case .string(let text) where text.utf8.first == UInt8(ascii: "["):
      do {
        return try JSONReader.read(Array(text.utf8))
      } catch {
        throw .parameter(name, "this JSON cannot be read: \(error)")
      }
    case .some(let value): return value
    }
  }

  func string(_ name: String) throws(AlgoliaError) -> String? {
    switch values[name] {
    case nil, .null: return nil
    case .string(let text): return text
    case .some(let value): throw .parameter(name, "a string is expected, not \(value.kind)")
    }
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(AlgoliaError) -> Int? {
    let number: Int?
    switch values[name] {
    case nil, .null: return nil
    case .integer(let value): number = value
    case .string(let text): number = Int(text)
    default: number = nil
    }
    guard let number, range.contains(number) else {
      throw .parameter(name, "choose a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func bool(_ name: String) throws(AlgoliaError) -> Bool? {
    switch values[name] {
    case nil, .null: return nil
    case .bool(let value): return value
    case .string("true"), .string("1"), .integer(1): return true
    case .string("false"), .string("0"), .integer(0): return false
    default: throw .parameter(name, "choose true or false")
    }
  }

  /// One of some words.
  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _: Word.Type
  ) throws(AlgoliaError) -> Word? where Word.RawValue == String {
    guard let text = try string(name) else { return nil }
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw .parameter(name, "choose from \(known)")
    }
    return word
  }

  /// A list of names: an array, or a string with commas.
  func strings(_ name: String) throws(AlgoliaError) -> [String]? {
    switch try value(of: name) {
    case nil: return nil
    case .string(let text):
      return text.utf8.split(separator: UInt8(ascii: ",")).map { part in
        var part = part
        while part.first == 0x20 { part.removeFirst() }
        while part.last == 0x20 { part.removeLast() }
        return String(Substring(part))
      }
    case .array(let values):
      var names: [String] = []
      for value in values {
        guard case .string(let text) = value else {
          throw .parameter(name, "a list of strings is expected; found \(value.kind)")
        }
        names.append(text)
      }
      return names
    case .some(let value): throw .parameter(name, "a list of strings is expected, not \(value.kind)")
    }
  }
}
