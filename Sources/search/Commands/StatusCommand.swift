import ArgumentParser

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say what the index holds: commit, entries, segments, sizes, languages.")

  @OptionGroup var options: IndexOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let report = try StatusReport(options.directory)
    if json { Output.print(try report.json()) } else { for line in try report.lines() { Output.print(line) } }
  }
}
