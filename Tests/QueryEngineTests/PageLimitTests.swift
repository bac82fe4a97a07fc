import SearchModel
import SearchTestSupport
import Testing

@testable import QueryEngine

@Suite struct PageLimitTests {
  @Test("the list is the whole list without what is too much of one page, on every page", arguments: 1...3)
  func limit(perPage: Int) throws {
    var random = SplitMix64(seed: UInt64(perPage))
    let index = try TestIndex(
      (0..<60).map { number in
        let isSection = number % 5 > 0
        let page = "p\(Int.random(in: 0..<6, using: &random))"
        return Entry(
          id: isSection ? "\(page)#s\(number)" : "item#\(number)", kind: isSection ? .heading : .item,
          title: "节 \(number)",
          text: String(repeating: "集群 ", count: Int.random(in: 1...9, using: &random)) + "管理")
      })
    let all = try index.searcher.search(SearchRequest(text: "集群", limit: 100)).hits.map(\.entry)
    var counts: [String: Int] = [:]
    let expected = all.filter { entry in
      guard entry.kind == .heading else { return true }
      counts[String(entry.id.prefix { $0 != "#" }), default: 0] += 1
      return counts[String(entry.id.prefix { $0 != "#" }), default: 0] <= perPage
    }.map(\.id)
    #expect(expected.count < all.count)
    var found: [String] = []
    for offset in stride(from: 0, to: 60, by: 7) {
      let request = SearchRequest(text: "集群", limit: 7, offset: offset, perPage: perPage)
      let results = try index.searcher.search(request)
      #expect(results.total == 60)
      found += results.hits.map(\.entry.id)
    }
    #expect(found == expected)
  }
}
