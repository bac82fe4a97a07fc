import QueryEngine
import SiteConfiguration
import TextAnalysis

extension Configuration {
  /// Synonyms, pins and recency of `search.yaml`.
  func searchOptions() throws -> SearchOptions {
    var options = SearchOptions()
    var all = Synonyms()
    for line in synonyms {
      try reading("analysis.synonyms") { try all.add(Synonyms(parsing: line)) }
    }
    options.synonyms = all
    options.pins = Pins(pins.map { Pins.Rule(queries: $0.queries, targets: $0.targets) })
    if recencyHalfLife > 0 { options.recency = Recency(halfLife: recencyHalfLife) }
    return options
  }

  private func reading(_ key: String, _ body: () throws -> Void) throws {
    do { try body() } catch let error as OwnerListError {
      throw CommandError(
        status: ExitStatus.badConfiguration,
        message: Output.harmless("\(file ?? "the configuration"): \(key): \(error.problem)"))
    }
  }

  /// The user dictionaries of `search.yaml`.
  func analysisOptions() throws -> AnalysisOptions {
    var text = ""
    for path in userDictionaries {
      guard let bytes = FileBytes.read(path) else {
        throw CommandError(
          status: ExitStatus.noInput,
          message: "\(Output.harmless(path)) cannot be read (analysis.user_dictionary)")
      }
      guard let words = String(validating: bytes, as: UTF8.self) else {
        throw CommandError(
          status: ExitStatus.badConfiguration,
          message: "\(Output.harmless(path)) is not UTF-8; save it as UTF-8")
      }
      text += words + "\n"
    }
    return AnalysisOptions(userDictionary: try WordList(text: text))
  }
}
