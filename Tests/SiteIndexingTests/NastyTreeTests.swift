import ContentIngest
import Glibc
import SearchModel
import SearchTestSupport
import SiteIndexing
import Testing

/// A tree that somebody made by mistake or on purpose, beside one good file, `ok.md`.
struct NastyTree: CustomStringConvertible, Sendable {
  /// For `sh`, run in the folder of the content.
  var script: String
  /// Files that are indexed besides `ok.md`.
  var found: [String] = []
  /// What is named, in whole or in part.
  var skipped: [String] = []
  var isOKFound = true

  var description: String { script }

  init(_ script: String, found: [String] = [], skipped: [String] = [], isOKFound: Bool = true) {
    self.script = script
    self.found = found
    self.skipped = skipped
    self.isOKFound = isOKFound
  }

  static let all: [NastyTree] = [
    // Links.
    .init("ln -s . loop"),
    .init("mkdir a && ln -s .. a/up"),
    .init("ln -s loop loop", skipped: ["loop"]),
    .init("ln -s b.md a.md && ln -s a.md b.md", skipped: ["a.md", "b.md"]),
    .init("mkdir a b && ln -s ../b a/b && ln -s ../a b/a"),
    .init("mkdir a b c && for x in a b c; do for y in a b c; do ln -s ../$x $y/to-$x; done; done"),
    .init("mkdir a && echo x > a/in.md && for i in $(seq 200); do ln -s a l$i; done", found: ["a/in.md"]),
    .init("ln -s /etc/passwd secret.md", skipped: ["secret.md"]),
    .init("ln -s /etc/passwd secret"),
    .init("ln -s /etc etc", skipped: ["etc"]),
    .init("ln -s / root", skipped: ["root"]),
    .init("ln -s /proc/self/fd fd", skipped: ["fd"]),
    .init("ln -s ../.. out", skipped: ["out"]),
    .init("mkdir ../outside && echo x > ../outside/in.md && ln -s ../outside outside", skipped: ["outside"]),
    .init(
      "mkdir ../content-2 && echo x > ../content-2/in.md && ln -s ../content-2/in.md in.md",
      skipped: ["in.md"]),
    .init("ln -s nowhere dead.md", skipped: ["dead.md"]),
    .init("ln -s nowhere dead", skipped: ["dead"]),
    .init("ln -s ok.md again.md && ln -s again.md and-again.md"),
    .init("ln -s \"$PWD/ok.md\" absolute.md"),
    .init("mkdir .hidden && echo x > .hidden/a.md && ln -s .hidden/a.md shown.md", found: ["shown.md"]),
    .init("mkdir .hidden && echo x > .hidden/a.md && ln -s .hidden shown", found: ["shown/a.md"]),
    .init("ln ok.md hard.md", found: ["hard.md"]),
    .init("ln -s ../index index", skipped: ["index"]),
    // No files.
    .init("mkfifo pipe.md", skipped: ["pipe.md"]),
    .init("mkfifo pipe"),
    .init("mkfifo pipe.jsonl", skipped: ["pipe.jsonl"]),
    .init("mkfifo pipe && ln -s pipe pipe.txt", skipped: ["pipe.txt"]),
    .init("ln -s /dev/zero zero.md", skipped: ["zero.md"]),
    .init("mknod dev.md c 1 5 2>/dev/null || mkfifo dev.md", skipped: ["dev.md"]),
    .init("mknod disk.txt b 7 0 2>/dev/null || mkfifo disk.txt", skipped: ["disk.txt"]),
    .init("mkdir dir.md && echo x > dir.md/in.md", found: ["dir.md/in.md"]),
    // Sizes.
    .init("truncate -s 3G huge.md", skipped: ["huge.md"]),
    .init("truncate -s 33M huge.txt", skipped: ["huge.txt"]),
    .init("truncate -s 40M line.jsonl", found: ["line.jsonl"], skipped: ["line.jsonl"]),
    .init(": > empty.md", skipped: ["empty.md"]),
    .init("head -c 1000000 /dev/zero | tr '\\0' x > line.md", found: ["line.md"]),
    .init("for i in $(seq 400); do echo x > f$i.md; done", found: (1...400).map { "f\($0).md" }),
    .init(
      "d=.; for i in $(seq 250); do d=$d/d; done; mkdir -p $d && echo x > $d/in.md",
      found: [String(repeating: "d/", count: 250) + "in.md"]),
    // Names.
    .init("echo x > \"$(printf 'bad\\377name').md\"", skipped: ["bad\u{FFFD}name.md"]),
    .init("mkdir \"$(printf 'd\\377')\" && echo x > \"$(printf 'd\\377')/in.md\"", skipped: ["d\u{FFFD}"]),
    .init("echo x > 'a b.md'", found: ["a b.md"]),
    .init("echo x > \"$(printf 'a\\nb').md\"", found: ["a\nb.md"]),
    .init("echo x > ./-rf.md", found: ["-rf.md"]),
    .init("echo x > 'a\\b.md'", found: ["a\\b.md"]),
    .init("echo x > '*.md' && echo x > '?.md'", found: ["*.md", "?.md"]),
    .init("echo x > 🧪文.md", found: ["🧪文.md"]),
    .init("echo x > OK.MD && echo x > Ok.Md", found: ["OK.MD", "Ok.Md"]),
    .init(
      "n=$(printf 'n%.0s' $(seq 252)); echo x > $n.md", found: [String(repeating: "n", count: 252) + ".md"]),
    .init("echo x > .md && echo x > md && echo x > a.md~"),
    .init("mkdir .git node_modules && echo x > .git/a.md && echo x > node_modules/a.md"),
    // Ignore files.
    .init("echo '*' > .gitignore", isOKFound: false),
    .init("mkdir .gitignore .searchignore"),
    .init("mkfifo .gitignore"),
    .init("ln -s /dev/zero .gitignore"),
    .init("echo '*' > ../rules && ln -s ../rules .gitignore"),
    .init("head -c 3000000 /dev/zero | tr '\\0' a > .gitignore"),
    .init("printf '\\0\\377[\\n!\\n\\\\\\n/\\n!/\\n[]\\n**/\\n' > .gitignore"),
    // Content.
    .init("printf '{\\n[]\\nnull\\n' > lines.jsonl", found: ["lines.jsonl"], skipped: ["lines.jsonl"]),
  ]
}

