import ArgumentParser

/// Measures the engine on its own, through the same code as the product; ../README.md says how.
@main
struct SearchBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search-bench", abstract: "Measure indexing and querying.",
    subcommands: [
      IndexBench.self, QueryBench.self, AnswerBench.self, FeatureBench.self, CheckCommand.self,
      GenerateCommand.self, QueriesCommand.self, KernelBench.self,
    ])
}
