/// Members of an object that a client sent, by the kinds of value they have to be; null is as good as nothing.
struct MeilisearchParameters: Sendable {
  let members: [String: JSONValue]
  /// Where the object stands, for messages; empty for the body itself.
  let place: String
  /// What the codes of errors call it: `invalid_search_limit`.
  let family: String

  init(_ members: [String: JSONValue], place: String = "", family: String = "search") {
    self.members = members.filter { $0.value != .null }
    self.place = place
    self.family = family
  }

  func refuseUnknown(_ known: Set<String>, listed: [String]) throws(MeilisearchError) {
    guard let name = members.keys.filter({ !known.contains($0) }).min() else { return }
    throw .bad(
      "bad_request",
      "Unknown field `\(name.prefix(60))`\(place.isEmpty ? "" : " inside `\(place)`"): expected one of \(listed.map { "`\($0)`" }.joined(separator: ", "))"
    )
  }

  /// `attributesToCrop` → `invalid_search_attributes_to_crop`.
  private func code(_ name: String) -> String {
    name.reduce(into: "invalid_\(family)_") { code, letter in
      if letter.isUppercase { code += "_" }
      code += letter.lowercased()
    }
  }

  private func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> MeilisearchError {
    .bad(
      code(name),
      "Invalid value type at `\(place).\(name)`: expected \(expected), but found \(value.kind): `\(value.text)`"
    )
  }

  func text(_ name: String) throws(MeilisearchError) -> String? {
    guard let value = members[name] else { return nil }
    guard case .string(let text) = value else { throw wrong(name, value, "a string") }
    return text
  }

  /// A number that is not negative.
  func whole(_ name: String) throws(MeilisearchError) -> Int? {
    guard let value = members[name] else { return nil }
    guard case .integer(let number) = value, number >= 0 else {
      throw wrong(name, value, "a positive integer")
    }
    return number
  }

  func number(_ name: String) throws(MeilisearchError) -> Double? {
    switch members[name] {
    case nil: return nil
    case .integer(let number)?: return Double(number)
    case .number(let number)?: return number
    case let value?: throw wrong(name, value, "a number")
    }
  }

  func flag(_ name: String) throws(MeilisearchError) -> Bool? {
    guard let value = members[name] else { return nil }
    guard case .bool(let flag) = value else { throw wrong(name, value, "a boolean") }
    return flag
  }

  func list(_ name: String) throws(MeilisearchError) -> [String]? {
    guard let value = members[name] else { return nil }
    guard case .array(let values) = value else { throw wrong(name, value, "an array") }
    var texts: [String] = []
    for value in values {
      guard case .string(let text) = value else { throw wrong(name, value, "a string") }
      texts.append(text)
    }
    return texts
  }

  func object(_ name: String) throws(MeilisearchError) -> MeilisearchParameters? {
    guard let value = members[name] else { return nil }
    guard let members = value.members else {
      throw .bad(
        "bad_request",
        "Invalid value type at `\(place).\(name)`: expected an object, but found \(value.kind): `\(value.text)`"
      )
    }
    return MeilisearchParameters(members, place: "\(place).\(name)")
  }
}

extension MeilisearchParameters {
  /// The parameters of an address as the body that says the same: lists by commas, the rest by their kind.
  static func body(_ target: RequestTarget, _ kinds: [(name: String, kind: MeilisearchQuery.Kind)]) throws
    -> JSONValue
  {
    var members: [String: JSONValue] = [:]
    for parameter in target.parameters {
      guard let kind = kinds.first(where: { $0.name == parameter.name })?.kind else {
        throw MeilisearchError.bad(
          "bad_request",
          "Unknown parameter `\(parameter.name.prefix(60))`: expected one of \(kinds.map { "`\($0.name)`" }.joined(separator: ", "))"
        )
      }
      members[parameter.name] = value(parameter.value, kind)
    }
    return .object(members)
  }

  /// What is not of its kind stays a text, for which the message is right.
  private static func value(_ text: String, _ kind: MeilisearchQuery.Kind) -> JSONValue {
    switch kind {
    case .text, .any: return .string(text)
    case .whole: return Int(text).map { .integer($0) } ?? .string(text)
    case .number:
      guard let number = Double(text), number.isFinite else { return .string(text) }
      return .number(number)
    case .flag: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
    case .list: return .array(text.split(separator: ",").map { .string(String($0)) })
    case .filter:
      guard text.first == "[", let list = try? JSONReader.read(Array(text.utf8)) else { return .string(text) }
      return list
    }
  }
}

extension JSONValue {
  /// Nil for what is no object.
  var members: [String: JSONValue]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}
