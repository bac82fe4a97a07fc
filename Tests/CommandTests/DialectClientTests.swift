import Glibc
import SearchTestSupport
import Testing

/// Clients of other engines, unchanged, where they are installed: in the Python of `SEARCH_TEST_PYTHON`, else in
/// Debian's.
@Suite struct DialectClientTests {
  private static let python = getenv("SEARCH_TEST_PYTHON").map { String(cString: $0) } ?? "/usr/bin/python3"

  private static func isInstalled(_ program: String) -> Bool { access("/usr/bin/" + program, X_OK) == 0 }

  private static func hasPackage(_ name: String) -> Bool {
    let outcome = try? RunningProgram([python, "-c", "import \(name)"]).finish()
    return outcome?.status == 0
  }

  private static func run(_ script: String) throws {
    let outcome = try RunningProgram([
      python, Repository.path("Tests/Dialects/\(script)"), "--search", SearchProgram.path,
    ]).finish()
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
  }

  @Test(
    "Meilisearch's Python client searches, counts, filters, marks and is refused what it should be",
    .enabled(if: hasPackage("meilisearch"), "needs meilisearch from PyPI"), .timeLimit(.minutes(3)))
  func meilisearch() throws { try Self.run("meilisearch_client_test.py") }

  @Test(
    "Algolia's Python client searches, counts, filters and is refused what it should be",
    .enabled(if: hasPackage("algoliasearch"), "needs algoliasearch from PyPI"), .timeLimit(.minutes(3)))
  func algolia() throws { try Self.run("algolia_client_test.py") }

  @Test(
    "DocSearch shows our hits with marks in Chromium",
    .enabled(
      if: isInstalled("chromium") && hasPackage("sphinx_docsearch"),
      "needs Debian's chromium and sphinx-docsearch from PyPI"),
    .timeLimit(.minutes(3)))
  func docSearch() throws { try Self.run("docsearch_test.py") }
}
