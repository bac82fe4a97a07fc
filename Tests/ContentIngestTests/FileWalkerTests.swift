import ContentIngest
import Foundation
import SearchModel
import Testing

@Suite struct FileWalkerTests {
  private func names(_ paths: [String], excluding: [String] = []) throws -> [String] {
    try FileWalker(paths: paths, excluding: excluding).files().files.map(\.name)
  }

  @Test func takesContentInOrderOfItsBytes() throws {
    let folder = try TemporaryFolder()
    for name in [
      "b.md", "a/z.markdown", "a-b.txt", "a/中.mdx", "a/B.TEXT", "c.jsonl", "c.ndjson", "x.html", "noext",
      ".hidden.md", ".git/a.md",
      ".search/a.md", "node_modules/a.md", "a/node_modules/b.md", "out/skip.md",
    ] { try folder.write(name) }
    #expect(
      try names([folder.path], excluding: [folder.path + "/out"]) == [
        "a-b.txt", "a/B.TEXT", "a/z.markdown", "a/中.mdx", "b.md", "c.jsonl", "c.ndjson", "x.html",
      ])
  }

  @Test func rootIsTheDeepestCommonFolder() throws {
    let folder = try TemporaryFolder()
    for name in ["docs/a/1.md", "docs/b/2.md", "docs/b/3.txt", "blog/4.md"] { try folder.write(name) }
    let path = folder.path
    #expect(try names([path + "/docs/b"]) == ["2.md", "3.txt"])
    #expect(try names([path + "/docs/b/2.md"]) == ["2.md"])
    #expect(try names([path + "/docs/b/2.md", path + "/docs/b/3.txt"]) == ["2.md", "3.txt"])
    #expect(try names([path + "/docs/b", path + "/docs/a/1.md"]) == ["a/1.md", "b/2.md", "b/3.txt"])
    #expect(
      try names([path + "/docs", path + "/docs/b/", path + "/docs/b/2.md"]) == [
        "a/1.md", "b/2.md", "b/3.txt",
      ])
    #expect(try names([path + "/docs/../blog", path + "/docs/a"]) == ["blog/4.md", "docs/a/1.md"])
    #expect(
      try FileWalker(paths: [path + "/docs/a", path + "/docs/b/2.md"]).root?.hasSuffix("/docs") == true)
    let file = try #require(try FileWalker(paths: [path + "/docs/a"]).files().files.first)
    #expect(
      file.byteCount == 9 && file.path.hasSuffix("/docs/a/1.md") && file.signature.inode > 0
        && file.signature.modificationTime > 0)
  }

  @Test func missingPathThrows() throws {
    let folder = try TemporaryFolder()
    #expect(throws: MissingInputError(folder.path + "/no")) { try names([folder.path, folder.path + "/no"]) }
  }

  @Test func linksDoNotLeadBetweenThePathsToWhatWasNotGiven() throws {
    let folder = try TemporaryFolder()
    for name in ["a/1.md", "b/2.md", "c/3.md"] { try folder.write(name) }
    let links = [("a/out.md", "../c/3.md"), ("a/up", ".."), ("a/over.md", "../b/2.md")]
    for (name, target) in links {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/" + name, withDestinationPath: target)
    }
    #expect(try names([folder.path + "/a", folder.path + "/b"]) == ["a/1.md", "b/2.md"])
  }

  @Test func linksStayInside() throws {
    let folder = try TemporaryFolder()
    let outside = try TemporaryFolder()
    try outside.write("secret.md")
    try folder.write("a/1.md")
    try folder.write("a/.data/2.md")
    let manager = FileManager.default
    func link(_ name: String, _ target: String) throws {
      try manager.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: target)
    }
    try link("out.md", outside.path + "/secret.md")
    try link("outdir", outside.path)
    try link("loop", ".")
    try link("a/up", "..")
    try link("twice.md", "a/1.md")
    try link("hidden.md", "a/.data/2.md")
    try link("dead.md", "nowhere")
    try link("self.md", "self.md")
    try link("dev.md", "/dev/zero")
    let found = try FileWalker(paths: [folder.path]).files()
    let (files, skipped) = (found.files, found.skipped)
    #expect(files.map(\.name) == ["a/1.md", "hidden.md"])
    #expect(skipped.map(\.file) == ["dead.md", "dev.md", "out.md", "outdir", "self.md"])
    #expect(skipped.allSatisfy { !$0.reason.contains(folder.path) && !$0.reason.contains(outside.path) })
    var entries = 0
    var reader = ContentReader()
    for file in files {
      try reader.read(file) { _ in
        entries += 1
      } skipped: { _ in
      }
    }
    #expect(entries == 2)
  }

  @Test func pipesAndDevicesDoNotBlock() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.md")
    #expect(mkfifo(folder.path + "/pipe.md", 0o644) == 0)
    let found = try FileWalker(paths: [folder.path]).files()
    let (files, skipped) = (found.files, found.skipped)
    #expect(files.map(\.name) == ["a.md"])
    #expect(skipped == [SkippedInput(file: "pipe.md", reason: "it is not a regular file")])
    // A pipe that takes the place of a file after the walk.
    var file = files[0]
    file.path = folder.path + "/pipe.md"
    var reader = ContentReader()
    var reasons: [String] = []
    try reader.read(file) { _ in
    } skipped: {
      reasons.append($0.reason)
    }
    #expect(reasons == ["it is not a regular file"])
    #expect(try FileWalker(paths: ["/dev/null"]).files().skipped.map(\.file) == ["null"])
    try folder.write("x.pdf")
    #expect(try FileWalker(paths: [folder.path + "/x.pdf"]).files().skipped.count == 1)
  }

  @Test func unreadableIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("a/1.md")
    try folder.write("closed/2.md")
    try folder.write("3.md")
    chmod(folder.path + "/closed", 0)
    chmod(folder.path + "/3.md", 0)
    defer { chmod(folder.path + "/closed", 0o755) }
    // A superuser can read everything: this thread stops being one for the while.
    let isSuperuser = geteuid() == 0
    if isSuperuser { setFileUser(65534) }
    defer { if isSuperuser { setFileUser(0) } }
    let found = try FileWalker(paths: [folder.path]).files()
    let (files, skipped) = (found.files, found.skipped)
    #expect(files.map(\.name) == ["3.md", "a/1.md"])
    #expect(
      skipped == [
        SkippedInput(file: "closed", reason: "the folder cannot be read: Permission denied", isFolder: true)
      ])
    var reader = ContentReader()
    var reasons: [SkippedInput] = []
    for file in files {
      try reader.read(file) { _ in
      } skipped: {
        reasons.append($0)
      }
    }
    #expect(reasons == [SkippedInput(file: "3.md", reason: "it cannot be opened: Permission denied")])
  }

  @Test func vanishedAndHugeFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("gone.md")
    try folder.write("huge.md")
    truncate(folder.path + "/huge.md", 3 << 30)
    let files = try FileWalker(paths: [folder.path]).files().files
    try FileManager.default.removeItem(atPath: folder.path + "/gone.md")
    var reader = ContentReader()
    var skipped: [SkippedInput] = []
    for file in files {
      try reader.read(file) { _ in
      } skipped: {
        skipped.append($0)
      }
    }
    #expect(
      skipped == [
        SkippedInput(file: "gone.md", reason: "it cannot be opened: No such file or directory"),
        SkippedInput(file: "huge.md", reason: "it is larger than 32 MiB"),
      ])
  }
}

/// The user whose rights count for files, for this thread only (Linux).
private func setFileUser(_ user: UInt32) {
  guard let symbol = dlsym(nil, "setfsuid") else { return }
  _ = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)(user)
}
