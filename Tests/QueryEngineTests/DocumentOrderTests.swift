import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

/// Nobody sees in which order the documents of an index stand.
@Suite struct DocumentOrderTests {
  private static let words = [
    "集群", "多集群", "备份", "恢复", "网格", "调度器", "性能", "实践", "kubernetes", "etcd", "backup", "backups", "istio",
    "karmada", "cache", "caching", "serverless", "storage",
  ]

  @Test("an index whose documents were put in order answers like one in the order of addition")
  func sameAnswers() throws {
    var random = SplitMix64(seed: 21)
    func text(_ count: Int, topic: Int) -> String {
      (0..<count).map { number in
        // Most words of a topic are its own.
        let isOwn = Int.random(in: 0..<4, using: &random) > 0
        let place = isOwn ? topic * 3 + number % 3 : Int.random(in: 0..<18, using: &random)
        return Self.words[place]
      }.joined(separator: " ")
    }
    var entries = (0..<1_600).map { number in
      let topic = Int.random(in: 0..<6, using: &random)
      return Entry(
        id: "\(number &* 7_919 % 1_601)", title: text(2, topic: topic),
        text: text(Int.random(in: 1...12, using: &random), topic: topic) + " only\(number / 80)",
        category: ["c\(number % 7)"], lang: number % 2 == 0 ? "zh" : "en")
    }
    for number in entries.indices where number % 100 == 0 {
      entries[number].pins = ["安装", "pin \(number % 3)"]
    }
    for number in entries.indices where number % 90 == 1 {
      entries[number].title = ["Install it", "install IT", "INSTALL it"][number / 90 % 3]
      entries[number].tags = ["K8s", "k8s"].shuffled(using: &random)
      entries[number].url = "/same/"
    }
    let ordered = try TestIndex(entries, orderedFrom: 1_000)
    let asAdded = try TestIndex(entries, orderedFrom: .max)
    #expect(asAdded.entries == entries)
    #expect(ordered.entries != entries)
    for number in 0..<150 {
      var query = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Self.words.randomElement(using: &random) ?? ""
      }.joined(separator: " ")
      switch Int.random(in: 0..<4, using: &random) {
      case 0: query = "\"\(query)\""
      case 1: query += " category:c3"
      case 2: query += " -istio"
      default: break
      }
      if Int.random(in: 0..<10, using: &random) == 0 { query = number % 2 == 0 ? "安装" : "pin 1" }
      let limit = [10, 100, 2_000].randomElement(using: &random) ?? 10
      let found = try ordered.search(query, limit: limit)
      let expected = try asAdded.search(query, limit: limit)
      #expect(found.total == expected.total, "\(query)")
      #expect(found.hits.map(\.entry.id) == expected.hits.map(\.entry.id), "\(query)")
      #expect(found.hits.map(\.score) == expected.hits.map(\.score), "\(query)")
      #expect(found.facets.map(\.counts) == expected.facets.map(\.counts), "\(query)")
    }
    let analyzer = try Analyzer()
    for typed in ["inst", "k", "install i"] {
      let found = try [ordered, asAdded].map {
        try CompletionTable($0.searcher.snapshot).completions(of: typed, limit: 10, analyzer: analyzer)
          .suggestions
      }
      #expect(found[0] == found[1] && !found[0].isEmpty)
    }
    // The site's list names an address that several have.
    let options = SearchOptions(pins: try Pins(parsing: "first => /same/"))
    let first = try [ordered, asAdded].map {
      try Searcher(in: $0.directory, options: options).search(SearchRequest(text: "first")).hits.first?.entry
        .id
    }
    #expect(first[0] != nil && first[0] == first[1])
  }
}
