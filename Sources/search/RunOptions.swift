import Glibc
import SearchModel
import SiteConfiguration
import SiteIndexing

extension IndexRun.Options {
  /// What the configuration says of a run over these sources.
  init(_ settings: Configuration, for sources: SourceList) {
    self.init(now: Int(time(nil)))
    plan = settings.plan(for: sources.paths)
    today = Self.localDay
    fileByteLimit = settings.fileByteLimit
    memoryBudget = settings.memory
    keptCommits = settings.keptCommits
  }

  /// Of the machine's time zone: the day on which its owner asks for an index.
  private static var localDay: String? {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    let number =
      UInt32(parts.tm_year + 1900) * 10_000 + UInt32(parts.tm_mon + 1) * 100 + UInt32(parts.tm_mday)
    return CalendarDay(number: number)?.iso
  }
}
