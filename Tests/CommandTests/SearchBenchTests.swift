import SearchTestSupport
import Testing

/// The benchmark program makes its corpus, its index and its queries, and its answers are those of an evaluation of
/// every document.
@Suite struct SearchBenchTests {
  @Test func `answers of the benchmark are right, on an index of one thread and of two`() throws {
    let folder = try TemporaryDirectory()
    let program = String(SearchProgram.path.dropLast("search".count)) + "search-bench"
    func run(_ arguments: String...) throws -> Outcome {
      let outcome = try RunningProgram([program] + arguments, in: folder.path).finish()
      #expect(outcome.status == 0, "\(arguments): \(outcome.text)\(outcome.errors)")
      return outcome
    }
    _ = try run("generate", "1000", "corpus.jsonl", "--tokens")
    _ = try run("queries", "corpus.jsonl", "queries.tsv", "--count", "5")
    for threads in ["1", "2"] {
      _ = try run(
        "index", "corpus.jsonl", "index-" + threads, "--analyzer", "whitespace", "--threads", threads)
      _ = try run(
        "query", "index-" + threads, "queries.tsv", "answers.json", "--warm", "0", "--rounds", "1")
      #expect(try run("check", "corpus.jsonl", "answers.json").text.contains("70 of 70 answers right"))
    }
  }
}
