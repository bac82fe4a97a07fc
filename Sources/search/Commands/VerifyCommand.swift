import ArgumentParser
import IndexFormat
import IndexStorage
import SearchModel

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read and check every byte of the index.")

  @OptionGroup var options: IndexOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let directory = options.directory
    let snapshot = try IndexSnapshot(in: directory)
    let (postings, bytes) = try snapshot.verify(in: directory)
    let kept = try verifyKept(before: snapshot.commit, in: directory)
    if json {
      var json = JSONWriter()
      json.object { json in
        json.field("ok", true)
        json.field("commit", snapshot.commit.number)
        json.field("segments", snapshot.segments.count)
        json.field("entries", snapshot.entryCount)
        json.field("postings", postings)
        json.key("kept")
        json.array { json in for number in kept { json.number(number) } }
        json.field("bytes", bytes)
      }
      Output.print(json.bytes)
    } else if !options.quiet {
      Output.print(
        "The index is sound: \(Numbers.grouped(snapshot.entryCount)) entries, \(Numbers.grouped(postings)) postings, \(Numbers.bytes(bytes)) read."
          + (kept.isEmpty
            ? ""
            : " So \(kept.count == 1 ? "is commit" : "are commits") \(kept.map(String.init).joined(separator: ", ")), kept for search rollback.")
      )
    }
  }

  /// Checks the earlier commits too. Returns their numbers.
  private func verifyKept(before current: Commit, in directory: IndexDirectory) throws -> [Int] {
    let kept = try KeptCommits(in: directory, before: current.number)
    func failure(_ error: IndexFormatError) -> CommandError {
      CommandError(
        status: ExitStatus.badData,
        message:
          "\(error). The index itself is sound; this belongs to an earlier commit, which search rollback cannot go back to"
      )
    }
    if let error = kept.damaged.first { throw failure(error) }
    var known = Set(current.segments.map(\.file.name))
    var numbers: [Int] = []
    for commit in kept.commits {
      do {
        try IndexSnapshot(commit, in: directory).verify(in: directory, except: known)
        numbers.append(commit.number)
      } catch let error as IndexFormatError {
        throw failure(error)
      } catch let error as FileError where error.isNotFound {
        continue  // a run that has just ended keeps it no longer
      }
      known.formUnion(commit.segments.map(\.file.name))
    }
    return numbers
  }
}
