import IndexFormat
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import SearchService

@Suite struct CompletionTests {
  private func complete(_ prefix: String, in titles: [String], limit: Int = 10) throws -> [String] {
    let fixture = try Fixture(titles.enumerated().map { Entry(id: "\($0.offset)", title: $0.element) })
    let analyzer = try Analyzer()
    let snapshot = try IndexSnapshot(in: fixture.directory)
    let found = try CompletionTable(snapshot, analyzer: analyzer).completions(
      of: prefix, limit: limit, analyzer: analyzer)
    #expect(found == (try Completions.scanning(snapshot, for: prefix, limit: limit, analyzer: analyzer)))
    return found.suggestions.map(\.text)
  }

  @Test("the start of the title first, then of a run or word, then inside; shorter first")
  func order() throws {
    #expect(
      try complete("集群", in: ["大规模集群实践", "用 集群", "集群备份与恢复", "集群备份", "机群"]) == [
        "集群备份", "集群备份与恢复", "用 集群", "大规模集群实践",
      ])
    #expect(
      try complete("mesh", in: ["Mesh", "servicemesh", "Service mesh", "《Mesh 周报》", "smesh mesh mesh"])
        == ["Mesh", "《Mesh 周报》", "Service mesh", "smesh mesh mesh"])
  }

  @Test(
    "compared as the analyzer folds",
    arguments: [
      ("ＫＵＢＥ", "Kubernetes"), ("kube", "ＫＵＢＥＲＮＥＴＥＳ"), ("繁體", "繁体中文"), ("caf", "Café"),
      (" multi  cl", "Multi\tcluster"),
    ])
  func folding(prefix: String, title: String) throws {
    #expect(try complete(prefix, in: [title, "别的"]) == [title])
  }

  @Test(
    "nothing for an empty prefix, and none for what stands nowhere", arguments: ["", "  ", "不存在", "etes"])
  func none(prefix: String) throws { #expect(try complete(prefix, in: ["Kubernetes"]).isEmpty) }

  @Test("table and scan agree", arguments: UInt64(0)..<40)
  func agree(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("ab 多集群，-C网")
    func someText(_ length: ClosedRange<Int>) -> String {
      String(
        (0..<Int.random(in: length, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
    }
    let titles = (0..<60).map { _ in someText(1...12) }
    for _ in 0..<20 {
      _ = try complete(someText(1...3), in: titles, limit: Int.random(in: 1...12, using: &random))
    }
  }

  @Test("titles and tags over HTTP, each once, with an address when it is clear")
  func endpoint() async throws {
    let twins = [
      Entry(id: "x", title: "Kustomize", url: "one"), Entry(id: "y", title: "Kustomize", url: "two"),
    ]
    let server = try Fixture(Fixture.entries + twins).server()
    let reply = await server.ask("/suggest?q=ku")
    #expect(
      reply.text
        == #"{"query":"ku","suggestions":[{"text":"Kustomize","kind":"title","url":null},{"text":"kubernetes","kind":"tag","url":null},{"text":"Kubernetes guide","kind":"title","url":"guide/#top"}],"commit":1}"#
    )
    #expect(
      await server.ask("/suggest?q=ku&limit=1").text.contains("Kustomize\",\"kind\":\"title\",\"url\":null}]")
    )
    #expect(await server.ask("/suggest?q=zzz").text == #"{"query":"zzz","suggestions":[],"commit":1}"#)
  }
}
