import Glibc
import SearchTestSupport
import Testing

/// `search index --watch`, from outside. Only here time passes: what is waited for is polled.
@Suite struct WatchTests {
  private let site: Site

  init() throws { site = try Site(["a.md": "# 多集群\n\n一\n"]) }

  private func watching(_ body: (RunningProgram) throws -> Void) throws -> Outcome {
    let program = try RunningProgram(
      [SearchProgram.path, "index", "--index", "index", "--watch", "content"], in: site.folder.path)
    defer { program.send(signal: SIGKILL) }
    #expect(try eventually { try program.output.contains("commit 1.") })
    try body(program)
    program.send(signal: SIGTERM)
    return try program.finish()
  }

  /// Whether something becomes true within five seconds: much more than it takes, for machines that are busy.
  private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<500 {
      if try condition() { return true }
      usleep(10_000)
    }
    return false
  }

  private func isFound(_ text: String) throws -> Bool { try site.search("query", text).status == 0 }

  @Test("edits, new folders, renamed and removed files show in the answers; SIGTERM ends it with 0")
  func follows() throws {
    let outcome = try watching { _ in
      try site.folder.write("content/a.md", "# 服务网格\n")
      #expect(try eventually { try isFound("服务网格") })
      try site.folder.write("content/new/deep/b.md", "# 可观测\n")
      #expect(try eventually { try isFound("可观测") })
      rename(site.folder.path(of: "content/new"), site.folder.path(of: "content/moved"))
      #expect(try eventually { try isFound("source:moved/deep 可观测") })
      try site.folder.write("content/moved/deep/c.md", "# 调度器\n")
      #expect(try eventually { try isFound("调度器") })
      unlink(site.folder.path(of: "content/a.md"))
      #expect(try eventually { try !isFound("服务网格") })
    }
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.text.contains("1 gone file: 1 entry removed."))
  }

  @Test("another configuration counts at once, a broken one changes nothing, and none is the default again")
  func configuration() throws {
    let outcome = try watching { program in
      func hasAddress() throws -> Bool {
        try site.search("query", "--json", "多集群").text.contains("https://example.org/")
      }
      #expect(try site.search("query", "--json", "多集群").text.contains("\"total\":1"))
      try site.folder.write(
        "search.yaml", "sources:\n  - path: content\n    base_url: https://example.org/\n")
      #expect(try eventually { try hasAddress() })
      try site.folder.write("search.yaml", "sources: 1\n")
      #expect(try eventually { try program.errors.contains("search.yaml") })
      try site.folder.write("content/b.md", "# 可观测\n")
      unlink(site.folder.path(of: "search.yaml"))
      #expect(try eventually { try isFound("可观测") && !hasAddress() })
    }
    #expect(outcome.status == 0)
  }

  @Test("what --stdin adds meanwhile stays, and a run that holds the lock is waited for")
  func besideOthers() throws {
    let outcome = try watching { _ in
      let line = #"{"id":"1","title":"标准输入"}"#
      #expect(
        try SearchProgram.run("index", "--index", "index", "--stdin", in: site.folder.path, input: line)
          .status == 0)
      try site.folder.write("content/a.md", "# 服务网格\n")
      #expect(try eventually { try isFound("服务网格") })
      #expect(try isFound("标准输入"))
    }
    #expect(outcome.status == 0)
  }

  @Test("Ctrl-C ends it with 0", arguments: [SIGINT])
  func interrupted(number: Int32) throws {
    let program = try RunningProgram(
      [SearchProgram.path, "index", "--index", "index", "--watch", "content"], in: site.folder.path)
    #expect(try eventually { try program.output.contains("commit 1.") })
    program.send(signal: number)
    #expect(try program.finish().status == 0)
  }
}
