import ArgumentParser
import ContentIngest
import Glibc
import IndexFormat
import IndexStorage
import SearchModel
import SiteConfiguration
import SiteIndexing

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Build or update the index from files and folders, and publish it in one step.",
    discussion: """
      Reads the pages of a site, Markdown, built HTML, plain text and JSONL, and only
      what has changed. Without PATH the sources of search.yaml are read, else those
      of the last run; on the first run, the current folder. Readers see the old
      state until the new one is complete.
      """)

  @OptionGroup var options: IndexOptions
  @Flag(help: "Build from nothing instead of updating.") var full = false
  @Flag(help: "Go on and take over every change until Ctrl-C or SIGTERM.") var watch = false
  @Flag(help: "Add JSONL from standard input; {\"id\":\"…\",\"_delete\":true} takes an entry out.")
  var stdin = false
  @Flag(help: "Say what would change, publish nothing.") var dryRun = false
  @Flag(help: "Publish nothing if any input is bad (exit 65).") var strict = false
  @Option(
    help: ArgumentHelp("Memory for buffers, such as 64M (default: 256M).", valueName: "size"))
  var memory: MemorySize?
  @Option(help: ArgumentHelp("Threads; 0 for as many as cores (default: 0).", valueName: "n"))
  var threads: Int?
  @Option(
    defaultAsFlag: .unlimited, parsing: .next,
    help: ArgumentHelp(WaitingTime.explanation, valueName: "seconds"))
  var wait: WaitingTime?
  @Flag(help: "Print the summary as one JSON object.") var json = false
  @Argument(help: "Files and folders.") var paths: [String] = []

  func validate() throws {
    if stdin, !paths.isEmpty { throw ValidationError("--stdin reads no files; leave out \(paths[0]).") }
    if paths.contains("") {
      throw ValidationError("a PATH is empty; name a file or folder, or . for this one.")
    }
    if let threads, !(0...256).contains(threads) {
      throw ValidationError("--threads is \(threads); choose 1 to 256, or 0 for as many as cores.")
    }
    if watch, stdin { throw ValidationError("--watch watches files; leave out --stdin.") }
    if watch, wait != nil { throw ValidationError("--watch tries again by itself; leave out --wait.") }
    if watch, dryRun { throw ValidationError("--watch publishes; leave out --dry-run.") }
  }

  func run() throws {
    if watch { return try runAgainAndAgain() }
    let start = ContinuousClock.now
    let settings = try options.readSettings()
    let sources = try SourceList(paths: paths, stdin: stdin, settings: settings)
    let report = try WaitingTime.run(wait) { patience in
      try update(sources, settings, isFull: full, patience: patience)
    }
    try tell(report, sources, settings, since: start)
  }

  /// One run.
  ///
  /// - Parameters:
  ///   - patience: with another run.
  ///   - check: called now and then; what it throws ends the run, and nothing is published.
  func update(
    _ sources: SourceList, _ settings: Configuration, isFull: Bool, patience: LockPatience = .none,
    check: @escaping () throws -> Void = {}
  ) throws -> RunReport {
    var runOptions = IndexRun.Options(settings, for: sources)
    runOptions.isFull = isFull
    runOptions.isDryRun = dryRun
    runOptions.isStrict = strict
    runOptions.patience = patience
    if let memory { runOptions.memoryBudget = memory.bytes }
    let threads = threads ?? settings.threads
    runOptions.threadCount = threads > 0 ? threads : WorkCrew.coreCount
    let directory = IndexDirectory(path: settings.indexPath)
    var progress = Progress(isShown: !options.quiet)
    defer { progress.finish() }
    var run = IndexRun(in: directory, options: runOptions) { done, total, entries in
      try check()
      progress.update(done: done, of: total, entries: entries)
    }
    if sources.isStandardInput { return try run.update(standardInput: STDIN_FILENO) }
    return try run.update(
      paths: sources.paths, recordedPaths: sources.recorded(for: directory),
      keepsStandardInput: sources.keepsStandardInput)
  }

  /// Says what a run did.
  func tell(
    _ report: RunReport, _ sources: SourceList, _ settings: Configuration,
    since start: ContinuousClock.Instant
  ) throws {
    if !options.quiet {
      if let sentence = report.rebuildReason?.sentence { Output.complain(Output.harmless(sentence)) }
      let skipped = report.skipped.filter { !$0.isDeliberate }
      for skip in skipped.prefix(IndexSummary.shownNames) { Output.complain(IndexSummary.sentence(skip)) }
    }
    if options.quiet, !json { return }
    var summary = try IndexSummary(report, isDryRun: dryRun, in: IndexDirectory(path: settings.indexPath))
    summary.microseconds = (ContinuousClock.now - start).microseconds
    if json {
      Output.print(summary.json())
    } else {
      for line in summary.lines(sources: sources) { Output.print(line) }
    }
  }
}

/// A size such as `256M`: bytes, or powers of 1,024 with K, M or G.
struct MemorySize: ExpressibleByArgument, CustomStringConvertible {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    var digits = argument
    var shift = 0
    if let unit = ["K": 10, "M": 20, "G": 30][argument.last.map { $0.uppercased() } ?? ""] {
      digits.removeLast()
      shift = unit
    }
    guard let number = Int(digits), number > 0, number <= Int.max >> (shift + 1) else { return nil }
    bytes = number << shift
    guard bytes >= 1 << 20 else { return nil }
  }

  var description: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : "\(bytes)" }
  var defaultValueDescription: String { description }
}
