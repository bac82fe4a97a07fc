import IndexFormat
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// What people complain about in other searches of Chinese sites, one test per complaint. Some have suites of their
/// own: `PinyinSuggestionTests` (weixin leads to 微信, 景点 never answers 经典), `SynonymTests` (KFC is 肯德基), `PinTests`
/// (the author's boosts and pins), `SiteWordTests` and `SegmentationTests` (the words of a product), `TypoTests`,
/// `PageLimitTests` (one page does not fill the answer), `DigestKindTests` (the item, not the issue), `AnchorTests`.
@Suite struct ComplaintTests {
  private static let texts = [
    "queue": "多集群管理是一件长期的事，待处理任务会排队。版本 v1.27.3 起支持 nginx-ingress。",
    "building": "在建工程的进度一览",
    "simple": "安装简单，没有复杂的配置：省心。用 kubectl 就行。",
    "bank": "中国农业发展银行发布了一篇小教程，懵逼了的人都看懂了。",
    "guangzhou": "广州的办公室", "huizhou": "惠州的办公室", "zhang": "张云写的序", "zhong": "钟俊生写的序",
    "rerun": "重跑gen-itgc后，结果就对了", "faq": "常见问题FAQ都在这里",
    "languages": "用 C++ 和 C# 写过，也用过 .NET；getUserById() 与 --flag 都在文档里", "c": "只会 C",
    "2024": "2024 年的总结", "2025": "2025 年的总结", "scenery": "黄山的景点", "classic": "经典的书",
    "baidu": "百度的批量接口，性能超凡",
    "cosmetics": "一个小化妆包", "makeup": "小小的化妆包", "hiring": "招商公告，本公司发布", "investment": "招商公告",
    "traditional": "雲原生與服務網格", "english": "Installing the cluster is simple. Ｋ８ｓ rocks.",
  ]

  private static func fullMatches(_ query: String) throws -> Set<String> {
    let index = try TestIndex(texts.map { Entry(id: $0.key, title: "", text: $0.value) })
    let results = try index.search(query)
    return results.match == .full
      ? Set(results.hits.filter { $0.match == .full }.map(\.entry.id)) : []
  }

  private func expect(_ query: String, finds ids: [String]) throws {
    #expect(try Self.fullMatches(query) == Set(ids), "\(query)")
  }

  @Test("a short word inside a longer run is found")
  func insideRuns() throws {
    try expect("处理", finds: ["queue"])
    try expect("工程", finds: ["building"])
    try expect("简单", finds: ["simple"])
    try expect("一篇", finds: ["bank"])
    try expect("集群", finds: ["queue"])
    try expect("农业发展", finds: ["bank"])
  }

  @Test("query and text cannot be cut differently: what stands there is found")
  func sameOnBothSides() throws {
    try expect("懵逼", finds: ["bank"])
    try expect("懵逼了", finds: ["bank"])
    try expect("逼了的", finds: ["bank"])
  }

  @Test("Chinese needs no setting, and one character is enough")
  func noSetting() throws {
    try expect("篇", finds: ["bank"])
    try expect("群", finds: ["queue"])
    try expect("待", finds: ["queue"])
  }

  @Test("Chinese and English together, and in one run")
  func mixedRuns() throws {
    try expect("重跑gen-itgc后", finds: ["rerun"])
    try expect("gen-itgc", finds: ["rerun"])
    try expect("FAQ", finds: ["faq"])
    try expect("问题FAQ", finds: ["faq"])
    try expect("install cluster", finds: ["english"])
    try expect("kubectl 简单", finds: ["simple"])
  }

  @Test("what shares a character is no match")
  func precision() throws {
    try expect("广州", finds: ["guangzhou"])
    try expect("惠州", finds: ["huizhou"])
    try expect("张云", finds: ["zhang"])
    try expect("景点", finds: ["scenery"])
    try expect("经典", finds: ["classic"])
  }

  @Test("versions, by prefix of whole numbers")
  func versions() throws {
    try expect("1.27", finds: ["queue"])
    try expect("v1.27.3", finds: ["queue"])
    try expect("1.2", finds: [])
    try expect("27.3", finds: [])
  }

