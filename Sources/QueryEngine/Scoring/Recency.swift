import Glibc
import SearchModel

/// How much newer entries are preferred among those that match equally well.
///
/// The score is multiplied by `½ + ½ · 2^(−age / halfLife)`: 1 for today, ¾ after one half-life, never below ½, so
/// that age alone moves no entry far. An entry without a date counts as one half-life old. Today is the day of the
/// commit: an answer depends on the index alone.
package struct Recency: Equatable, Sendable {
  /// In days, above 0.
  package var halfLife: Double

  /// - Precondition: a half-life above 0.
  package init(halfLife: Double) {
    precondition(halfLife > 0 && halfLife.isFinite, "a half-life of \(halfLife) days")
    self.halfLife = halfLife
  }

  /// The factor for a `CalendarDay` number, 0 for none.
  func factor(day: UInt32, today: Int) -> Float {
    guard let day = CalendarDay(number: day) else { return 0.75 }
    let age = max(0, today - day.daysSince1970)
    return Float(0.5 + 0.5 * exp2(-Double(age) / halfLife))
  }
}
