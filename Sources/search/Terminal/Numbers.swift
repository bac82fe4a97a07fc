/// Numbers for people.
enum Numbers {
  /// `1,312`.
  static func grouped(_ value: Int) -> String {
    var digits = Array(String(abs(value)))
    var at = digits.count - 3
    while at > 0 {
      digits.insert(",", at: at)
      at -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// `1.4 MB`, powers of 1,000.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "kB", "MB", "GB"] {
      if value < 1_000 || unit == "GB" {
        return unit == "bytes" ? "\(count) \(count == 1 ? "byte" : "bytes")" : "\(fixed(value, 1)) \(unit)"
      }
      value /= 1_000
    }
    return "\(count) bytes"
  }

  /// `412 µs`, `3.1 ms`, `2.4 s`.
  static func duration(microseconds: Int) -> String {
    if microseconds < 1_000 { return "\(microseconds) µs" }
    if microseconds < 1_000_000 { return "\(fixed(Double(microseconds) / 1_000, 1)) ms" }
    return "\(fixed(Double(microseconds) / 1_000_000, 1)) s"
  }

  /// `5 minutes`.
  static func age(seconds: Int) -> String {
    func count(_ value: Int, _ unit: String) -> String { "\(value) \(unit)\(value == 1 ? "" : "s")" }
    switch seconds {
    case ..<60: return count(max(seconds, 0), "second")
    case ..<3_600: return count(seconds / 60, "minute")
    case ..<172_800: return count(seconds / 3_600, "hour")
    default: return count(seconds / 86_400, "day")
    }
  }

  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    let fraction = String(abs(scaled) % Int(scale))
    let padded = String(repeating: "0", count: decimals - fraction.count) + fraction
    return (scaled < 0 ? "-" : "") + "\(abs(scaled) / Int(scale)).\(padded)"
  }
}

extension Duration {
  var microseconds: Int { Int(components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000) }
}
