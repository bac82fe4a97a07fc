import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing

@testable import QueryEngine

@Suite struct TypoTests {
  /// Plain recursion over the definition.
  private static func plainDistance(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
    guard let x = a.last else { return b.count }
    guard let y = b.last else { return a.count }
    var best = min(
      plainDistance(a.dropLast(), b) + 1, plainDistance(a, b.dropLast()) + 1,
      plainDistance(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1))
    if a.count > 1, b.count > 1, a.dropLast().last == y, b.dropLast().last == x {
      best = min(best, plainDistance(a.dropLast(2), b.dropLast(2)) + 1)
    }
    return best
  }

  private static func word(_ lengths: ClosedRange<Int>, using random: inout SplitMix64) -> [UInt8] {
    (0..<Int.random(in: lengths, using: &random)).map { _ in
      UInt8(ascii: "a") + UInt8.random(in: 0..<3, using: &random)
    }
  }

  @Test("rows give the distance of the definition", arguments: UInt64(0)..<200)
  func distance(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let word = Self.word(1...6, using: &random)
    let other = Self.word(0...6, using: &random)
    var distance = EditDistance(word: word, limit: 2)
    var isAlive = true
    for byte in other { isAlive = distance.append(byte) && isAlive }
    let expected = Self.plainDistance(word[...], other[...])
    #expect(distance.distance == min(expected, 3))
    #expect(isAlive || expected > 2)
  }

  @Test("signatures leave in what comparing with every word finds", arguments: UInt64(0)..<40)
  func correction(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let words = Set(
      (0..<400).map { _ in String(decoding: Self.word(3...12, using: &random), as: UTF8.self) }
    )
    .sorted()
    let index = try TestIndex([Entry(id: "1", title: "t", text: words.joined(separator: " "))])
    let finder = TypoFinder(snapshot: index.searcher.snapshot)
    for _ in 0..<20 {
      let typed = String(decoding: Self.word(5...10, using: &random), as: UTF8.self)
      let limit = TypoFinder.allowedEdits(typed)
      let distances = (words + ["t"]).map { Self.osa(Array(typed.utf8), Array($0.utf8)) }.filter {
        $0 > 0
      }
      let expected = distances.min().flatMap { $0 <= limit ? $0 : nil }
      #expect(try finder.correction(of: typed)?.edits == expected, "\(typed)")
    }
  }

  @Test("a word that only deleted entries hold is not proposed")
  func deletedWords() throws {
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    do {
      let writer = try IndexWriter(in: directory, options: .init(now: 1))
      try writer.add(Entry(id: "1", title: "", text: "prometheuz"))
      for number in 2...9 { try writer.add(Entry(id: "\(number)", title: "", text: "prometheus kept")) }
      _ = try writer.commit(sourcePaths: [])
    }
    #expect(try Searcher(in: directory).suggestion(for: "promethuez") == "prometheuz")
    let update = try IndexWriter(in: directory, options: .init(keepsExisting: true, now: 1))
    #expect(try update.delete(id: "1"))
    let commit = try update.commit(sourcePaths: [])
    #expect(commit.segments.count == 1)
    #expect(try Searcher(in: directory).suggestion(for: "promethuez") == "prometheus")
  }

  /// The same by a full table, for longer words.
  private static func osa(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count {
      for j in 0...b.count {
        if i == 0 || j == 0 {
          table[i][j] = i + j
          continue
        }
        table[i][j] = min(
          table[i - 1][j] + 1, table[i][j - 1] + 1,
          table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
        }
      }
    }
    return table[a.count][b.count]
  }

  @Test(
    "a misspelt word is answered with a suggestion",
    arguments: [
      ("kuberentes", "kubernetes"), ("promethues", "prometheus"), ("istoi", "istio"),
      ("ubernetes", "kubernetes"),
      ("多集群 kuberentes", "多集群 kubernetes"), ("Kubernetse operatr", "kubernetes operator"),
    ])
  func suggestion(typed: String, meant: String) throws {
    let index = try TestIndex([
      Entry(id: "1", title: "Kubernetes 多集群", text: "Prometheus and Istio, an operator"),
      Entry(id: "2", title: "v1.27.3", text: "x"),
    ])
    #expect(try index.search(typed).suggestion == Suggestion(kind: .typo, query: meant))
  }

  @Test(
    "two words without the space between them are answered with the space, if they stand like this somewhere",
    arguments: [
      ("servicemesh", "service mesh"), ("多集群 ServiceMesh", nil),
      ("servicemesh prometheus", "service mesh prometheus"),
      ("servicekube", nil), ("meshservice", nil), ("xservicemesh", nil),
    ])
  func missingSpace(typed: String, meant: String?) throws {
    let index = try TestIndex([
      Entry(id: "1", title: "Service mesh", text: "Prometheus beside the kube"),
      Entry(id: "2", title: "Another service", text: "a mesh"),
    ])
    #expect(try index.search(typed).suggestion?.query == meant)
  }

  @Test(
    "digits, Han, short words and words that are there are left alone",
    arguments: ["v1.27.4", "2024", "多集郡", "isti", "istio", "\"kuberentes\"", "xyz123"])
  func noSuggestion(typed: String) throws {
    let index = try TestIndex([
      Entry(id: "1", title: "Kubernetes 多集群 2025 xyz223", text: "Istio v1.27.3 istio")
    ])
    #expect(try index.search(typed).suggestion == nil)
  }
}

extension Searcher {
  fileprivate func suggestion(for text: String) throws -> String? {
    try search(SearchRequest(text: text)).suggestion?.query
  }
}
