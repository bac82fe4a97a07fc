import Glibc

/// Moments as logs have them: UTC, ISO 8601.
enum LogTime {
  /// `2026-05-04T12:00:00Z`, or with milliseconds.
  static func text(_ time: timespec, hasMilliseconds: Bool) -> String {
    var seconds = time.tv_sec
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return "1970-01-01T00:00:00Z" }
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    func two(_ number: Int32) -> String { padded(Int(number), 2) }
    let second =
      "\(padded(Int(parts.tm_year) + 1900, 4))-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    return second + (hasMilliseconds ? ".\(padded(time.tv_nsec / 1_000_000, 3))Z" : "Z")
  }

  static func now() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time
  }
}
