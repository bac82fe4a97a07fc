import ArgumentParser
import Glibc

@main
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Full-text search for Chinese and English sites.",
    discussion: """
      Examples:
        search index docs posts        build the index in .search from two folders
        search query "多集群"           the best entries for 多集群
        search status                  what the index holds
      """,
    version: "0.1.0",
    subcommands: [
      IndexCommand.self, QueryCommand.self, AnalyzeCommand.self, ExplainCommand.self, StatusCommand.self,
      VerifyCommand.self, SuggestCommand.self, ServeCommand.self,
    ])

  @OptionGroup var options: IndexOptions

  /// Alone: help, and how the nearest index is.
  func run() throws {
    Output.print(Self.helpMessage())
    Output.print("")
    Output.print(StatusReport.sentence(of: options.directory))
  }

  static func main() {
    Output.ignoreClosedPipes()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if let code = ExitStatus(error) {
        Output.complain(code.message)
        Glibc.exit(code.status)
      }
      exit(withError: error)
    }
  }
}
