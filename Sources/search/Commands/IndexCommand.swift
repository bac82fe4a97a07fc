import ArgumentParser
import ContentIngest
import Glibc
import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SiteConfiguration

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Build or update the index from files and folders, and publish it in one step.",
    discussion: """
      Reads Markdown, plain text and JSONL. Without PATH the sources of the last run
      are read again; on the first run, the current folder. Readers see the old state
      until the new one is complete.
      """)

  @OptionGroup var options: IndexOptions
  @Flag(help: "Build from nothing instead of updating.") var full = false
  @Flag(help: "Read JSONL from standard input.") var stdin = false
  @Flag(help: "Read everything, publish nothing.") var dryRun = false
  @Flag(help: "Publish nothing if any input is bad (exit 65).") var strict = false
  @Option(
    help: ArgumentHelp("Memory for buffered postings, such as 64M (default: 256M).", valueName: "size"))
  var memory: MemorySize?
  @Flag(help: "Print the summary as one JSON object.") var json = false
  @Argument(help: "Files and folders.") var paths: [String] = []

  func validate() throws {
    if stdin, !paths.isEmpty { throw ValidationError("--stdin reads no files; leave out \(paths[0]).") }
    if paths.contains("") {
      throw ValidationError("a PATH is empty; name a file or folder, or . for this one.")
    }
  }

  func run() throws {
    let start = ContinuousClock.now
    var summary = IndexSummary()
    let settings = options.settings
    let sources = try SourceList(
      paths: paths, stdin: stdin, configured: settings.sources.map(\.path), directory: options.directory)
    var inputs: [SourceFile] = []
    var plan = ContentPlan()
    if case .paths(let paths) = sources {
      plan = settings.plan(for: paths)
      let walker = FileWalker(paths: paths, excluding: [options.path])
      let found = try walker.files()
      inputs = plan.take(found.files)
      summary.skipped = found.skipped
      // What cannot be read is not gone: an index loses nothing because its sources are out of reach.
      let hasIndex = (try? Commit(in: options.directory)) != nil
      if inputs.isEmpty || hasIndex, let skipped = found.skipped.first(where: \.isFolder) {
        throw CommandError(
          status: ExitStatus.inputOutput, message: "\(summary.sentence(skipped)); nothing was published")
      }
    }
    let target = dryRun ? try ScratchIndex() : nil
    let directory = target?.directory ?? options.directory
    let writer = try IndexWriter(
      in: directory, options: .init(memoryBudget: memory?.bytes ?? settings.memory, now: Int(time(nil))))
    var progress = Progress(total: inputs.reduce(0) { $0 + $1.byteCount }, isShown: !options.quiet)
    defer { progress.finish() }
    var reader = ContentReader(plan: plan, today: Self.today)
    reader.fileByteLimit = settings.fileByteLimit
    var done = 0
    func add(_ entry: Entry) throws {
      summary.entriesRead += 1
      try writer.add(entry)
      progress.update(done: done, entries: summary.entriesRead)
    }
    if case .standardInput = sources {
      try reader.readJSONL(
        from: STDIN_FILENO, name: "standard input", progress: { done += $0 }, entry: add,
        skipped: { summary.skipped.append($0) })
    }
    for file in inputs {
      try reader.read(
        file, progress: { done += $0 }, entry: add, skipped: { summary.skipped.append($0) })
    }
    progress.finish()
    let unread = Set(summary.skipped.lazy.filter { $0.line == nil }.map(\.file))
    summary.files = inputs.count { !unread.contains($0.name) }
    for skipped in summary.skipped.prefix(options.quiet ? 0 : IndexSummary.shownSkips) {
      Output.complain(summary.sentence(skipped))
    }
    let bad = summary.skipped.filter { !$0.isDeliberate }
    if strict, !bad.isEmpty {
      throw CommandError(
        status: ExitStatus.badData,
        message:
          "\(bad.count) bad \(bad.count == 1 ? "input" : "inputs"), such as \(summary.sentence(bad[0])); nothing was published (--strict)"
      )
    }
    let previous = writer.currentCommit
    let commit = try writer.commit(sourcePaths: sources.recorded(for: options.directory))
    try summary.measure(commit, isNew: commit != previous, in: directory)
    summary.isDryRun = dryRun
    summary.microseconds = (ContinuousClock.now - start).microseconds
    if json {
      Output.print(summary.json())
    } else if !options.quiet {
      for line in summary.lines(sources: sources) { Output.print(line) }
    }
  }
}

extension IndexCommand {
  /// Of the machine's time zone: the day on which its owner asks for an index.
  static var today: String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    return CalendarDay(
      number: UInt32(parts.tm_year + 1900) * 10_000 + UInt32(parts.tm_mon + 1) * 100 + UInt32(parts.tm_mday))?
      .iso ?? ""
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
