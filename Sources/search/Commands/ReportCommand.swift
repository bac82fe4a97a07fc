import ArgumentParser
import IndexFormat
import SearchService

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Say what visitors searched for, and what they did not find.",
    discussion: """
      Reads logs that `search serve` has written (serve.query_log); - is standard input.
      """)

  @OptionGroup var options: IndexOptions
  @Option(help: ArgumentHelp("Count from this day on, such as 2026-05-04.", valueName: "date")) var since:
    String?
  @Option(name: .shortAndLong, help: "Entries of each list, 1 to 1000 (default: 20).") var limit = 20
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "Logs of queries.") var files: [String]

  func validate() throws {
    guard (1...1_000).contains(limit) else { throw ValidationError("--limit is \(limit); choose 1 to 1000.") }
    if let since, since.wholeMatch(of: /\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\dZ?)?)?)?/) == nil {
      throw ValidationError("--since is \(since); write a day such as 2026-05-04.")
    }
  }

  func run() throws {
    let report = try QueryReport(files, since: since, limit: limit, threadCount: WorkCrew.coreCount)
    if json {
      Output.print(report.json())
    } else {
      for line in ReportView(report: report).lines { Output.print(line) }
    }
  }
}
