/// Path and parameters of a request, read strictly: what is not valid is refused, never guessed.
struct RequestTarget: Equatable, Sendable {
  struct Parameter: Equatable, Sendable {
    var name: String
    var value: String
  }

  /// As sent: paths are compared byte by byte, so nothing encoded names a route.
  let path: String
  let parameters: [Parameter]

  init(_ target: String, limits: ServiceLimits = ServiceLimits()) throws(ServiceError) {
    guard target.utf8.count <= limits.targetBytes else { throw .targetTooLong }
    guard target.utf8.first == UInt8(ascii: "/") else { throw .malformed }
    guard let mark = target.firstIndex(of: "?") else {
      path = target
      parameters = []
      return
    }
    path = String(target[..<mark])
    var found: [Parameter] = []
    for pair in target[target.index(after: mark)...].utf8.split(separator: UInt8(ascii: "&")) {
      let sign = pair.firstIndex(of: UInt8(ascii: "="))
      let name = pair[..<(sign ?? pair.endIndex)]
      let value = sign.map { pair[pair.index(after: $0)...] } ?? pair[pair.endIndex...]
      found.append(Parameter(name: try Self.decode(name), value: try Self.decode(value)))
    }
    parameters = found
  }

  /// A part of a path, in which `%` and two digits are a byte.
  static func decodedPart(_ text: Substring.UTF8View) throws(ServiceError) -> String {
    try decode(text, plusIsSpace: false)
  }

  /// Form encoding: `+` is a space, `%` and two digits a byte; the whole is UTF-8 without NUL.
  private static func decode(
    _ text: Substring.UTF8View, plusIsSpace: Bool = true
  ) throws(ServiceError) -> String {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
          throw .badRequest(
            "invalid_encoding", "a % in the address is not followed by two hexadecimal digits")
        }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    guard !bytes.contains(0) else {
      throw .badRequest("invalid_encoding", "the address holds a NUL character")
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw .badRequest("invalid_encoding", "the address is not valid UTF-8")
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The value of a parameter that may be given once; nil when it is not there.
  func value(of name: String) throws(ServiceError) -> String? {
    let found = parameters.filter { $0.name == name }
    guard found.count <= 1 else { throw .badRequest("invalid_parameter", "\(name) is given more than once") }
    return found.first?.value
  }

  func values(of name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }
}
