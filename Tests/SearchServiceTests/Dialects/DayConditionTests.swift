import Foundation
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct DayConditionTests {
  @Test("a point in time is the day of the calendar", arguments: UInt64(0)..<200)
  func calendar(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let seconds = Double.random(in: -62_000_000_000...253_000_000_000, using: &random).rounded(.down)
    // Above 10¹¹ they would be milliseconds.
    guard abs(seconds) <= 1e11 else { return }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day, .era], from: Date(timeIntervalSince1970: seconds))
    // Foundation's calendar is Julian before 1582.
    guard seconds > -12_000_000_000, let year = parts.year, let month = parts.month, let day = parts.day
    else { return }
    let condition = try #require(DayCondition(seconds: seconds))
    #expect(condition.day == UInt32(year * 10_000 + month * 100 + day))
    #expect(condition.isStart == (seconds.truncatingRemainder(dividingBy: 86_400) == 0))
  }

  @Test(
    "what is no time is none",
    arguments: ["", "soon", "nan", "inf", "1e300", "-1e300", "2022-13-01", "2022-11"])
  func none(text: String) { #expect(DayCondition(text) == nil) }

  @Test("no comparison makes a range that is none")
  func ranges() throws {
    for text in ["0001-01-01", "9999-12-31", "0", "-62167219200", "253402300799"] {
      let condition = try #require(DayCondition(text))
      for comparison in [DayCondition.Comparison.equal, .notEqual, .above, .atLeast, .below, .atMost] {
        _ = condition.filter(comparison)
      }
    }
    for year in [Int.min, -1, 0, 1, 9_999, 10_000, Int.max] {
      for comparison in [DayCondition.Comparison.equal, .notEqual, .above, .atLeast, .below, .atMost] {
        _ = DayCondition.filter(year: year, comparison)
      }
    }
    #expect(DayCondition.filter(year: 2022, .below) == .days(1...20_220_000))
  }
}
