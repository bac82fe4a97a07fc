import ArgumentParser
import ContentIngest
import IndexWriting
import QueryEngine
import SearchModel
import SiteConfiguration

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Measure the ranking on judged queries.",
    discussion: """
      DIR holds docs.jsonl {"id","title","text"}, queries.jsonl {"id","text"} and qrels.tsv, one line
      `query<TAB>document<TAB>1` per judgement. The documents are indexed apart; no index is touched.
      """)

  @OptionGroup var ranking: RankingOptions
  @Option(help: "Exit 1 when nDCG@10 is below this (0 to 1).") var min: Double?
  @Option(help: ArgumentHelp("Compare with a run that --save has kept.", valueName: "file"))
  var baseline: String?
  @Option(help: ArgumentHelp("Keep the metrics of every query, for --baseline.", valueName: "file"))
  var save: String?
  @Option(
    help: ArgumentHelp(
      "Leave a feature of the score out, by its name in `search explain` (repeatable).", valueName: "feature")
  )
  var without: [String] = []
  @Flag(help: "Print the metrics of every query too.") var queries = false
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(help: "Folder with the three files.") var folder: String

  func validate() throws {
    if let min, !(0...1).contains(min) { throw ValidationError("--min is \(min); choose 0 to 1.") }
    for name in without where !ScoreFeatures.names.contains(name) {
      throw ValidationError(
        "--without \(name): there is no such feature; choose \(ScoreFeatures.names.joined(separator: ", ")).")
    }
  }

  func run() throws {
    let earlier = try readBaseline()
    let scratch = try ScratchIndex()
    let writer = try IndexWriter(in: scratch.directory, options: .init(now: 0))
    try read("docs.jsonl") { try writer.add($0) }
    _ = try writer.commit(sourcePaths: [])
    var relevant: [String: Set<String>] = [:]
    try readJudgements(into: &relevant)
    let searcher = try Searcher(
      in: scratch.directory, options: try ranking.searchOptions(Configuration()), leavingOut: Set(without))
    var rows: [EvaluationRecord.Row] = []
    var texts: [String: String] = [:]
    var microseconds: [Int] = []
    try read("queries.jsonl") { query in
      guard let right = relevant[query.id] else { return }
      let start = ContinuousClock.now
      let ranked = try searcher.rankedIDs(SearchRequest(text: query.text, limit: 100, facets: []))
      microseconds.append((ContinuousClock.now - start).microseconds)
      texts[query.id] = query.text
      rows.append(.init(id: query.id, metrics: QueryMetrics(ranked: ranked, relevant: right)))
    }
    guard !rows.isEmpty else {
      throw CommandError(
        status: ExitStatus.badData, message: "no query of queries.jsonl has a judgement in qrels.tsv")
    }
    microseconds.sort()
    let record = EvaluationRecord(rows)
    let view = EvaluationView(
      record: record, texts: texts, medianMicroseconds: microseconds[microseconds.count / 2],
      comparison: earlier.map { record.comparison(with: $0) }, showsQueries: queries)
    if json {
      Output.print(view.json())
    } else {
      for line in view.lines() { Output.print(line) }
    }
    if let save { try FileBytes.write(Array(record.text.utf8), to: save) }
    if let min, record.mean.nDCG10 < min { throw ExitCode(ExitStatus.nothingFound) }
  }

  private func readBaseline() throws -> EvaluationRecord? {
    guard let baseline else { return nil }
    guard let bytes = FileBytes.read(baseline) else { throw MissingInputError(baseline) }
    do {
      return try EvaluationRecord(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw CommandError(status: ExitStatus.badData, message: "\(Output.harmless(baseline)): \(error)")
    }
  }

  private func read(_ name: String, _ body: (Entry) throws -> Void) throws {
    var reader = ContentReader()
    for file in try FileWalker(paths: [folder + "/" + name]).files().files {
      try reader.read(file, entry: body) {
        Output.complain("skipped \(name):\($0.line ?? 0): \(Output.harmless($0.reason))")
      }
    }
  }

  private func readJudgements(into relevant: inout [String: Set<String>]) throws {
    let name = "qrels.tsv"
    let path = folder + "/" + name
    guard let bytes = FileBytes.read(path) else { throw MissingInputError(path) }
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count >= 3 else {
        throw CommandError(
          status: ExitStatus.badData,
          message: "\(name):\(number + 1): expected query, document and 1, apart by tabs")
      }
      if fields[2].hasPrefix("0") { continue }
      relevant[fields[0], default: []].insert(fields[1])
    }
  }
}
