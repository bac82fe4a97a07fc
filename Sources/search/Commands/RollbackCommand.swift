import ArgumentParser
import IndexFormat
import IndexWriting
import QueryEngine
import SearchModel
import SiteConfiguration

struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Go back to an earlier commit of the index.",
    discussion: """
      Without COMMIT, to the newest that is kept: search status lists them, index.keep
      in search.yaml says how many there are. The earlier state is published as a
      commit of its own, so that another rollback undoes it. The next run of
      search index takes over the files as they are then.
      """)

  @OptionGroup var options: IndexOptions
  @Option(
    defaultAsFlag: .unlimited, parsing: .next,
    help: ArgumentHelp(WaitingTime.explanation, valueName: "seconds"))
  var wait: WaitingTime?
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: ArgumentHelp("The number of the commit.", valueName: "commit")) var number: Int?

  func validate() throws {
    if let number, number < 1 {
      throw ValidationError("COMMIT is \(number); search status lists those kept.")
    }
  }

  func run() throws {
    let settings = options.settings
    let rollback = try WaitingTime.run(wait) { patience in
      try IndexRollback(
        in: options.directory, to: number, isSearched: Searcher.asksFor(termsOf:),
        keptCommits: settings.keptCommits,
        patience: patience)
    }
    let isNew = rollback.commit != rollback.previous
    if json {
      var json = JSONWriter()
      json.object { json in
        json.field("commit", rollback.commit.number)
        if let previous = rollback.previous { json.field("from", previous.number) }
        json.field("to", rollback.target)
        json.field("published", isNew)
      }
      Output.print(json.bytes)
    } else if !options.quiet {
      Output.print(
        isNew
          ? "Commit \(rollback.commit.number) is the state of commit \(rollback.target) again."
            + (rollback.previous.map { " Undo: search rollback \($0.number)" } ?? "")
          : "Commit \(rollback.commit.number) already is the state of commit \(rollback.target).")
    }
  }
}
