import Glibc
import SearchTestSupport
import Testing

/// `Scripts/packages` on machines that it has not seen: every tool it asks is a stand-in that keeps a log.
@Suite struct PackagesScriptTests {
  private let folder: TemporaryDirectory
  private let script: String

  init() throws {
    folder = try TemporaryDirectory()
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
      separator: "/")
    script = root + "/Scripts/packages"
    try tool("dpkg-query", "shift 3; for name; do echo \"$name installed\"; done")
    try tool("swift", "echo 'Swift version 6.3.1 (swift-6.3.1-RELEASE)'")
    try tool("id", "echo 1000")
    try tool("sudo", "exit 1")
    try tool("apt-get", "exit 0")
  }

  private func tool(_ name: String, _ body: String) throws {
    let log = folder.path(of: "log")
    try folder.write("tools/" + name, "#!/bin/sh\necho \"\(name) $*\" >>'\(log)'\n\(body)\n")
    chmod(folder.path(of: "tools/" + name), 0o755)
  }

  private func run() throws -> Outcome {
    let path = "PATH=\(folder.path(of: "tools")):/usr/bin:/bin"
    return try RunningProgram([script], environment: [path]).finish()
  }

  private func log() -> String { (try? folder.read("log")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  private func withoutICU() throws {
    try tool(
      "dpkg-query", "shift 3; for name; do [ $name = libicu-dev ] || echo \"$name installed\"; done; exit 1")
  }

  @Test("with everything there it says nothing and installs nothing")
  func everythingThere() throws {
    let outcome = try run()
    #expect(outcome.status == 0 && outcome.text == "" && outcome.errors == "")
    #expect(!log().contains("apt-get") && !log().contains("sudo"))
  }

  @Test("without the right to install, one sentence names the package and the command")
  func notAllowed() throws {
    try withoutICU()
    let outcome = try run()
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == "Missing packages: libicu-dev. Install them with: sudo apt-get install libicu-dev\n")
    #expect(!log().contains("apt-get"))
  }

  @Test("root installs what is missing, and no more")
  func asRoot() throws {
    try withoutICU()
    try tool("id", "echo 0")
    #expect(try run().status == 0)
    #expect(log().contains("apt-get install -q -y --no-install-recommends libicu-dev\n"))
    #expect(!log().contains("sudo"))
  }

  @Test("so does everybody who may use sudo without a password")
  func asSudoer() throws {
    try withoutICU()
    try tool("sudo", "shift; exec \"$@\"")
    #expect(try run().status == 0)
    #expect(log().contains("apt-get install -q -y --no-install-recommends libicu-dev\n"))
  }

  @Test("a failed installation is a sentence too")
  func failedInstallation() throws {
    try withoutICU()
    try tool("id", "echo 0")
    try tool("apt-get", "[ $1 = update ]")
    let outcome = try run()
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("apt-get could not install libicu-dev"))
  }

  @Test(
    "an old or absent Swift is one sentence",
    arguments: [
      ("echo 'Swift version 6.2.4 (swift-6.2.4-RELEASE)'", "6.2.4"), ("exit 127", "none"),
      ("echo 'Apple Swift version 5.10'", "5.10"),
    ])
  func oldSwift(body: String, found: String) throws {
    try tool("swift", body)
    let outcome = try run()
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("This needs Swift 6.3 or newer on the PATH (found: \(found));"))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test("newer versions of Swift are fine", arguments: ["6.3", "6.10.1", "7.0-dev"])
  func newSwift(version: String) throws {
    try tool("swift", "echo 'Swift version \(version) (swift)'")
    #expect(try run().status == 0)
  }
}