/// Good files are found, bad ones named; nothing blocks, nothing outside is read.
@Suite struct NastyTreeTests {
  @Test("a nasty tree does no harm", .timeLimit(.minutes(5)), arguments: NastyTree.all)
  func harmless(tree: NastyTree) throws {
    let site = try Site(["ok.md": "# 多集群\n\n管理。\n"])
    #expect(system("cd '\(site.content)' && { \(tree.script); }") == 0)
    let report = try site.index()
    let found = (tree.found + (tree.isOKFound ? ["ok.md"] : [])).sorted()
    #expect(
      report.newFiles.filter { name in !report.skipped.contains { $0.file == name && $0.line == nil } }
        .sorted() == found)
    #expect(Set(report.skipped.map(\.file)) == Set(tree.skipped))
    #expect(report.skipped.allSatisfy { !$0.reason.contains(site.root.path) })
    let again = try site.index()
    #expect(!again.hasChanges && !again.isNewCommit)
    #expect(Set(again.skipped.map(\.file)) == Set(tree.skipped))
    #expect(again.indexedFileCount == report.indexedFileCount)
    if tree.isOKFound { #expect(try site.answers().entries["ok.md"]?.title == "多集群") }
  }

  @Test(
    "a folder that cannot be read costs no entry", .enabled(if: geteuid() != 0, "root may read everything"))
  func closedFolder() throws {
    let site = try Site(["ok.md": "# 多集群\n", "closed/in.md": "# 网格\n"])
    try site.index()
    chmod(site.root.path(of: "content/closed"), 0)
    defer { chmod(site.root.path(of: "content/closed"), 0o755) }
    try site.write("ok.md", "# 改了\n")
    #expect(throws: UnreadableFolderError.self) { try site.index() }
    #expect(try site.answers().entries.count == 2)
  }
}
