import IndexFormat
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

/// Segments with completions and nothing else to look for, some entries deleted.
struct CompletionIndex {
  private let temporary: TemporaryDirectory
  let table: CompletionTable
  let analyzer: Analyzer
  /// Live entries.
  let entries: [Entry]

  init(_ segments: [[Entry]], isLive: (Entry) -> Bool = { _ in true }) throws {
    temporary = try TemporaryDirectory()
    let directory = IndexDirectory(path: temporary.path)
    let texts = try EntryAnalyzer()
    analyzer = try Analyzer()
    var committed: [CommittedSegment] = []
    for entries in segments {
      let builder = SegmentBuilder(directory: directory)
      var live = LiveBits(documentCount: entries.count)
      for (document, entry) in entries.enumerated() {
        try builder.add(
          SegmentDocument(
            entry, titleLength: 1, bodyLength: 1, completions: texts.completions(of: entry)),
          fields: StoredFields(entry))
        if !isLive(entry) { live.delete(document) }
      }
      var segment = CommittedSegment(file: try builder.finish(), documentCount: entries.count)
      if live.liveCount < entries.count { segment.live = try live.write(to: directory) }
      committed.append(segment)
    }
    try Commit(
      number: 1, createdAt: 0, analyzer: Analyzer.identity, sourcePaths: [], segments: committed
    ).publish(in: directory)
    table = CompletionTable(try IndexSnapshot(in: directory))
    entries = segments.joined().filter(isLive)
  }

  init(titles: [String]) throws {
    try self.init([titles.enumerated().map { Entry(id: "\($0.offset)", title: $0.element) }])
  }

  func complete(_ prefix: String, limit: Int = 10) throws -> [String] {
    try table.completions(of: prefix, limit: limit, analyzer: analyzer).suggestions.map(\.text)
  }
}

