import SearchModel

/// A point in time in a condition on `date`: Unix seconds or milliseconds, as Algolia's users keep dates, or a day as
/// we show it (`2022-11-01`, `20221101`).
struct AlgoliaMoment: Equatable, Sendable {
  /// The `CalendarDay` number of the day it falls into, 0 before all and 99,999,999 after all of them.
  private let day: Int
  /// Whether it is the start of that day, which is when an entry of the day is from.
  private let isStart: Bool

  init?(_ text: String) {
    if let day = CalendarDay(iso: text) ?? UInt32(text).flatMap(Self.written) {
      (self.day, isStart) = (Int(day.number), true)
      return
    }
    guard var seconds = Double(text), seconds.isFinite else { return nil }
    // The year 5138 in seconds, 1973 in milliseconds.
    if abs(seconds) >= 1e11 { seconds /= 1_000 }
    // Outside of what dates can be everything is the same, and the arithmetics is safe.
    seconds = min(max(seconds, -1e11), 3e11)
    let days = (seconds / 86_400).rounded(.down)
    isStart = days * 86_400 == seconds
    day = CalendarDay(daysSince1970: Int(days)).map { Int($0.number) } ?? (days < 0 ? 0 : 99_999_999)
  }

  /// A day as eight digits; as seconds these would all be in the year 1970.
  private static func written(_ number: UInt32) -> CalendarDay? {
    number >= 10_000_000 ? CalendarDay(number: number) : nil
  }

  /// Entries whose day compares so with it.
  func days(_ comparison: NumericComparison) -> SearchFilter {
    switch comparison {
    case .equal: isStart ? .dayNumbers(from: day, to: day) : .nothing
    case .notEqual: .not(days(.equal))
    case .greater: .dayNumbers(from: day + 1, to: nil)
    case .greaterOrEqual: .dayNumbers(from: isStart ? day : day + 1, to: nil)
    case .less: .dayNumbers(from: nil, to: isStart ? day - 1 : day)
    case .lessOrEqual: .dayNumbers(from: nil, to: day)
    }
  }
}
