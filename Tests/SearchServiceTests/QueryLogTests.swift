import Glibc
import HTTPTypes
import SearchModel
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct QueryLogTests {
  private static let visitor = ClientAddress("203.0.113.1")
  private static let other = ClientAddress("203.0.113.2")

  private func line(_ query: String, total: Int = 5, match: MatchKind = .full) -> QueryLogLine {
    QueryLogLine(time: timespec(), query: query, total: total, match: match, microseconds: 1)
  }

  /// What is written when a visitor types, key by key, one second apart.
  private func written(
    _ texts: [String], typing: Bool = true, from client: ClientAddress? = QueryLogTests.visitor
  )
    -> [String]
  {
    var typed = TypedQueries()
    var done: [QueryLogLine] = []
    for (second, text) in texts.enumerated() {
      done += typed.add(line(text), from: client, isTyping: typing, at: .seconds(second))
    }
    done += typed.finishAll(at: .seconds(texts.count))
    return done.map(\.query)
  }

  @Test("what is typed key by key is one search")
  func typing() {
    #expect(written(["多", "多集", "多集群"]) == ["多集群"])
    #expect(written(["ku", "kube", "kubern"]) == ["kubern"])
    #expect(written(["k", "集"]) == ["集"])
    // Deleting a little and going on elsewhere: both words were there.
    #expect(written(["多集群", "多集", "多", "多云"]) == ["多集群", "多云"])
    // Another facet.
    #expect(written(["多集群", "多集群"]) == ["多集群"])
    #expect(written(["ab", "xy", "ab"]) == ["ab", "xy", "ab"])
    #expect(written(["多", "多集"], from: nil) == ["多集"])
  }

  @Test("a search that was sent is one at once, and once only")
  func sent() {
    #expect(written(["kubernetes", "helm"], typing: false) == ["kubernetes", "helm"])
    #expect(written(["helm", "helm"], typing: false) == ["helm"])
    // Of those who cannot be told apart, everyone counts.
    #expect(written(["helm", "helm"], typing: false, from: nil) == ["helm", "helm"])
    var typed = TypedQueries()
    let first = typed.add(line("多集"), from: Self.visitor, isTyping: true, at: .zero)
    let second = typed.add(line("多集群"), from: Self.visitor, isTyping: false, at: .seconds(1))
    let rest = typed.finishAll(at: .seconds(2))
    #expect(first == [] && second == [line("多集群")] && rest == [])
  }

  @Test("after some seconds of quiet what was typed is written, not before")
  func quiet() {
    var typed = TypedQueries()
    let found = typed.add(line("多集群"), from: Self.visitor, isTyping: true, at: .seconds(10))
    let early = typed.due(at: .milliseconds(13_999))
    let due = typed.due(at: .seconds(14))
    let late = typed.due(at: .seconds(100))
    #expect(found == [] && early == [] && due == [line("多集群")] && late == [])
  }

  @Test("a search that found little is named in the next one of the same visitor, for a minute")
  func after() {
    var typed = TypedQueries()
    func search(_ text: String, total: Int, from client: ClientAddress?, at second: Int) -> String? {
      typed.add(line(text, total: total), from: client, isTyping: false, at: .seconds(second)).first?.after
    }
    #expect(search("kubernets", total: 0, from: Self.visitor, at: 0) == nil)
    #expect(search("helm", total: 9, from: Self.other, at: 1) == nil)
    #expect(search("kubernetes", total: 30, from: Self.visitor, at: 20) == "kubernets")
    #expect(search("karmada", total: 2, from: Self.visitor, at: 30) == nil)
    #expect(search("clusternet", total: 2, from: Self.visitor, at: 91) == nil)
    #expect(search("nobody", total: 0, from: nil, at: 92) == nil)
    #expect(search("anybody", total: 0, from: nil, at: 93) == nil)
  }

  @Test("a flood of visitors takes no more memory and loses no search")
  func flood() {
    var typed = TypedQueries(capacity: 64)
    var count = 0
    for number in 0..<10_000 {
      let client = ClientAddress(high: 1, low: UInt64(number))
      count +=
        typed.add(line("query \(number)"), from: client, isTyping: true, at: .milliseconds(number)).count
    }
    count += typed.finishAll(at: .seconds(20)).count
    #expect(count == 10_000)
  }

  @Test("equal queries have one form")
  func folded() {
    #expect(QueryLogLine.folded("  Ｋ８ｓ\t 多集群　入门\n") == "k8s 多集群 入门")
    #expect(QueryLogLine.folded("a\u{0}b") == "a b" && QueryLogLine.folded(" \t") == "")
    #expect(["多集群 k8s", "helm", "123", "привет"].map(QueryLogLine.language) == ["zh", "en", "und", "und"])
  }

  @Test("of the searches that come over HTTP, the meant ones are written with nothing of the visitor")
  func endpoint() async throws {
    let folder = try TemporaryDirectory()
    let server = try Fixture().server { $0.operation.queryLog = folder.path(of: "q") }
    func ask(_ target: String, _ fields: HTTPFields = [:]) async -> Reply {
      var fields = fields
      fields[.xForwardedFor] = "203.0.113.77"
      fields[.userAgent] = "Browser 1"
      fields[.referer] = "https://example.org/x"
      return await server.ask(target, from: "127.0.0.1", fields)
    }
    for text in ["c", "cl", "clu", "clusters"] { _ = await ask("/search?q=\(text)&prefix=last") }
    _ = await ask("/suggest?q=clu")
    _ = await ask("/search?q=clusters&offset=1")
    _ = await ask("/search?q=nothinghere")
    let first = await ask("/search?q=Guide")
    // Given from memory, and known to the browser already.
    _ = await ask("/search?q=guide+clusters")
    _ = await ask("/search?q=Guide", [.ifNoneMatch: first.fields[.eTag] ?? ""])
    _ = await ask("/?q=backup")
    _ = await server.ask("/search?q=a", method: .head)
    _ = await ask("/search?q=x")
    _ = await ask("/search?q=%E9%9B%86")
    for text in ["ku", "kube"] {
      _ = await server.ask(
        "/indexes/docs/search", method: .post, from: "127.0.0.1",
        [.xForwardedFor: "203.0.113.78", .contentType: "application/json"], body: #"{"q":"\#(text)"}"#)
    }
    let requests =
      #"{"requests":[{"indexName":"a","query":"mesh"},{"indexName":"a","query":"","facets":["*"]}]}"#
    _ = await server.ask(
      "/1/indexes/*/queries", method: .post, from: "127.0.0.1", [.xForwardedFor: "203.0.113.79"],
      body: requests)
    await server.endpoint.logs.stop()
    let text = String(decoding: try folder.read("q"), as: UTF8.self)
    // Any digits may stand in what is no text of the visitor: when it was, and how long it took.
    let told = text.replacing(#/"time":"[^"]*"|"us":\d+/#, with: "")
    for personal in ["203", "Browser", "example"] { #expect(!told.contains(personal)) }
    let queries = text.split(separator: "\n").map { line in
      line.split(separator: "\"q\":\"").last?.prefix { $0 != "\"" } ?? ""
    }
    #expect(
      queries.prefix(7) == ["clusters", "nothinghere", "guide", "guide clusters", "guide", "backup", "集"])
    #expect(
      queries.dropFirst(7).sorted() == ["kube", "mesh"], "boxes of other engines are read the same way")
    #expect(text.contains(#""q":"nothinghere","total":0,"match":"#))
    #expect(text.contains(#""after":"nothinghere"}"#))
  }
}
