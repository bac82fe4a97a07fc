import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

@Suite struct PinyinSuggestionTests {
  private static func index() throws -> TestIndex {
    try TestIndex([
      Entry(id: "1", title: "多集群管理入门", text: "用一个入口管理许多集群。"),
      Entry(id: "2", title: "Istio 多集群", text: "网格"),
      Entry(id: "3", title: "零信任安全", text: "不再相信内网。"),
      Entry(id: "4", title: "云原生应用", text: "十二要素", tags: ["cloud"]),
      Entry(id: "5", title: "云原生周报", text: "重庆银行"),
      Entry(id: "6", title: "绿色计算与调度策略", text: "节能"),
      Entry(id: "7", title: "北京景点", text: "景点很多"),
      Entry(id: "8", title: "雲端開發", text: "繁體"),
      Entry(id: "9", title: "Prometheus", text: "Kubernetes operator"),
    ])
  }

  @Test(
    "letters that spell a title are answered with the Chinese",
    arguments: [
      ("duojiqun", "多集群"), ("DuoJiQun", "多集群"), ("duo ji qun", "多集群"), ("djq", "多集群"),
      ("duojq", "多集群"), ("duo'ji'qun", "多集群"), ("lingxinren", "零信任"), ("lxr", "零信任"),
      ("lingxinrenanquan", "零信任安全"), ("yys", "云原生"), ("yunyuansheng", "云原生"),
      ("lvse", "绿色"), ("lüse", "绿色"), ("luse", "绿色"), ("celue", "策略"), ("celve", "策略"),
      ("jingdian", "景点"), ("yunduankaifa", "雲端開發"),
      ("tag:cloud yunyuansheng", "tag:cloud 云原生"), ("title:duojiqun", "title:多集群"),
      ("duojiqun -istio", "多集群 -istio"),
    ])
  func suggestion(typed: String, meant: String) throws {
    let results = try Self.index().search(typed)
    #expect(results.suggestion == Suggestion(kind: .pinyin, query: meant))
    #expect(results.hits.isEmpty)
  }

