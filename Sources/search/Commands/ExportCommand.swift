import ArgumentParser
import IndexFormat
import SearchModel

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print every entry of the index, as `search index --stdin` reads it.",
    discussion: """
      One JSON object a line, with everything that an entry holds, by id: an index built
      from these lines gives the same answers. For backups, for moving to another engine,
      for looking at what was indexed.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl }

  /// Bytes that are gathered before they are written.
  private static let batchBytes = 64 << 10

  @OptionGroup var options: IndexOptions
  @Option(help: "Format: jsonl.") var format = Format.jsonl

  func run() throws {
    let snapshot = try IndexSnapshot(in: options.directory)
    var batch: [UInt8] = []
    let stored = try snapshot.segments.map { try $0.storedFields() }
    try snapshot.eachLiveDocument { document, segment in
      if !batch.isEmpty { batch.append(UInt8(ascii: "\n")) }
      batch += try snapshot.segments[segment].entry(document, from: stored[segment]).jsonLine()
      if batch.count >= Self.batchBytes {
        Output.print(batch)
        batch.removeAll(keepingCapacity: true)
      }
    }
    if !batch.isEmpty { Output.print(batch) }
  }
}
