import Glibc
import SearchTestSupport
import Testing

/// What the one who runs the server does: keys, logs, reports.
@Suite struct OperationCommandTests {
  @Test("a new key is one line, its hash another, and neither comes twice")
  func keys() throws {
    let made = try (0..<2).map { _ in try SearchProgram.run("keys", "new") }
    for outcome in made {
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(outcome.text.wholeMatch(of: /key   [0-9a-f]{48}\nhash  [0-9a-f]{64}\n/) != nil)
    }
    #expect(made[0].text != made[1].text)
  }

  private static let log = [
    #"{"time":"2026-05-03T10:00:00Z","q":"old","total":3,"match":"full","lang":"en","us":5}"#,
    #"{"time":"2026-05-04T10:00:00Z","q":"多集群","total":1200,"match":"full","lang":"zh","us":5}"#,
    #"{"time":"2026-05-04T10:00:01Z","q":"kubernets","total":0,"match":"some","lang":"en","us":5}"#,
    #"{"time":"2026-05-04T10:00:09Z","q":"kubernetes","total":30,"match":"full","lang":"en","us":5,"after":"kubernets"}"#,
    #"{"time":"2026-05-04T10:01:00Z","q":"多集群","total":1,"match":"full","lang":"zh","us":5}"#,
    "no line",
  ].joined(separator: "\n")

  @Test("a report is a table whose columns stand below each other, also with Chinese")
  func report() throws {
    let outcome = try SearchProgram.run(
      ["report", "-", "--since", "2026-05-04", "--limit", "2"], input: Self.log)
    #expect(outcome.status == 0 && outcome.errors == "")
    let wide = "多集群" + String(repeating: " ", count: 34)
    #expect(
      outcome.lines == [
        "4 searches, 3 different; 1 without a full answer", "1 line is none of a log of queries", "",
        "most asked", "        2  \(wide)  1 entry",
        "        1  kubernetes\(String(repeating: " ", count: 30))  30 entries", "", "without a full answer",
        "        1  kubernets\(String(repeating: " ", count: 31))  0 entries", "",
        "tried again with other words",
        "        1  kubernets\(String(repeating: " ", count: 31))  kubernetes", "",
      ])
  }

  @Test("--json has the same numbers; what cannot be is said")
  func reportJSON() throws {
    let json = try SearchProgram.run(["report", "-", "--json"], input: Self.log).json()
    #expect(
      json.keys == [
        "searches", "distinct", "unanswered", "bad_lines", "lost", "top", "without_answer", "tried_again",
      ])
    #expect(json["searches"].int == 5 && json["bad_lines"].int == 1)
    #expect(json["top"][0]["q"].string == "多集群" && json["top"][0]["count"].int == 2)
    #expect(json["tried_again"][0]["from"].string == "kubernets")
    #expect(try SearchProgram.run("report", "/nowhere/log").status == 66)
    #expect(try SearchProgram.run("report", "-", "--since", "yesterday").status == 64)
    #expect(try SearchProgram.run("report").status == 64)
    let forged = ##"{"time":"2026-05-04T10:00:00Z","q":"\u001b[31mred","total":1,"match":"full"}"##
    #expect(try !SearchProgram.run(["report", "-"], input: forged).text.contains("\u{1B}"))
  }

  @Test(
    "a server does not start open when its keys cannot be had, nor without the log it was told to write",
    arguments: [
      (["SEARCH_API_KEYS="], 78), (["SEARCH_API_KEYS=key"], 78),
      (["SEARCH_API_KEYS_FILE=/nowhere"], 66),
      (["SEARCH_API_KEYS_FILE=/dev/null"], 78), (["SEARCH_SERVE_KEYS=abc"], 78),
      (["SEARCH_SERVE_ACCESS_LOG_PATH=/nowhere/log"], 66), (["SEARCH_SERVE_RATE_PER_IP=20"], 78),
      (["SEARCH_SERVE_TRUSTED_PROXIES=10.0.0.0/33"], 78), (["SEARCH_SERVE_WEBHOOK=true"], 78),
      (["SEARCH_SERVE_WEBHOOK=true", "SEARCH_WEBHOOK_SECRET="], 78),
    ] as [([String], Int32)])
  func refusals(variables: [String], status: Int32) throws {
    let site = try Site(["a.md": "# 多集群\n"])
    try site.index()
    let outcome = try RunningProgram(
      [SearchProgram.path, "serve", "--index", "index", "--port", "0"], in: site.folder.path,
      environment: RunningProgram.environment + variables
    ).finish()
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(!outcome.errors.contains("listening") && outcome.errors.contains("search: "))
  }
}
