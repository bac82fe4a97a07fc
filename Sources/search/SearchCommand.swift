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
      VerifyCommand.self, RollbackCommand.self, DoctorCommand.self, SuggestCommand.self, ServeCommand.self,
      WidgetCommand.self,
      EvalCommand.self, InitCommand.self, ConfigCommand.self,
    ])

  @OptionGroup var options: IndexOptions

  /// Alone: help, and how the nearest index is.
  func run() throws {
    Output.print(Self.helpMessage())
    Output.print("")
    Output.print(StatusReport.sentence(of: options.directory))
  }

  static func main() {
    Output.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if let status = ExitStatus(error) ?? unexplained(error) {
        Output.complain(status.message)
        Glibc.exit(status.status)
      }
      exit(withError: error)  // help, the version, and the codes of commands that have had their say
    }
  }

  /// What the argument parser refuses; what it does not know either is a mistake of ours.
  private static func unexplained(_ error: any Error) -> ExitStatus? {
    switch exitCode(for: error) {
    case .success: nil
    case .validationFailure: ExitStatus(ExitStatus.usage, usageSentence(error))
    default:
      error is ExitCode
        ? nil : ExitStatus(ExitStatus.internalError, "internal error: \(Output.harmless("\(error)"))")
    }
  }

  /// What is wrong with the command line, what to type instead, and where to read more.
  private static func usageSentence(_ error: any Error) -> String {
    var sentence = Output.harmless(message(for: error))
    let explanation = fullMessage(for: error).split(separator: "\n")
    let reference = explanation.last { $0.hasPrefix("  See '") } ?? "  See 'search --help'."
    let isAboutRoot = reference.hasPrefix("  See 'search --help'")
    if isAboutRoot, sentence.hasPrefix("Unexpected argument") {
      let names = configuration.subcommands.compactMap { $0.configuration.commandName }
      sentence += ": no such command. The commands are \(names.joined(separator: ", "))."
    } else if sentence.hasPrefix("Missing expected argument") || sentence.hasPrefix("Unknown option"),
      CommandLine.arguments.contains(where: { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.count > 2 })
    {
      sentence += ". Put -- before a text that begins with a dash."
    }
    let option = explanation.first { $0.hasPrefix("Help:") }.map { "\n" + $0.dropFirst("Help:".count) } ?? ""
    return "\(sentence)\(option)\n\(reference)"
  }
}
