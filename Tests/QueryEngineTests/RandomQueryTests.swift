import Foundation
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

/// Random queries on 5,000 entries: no failure, none slow, literal answers those of a scan.
///
/// A sample of them here; `Scripts/random-queries` asks as many as it is told.
@Suite struct RandomQueryTests {
  private static let han = [
    "多集群", "集群", "云原生", "服务网格", "灰度发布", "镜像仓库", "可观测性", "待处理任务", "安装简单", "管理", "调度器", "网络策略", "存储卷",
    "一篇",
    "的", "了", "在",
    "雲端", "與", "広州", "𠀀", "齉", "々", "カナ", "한글",
  ]
  private static let latin = [
    "kube-proxy", "kubeproxy", "node.js", "v1.29.3", "1.27", "CVE-2022-3172", "C++", "C#", ".NET",
    "PodAffinity", "iOS17", "iOS", "17",
    "CI/CD", "the", "scheduling", "scheduler", "https://kubernetes.io/docs/x", "naïve", "K8s",
    "a@b.c",
    "10.0.0.1:8080", "x",
  ]
  private static let signs = [
    "\"", "“", "”", "「", "」", "-", "－", "*", "＊", ":", "：", "title:", "category:a", "lang：zh",
    "after:2022",
    "(", "，", "。", "\u{3000}", "\n",
  ]
  private static let noise = [
    "🙂", "👨‍👩‍👧‍👦", "e\u{301}\u{323}", "\u{301}", "\u{202E}", "\u{0}", "\u{FEFF}", "か\u{3099}", "नि", "ﷺ",
    "İ", "ß",
    "㍿",
  ]

  /// As people and scripts type them; mutated, not asked as they are.
  private static let typed = [
    "多集群 -公司 title:云原生 tag:k8s", "\"exact run\" kube-proxy* after:2022-01 before:2023-12-31",
    "category:\"最佳实践\" lang:zh 「服务网格」", "kuberneets duojiqun", "source:docs/a.md year:2024 kind:item -\"不要\"",
    "https://kubernetes.io/docs/x?a=b#c C++ node.js v1.29.3 10.0.0.1:8080", "iOS17 PodAffinity 为什么调度器不工作？",
  ]

  private static func entries(_ count: Int) -> [Entry] {
    var random = SplitMix64(seed: 5_000)
    return (0..<count).map { number in
      func words(_ count: Int) -> String {
        (0..<count).map { _ in
          let list = Int.random(in: 0..<3, using: &random) > 0 ? han : latin
          let separator = ["", "", "", " ", "，", "\n"].randomElement(using: &random) ?? ""
          return (list.randomElement(using: &random) ?? "") + separator
        }.joined()
      }
      return Entry(
        id: "\(number)", title: words(Int.random(in: 0...4, using: &random)),
        text: words(Int.random(in: 1...80, using: &random)),
        category: ["a", "b"].randomElement(using: &random).map { [$0] } ?? [])
    }
  }

