import ArgumentParser
import Glibc
import IndexStorage
import SearchModel

/// Writes a corpus of any size, the same for the same seed.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Write a JSONL corpus of made-up Chinese and English documents.")

  @Argument(help: "Documents.") var count: Int
  @Argument(help: "File to write.") var output: String
  @Option(help: "Another seed gives another corpus.") var seed: UInt64 = 1
  @Option(help: "Words of a document, on average.") var words = 120
  @Flag(help: "Put one space between words, in Chinese too, and nothing else: ready-made tokens.")
  var tokens = false

  func validate() throws {
    guard count >= 0 else { throw ValidationError("N is \(count); choose 0 or more.") }
    guard (1...100_000).contains(words) else {
      throw ValidationError("--words is \(words); choose 1 to 100000.")
    }
  }

  func run() throws {
    let file = fopen(output, "w")
    guard let file else { throw FileError(operation: "open", path: output, code: errno) }
    var corpus = SyntheticCorpus(seed: seed, averageWordCount: words, isTokens: tokens)
    var isWritten = true
    for number in 0..<count {
      let line = corpus.line(number)
      isWritten = isWritten && fwrite(line, 1, line.count, file) == line.count
    }
    // Late errors show up at the end.
    guard fclose(file) == 0, isWritten else { throw FileError(operation: "write", path: output, code: errno) }
  }
}
