import QueryEngine
import Testing

@testable import search

@Suite struct ExitStatusTests {
  @Test("a query that takes too long ends as one past a limit, which it names")
  func deadline() throws {
    let status = try #require(ExitStatus(Deadline.Passed()))
    #expect(status.status == 64 && status.message.contains("longer than 10 s"))
  }
}
