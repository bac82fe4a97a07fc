extension CalendarDay {
  /// Days since 1970-01-01 in the Gregorian calendar; a day that its month does not have counts on into the next.
  ///
  /// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  package var daysSince1970: Int {
    let month = Int(number / 100 % 100)
    let day = Int(number % 100)
    let year = Int(number / 10_000) - (month <= 2 ? 1 : 0)
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The day so many days after the first of January 1970; nil outside the years 0 to 9999.
  ///
  /// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  package init?(daysSince1970 days: Int) {
    guard (-800_000...3_000_000).contains(days) else { return nil }
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    guard (0...9_999).contains(year) else { return nil }
    self.init(number: UInt32(year * 10_000 + month * 100 + dayOfYear - (153 * fromMarch + 2) / 5 + 1))
  }
}
