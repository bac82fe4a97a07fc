import Glibc
import SearchTestSupport
import Testing

/// The manual page and the scripts for shells say what the program has.
@Suite struct ManualTests {
  @Test("the manual page is what Scripts/generate-manual makes of this program", .enabled(if: hasPython))
  func manual() throws {
    let made = try RunningProgram(
      ["/usr/bin/python3", Repository.path("Scripts/generate-manual"), SearchProgram.path]
    ).finish()
    #expect(made.status == 0 && made.errors == "")
    let page = Repository.path("Scripts/deploy/search.1")
    if getenv("SEARCH_REWRITE_FIXTURES") != nil { try made.text.write(toFile: page) }
    let known = try RunningProgram(["/bin/cat", page]).finish()
    #expect(made.text == known.text)
    #expect(known.text.contains("多集群"))
  }

  private static let hasPython = access("/usr/bin/python3", X_OK) == 0

  @Test("each shell gets a script that knows every command", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try SearchProgram.run("completions", shell)
    #expect(outcome.status == 0 && outcome.errors == "")
    for command in ["index", "query", "serve", "export", "completions"] {
      #expect(outcome.text.contains(command))
    }
    #expect(outcome.text.contains("facets"))
    // Where the shell is there, it has to understand the script.
    if access("/bin/" + shell, X_OK) == 0 {
      let check = try RunningProgram(["/bin/" + shell, "-n"])
      try check.send(outcome.text)
      let checked = try check.finish()
      #expect(checked.status == 0 && checked.errors == "")
    }
  }

  @Test("another shell is refused with the names of those that work")
  func otherShell() throws {
    let outcome = try SearchProgram.run("completions", "csh")
    #expect(outcome.status == 64 && outcome.errors.contains("bash"))
  }
}

extension String {
  fileprivate func write(toFile path: String) throws {
    let file = try #require(fopen(path, "w"), "\(path) cannot be written")
    #expect(fputs(self, file) >= 0)
    #expect(fclose(file) == 0)
  }
}
