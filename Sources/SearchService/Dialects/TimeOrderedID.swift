import Glibc

/// UUIDs of version 7 (RFC 9562, 5.7): they sort by the time at which they were made.
enum TimeOrderedID {
  static func make() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let milliseconds = UInt64(clamping: now.tv_sec) &* 1_000 &+ UInt64(clamping: now.tv_nsec) / 1_000_000
    let high = milliseconds << 16 | 0x7000 | UInt64.random(in: 0...0xFFF)
    let low = 1 << 63 | UInt64.random(in: 0..<1 << 62)
    let digits = Array(hexadecimal(high) + hexadecimal(low))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
