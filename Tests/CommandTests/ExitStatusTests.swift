import ArgumentParser
import QueryEngine
import SearchTestSupport
import Testing

@testable import search

@Suite struct ExitStatusTests {
  @Test("a query is ended when its time is over")
  func timeLimit() throws {
    let site = try Site(["a.md": "# 多集群\n"])
    try site.index()
    let command = try QueryCommand.parse(["--index", site.folder.path(of: "index"), "多集群"])
    #expect(throws: Deadline.Passed.self) { try command.answer(within: .zero) }
  }

  @Test("a query that takes too long ends as one past a limit, which it names")
  func deadline() throws {
    let status = try #require(ExitStatus(Deadline.Passed()))
    #expect(status.status == 64 && status.message.contains("longer than 10 s"))
  }
}