  @Test("signs, identifiers and options")
  func symbols() throws {
    try expect("C++", finds: ["languages"])
    try expect("C#", finds: ["languages"])
    try expect(".NET", finds: ["languages"])
    try expect("C", finds: ["c"])
    try expect("getUserById", finds: ["languages"])
    try expect("user", finds: ["languages"])
    try expect("flag", finds: ["languages"])
    try expect("nginx-ingress", finds: ["queue"])
    try expect("ingress", finds: ["queue"])
  }

  @Test("identifiers and versions of four numbers")
  func identifiers() throws {
    let index = try TestIndex([
      Entry(id: "redis", title: "Redis v6.2.8", text: "redis-cli --bigkeys, io_threads"),
      Entry(id: "oracle", title: "Oracle", text: "14.2.1.0 起可用，见 java.util.concurrent.ConcurrentHashMap"),
    ])
    for (query, ids) in [
      ("v6.2.8", ["redis"]), ("6.2.8", ["redis"]), ("6.2", ["redis"]), ("2.8", []), ("14.2.1.0", ["oracle"]),
      ("14.2", ["oracle"]), ("--bigkeys", ["redis"]), ("bigkeys", ["redis"]), ("io_threads", ["redis"]),
      ("threads", ["redis"]), ("java.util.concurrent", ["oracle"]), ("hash map", ["oracle"]),
      ("concurrenthashmap", ["oracle"]),
    ] {
      let results = try index.search(query)
      #expect(results.match == .full || ids.isEmpty, "\(query)")
      #expect(results.hits.filter { $0.match == .full }.map(\.entry.id) == ids, "\(query)")
    }
  }

  @Test("signs alone are no words: no answer and no error", arguments: ["||>", "|>", "=>", "…", "。。。"])
  func signsAlone(query: String) throws {
    let results = try TestIndex([Entry(id: "1", title: "管道 ||> 与 |>", text: "=> … 。。。")]).search(query)
    #expect(results.total == 0 && results.hits.isEmpty && results.suggestion == nil)
  }

  @Test("a changelog that says it a hundred times stands behind the page about it")
  func changelog() throws {
    let index = try TestIndex([
      Entry(
        id: "changelog", title: "Changelog 更新日志",
        text: String(repeating: "fix service mesh. 修复服务网格的问题。\n", count: 100)),
      Entry(id: "mesh", title: "Service mesh 服务网格入门", text: "先装好集群。"),
    ])
    for query in ["service mesh", "服务网格", "mesh", "网格"] {
      #expect(try index.search(query).hits.map(\.entry.id) == ["mesh", "changelog"], "\(query)")
    }
  }

