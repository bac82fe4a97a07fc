import SearchModel

/// A comparison with a day as clients of other engines write it: as text or as a point in time.
struct DayCondition: Equatable, Sendable {
  enum Comparison: String, Sendable {
    case equal = "="
    case notEqual = "!="
    case above = ">"
    case atLeast = ">="
    case below = "<"
    case atMost = "<="
  }

  /// `CalendarDay` number.
  let day: UInt32
  /// Whether the point in time is the beginning of the day; entries count as of that moment.
  let isStart: Bool

  /// `2022-11-01`, with or without a time behind it, or seconds since 1970; above 10¹¹ milliseconds.
  init?(_ text: String) {
    if let day = CalendarDay(iso: text) {
      self.init(day: day.number, isStart: true)
    } else if let seconds = Double(text) {
      self.init(seconds: seconds)
    } else {
      return nil
    }
  }

  private init(day: UInt32, isStart: Bool) {
    self.day = day
    self.isStart = isStart
  }

  init?(seconds number: Double) {
    let seconds = abs(number) > 1e11 ? number / 1_000 : number
    // Years 0 to 9999.
    guard seconds >= -62_167_219_200, seconds < 253_402_300_800 else { return nil }
    let whole = Int(seconds.rounded(.down))
    let days = (whole >= 0 ? whole : whole - 86_399) / 86_400
    guard let day = CalendarDay(daysSince1970: days) else { return nil }
    self.init(day: day.number, isStart: Double(days * 86_400) == seconds)
  }

  /// The filter of entries whose day compares so.
  func filter(_ comparison: Comparison) -> SearchFilter {
    switch comparison {
    case .equal: isStart ? .days(day...day) : .any([])
    case .notEqual: .not(filter(.equal))
    case .above: .days(day + 1...UInt32.max)
    case .atLeast: .days((isStart ? day : day + 1)...UInt32.max)
    case .below: .days(1...(isStart ? max(day, 2) - 1 : max(day, 1)))
    case .atMost: .days(1...max(day, 1))
    }
  }

  /// The filter of entries whose year compares so.
  static func filter(year: Int, _ comparison: Comparison) -> SearchFilter {
    let year = UInt32(clamping: min(max(year, 0), 9_999)) * 10_000
    switch comparison {
    case .equal: return .days(year + 1...year + 9_999)
    case .notEqual: return .not(.days(year + 1...year + 9_999))
    case .above: return .days(year + 10_000...UInt32.max)
    case .atLeast: return .days(max(year, 1)...UInt32.max)
    case .below: return .days(1...max(year, 1))
    case .atMost: return .days(1...year + 9_999)
    }
  }
}