  private static func query(_ random: inout SplitMix64) -> String {
    switch Int.random(in: 0..<5, using: &random) {
    case 2: return mutated(&random)
    case 0:
      // Noise: anything at all.
      return (0..<Int.random(in: 1...30, using: &random)).map { _ in
        let planes: [ClosedRange<UInt32>] = [
          0x4E00...0x9FFF, 0x20...0x7E, 0x300...0x36F, 0x1F300...0x1FAFF, 0...0xD7FF,
        ]
        let value = UInt32.random(in: planes.randomElement(using: &random) ?? 0...9, using: &random)
        return Unicode.Scalar(value).map(String.init) ?? ""
      }.joined()
    case 1:
      // A run out of the vocabulary, cut anywhere, quoted.
      let run = Array((0..<3).map { _ in Self.han.randomElement(using: &random) ?? "" }.joined())
      let length = Int.random(in: 1...min(6, run.count), using: &random)
      let start = Int.random(in: 0...run.count - length, using: &random)
      return "\"" + String(run[start..<start + length]) + "\""
    default:
      return (0..<Int.random(in: 1...9, using: &random)).map { _ in
        let list =
          [han, han, latin, latin, signs, signs, noise].randomElement(using: &random) ?? han
        return (list.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
      }.joined()
    }
  }

  /// A typed query after some changes: code points exchanged, left out, repeated, pieces of another put in.
  private static func mutated(_ random: inout SplitMix64) -> String {
    var scalars = Array((typed.randomElement(using: &random) ?? "").unicodeScalars)
    for _ in 0..<Int.random(in: 1...6, using: &random) where !scalars.isEmpty {
      let start = Int.random(in: 0..<scalars.count, using: &random)
      let end = min(scalars.count, start + Int.random(in: 1...8, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: scalars.removeSubrange(start..<end)
      case 1: scalars.insert(contentsOf: scalars[start..<end], at: start)
      case 2: scalars[start] = Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random)) ?? "-"
      case 3: scalars.swapAt(start, end - 1)
      default:
        let list = [signs, noise, han, latin, typed].randomElement(using: &random) ?? signs
        scalars.insert(contentsOf: (list.randomElement(using: &random) ?? "").unicodeScalars, at: start)
      }
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  @Test("random queries are answered in time, and literal answers are those of a scan")
  func answers() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["SEARCH_RANDOM_QUERIES"].flatMap { Int($0) } ?? 600
    let seed = environment["SEARCH_RANDOM_SEED"].flatMap { UInt64($0) } ?? 7
    let index = try TestIndex(Self.entries(5_000))
    let analyzer = try Analyzer()
    let texts = index.entries.map { entry in
      ([entry.title, entry.text]).map { Array(ProductRules.fold($0, analyzer).utf8) }
    }
    var random = SplitMix64(seed: seed)
    var slowest = (time: Duration.zero, query: "")
    var scanned = 0
    var refused = 0
    for number in 0..<count {
      let text = Self.query(&random)
      var answer: SearchResults?
      var refusal: QueryLimitError?
      let time = try processorTime {
        do { answer = try index.search(text, limit: 10) } catch let error as QueryLimitError {
          refusal = error
        }
      }
      guard let results = answer else {
        // Mutations of mutations may repeat themselves past the limits; nothing else is refused.
        _ = try #require(refusal)
        refused += 1
        continue
      }
      if number % 16 == 0 {
        // Not by Foundation, which takes a byte order mark out of texts where they begin and after each escape.
        let json = try ParsedJSON(parsing: results.json())
        #expect(json["query"].string.map { Array($0.utf8) } == Array(text.utf8), "\(text.debugDescription)")
        let titles = json["hits"].elements.map { $0["title"].string }
        #expect(titles == results.hits.map(\.entry.title), "\(text.debugDescription)")
      }
      if time > slowest.time { slowest = (time, text) }
      #expect(
        results.hits.count == min(10, max(results.total, results.hits.count)),
        "\(text.debugDescription)")
      for hit in results.hits { check(hit, text) }
      // One quoted run of Han: exactly the entries that hold it.
      if case .han(let run)? = analyzer.chunks(of: text).first,
        analyzer.chunks(of: text).count == 1,
        run.text.unicodeScalars.allSatisfy(ProductRules.isHan), text.hasPrefix("\""),
        text.count == run.characters.count + 2, count <= 100_000 || number % 10 == 0
      {
        let expected = texts.count { fields in
          fields.contains { ProductRules.contains($0, run.text) }
        }
        #expect(results.match == .full ? results.total == expected : expected == 0, "\(text)")
        scanned += 1
      }
    }
    #expect(slowest.time < .seconds(1), "\(slowest.query.debugDescription)")
    #expect(refused < count / 100, "refused: \(refused)")
    #expect(scanned > count / (count <= 100_000 ? 20 : 400), "literal queries among them: \(scanned)")
    if environment["SEARCH_RANDOM_QUERIES"] != nil {
      print(
        "\(count) queries, seed \(seed): slowest \(slowest.time) for \(slowest.query.debugDescription); \(scanned) scanned, \(refused) refused"
      )
    }
  }

  /// Marks stand in order, apart, on borders of characters.
  private func check(_ hit: Hit, _ query: String) {
    for (text, marks) in [
      (hit.entry.title, hit.titleHighlights), (hit.snippet, hit.snippetHighlights),
    ] {
      if marks.isEmpty { continue }
      var borders: Set<Int> = [0]
      var offset = 0
      for character in text {
        offset += character.utf8.count
        borders.insert(offset)
      }
      var last = -1
      for mark in marks {
        #expect(
          mark.lowerBound > last && !mark.isEmpty && borders.contains(mark.lowerBound)
            && borders.contains(mark.upperBound),
          "\(query.debugDescription) in \(text.debugDescription): \(mark)")
        last = mark.upperBound
      }
    }
  }

  @Test(
    "what answers and their snippets cost",
    .enabled(if: ProcessInfo.processInfo.environment["SEARCH_RANDOM_QUERIES"] != nil))
  func snippetCost() throws {
    let index = try TestIndex(Self.entries(5_000))
    for query in ["多集群", "云原生 kube-proxy", "node js", "可观测性 灰度发布 scheduling"] {
      func best(_ body: () throws -> Void) rethrows -> Duration {
        var best = Duration.seconds(9)
        for _ in 0..<30 { best = min(best, try processorTime(body)) }
        return best
      }
      let request = SearchRequest(text: query, facets: [])
      let ranked = try best { _ = try index.searcher.rankedIDs(request) }
      let all = try best { _ = try index.searcher.search(request) }
      print("\(query): ranking \(ranked), with ten hits \(all), the hits \(all - ranked)")
    }
  }
}
