import Glibc
import SearchTestSupport
import Testing

/// The help of every command is a golden text (Tests/README.md says how to rewrite it).
@Suite struct HelpTests {
  private static let folder: String = {
    let tests = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
    return tests.joined(separator: "/") + "/Fixtures/command/help"
  }()

  /// Every command that the help of the program lists, and "search" for the program itself.
  private static func commands() throws -> [String] {
    let lines = try SearchProgram.run("--help").lines
    let list = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { !$0.isEmpty }
    return ["search"] + list.compactMap { $0.wholeMatch(of: #/  ([a-z]+)( .*)?/#).map { String($0.1) } }
  }

  private func help(_ command: String) throws -> Outcome {
    try SearchProgram.run(command == "search" ? ["--help"] : [command, "--help"])
  }

  @Test("--help is the golden text")
  func goldenText() throws {
    let commands = try Self.commands()
    #expect(commands.count > 6)
    for command in commands {
      let outcome = try help(command)
      #expect(outcome.status == 0 && outcome.errors == "")
      let path = "\(Self.folder)/\(command).txt"
      if getenv("SEARCH_REWRITE_FIXTURES") != nil {
        try write(outcome.output, to: path)
      } else {
        #expect(outcome.text == (try? String(contentsOfFile: path)), "\(command)")
      }
    }
  }

  @Test("`search help COMMAND` prints the same")
  func helpCommand() throws {
    for command in try Self.commands().dropFirst() {
      #expect(try SearchProgram.run("help", command).text == help(command).text)
    }
  }

  @Test("--version is a number")
  func version() throws {
    let outcome = try SearchProgram.run("--version")
    #expect(outcome.status == 0)
    #expect(outcome.text.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "w"), "\(path) cannot be written")
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    #expect(fclose(file) == 0)
  }
}

extension String {
  fileprivate init(contentsOfFile path: String) throws {
    let file = try #require(fopen(path, "r"), "\(path) cannot be read")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    self = String(decoding: bytes[..<count], as: UTF8.self)
  }
}
