import ArgumentParser
import IndexFormat
import QueryEngine
import SearchModel
import TextAnalysis

struct SuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "Print the titles, tags and words that go on from a prefix.")

  @OptionGroup var options: IndexOptions
  @Option(name: .shortAndLong, help: "Print at most this many (1 to 1000).") var limit = SearchRequest
    .defaultLimit
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "What has been typed so far.") var prefix: [String]

  func validate() throws {
    guard SearchRequest.limits.contains(limit) else {
      throw ValidationError("--limit is \(limit); choose 1 to 1000.")
    }
  }

  func run() throws {
    let found = try CompletionTable(try IndexSnapshot(in: options.directory)).completions(
      of: prefix.joined(separator: " "), limit: limit, analyzer: try Analyzer())
    if json {
      Output.print(found.json())
    } else {
      for suggestion in found.suggestions {
        let place = suggestion.kind == .title ? suggestion.url ?? "" : suggestion.kind.rawValue
        Output.print(Output.harmless(suggestion.text) + (place.isEmpty ? "" : "\t" + Output.harmless(place)))
      }
    }
    if found.suggestions.isEmpty { throw ExitCode(ExitStatus.nothingFound) }
  }
}
