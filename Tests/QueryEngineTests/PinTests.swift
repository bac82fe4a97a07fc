import SearchModel
import SearchTestSupport
import Testing

@testable import QueryEngine

@Suite struct PinTests {
  private static let entries = [
    Entry(id: "a", title: "安装", text: "安装 指南", url: "/a/"),
    Entry(id: "b", title: "安装 说明", text: "别的", url: "/b/", category: ["docs"]),
    Entry(id: "c", title: "快速入门", text: "第一步", url: "/c/", anchor: "go", pins: ["安装", "ＩＮＳＴＡＬＬ"]),
    Entry(id: "d", title: "升级", text: "不相干", url: "/d/"),
  ]

  private func ids(_ query: String, pins: String = "", offset: Int = 0, limit: Int = 10) throws -> [String] {
    let index = try TestIndex(Self.entries, options: SearchOptions(pins: try Pins(parsing: pins)))
    return try index.search(query, limit: limit, offset: offset).hits.map {
      ($0.isPinned ? "*" : "") + $0.entry.id
    }
  }

  @Test("an entry stands first for the queries its author names, whether it matches or not")
  func frontMatter() throws {
    #expect(try ids("安装") == ["*c", "a", "b"])
    #expect(try ids("install") == ["*c"])
    #expect(try ids(" Install ") == ["*c"])
    #expect(try ids("安装 指南").first == "a")
  }

  @Test("the site's list comes before the authors', by id or URL, in its order")
  func list() throws {
    #expect(try ids("安装", pins: "安装, setup => /d/, b") == ["*d", "*b", "*c", "a"])
    #expect(try ids("setup", pins: "安装, setup => /c/#go, gone, d") == ["*c", "*d"])
  }

  @Test("pages of an answer go on where the one before ended")
  func pages() throws {
    let pins = "安装 => d"
    let all = try ids("安装", pins: pins)
    #expect(all == ["*d", "*c", "a", "b"])
    for limit in 1...4 {
      var pages: [String] = []
      for offset in stride(from: 0, to: 4, by: limit) {
        pages += try ids("安装", pins: pins, offset: offset, limit: limit)
      }
      #expect(pages == all)
    }
  }

  @Test("total and facets count matches; a chosen facet and the order by date leave pins out")
  func counts() throws {
    let index = try TestIndex(Self.entries)
    let results = try index.search("安装")
    #expect(results.total == 2 && results.hits.map(\.match) == [.some, .full, .full])
    let chosen = SearchRequest(text: "安装", filters: [.category: ["docs"]])
    #expect(try index.searcher.search(chosen).hits.map(\.entry.id) == ["b"])
    let dated = SearchRequest(text: "安装", order: .date)
    #expect(try index.searcher.search(dated).hits.allSatisfy { !$0.isPinned })
    #expect(String(decoding: results.json(), as: UTF8.self).contains(#""match":"some","pinned":true,"#))
  }

  @Test("an explanation says that an entry is pinned, and its place")
  func explained() throws {
    let index = try TestIndex(Self.entries)
    let explanation = try #require(try index.searcher.explain(SearchRequest(text: "安装"), id: "/c/#go"))
    #expect(explanation.isPinned && explanation.rank == 1 && explanation.id == "c")
    let other = try #require(try index.searcher.explain(SearchRequest(text: "安装"), id: "a"))
    #expect(!other.isPinned && other.rank == 2)
  }

  @Test("a line that is no rule is named", arguments: [("安装", 1), ("a => b\n=> c", 2), ("a =>", 1)])
  func errors(text: String, line: Int) {
    #expect((#expect(throws: OwnerListError.self) { try Pins(parsing: text) })?.line == line)
  }
}

@Suite struct EntryWeightTests {
  @Test("a boost orders entries inside a tier, never across")
  func boost() throws {
    let index = try TestIndex([
      Entry(id: "plain", title: "一", text: "集群 管理"),
      Entry(id: "boosted", title: "二", text: "集群 管理 和很多很多别的文字", boost: 3),
      Entry(id: "title", title: "集群", text: "x", boost: 0.1),
      Entry(id: "part", title: "三", text: "管理", boost: 10),
    ])
    #expect(try index.search("集群").hits.map(\.entry.id) == ["title", "boosted", "plain"])
    #expect(try index.search("集群 管理").hits.map(\.entry.id).prefix(2) == ["boosted", "plain"])
    #expect(try index.search("集群 管理").hits.filter { $0.match == .full }.count == 2)
    let explanation = try #require(try index.searcher.explain(SearchRequest(text: "集群"), id: "boosted"))
    #expect(explanation.boost == 3)
    #expect(abs(explanation.score - explanation.shares.reduce(0) { $0 + $1.score } * 3) < 1e-4)
    #expect(try index.search("集群").hits[1].score == explanation.score)
  }

  @Test("recency prefers the newer of equals, gently, and only when asked for")
  func recency() throws {
    let entries = [
      Entry(id: "old", title: "一", text: "集群", date: "1968-01-01"), Entry(id: "none", title: "二", text: "集群"),
      Entry(id: "new", title: "三", text: "集群", date: "1969-12-31"),
      Entry(id: "best", title: "四", text: "集群 集群 集群 集群 集群 集群", date: "1969-06-01"),
    ]
    // The commit is of 1970-01-01.
    let index = try TestIndex(entries, options: SearchOptions(recency: Recency(halfLife: 30)))
    #expect(try index.search("集群").hits.map(\.entry.id).filter { $0 != "best" } == ["new", "none", "old"])
    #expect(try TestIndex(entries).search("集群").hits.map(\.entry.id) == ["best", "new", "none", "old"])
    let explanation = try #require(try index.searcher.explain(SearchRequest(text: "集群"), id: "none"))
    #expect(explanation.recency == 0.75)
  }

  @Test(
    "days since 1970 of the Gregorian calendar",
    arguments: [
      (19_700_101, 0), (19_691_231, -1), (20_000_301, 11_017), (20_240_229, 19_782), (101, -719_528),
    ])
  func days(number: UInt32, days: Int) throws {
    #expect(try #require(CalendarDay(number: number)).daysSince1970 == days)
  }

  @Test("the factor is 1 today, 3/4 after one half-life, never below 1/2")
  func factor() {
    let recency = Recency(halfLife: 10)
    #expect(recency.factor(day: 19_700_111, today: 10) == 1)
    #expect(recency.factor(day: 19_700_111, today: 20) == 0.75)
    #expect(recency.factor(day: 19_700_111, today: 0) == 1)
    #expect(recency.factor(day: 10_101, today: 100_000) == 0.5)
    #expect(recency.factor(day: 0, today: 5) == 0.75)
  }
}
