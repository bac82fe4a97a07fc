import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

/// Words that the engine learns from the site: they set weights and cut runs that stand nowhere.
@Suite struct SiteWordTests {
  private func words(_ text: String, in entries: [Entry], user: String = "") throws -> [String] {
    let options = AnalysisOptions(userDictionary: try WordList(text: user))
    let index = try TestIndex(entries)
    let searcher = try Searcher(index.searcher.snapshot, analysis: options)
    guard case .han(let run)? = try Analyzer().chunks(of: text).first else { return [] }
    return try searcher.words(in: run.characters).map {
      run.text($0.range) + ($0.origin == .icu ? "" : " " + $0.origin.rawValue)
    }
  }

  @Test("without entries that name it, a word is what ICU says")
  func plain() throws {
    let entries = [Entry(id: "1", title: "入门", text: "服务网格")]
    #expect(try words("服务网格迁移", in: entries) == ["服务", "网", "格", "迁移"])
  }

  @Test("a tag, a category, a whole title and a part of three titles are words of the site")
  func learned() throws {
    let expected = ["服务网格 site", "迁移"]
    #expect(
      try words("服务网格迁移", in: [Entry(id: "1", title: "t", text: "x", tags: ["服务网格"])]) == expected)
    #expect(
      try words("服务网格迁移", in: [Entry(id: "1", title: "t", text: "x", category: ["服务网格"])])
        == expected)
    #expect(try words("服务网格迁移", in: [Entry(id: "1", title: "服务网格", text: "x")]) == expected)
    let titles = ["服务网格入门", "再谈服务网格", "服务网格：实践", "别的"].enumerated()
    #expect(
      try words("服务网格迁移", in: titles.map { Entry(id: "\($0)", title: $1, text: "x") }) == expected)
    #expect(
      try words("服务网格迁移", in: titles.prefix(2).map { Entry(id: "\($0)", title: $1, text: "x") })
        != expected)
  }

  @Test("a word of the user comes before one of the site")
  func user() throws {
    let entries = [Entry(id: "1", title: "服务网格", text: "x")]
    #expect(try words("服务网格", in: entries, user: "服务网格") == ["服务网格 user"])
  }

  @Test("a run that stands nowhere falls into the words of the site")
  func fallback() throws {
    let entries = [
      Entry(id: "whole", title: "服务网格", text: "迁移的经过"),
      Entry(id: "apart", title: "服务", text: "网与格，迁移"),
    ]
    let results = try TestIndex(entries).search("服务网格迁移")
    #expect(results.total == 1 && results.hits.first?.entry.id == "whole")
    #expect(results.match == .full)
  }

  @Test("words never change what a run that stands somewhere matches")
  func matchesStay() throws {
    let entries = [
      Entry(id: "1", title: "服务网格", text: "务网"), Entry(id: "2", title: "x", text: "业务网络"),
    ]
    let results = try TestIndex(entries).search("务网")
    #expect(Set(results.hits.map(\.entry.id)) == ["1", "2"])
  }
}
