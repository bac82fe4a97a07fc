import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

@testable import QueryEngine

/// Titles, snippets and marked fields are those of the plain code, which makes every token of a text and leaves
/// characters to Swift's `String`.
@Suite struct PresentingAgreementTests {
  private static let words = [
    "多集群", "集群", "云原生", "雲原生", "服务网格", "灰度发布", "管理", "调度器", "存储卷", "的", "广州", "々", "カナ", "한글", "𠀀",
    "kube-proxy", "kubeproxy", "Kube Proxy", "node.js", "v1.29.3", "1.29", "1.27.1-rc.2", "go1.21",
    "CVE-2022-3172",
    "C++", "C#", ".NET", "net", "PodAffinity", "pod affinity", "HTTPServer", "iOS17", "iOS 17", "CI/CD",
    "cicd", "the",
    "scheduling", "Scheduler", "schedules", "dying", "die", "skies", "sky",
    "https://kubernetes.io/docs/x?a=b#c",
    "naïve", "cafe\u{301}", "K8s", "Ｋ８ｓ", "kubernetes", "a@b.c", "10.0.0.1:8080", "x", "Привет", "I/O",
    "AT&T",
    "O’Reilly", "internationalization",
  ]
  private static let between = [
    "", "", "", "", " ", " ", " ", "，", "。", "\n", "\r\n", "\n\n", "、", "\u{3000}", "-", ".", "/", "…", "！",
    ": ",
    "; ", ". ", "? ", "（", "）", "\t", "\u{200B}", "\u{FEFF}", "\u{AD}",
  ]
  private static let noise = [
    "🙂", "👨‍👩‍👧‍👦", "🇨🇳", "e\u{301}\u{323}", "\u{301}", "\u{202E}", "\u{0}", "か\u{3099}", "नि", "ﷺ", "İ", "ß", "㍿",
    "①", "ﬁ", "\u{1}", "\u{85}", "\u{2028}", "\u{37E}", "ำ", "\u{600}",
  ]
  private static let filler = ["这里说的是别的事情", "问题无关", "some other words stand here", "Wörter", "1234", "与"]

  /// - Parameter density: one of so many pieces is a word that queries ask for.
  private static func text(_ random: inout SplitMix64, pieces: Int, density: Int, isNoisy: Bool) -> String {
    var text = ""
    for _ in 0..<pieces {
      let list =
        Int.random(in: 0..<density, using: &random) == 0
        ? words : isNoisy && Int.random(in: 0..<12, using: &random) == 0 ? noise : filler
      text += list.randomElement(using: &random) ?? ""
      text += between.randomElement(using: &random) ?? ""
    }
    return text
  }

