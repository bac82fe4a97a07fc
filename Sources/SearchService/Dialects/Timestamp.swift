import Glibc

/// A time as clients of dialects read it: with a fraction, without which one of them fails.
enum Timestamp {
  /// RFC 3339 in UTC, `2026-01-01T00:00:00.000000Z`.
  ///
  /// - Parameter seconds: since 1970.
  static func text(of seconds: Int) -> String {
    var second = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&second, &parts) != nil, (0...9_999).contains(parts.tm_year + 1_900) else {
      return "1970-01-01T00:00:00.000000Z"
    }
    func padded(_ number: Int32, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
      + "T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec)).000000Z"
  }
}
