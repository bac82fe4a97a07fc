import ContentIngest
import Foundation
import SearchTestSupport
import Testing

/// Ignore files mean what they mean to git: compared with git itself, where it is installed.
@Suite struct IgnoreRulesTests {
  private static let git = "/usr/bin/git"

  private static func run(_ arguments: [String], in folder: String) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: git)
    process.arguments = ["-c", "core.excludesFile=/dev/null", "-C", folder] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "git \(arguments)")
    return Array(bytes)
  }

  private static let parts = [
    "a", "b", "ab", "abc", "文", "x y", "a.md", "b.md", "*.md", "*", "?", "[ab]", "[!a]*", "a*", "*b*", "**",
    "[a-c]?",
    "\\a", "[[:alpha:]].md", "**.md", "a**", "*文*", "[]a]", "[", "a\\", "***",
  ]

  private static func pattern(_ random: inout SplitMix64) -> String {
    var pattern = Int.random(in: 0..<5, using: &random) == 0 ? "!" : ""
    if Int.random(in: 0..<4, using: &random) == 0 { pattern += "/" }
    pattern += (0..<Int.random(in: 1...3, using: &random)).map { _ in
      parts.randomElement(using: &random) ?? ""
    }
    .joined(separator: "/")
    if Int.random(in: 0..<4, using: &random) == 0 { pattern += "/" }
    return pattern + (["", "", "", " ", "\\ ", "\r"].randomElement(using: &random) ?? "")
  }

  @Test(
    "random patterns in nested ignore files leave what git leaves", .enabled(if: access(git, X_OK) == 0),
    arguments: UInt64(0)..<60)
  func likeGit(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryFolder()
    let names = ["a", "b", "ab", "abc", "文", "x y", "c"]
    for _ in 0..<40 {
      var name = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        (names.randomElement(using: &random) ?? "") + "/"
      }.joined()
      name += (names.randomElement(using: &random) ?? "") + ".md"
      try folder.write(name)
    }
    for place in ["", "a/", "a/b/", "文/"] where place.isEmpty || Bool.random(using: &random) {
      let lines = (0..<Int.random(in: 1...5, using: &random)).map { _ in Self.pattern(&random) }
      try folder.write(place + ".gitignore", lines.joined(separator: "\n") + "\n# a.md\n\n")
    }
    _ = try Self.run(["init", "--quiet", "--template="], in: folder.path)
    let listed = try Self.run(["ls-files", "-z", "--others", "--exclude-standard"], in: folder.path)
    let expected = listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { $0.hasSuffix(".md") }
    let found = try FileWalker(paths: [folder.path]).files()
    #expect(found.files.map(\.name) == expected.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  @Test("a folder in a repository obeys the files above it; .searchignore has the last word in its folder")
  func above() throws {
    let folder = try TemporaryFolder()
    for name in ["docs/a.md", "docs/b.md", "docs/out/c.md", "docs/d.txt", "e.md"] { try folder.write(name) }
    func names(_ path: String) throws -> [String] {
      try FileWalker(paths: [folder.path + path]).files().files.map(\.name)
    }
    try folder.write(".gitignore", "/docs/b.md\nout/\n*.txt\n")
    // Without a repository nobody looks above.
    #expect(try names("/docs") == ["a.md", "b.md", "d.txt", "out/c.md"])
    #expect(try names("") == ["docs/a.md", "e.md"])
    try folder.write(".git/HEAD", "ref: refs/heads/main\n")
    #expect(try names("/docs") == ["a.md"])
    try folder.write("docs/.searchignore", "!d.txt\n")
    #expect(try names("/docs") == ["a.md", "d.txt"])
    // The one that was named is read in any case.
    #expect(try names("/docs/b.md") == ["b.md"])
    #expect(try FileWalker(paths: [folder.path + "/docs"]).files().ignoredCount == 2)
  }

  @Test("patterns full of stars end soon")
  func stars() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "a", count: 200) + ".md"
    try folder.write("x/" + name)
    try folder.write(
      ".gitignore",
      String(repeating: "*a", count: 500) + "b\n" + String(repeating: "**/*a", count: 100) + "/b\n")
    #expect(try FileWalker(paths: [folder.path]).files().files.map(\.name) == ["x/" + name])
  }
}