  @Test("weixin and wx lead to 微信", arguments: ["weixin", "wx", "wei xin"])
  func weixin(typed: String) throws {
    let results = try TestIndex([Entry(id: "1", title: "微信支付", text: "接入"), Entry(id: "2", title: "支付宝")])
      .search(typed)
    #expect(
      results.suggestion?.query == "微信" && results.hits.isEmpty, "\(results.suggestion?.query ?? "none")")
  }

  @Test(
    "digits, quotes, prefixes, mixed scripts, one letter, and what no title begins a word with",
    arguments: [
      "d", "djq2", "\"duojiqun\"", "duojiqun*", "多集群 guanli", "iqun", "uojiqun", "zzzz",
      "chongqing",
      "jidian",
      "title:duo jiqun", "duo -x jiqun", "tag:x",
    ])
  func noSuggestion(typed: String) throws {
    #expect(try Self.index().search(typed).suggestion == nil)
  }

  @Test("景点 never answers 经典: a spelling matches no entry, and only titles are spelt")
  func neverMixed() throws {
    let index = try TestIndex([
      Entry(id: "a", title: "景点推荐", text: "西湖"), Entry(id: "b", title: "读书", text: "经典，京店，净店"),
    ])
    let typed = try index.search("jingdian")
    #expect(typed.total == 0 && typed.hits.isEmpty)
    #expect(typed.suggestion == Suggestion(kind: .pinyin, query: "景点"))
    #expect(try index.search("景点").hits.map(\.entry.id) == ["a"])
    #expect(try index.search("经典").hits.map(\.entry.id) == ["b"])
    #expect(try index.search("经典").suggestion == nil)
  }

  @Test("in full before initials, then the one in more titles, then the shorter")
  func order() throws {
    let entries = ["经典", "景点", "景点", "京都的地安门", "西安", "先", "先", "的系统", "底细图"].enumerated().map {
      Entry(id: "\($0.offset)", title: $0.element)
    }
    let index = try TestIndex(entries)
    #expect(try index.search("jingdian").suggestion?.query == "景点")
    #expect(try index.search("xian").suggestion?.query == "先")
    #expect(try index.search("xi'an").suggestion?.query == "西安")
  }

  @Test("what ends with a word before what is cut off inside one, if both are spelled in full")
  func wholeWords() throws {
    let index = try TestIndex(
      ["据河北日报报道", "据河南日报报道", "聚合", "美丽的"].enumerated().map {
        Entry(id: "\($0.offset)", title: $0.element)
      })
    #expect(try index.search("juhe").suggestion?.query == "聚合")
    #expect(try index.search("juhebei").suggestion?.query == "据河北")
    #expect(try index.search("juhenanri").suggestion?.query == "据河南日")
  }

  @Test("with some matches only a full spelling that finds more; with three, nothing")
  func enough() throws {
    func suggestion(_ typed: String, times: Int) throws -> String? {
      let english = (0..<times).map { Entry(id: "e\($0)", title: "English", text: typed) }
      let chinese = (0..<3).map { Entry(id: "c\($0)", title: "我们的经验", text: "\($0)") }
      return try TestIndex(english + chinese).search(typed).suggestion?.query
    }
    #expect(try suggestion("women", times: 0) == "我们")
    #expect(try suggestion("women", times: 2) == "我们")
    #expect(try suggestion("women", times: 3) == nil)
    #expect(try suggestion("wm", times: 0) == "我们")
    #expect(try suggestion("wm", times: 1) == nil)
  }

  @Test("a typo is mended unless the letters are whole syllables")
  func typos() throws {
    let index = try TestIndex([
      Entry(id: "1", title: "Istio", text: "shanghai"), Entry(id: "2", title: "伤害", text: "x"),
      Entry(id: "3", title: "商海", text: "x"), Entry(id: "4", title: "商海", text: "x"),
    ])
    #expect(try index.search("istoi").suggestion == Suggestion(kind: .typo, query: "istio"))
    #expect(try index.search("shanghi").suggestion == Suggestion(kind: .typo, query: "shanghai"))
    #expect(try index.search("shanghai").suggestion == Suggestion(kind: .pinyin, query: "商海"))
  }

  /// Every title, every start and every end, by the rules alone.
  private func plainBest(_ typed: String, _ titles: [String], analyzer: Analyzer) -> PinyinFinder
    .Candidate?
  {
    struct Found {
      var spelling: PinyinPattern.Spelling
      var titleCount = 0
      /// 0 begins inside a word, 1 begins a word, 2 ends one too.
      var place = 0
    }
    guard let pattern = PinyinPattern(typed) else { return nil }
    var found: [String: Found] = [:]
    for title in titles {
      var here: [String: Found] = [:]
      for run in title.split(whereSeparator: { !("\u{3400}"..."\u{9FFF}").contains($0) }) {
        let characters = run.unicodeScalars.map(\.value)
        let words = analyzer.words(in: characters)
        for start in characters.indices {
          for end in start + 1...characters.count {
            guard let spelling = pattern.spelling(of: characters[start..<end]) else { continue }
            let begins = words.contains { $0.lowerBound == start }
            let ends = words.contains { $0.upperBound == end }
            let place = begins && ends ? 2 : begins && spelling <= .loose ? 1 : 0
            let text = String(
              String.UnicodeScalarView(characters[start..<end].compactMap(Unicode.Scalar.init)))
            here[text, default: Found(spelling: spelling)].place = max(
              here[text]?.place ?? 0, place)
          }
        }
      }
      for (text, one) in here {
        var all = found[text] ?? Found(spelling: one.spelling)
        if all.titleCount < PinyinFinder.titlesPerCandidate {
          all.place = max(all.place, one.place)
        }
        all.titleCount += 1
        found[text] = all
      }
    }
    return found.filter { $0.value.place > 0 }
      .min { a, b in
        if a.value.spelling != b.value.spelling { return a.value.spelling < b.value.spelling }
        if a.value.place != b.value.place { return a.value.place > b.value.place }
        if a.value.titleCount != b.value.titleCount {
          return a.value.titleCount > b.value.titleCount
        }
        if a.key.utf8.count != b.key.utf8.count { return a.key.utf8.count < b.key.utf8.count }
        return a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
      }
      .map {
        PinyinFinder.Candidate(
          text: $0.key, spelling: $0.value.spelling, titleCount: $0.value.titleCount)
      }
  }

  @Test("the best candidate is that of a plain search", arguments: UInt64(0)..<60)
  func best(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    let pieces = [
      "据河北", "聚合", "多集群", "管理", "经典", "景点", "云原生", "重庆", "银行", "女性", "a", "，", "的", "先", "西安", "略",
    ]
    let entries = (0..<40).map { number in
      let title = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }
      return Entry(id: "\(number)", title: title.joined(), text: "\(number) 多集群的先例，管理景点")
    }
    let index = try TestIndex(entries, memoryBudget: seed % 2 == 0 ? 1 << 16 : 256 << 20)
    let finder = PinyinFinder(snapshot: index.searcher.snapshot, analyzer: analyzer)
    let titles = index.entries.map(\.title)
    for typed in [
      "duojiqun", "djq", "jingdian", "jd", "yys", "xian", "chongqing", "nuxing", "gl", "yh",
      "guanlijd", "dd",
      "juhe",
    ] {
      let pattern = try #require(PinyinPattern(typed))
      let expected = plainBest(typed, titles, analyzer: analyzer)
      #expect(
        try finder.best(for: pattern, onlyFull: false, deadline: .none) == expected, "\(typed)")
      let full = expected.flatMap { $0.spelling <= .loose ? $0 : nil }
      #expect(try finder.best(for: pattern, onlyFull: true, deadline: .none) == full, "\(typed)")
    }
  }
}
