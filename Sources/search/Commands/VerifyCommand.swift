import ArgumentParser
import IndexFormat
import SearchModel

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read and check every byte of the index.")

  @OptionGroup var options: IndexOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let snapshot = try IndexSnapshot(in: options.directory)
    var postings = 0
    var bytes = 0
    for segment in snapshot.segments {
      postings += try segment.verify()
      bytes += segment.file.byteCount
    }
    if let reference = snapshot.commit.state {
      let state = try SourceState(reference, in: options.directory)
      for record in state.records.indices { _ = try state.entries(of: record) }
      bytes += reference.byteCount
    }
    if json {
      var json = JSONWriter()
      json.object { json in
        json.field("ok", true)
        json.field("commit", snapshot.commit.number)
        json.field("segments", snapshot.segments.count)
        json.field("entries", snapshot.entryCount)
        json.field("postings", postings)
        json.field("bytes", bytes)
      }
      Output.print(json.bytes)
    } else if !options.quiet {
      Output.print(
        "The index is sound: \(Numbers.grouped(snapshot.entryCount)) entries, \(Numbers.grouped(postings)) postings, \(Numbers.bytes(bytes)) read."
      )
    }
  }
}