  private static func query(_ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in
      let word = words.randomElement(using: &random) ?? ""
      switch Int.random(in: 0..<10, using: &random) {
      case 0: return "\"\(word) \(words.randomElement(using: &random) ?? "")\""
      case 1: return String(word.prefix(Int.random(in: 1...4, using: &random))) + "*"
      case 2: return "title:\(word)"
      case 3: return "\"\(word)\""
      case 4: return word + (words.randomElement(using: &random) ?? "")
      default: return word
      }
    }.joined(separator: " ")
  }

  private func expectAgreement(_ searcher: Searcher, _ query: String, _ entry: Entry) throws {
    let parts = try searcher.plan(SearchRequest(text: query)).parts
    let found = Highlighter(parts, analyzer: searcher.analyzer)
    let wanted = PlainHighlighter(parts, analyzer: searcher.analyzer)
    let said: Comment = "\(query.debugDescription) in \(entry.text.debugDescription)"
    try #require(
      found.hit(entry, match: .full, score: 1) == wanted.hit(entry, match: .full, score: 1), said)
    try #require(found.marked(entry.title, isTitle: true) == wanted.marked(entry.title, isTitle: true), said)
    for words in [0, 1, 7, 40] {
      try #require(
        found.cropped(entry.text, isTitle: false, words: words, marker: "…")
          == wanted.cropped(entry.text, isTitle: false, words: words, marker: "…"), said)
    }
  }

  private static func index() throws -> TestIndex {
    var synonyms = Synonyms()
    try synonyms.add(Synonyms(parsing: "k8s, kubernetes\n多集群 => multi-cluster, 集群 管理\nC++ => cpp"))
    // Every word stands somewhere, so that Han runs are one part as well as several.
    return try TestIndex(
      words.enumerated().map { Entry(id: "\($0.offset)", title: $0.element, text: "见" + $0.element) },
      options: SearchOptions(synonyms: synonyms))
  }

  @Test("hits and fields of random texts are those of the plain code", arguments: UInt64(0)..<12)
  func randomTexts(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let index = try Self.index()
    for round in 0..<40 {
      let pieces =
        round % 10 == 0 ? Int.random(in: 200...900, using: &random) : Int.random(in: 0...120, using: &random)
      let density = [1, 3, 12, 80].randomElement(using: &random) ?? 1
      let isNoisy = Bool.random(using: &random)
      func some(_ pieces: Int) -> String {
        Self.text(&random, pieces: pieces, density: density, isNoisy: isNoisy)
      }
      let entry = Entry(
        id: "e", title: some(4), text: some(pieces), description: some(6), author: some(1),
        keywords: [some(1), some(1)])
      for _ in 0..<3 { try expectAgreement(index.searcher, Self.query(&random), entry) }
    }
  }

  @Test("hits of real documents are those of the plain code")
  func realTexts() throws {
    let lines = Corpora.mixedLines(150)
    let entries = try lines.map(TestIndex.readJSONL) ?? TestIndex.read([Corpora.data])
    let index = try TestIndex(entries)
    var random = SplitMix64(seed: 7)
    for entry in entries {
      // A stretch of some document, often of this one.
      let source = Bool.random(using: &random) ? entry : entries.randomElement(using: &random) ?? entry
      let characters = Array(source.text.prefix(2_000))
      guard !characters.isEmpty else { continue }
      let start = Int.random(in: characters.indices, using: &random)
      let length = Int.random(in: 1...(characters[start].isASCII ? 24 : 5), using: &random)
      try expectAgreement(index.searcher, String(characters[start...].prefix(length)), entry)
    }
  }

  // MARK: Characters

  @Test("scalars that stand alone are characters of their own beside each other")
  func standingAlone() {
    let neighbours = ["a", "集", "é", "각", "\u{2764}", "\n"].map { Unicode.Scalar($0)! }
    for value in UInt32(0)..<0x3_0000 {
      guard TextRegion.standsAlone(value), let scalar = Unicode.Scalar(value) else { continue }
      for neighbour in neighbours {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: [scalar, neighbour, scalar, scalar])
        if String(text).count != 4 { Issue.record("U+\(String(value, radix: 16)) beside \(neighbour)") }
      }
    }
  }

  @Test("what a character is says its first scalar as Swift's Character does")
  func properties() throws {
    let sentenceEnds: Set<Character> = ["。", "！", "？", "!", "?", "；", "…", "\n"]
    let clauseEnds: Set<Character> = ["，", "、", ",", "；", ";", "：", ":", "）", ")"]
    for value in Array(UInt32(0)..<0x1_0000) + stride(from: 0x1_0000, to: 0x11_0000, by: 61) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      // Behind a line break no mark joins what stands before.
      var text = "\n" + String(Character(scalar)) + "\n"
      let region = text.withUTF8 { TextRegion(of: $0, around: 0..<0, length: 160) }
      guard region.count == 3 else {
        #expect(region.count == text.count)
        continue
      }
      let character = Character(scalar)
      let isControl =
        !character.isWhitespace
        && character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
      let isSame =
        region.isSpace(1) == character.isWhitespace && region.isNewline(1) == character.isNewline
        && region.isWord(1) == (character.isLetter || character.isNumber)
        && region.isHan(1) == scalar.properties.isIdeographic
        && (region.isSpace(1) || region.isControl(1) == isControl)
        && region.endsClause(1) == clauseEnds.contains(character)
        && region.endsSentence(1) == (sentenceEnds.contains(character) || character == ".")
      if !isSame { Issue.record("U+\(String(value, radix: 16))") }
    }
  }
}