@Suite struct CompletionTests {
  @Test("the whole title first, its start, the start of a run or word, then inside; shorter first")
  func order() throws {
    let han = try CompletionIndex(titles: ["大规模集群实践", "用 集群", "集群备份与恢复", "集群备份", "机群", "集群"])
    #expect(try han.complete("集群") == ["集群", "集群备份", "集群备份与恢复", "用 集群", "大规模集群实践"])
    let latin = try CompletionIndex(
      titles: ["Mesh", "servicemesh", "Service mesh", "《Mesh 周报》", "smesh mesh mesh"])
    #expect(
      try latin.complete("mesh") == ["Mesh", "《Mesh 周报》", "Service mesh", "smesh mesh mesh"])
  }

  @Test(
    "compared as the analyzer folds",
    arguments: [
      ("ＫＵＢＥ", "Kubernetes"), ("kube", "ＫＵＢＥＲＮＥＴＥＳ"), ("繁體", "繁体中文"), ("caf", "Café"),
      (" multi  cl", "Multi\tcluster"),
    ])
  func folding(prefix: String, title: String) throws {
    #expect(try CompletionIndex(titles: [title, "别的"]).complete(prefix) == [title])
  }

  @Test(
    "nothing for an empty prefix, and none for what stands nowhere", arguments: ["", "  ", "不存在", "etes"])
  func none(prefix: String) throws {
    #expect(try CompletionIndex(titles: ["Kubernetes"]).complete(prefix).isEmpty)
  }

  @Test("a frequent tag stands before titles, a deleted title nowhere, a shared one leads to no place")
  func tagsAndPlaces() throws {
    let index = try CompletionIndex(
      [
        [
          Entry(id: "1", title: "Kube state", url: "/a/", tags: ["Kubernetes"]),
          Entry(id: "2", title: "Kube gone", url: "/b/", tags: ["kubectl"]),
        ], [Entry(id: "3", title: "kube state", url: "/c/", tags: ["kubernetes"])],
      ], isLive: { $0.id != "2" })
    let found = try index.table.completions(of: "kube", limit: 10, analyzer: index.analyzer).suggestions
    #expect(
      found == [
        Completion(text: "Kubernetes", kind: .tag), Completion(text: "Kube state", kind: .title, url: "/a/"),
      ])
  }

  // MARK: Against plain lists

  private struct Plain {
    var text: [Unicode.Scalar]
    var place: Int
    var frequency: Int

    static func precedes(_ a: Plain, _ b: Plain) -> Bool {
      if a.place != b.place { return a.place < b.place }
      if a.frequency != b.frequency { return a.frequency > b.frequency }
      let bytes = { (p: Plain) in p.text.map { String($0) }.joined() }
      return bytes(a).utf8.lexicographicallyPrecedes(bytes(b).utf8)
    }
  }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
  }

  /// 0 whole, 1 start, 2 word, 3 inside.
  private static func place(_ prefix: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Int? {
    if prefix == text { return 0 }
    var places: [Int] = []
    for i in text.indices where text[i...].starts(with: prefix) {
      if text[..<i].allSatisfy(isSign) {
        places.append(prefix.count == text.count ? 0 : 1)
      } else if isSign(text[i - 1]) {
        places.append(2)
      } else if text[i - 1].properties.isIdeographic {
        places.append(text[i].properties.isIdeographic ? 3 : 2)
      } else if text[i].properties.isIdeographic {
        places.append(2)
      }
    }
    return places.min()
  }

  @Test("titles and tags are those of plain lists, whatever the segments", arguments: UInt64(0)..<40)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("多集群，网。").map(String.init) + ["a", "b ", " ", "-"]
    func someText(_ length: ClosedRange<Int>) -> String {
      (0..<Int.random(in: length, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }
        .joined()
    }
    let pool = (0..<8).map { _ in someText(1...3) }
    let segments = (0..<Int.random(in: 1...3, using: &random)).map { segment in
      (0..<40).map { number in
        Entry(
          id: "\(segment)-\(number)", title: someText(1...8),
          tags: Array(pool.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))))
      }
    }
    let dead = Set(
      (0..<20).map { _ in "\(Int.random(in: 0..<3, using: &random))-\(Int.random(in: 0..<40, using: &random))"
      })
    let index = try CompletionIndex(segments, isLive: { !dead.contains($0.id) })
    let analyzer = try Analyzer()
    func key(_ text: String) -> [Unicode.Scalar] {
      Array(String(decoding: analyzer.completionKey(of: text), as: UTF8.self).unicodeScalars)
    }
    for text in (0..<20).map({ _ in someText(1...4) }) + index.entries.map(\.title) {
      let wanted = key(text)
      let whole = try WholeTitles(of: text, snapshot: index.table.snapshot, analyzer: analyzer)
      let expected = wanted.isEmpty ? 0 : index.entries.count { key($0.title) == wanted }
      #expect(whole.count == expected, "\(text)")
    }
    for _ in 0..<30 {
      let typed = someText(1...3)
      let limit = Int.random(in: 1...12, using: &random)
      let prefix = key(typed)
      // What is spelled in pinyin has a test of its own.
      guard !prefix.isEmpty, prefix.contains(where: { $0.properties.isIdeographic }) else { continue }
      let titles = Set(index.entries.map { key($0.title) }).compactMap { text in
        Self.place(prefix, in: text).map { Plain(text: text, place: $0, frequency: -text.count) }
      }.sorted(by: Plain.precedes)
      var tags: [[Unicode.Scalar]: Int] = [:]
      for entry in index.entries {
        for tag in Set(entry.tags.map(key)) where !tag.isEmpty { tags[tag, default: 0] += 1 }
      }
      let shown = Set(titles.map(\.text))
      let words = tags.compactMap { tag, count in
        Self.place(prefix, in: tag).map { Plain(text: tag, place: $0, frequency: count) }
      }.filter { !shown.contains($0.text) }.sorted(by: Plain.precedes)
      let texts = CompletionTexts(snapshot: index.table.snapshot, analyzer: analyzer)
      let typedPrefix = try CompletionPrefix(typed, analyzer: analyzer)
      let foundTitles = try texts.titles(with: typedPrefix, limit: limit)
      func strings(_ plain: some Sequence<Plain>) -> [[UInt8]] {
        plain.map { Array($0.text.map { String($0) }.joined().utf8) }
      }
      #expect(foundTitles.prefix(limit).map(\.folded) == strings(titles.prefix(limit)), "\(typed)")
      let foundTags = try texts.tags(with: typedPrefix)
      #expect(
        Set(foundTags.map(\.folded)).subtracting(
          shown.map { Array(String(String.UnicodeScalarView($0)).utf8) })
          == Set(strings(words)), "\(typed)")
      for tag in foundTags {
        let expected = words.first { strings([$0])[0] == tag.folded }
        if let expected { #expect(tag.frequency == expected.frequency) }
      }
      // At most half of the answer, unless titles do not fill it.
      let kinds = try index.table.completions(of: typed, limit: limit, analyzer: analyzer).suggestions.map(
        \.kind)
      #expect(kinds.count { $0 != .title } <= max((limit + 1) / 2, limit - titles.count))
      #expect(kinds.count <= limit)
    }
  }

  // MARK: Words, phrases, pinyin

  @Test("frequent words of the index, and words that several titles go on with")
  func words() throws {
    let index = try TestIndex(
      (0..<4).map { Entry(id: "w\($0)", title: "第 \($0) 篇", text: "prometheus and kubelet, prometer\($0)") }
        + ["多集群管理", "多集群网络", "多集群备份", "多云"].enumerated().map {
          Entry(id: "\($0.offset)", title: $0.element, text: "x")
        })
    let table = CompletionTable(index.searcher.snapshot)
    func complete(_ text: String) throws -> [Completion] {
      try table.completions(of: text, limit: 10, analyzer: try Analyzer()).suggestions
    }
    #expect(try complete("prom") == [Completion(text: "prometheus", kind: .word)])
    #expect(try complete("多").first == Completion(text: "多集群", kind: .word))
    #expect(try complete("多集").map(\.text).prefix(2) == ["多集群", "多集群备份"])
  }

  @Test("words are those of a walk through all of them, whatever the segments", arguments: UInt64(0)..<12)
  func wordsAgree(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let root = try TemporaryDirectory()
    let directory = IndexDirectory(path: root.path(of: "index"))
    var vocabulary: [String] = []
    for _ in 0..<600 {
      vocabulary.append(
        (0..<Int.random(in: 2...6, using: &random)).map { _ in
          "ab7".randomElement(using: &random).map(String.init) ?? ""
        }
        .joined())
    }
    for run in 0..<Int.random(in: 1...3, using: &random) {
      let writer = try IndexWriter(in: directory, options: .init(keepsExisting: run > 0, now: 1))
      for number in 0..<30 {
        let words = (0..<40).compactMap { _ in
          vocabulary.prefix(Int.random(in: 1...vocabulary.count, using: &random)).randomElement(
            using: &random)
        }
        try writer.add(Entry(id: "\(run)-\(number)", title: "", text: words.joined(separator: " ")))
      }
      _ = try writer.commit(sourcePaths: [])
    }
    let snapshot = try IndexSnapshot(in: directory)
    var frequencies: [[UInt8]: Int] = [:]
    for segment in snapshot.segments {
      var cursor = TermCursor(segment.terms)
      while try cursor.next() {
        if cursor.key.first == TokenKind.latin.rawValue {
          frequencies[Array(cursor.key.dropFirst()), default: 0] += cursor.entry.documentFrequency
        }
      }
    }
    let analyzer = try Analyzer()
    for typed in ["aa", "ab", "ba", "b7", "aab", "abab", "77", "zz"] {
      let prefix = Array(typed.utf8)
      let all = frequencies.filter {
        $0.key.starts(with: prefix) && $0.key.count > 2 && $0.key != prefix && $0.value >= 3
      }
      .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
      let known = Set(all.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }.map(\.key))
      let limit = Int.random(in: 1...12, using: &random)
      let found = try WordCompletions(snapshot: snapshot).words(
        with: CompletionPrefix(typed, analyzer: analyzer), limit: limit, except: known)
      let expected = all.filter { !known.contains($0.key) }.prefix(limit)
      #expect(found.map(\.folded) == expected.map(\.key))
      #expect(found.map(\.frequency) == expected.map(\.value))
    }
  }

  @Test(
    "letters that spell a title lead to it, after what they stand in",
    arguments: [
      ("duojiqun", "多集群管理"), ("djq", "多集群管理"), ("duoji", "多集群管理"), ("duo ji q", "多集群管理"),
      ("jiqunguanli", "多集群管理"), ("djqgl", "多集群管理"), ("lvse", "绿色计算"), ("luse", "绿色计算"),
      ("istiowangge", "Istio：网格"), ("istio-wg", "Istio：网格"), ("zhongqing", "重庆"), ("chongqing", "重庆"),
      ("v127fabu", "v1.27 发布"), ("v1.27 fb", "v1.27 发布"),
    ])
  func pinyin(typed: String, title: String) throws {
    let index = try CompletionIndex(titles: ["多集群管理", "绿色计算", "Istio：网格", "重庆", "v1.27 发布", "鸡群"])
    #expect(try index.complete(typed).contains(title))
  }

  @Test("what spells nothing completes nothing", arguments: ["d", "duojx", "zzz", "uojiqun", "iqun"])
  func noPinyin(typed: String) throws {
    #expect(try CompletionIndex(titles: ["多集群管理", "绿色计算"]).complete(typed).isEmpty)
  }
}
