import Glibc
import SearchModel
import SearchTestSupport
import SiteIndexing
import Testing

/// Dates from the history of the repository that the files are in.
@Suite(.enabled(if: access("/usr/bin/git", X_OK) == 0, "needs git")) struct GitDateTests {
  private let site: Site

  init() throws { site = try Site(["a.md": "# 多集群\n\n管理。\n\n## 安装\n\n一。\n"]) }

  /// Runs commands in the folder of the content.
  private func shell(_ commands: String, in folder: String? = nil) {
    let identity =
      "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b"
    #expect(system("{ cd '\(folder ?? site.content)' && \(identity) && \(commands); } >/dev/null 2>&1") == 0)
  }

  private func commit(_ day: String) {
    shell("git add -A && git commit -q -m x --date '\(day)T23:30:00+0800'")
  }

  private func dates(_ name: String = "index") throws -> [String: String] {
    try site.answers(name).entries.compactMapValues(\.date)
  }

  @Test("pages and sections without a date have that of the last commit; what is written down stays")
  func last() throws {
    try site.write("b.md", "---\ndate: 2001-02-03\n---\n# 网格\n")
    try site.write("2002-03-04-c.md", "# 日志\n")
    try site.write("文.txt", "存储\n\n一段文字。\n")
    try site.write("list.md", "# 链接\n\n- [甲](https://example.org/1) 一\n- [乙](https://example.org/2) 二\n")
    shell("git init -q")
    commit("2020-01-02")
    try site.write("a.md", "# 多集群\n\n管理。\n\n## 安装\n\n二。\n")
    commit("2021-02-03")
    try site.write("new.md", "# 新\n")
    try site.index()
    #expect(
      try dates() == [
        "a.md": "2021-02-03", "a.md#安装": "2021-02-03", "b.md": "2001-02-03", "2002-03-04-c.md": "2002-03-04",
        "文.txt": "2020-01-02", "list.md": "2020-01-02",
      ])
  }

  @Test("a commit after the run dates its files at the next one, which then has nothing to do")
  func later() throws {
    shell("git init -q")
    commit("2020-01-02")
    try site.index()
    try site.write("a.md", "# 多集群\n\n改了。\n")
    try site.write("b.md", "# 网格\n")
    try site.index()
    #expect(try dates() == ["a.md": "2020-01-02"])
    commit("2021-02-03")
    var report = try site.index()
    #expect(report.rebuildReason == nil && report.readFileCount == 2 && report.replacedEntryCount == 2)
    #expect(try dates() == ["a.md": "2021-02-03", "b.md": "2021-02-03"])
    report = try site.index()
    #expect(!report.isNewCommit && report.readFileCount == 0)
    // The repository goes: so do its dates.
    shell("rm -rf .git")
    #expect(try site.index().rebuildReason == .otherSetting("history of the repository"))
    #expect(try dates() == [:])
  }

  @Test(
    "whatever is committed, reverted and checked out, an update has the dates of a rebuild",
    arguments: UInt64(0)..<4)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    shell("git init -q && git config pack.threads 1")
    commit("2019-01-01")
    for step in 0..<12 {
      let name = "\(Int.random(in: 0..<4, using: &random)).md"
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1: try site.write(name, "# 页\(step)\n\n## 节\n\n\(step)\n")
      case 2: site.remove(name)
      case 3: shell("git commit -q --amend --allow-empty -m y --date '202\(step % 10)-05-05T00:00:00'")
      case 4: shell("git stash -q -u; git reset -q --hard HEAD~1 || true")
      default: shell("git gc -q; git pack-refs --all")
      }
      if Bool.random(using: &random) {
        shell("git add -A; git commit -q --allow-empty -m x --date '20\(10 + step)-01-01T00:00:00'")
      }
      if Bool.random(using: &random) { try site.index() }
    }
    try site.index()
    try site.index("rebuilt")
    #expect(try dates() == dates("rebuilt"))
  }

  @Test("a clone without its history says nothing about the files of the oldest commit that it has")
  func shallow() throws {
    shell("git init -q")
    commit("2020-01-02")
    try site.write("b.md", "# 网格\n")
    commit("2021-02-03")
    try site.write("c.md", "# 日志\n")
    commit("2022-03-04")
    shell(
      "mv '\(site.content)' origin && git clone -q --depth 2 'file://'\"$PWD/origin\" content",
      in: site.root.path)
    try site.index()
    #expect(try dates() == ["c.md": "2022-03-04"])
  }

  @Test(
    "a damaged repository costs dates, nothing else",
    arguments: [
      "echo x > .git/HEAD", "rm -rf .git/objects", "echo 'ref: ../../x' > .git/HEAD",
      "rm -rf .git && mkfifo .git",
      "rm -rf .git && ln -s /dev/zero .git", "rm .git/HEAD && mkdir .git/HEAD",
      "echo 'gitdir: nowhere' > x && rm -rf .git && mv x .git",
      "printf '\\377' > .git/HEAD",
    ])
  func damaged(by command: String) throws {
    shell("git init -q")
    commit("2020-01-02")
    shell(command)
    try site.index()
    #expect(try dates() == [:] && site.answers().entries.count == 2)
  }

  @Test("a second working tree and a packed reference are the same repository")
  func worktree() throws {
    shell("git init -q")
    commit("2020-01-02")
    shell(
      "git pack-refs --all && git worktree add -q ../tree && mv ../content ../main && mv ../tree ../content && git -C ../main worktree repair ../content"
    )
    try site.index()
    #expect(try dates() == ["a.md": "2020-01-02", "a.md#安装": "2020-01-02"])
  }
}
