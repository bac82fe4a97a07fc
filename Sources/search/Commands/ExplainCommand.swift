import ArgumentParser
import QueryEngine
import SearchModel

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why an entry ranks where it ranks, or why it does not match.")

  @OptionGroup var options: IndexOptions
  @OptionGroup var ranking: RankingOptions
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "What to look for.") var query: String
  @Argument(help: "The id of an entry, as `search query --json` prints it, or its URL.") var id: String

  func run() throws {
    let searcher = try Searcher(
      in: options.directory, analysis: try options.settings.analysisOptions(),
      options: try ranking.searchOptions(options.settings))
    guard let explanation = try searcher.explain(SearchRequest(text: query), id: id) else {
      throw CommandError(
        status: ExitStatus.noInput,
        message: "no entry has the id or URL \(Output.harmless(id)); `search query --json` prints ids")
    }
    if json {
      Output.print(ExplanationView.json(explanation))
    } else {
      for line in ExplanationView.lines(explanation) { Output.print(line) }
    }
  }
}
