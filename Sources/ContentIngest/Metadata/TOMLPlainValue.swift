/// Values of TOML that stand without quotes: `true`, `-1_000`, `0xFF`, `1.5e3`, `inf`, `2024-01-02T03:04:05Z`.
enum TOMLPlainValue {
  /// No number or date is longer, and the parser looks ahead no further than 128 bytes.
  private static let lengthLimit = 100

  static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= lengthLimit else { return false }
    if bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8) { return true }
    return isNumber(bytes) || isDateOrTime(bytes)
  }

  // MARK: Numbers

  private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
    if bytes.first == UInt8(ascii: "0"), let mark = bytes.dropFirst().first {
      let digits = bytes.dropFirst(2)
      switch mark {
      case UInt8(ascii: "x"): return isRun(digits, of: { isDigit($0) || (0x61...0x66).contains($0 | 0x20) })
      case UInt8(ascii: "o"): return isRun(digits, of: { (0x30...0x37).contains($0) })
      case UInt8(ascii: "b"): return isRun(digits, of: { $0 == 0x30 || $0 == 0x31 })
      default: break
      }
    }
    var rest = withoutSign(bytes)
    if rest.elementsEqual("inf".utf8) || rest.elementsEqual("nan".utf8) { return true }
    let whole = rest.prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
    guard isRun(whole, of: isDigit), whole.count == 1 || whole.first != UInt8(ascii: "0") else {
      return false
    }
    rest = rest.dropFirst(whole.count)
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
      guard isRun(fraction, of: isDigit) else { return false }
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard let exponent = rest.first else { return true }
    return exponent | 0x20 == UInt8(ascii: "e") && isRun(withoutSign(rest.dropFirst()), of: isDigit)
  }

  private static func withoutSign(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
  }

  /// Digits, between two of which an underscore may stand.
  private static func isRun(_ bytes: ArraySlice<UInt8>, of isDigit: (UInt8) -> Bool) -> Bool {
    bytes.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0.allSatisfy(isDigit)
    }
  }

  // MARK: Dates and times

  private static func isDateOrTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard fits(bytes.prefix(10), "dddd-dd-dd") else { return isTime(bytes) }
    guard bytes.count > 10 else { return true }
    let separator = bytes[bytes.startIndex + 10]
    guard separator | 0x20 == UInt8(ascii: "t") || separator == 0x20 else { return false }
    let time = bytes.dropFirst(11)
    if let last = time.last, last | 0x20 == UInt8(ascii: "z") { return isTime(time.dropLast()) }
    return isTime(time) || fits(time.suffix(6), "+dd:dd") && isTime(time.dropLast(6))
  }

  private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard fits(bytes.prefix(8), "dd:dd:dd") else { return false }
    let rest = bytes.dropFirst(8)
    return rest.isEmpty
      || rest.first == UInt8(ascii: ".") && rest.count > 1 && rest.dropFirst().allSatisfy(isDigit)
  }

  /// d is a digit, + a sign, everything else itself.
  private static func fits(_ bytes: ArraySlice<UInt8>, _ pattern: StaticString) -> Bool {
    let wanted = Array("\(pattern)".utf8)
    return bytes.count == wanted.count
      && zip(bytes, wanted).allSatisfy { byte, wanted in
        switch wanted {
        case UInt8(ascii: "d"): isDigit(byte)
        case UInt8(ascii: "+"): byte == wanted || byte == UInt8(ascii: "-")
        default: byte == wanted
        }
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
