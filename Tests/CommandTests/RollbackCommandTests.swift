import Glibc
import SearchTestSupport
import Testing

/// `search rollback`, the commits that stay for it, and `--wait`, as users meet them.
@Suite struct RollbackCommandTests {
  private let site: Site

  init() throws {
    site = try Site(["a.md": "# 第一版\n\n多集群。\n"])
    try site.index()
    try site.folder.write("content/a.md", "# 第二版\n\n多集群管理。\n")
    try site.index()
  }

  private var title: String? {
    get throws { try site.search("query", "多集群", "--json").json()["hits"][0]["title"].string }
  }

  @Test("it goes back, says how to undo that, and the next run takes the files over again")
  func backAndForth() throws {
    #expect(try title == "第二版")
    let back = try site.search("rollback")
    #expect(back.status == 0)
    #expect(back.text == "Commit 3 is the state of commit 1 again. Undo: search rollback 2\n")
    #expect(try title == "第一版")
    #expect(try site.search("verify").text.contains("So is commit 2, kept for search rollback."))
    let undone = try site.search("rollback", "2", "--json").json()
    #expect(undone["commit"].int == 4 && undone["from"].int == 3 && undone["to"].int == 2)
    #expect(undone["published"] == .bool(true))
    #expect(try title == "第二版")
    try site.search("rollback", "--quiet")
    #expect(try title == "第一版")
    let next = try site.index()
    #expect(next.status == 0 && next.text.contains("1 changed"))
    #expect(try title == "第二版")
  }

  @Test("status lists what is kept and what it costs")
  func status() throws {
    #expect(try site.search("status").text.contains("\nkept       1, "))
    let kept = try site.search("status", "--json").json()["kept"].elements
    #expect(kept.count == 1 && kept[0]["commit"].int == 1)
    #expect(try #require(kept[0]["own_bytes"].int) > 0)
  }

  @Test("index.keep says how many stay", arguments: [1, 4])
  func keep(count: Int) throws {
    try site.folder.write("search.yaml", "index:\n  dir: index\n  keep: \(count)\n")
    for number in 3...7 {
      try site.folder.write("content/a.md", "# 第 \(number) 版\n\n多集群。\n")
      #expect(try SearchProgram.run("index", "content", in: site.folder.path).status == 0)
    }
    let kept = try site.search("status", "--json").json()["kept"].elements.map { $0["commit"].int }
    #expect(kept == (1..<7).reversed().prefix(count - 1).map { Optional($0) })
    let outcome = try site.search("rollback", "1")
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("commit 1 is not kept") && outcome.errors.contains("index.keep"))
  }

  @Test("where there is no index, or only one commit, it says so")
  func nothingToGoBackTo() throws {
    let other = try Site(["a.md": "# 一\n"])
    #expect(try other.search("rollback").status == 66)
    try other.index()
    let outcome = try other.search("rollback")
    #expect(outcome.status == 66 && outcome.errors.contains("no earlier commit is kept"))
    #expect(try other.search("rollback", "0").status == 64)
  }

  @Test(
    "it is the way out of a damaged pointer; a damaged kept commit is refused, and verify tells them apart")
  func damage() throws {
    let kept = try site.folder.read("index/commit-1")
    try site.folder.write("index/commit-1", kept.dropLast() + [kept[kept.count - 1] ^ 1])
    let verify = try site.search("verify")
    #expect(verify.status == 65)
    #expect(verify.errors.contains("commit-1, ") && verify.errors.contains("The index itself is sound"))
    #expect(try site.search("rollback").status == 66)
    try site.folder.write("index/commit-1", kept)
    try site.folder.write("index/commit", "damaged")
    #expect(try site.search("query", "多集群").status == 65)
    #expect(try site.search("rollback").text == "Commit 2 is the state of commit 1 again.\n")
    #expect(try title == "第一版")
    #expect(try site.search("verify").status == 0)
  }

  @Test("--wait=1 gives up after a second, --wait works when the first run is done")
  func waiting() throws {
    let first = try RunningProgram(
      [SearchProgram.path, "index", "--index", "index", "--stdin"], in: site.folder.path)
    // It has the lock when more is read than a pipe can hold (1 MiB).
    let line = #"{"id":"1","title":"单机"}"# + "\n"
    try first.send(String(repeating: line, count: (1 << 20) / line.utf8.count + 2))
    for arguments in [["index", "content"], ["rollback"]] {
      let second = try SearchProgram.run(arguments + ["--index", "index", "--wait=1"], in: site.folder.path)
      #expect(second.status == 75)
      #expect(second.errors.contains("waiting for it"))
    }
    let waiting = try RunningProgram(
      [SearchProgram.path, "index", "--index", "index", "content", "--wait"], in: site.folder.path)
    while try !waiting.errors.contains("waiting for it") { usleep(10_000) }
    #expect(try first.finish().status == 0)
    #expect(try waiting.finish().status == 0)
    #expect(try site.search("query", "多集群").status == 0)
  }

  // MARK: Older formats

  @Test(
    "an index of version 1 is refused by every command, with the command to run",
    arguments: [
      ["query", "搜索"], ["suggest", "搜"], ["status"], ["verify"], ["serve", "--port", "0"],
      ["explain", "搜索", "1"],
    ])
  func version1(command: [String]) throws {
    let outcome = try SearchProgram.run(
      [command[0], "--index", Repository.path("Tests/Fixtures/index-v1")] + command.dropFirst())
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("format version 1, this program reads version 2"))
    #expect(outcome.errors.contains("search index --full"))
  }

  @Test("an index of version 2 is sound; one whose rules of analysis have changed is not searched by others")
  func version2() throws {
    let path = Repository.path("Tests/Fixtures/index-v2")
    let verify = try SearchProgram.run("verify", "--index", path)
    #expect(verify.status == 0 && verify.text.contains("230 entries"))
    #expect(try SearchProgram.run("status", "--index", path, "--json").json()["entries"].int == 230)
    let query = try SearchProgram.run("query", "--index", path, "搜索")
    #expect(query.status == 65)
    #expect(query.errors.contains("search index --full"))
  }
}