  @Test("a block of base64 hides nothing, and of a word that long the index keeps 255 bytes")
  func base64() throws {
    var random = SplitMix64(seed: 36)
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    let block = String((0..<200_000).map { _ in letters.randomElement(using: &random) ?? "A" })
    let index = try TestIndex([Entry(id: "1", title: "证书", text: "多集群的证书 \(block) kubectl apply")])
    for query in ["多集群", "kubectl", "证书"] { #expect(try index.search(query).total == 1, "\(query)") }
    #expect(index.searcher.snapshot.segments.map(\.file.byteCount).reduce(0, +) < 2 * block.utf8.count)
  }

  @Test("one digit makes another number")
  func digits() throws {
    try expect("2024", finds: ["2024"])
    try expect("2025", finds: ["2025"])
    let index = try TestIndex([Entry(id: "1", title: "", text: "2025 XYZ-223")])
    for query in ["2024", "XYZ-123"] {
      #expect(try index.search(query).suggestion == nil, "\(query)")
    }
  }

  @Test("no word is dropped for what it is")
  func nothingDropped() throws {
    try expect("百度", finds: ["baidu"])
    try expect("批量", finds: ["baidu"])
    try expect("超凡", finds: ["baidu"])
    try expect("的", finds: Self.texts.filter { $0.value.contains("的") }.map(\.key))
  }

  @Test("an exact run and an exclusion, in Chinese")
  func exactAndExcluded() throws {
    try expect("\"小化妆\"", finds: ["cosmetics"])
    try expect("“小化妆”", finds: ["cosmetics"])
    try expect("招商 -公司", finds: ["investment"])
    try expect("招商 －公司", finds: ["investment"])
  }

  @Test("Traditional and Simplified, full and half width")
  func folds() throws {
    try expect("云原生", finds: ["traditional"])
    try expect("服务网格", finds: ["traditional"])
    try expect("k8s", finds: ["english"])
    try expect("ＫＵＢＥＣＴＬ", finds: ["simple"])
  }

  @Test("the entry whose title is the query comes first, and a long text does not beat it")
  func titleFirst() throws {
    let long = String(repeating: "多集群的手册里到处都是多集群。", count: 200)
    let index = try TestIndex([
      Entry(id: "manual", title: "手册", text: long), Entry(id: "page", title: "多集群", text: "一句话。"),
    ])
    #expect(try index.search("多集群").hits.map(\.entry.id) == ["page", "manual"])
  }

  @Test("the page whose title is the query stands before longer titles, however often they say it")
  func wholeTitleFirst() throws {
    let often = String(repeating: "多集群 Service Mesh。", count: 30)
    var entries = (0..<80).map { Entry(id: "long\($0)", title: "多集群 Service Mesh 的手册", text: often) }
    entries.append(Entry(id: "page", title: "多集群", text: "一句话。" + String(repeating: "别的事情。", count: 200)))
    entries.append(Entry(id: "mesh", title: "service mesh", text: "x"))
    let index = try TestIndex(entries)
    for (query, id) in [
      ("多集群", "page"), ("多集羣", "page"), (" 多集群 ", "page"), ("Ｓｅｒｖｉｃｅ  Mesh", "mesh"),
    ] {
      var pages: [String] = []
      for offset in stride(from: 0, to: 90, by: 10) {
        let results = try index.search(query, limit: 10, offset: offset)
        #expect(results.total == 81, "\(query)")
        pages += results.hits.map(\.entry.id)
      }
      #expect(pages.first == id && pages.count == 81 && Set(pages).count == 81, "\(query)")
      let explanation = try #require(try index.searcher.explain(SearchRequest(text: query), id: id))
      #expect(explanation.rank == 1 && explanation.shares.contains { $0.role == "title is the query" })
    }
    #expect(try index.search("多集群 -一句话").hits.allSatisfy { $0.entry.id != "page" })
  }

  @Test("no language has to be chosen, and an English word finds Chinese pages with it")
  func everyLanguage() throws {
    let index = try TestIndex([
      Entry(id: "zh", title: "安装", text: "用 cluster 命令安装集群", lang: "zh"),
      Entry(id: "en", title: "Install", text: "clusters are simple", lang: "en"),
      Entry(id: "other", title: "インストール", text: "cluster の設定", lang: "ja"),
    ])
    #expect(Set(try index.search("cluster").hits.map(\.entry.id)) == ["zh", "en", "other"])
    #expect(try index.search("cluster lang:zh").hits.map(\.entry.id) == ["zh"])
  }

  /// Extra characters marked, whole paragraphs marked, text duplicated, offsets going backwards, spaces put in.
  @Test("marks are what matched and the text around them is the text")
  func highlights() throws {
    let text = "多个集群不是多集群。多集群，就是多集群；Kubernetes 与 kube-proxy 的 cluster、clusters。"
    for (query, marked) in [
      ("多集群", ["多集群", "多集群", "多集群"]), ("kubernetes", ["Kubernetes"]), ("kubeproxy", ["kube-proxy"]),
      ("cluster", ["cluster", "clusters"]), ("\"cluster\"", ["cluster"]), ("群不", ["群不"]),
    ] {
      let hit = try #require(
        try TestIndex([Entry(id: "1", title: "", text: text)]).search(query).hits.first)
      #expect(hit.snippet == text, "\(query)")
      let bytes = Array(hit.snippet.utf8)
      #expect(
        hit.snippetHighlights.map { String(decoding: bytes[$0], as: UTF8.self) } == marked,
        "\(query)")
      for (a, b) in zip(hit.snippetHighlights, hit.snippetHighlights.dropFirst()) {
        #expect(a.upperBound < b.lowerBound)
      }
    }
  }
}
