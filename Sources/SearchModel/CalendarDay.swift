/// A day without a time zone, as one number that sorts by time: `year × 10,000 + month × 100 + day`.
package struct CalendarDay: Equatable, Comparable, Sendable {
  package let number: UInt32

  /// Nil unless month and day are possible; `number` 0 means no date.
  package init?(number: UInt32) {
    let month = number / 100 % 100
    let day = number % 100
    guard (1...12).contains(month), (1...31).contains(day), number / 10_000 <= 9_999 else { return nil }
    self.number = number
  }

  /// Reads the day of an ISO date, `2022-11-01` or with a time behind it.
  package init?(iso: String?) {
    guard let iso else { return nil }
    let bytes = Array(iso.utf8.prefix(11))
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    if bytes.count == 11, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[10]) { return nil }
    var number: UInt32 = 0
    for i in [0, 1, 2, 3, 5, 6, 8, 9] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[i]) else { return nil }
      number = number * 10 + UInt32(bytes[i] - UInt8(ascii: "0"))
    }
    self.init(number: number)
  }

  package var year: Int { Int(number / 10_000) }

  /// `2022-11-01`.
  package var iso: String {
    func padded(_ value: UInt32, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(number / 10_000, 4))-\(padded(number / 100 % 100, 2))-\(padded(number % 100, 2))"
  }

  package static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.number < b.number }
}
