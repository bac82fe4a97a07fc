import ArgumentParser
import QueryEngine
import SiteConfiguration

/// What may be chosen about answers, for the commands that search.
struct RankingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Words that stand for others: lines such as “k8s, kubernetes” or “a => b”; repeatable.",
      valueName: "file"))
  var synonyms: [String] = []

  @Option(
    help: ArgumentHelp("Entries that come first: lines such as “install => /install/”.", valueName: "file"))
  var pins: String?

  @Option(
    name: .customLong("half-life"),
    help: ArgumentHelp("Prefer newer entries; the days after which age counts half.", valueName: "days"))
  var halfLife: Double?

  func validate() throws {
    if let halfLife, !(halfLife > 0 && halfLife.isFinite) {
      throw ValidationError("--half-life is \(halfLife); choose a number of days above 0.")
    }
  }

  /// What the configuration says, and what the flags say: synonyms are added up, the others take its place.
  func searchOptions(_ settings: Configuration) throws -> SearchOptions {
    var options = try settings.searchOptions()
    for path in synonyms {
      try Self.read(path) { try options.synonyms.add(try Synonyms(parsing: $0)) }
    }
    if let pins { try Self.read(pins) { options.pins = try Pins(parsing: $0) } }
    if let halfLife { options.recency = Recency(halfLife: halfLife) }
    return options
  }

  private static func read(_ path: String, _ body: (String) throws -> Void) throws {
    guard let bytes = FileBytes.read(path) else {
      throw CommandError(status: ExitStatus.noInput, message: "\(Output.harmless(path)) cannot be read")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError(
        status: ExitStatus.badConfiguration,
        message: "\(Output.harmless(path)) is not UTF-8; save it as UTF-8")
    }
    do { try body(text) } catch let error as OwnerListError {
      throw CommandError(
        status: ExitStatus.badConfiguration,
        message: "\(Output.harmless(path)):\(error.line): \(Output.harmless(error.problem))")
    }
  }
}
