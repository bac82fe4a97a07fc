import SearchModel

/// JSON that a client sent.
enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits.
  case integer(Int)
  /// Any other number; never infinite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Of repeated keys the last counts.
  case object([String: JSONValue])

  /// The value as it is named in messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  func write(to json: inout JSONWriter) {
    switch self {
    case .null: json.null()
    case .bool(let value): json.bool(value)
    case .integer(let value): json.number(value)
    case .number(let value): json.number(value)
    case .string(let value): json.string(value)
    case .array(let values): json.array { json in for value in values { value.write(to: &json) } }
    case .object(let members):
      json.object { json in
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
          json.key(key)
          value.write(to: &json)
        }
      }
    }
  }

  /// The value as short JSON, for messages.
  var text: String {
    var json = JSONWriter()
    write(to: &json)
    return json.text.count > 60 ? json.text.prefix(60) + "…" : json.text
  }
}
