import Glibc
import SearchTestSupport
import Testing

/// Meilisearch's own client, unchanged, where it is installed: in the Python of `SEARCH_TEST_PYTHON`, else in Debian's.
@Suite struct MeilisearchClientTests {
  private static let python = getenv("SEARCH_TEST_PYTHON").map { String(cString: $0) } ?? "/usr/bin/python3"

  private static var hasPackage: Bool {
    let outcome = try? RunningProgram([python, "-c", "import meilisearch"]).finish()
    return outcome?.status == 0
  }

  @Test(
    "Meilisearch's Python client searches, counts, filters, marks and is refused what it should be",
    .enabled(if: hasPackage, "needs meilisearch from PyPI"), .timeLimit(.minutes(3)))
  func client() throws {
    let script = Repository.path("Tests/Dialects/meilisearch_client_test.py")
    let outcome = try RunningProgram([Self.python, script, "--search", SearchProgram.path]).finish()
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
  }
}
