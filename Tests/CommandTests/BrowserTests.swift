import Glibc
import SearchTestSupport
import Testing

/// The search page and the search box, driven by a real browser where one is installed.
@Suite struct BrowserTests {
  private static func isInstalled(_ program: String) -> Bool { access("/usr/bin/" + program, X_OK) == 0 }

  @Test(
    "page and box work in Chromium",
    .enabled(if: isInstalled("chromium") && isInstalled("python3"), "needs Debian's chromium and python3"),
    .timeLimit(.minutes(3)))
  func chromium() throws {
    let script = Repository.path("Tests/Browser/browser_test.py")
    let outcome = try RunningProgram(["/usr/bin/python3", script, "--search", SearchProgram.path]).finish()
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
  }
}
