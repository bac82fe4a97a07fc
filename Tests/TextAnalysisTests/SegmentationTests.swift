import SearchTestSupport
import Testing

@testable import TextAnalysis

/// Words of Han runs: our lattice against ICU's break iterator, and the words that others add to it.
@Suite struct SegmentationTests {
  private func words(_ text: String, user: String = "", site: [String] = []) throws -> [String] {
    let analyzer = try Analyzer(options: AnalysisOptions(userDictionary: WordList(text: user)))
    let run = try Self.run(text)
    let siteWords = try site.flatMap { try Self.occurrences(of: Self.run($0).characters, in: run.characters) }
    return analyzer.segment(run.characters, siteWords: siteWords).map { word in
      let mark =
        switch word.origin {
        case .icu: ""
        case .user: "u"
        case .site: "s"
        case .character: "?"
        }
      return run.text(word.range) + mark
    }
  }

  private static func run(_ text: String) throws -> HanRun {
    guard case .han(let run)? = try Analyzer().chunks(of: text).first else { throw NoRun() }
    return run
  }

  private struct NoRun: Error {}

  private static func occurrences(of word: [UInt32], in text: [UInt32]) -> [Range<Int>] {
    text.indices.filter { text[$0...].starts(with: word) }.map { $0..<$0 + word.count }
  }

  @Test("the dictionary of this ICU is the one that its break iterator uses")
  func dictionaryIsUsed() {
    #expect(ICUDictionary.shared != nil)
  }

  /// - Returns: how many runs were compared.
  private func compare(_ runs: [[UInt32]]) throws -> Int {
    let own = try Analyzer()
    let rules = try #require(ICUWordRules())
    for run in runs {
      let words = own.segment(run)
      let ends = rules.ends(of: run)
      if words.map(\.range.upperBound) != ends {
        let text = run.map { String(Unicode.Scalar($0)!) }.joined()
        Issue.record("\(text): \(words.map(\.range)) instead of \(ends ?? [])")
      }
    }
    return runs.count
  }

  @Test("with nothing added the boundaries are ICU's on random runs", arguments: UInt64(0)..<8)
  func randomRuns(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let frequent = Array("的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里集群管理云原生服务网格".unicodeScalars)
      .map(\.value)
    let planes: [ClosedRange<UInt32>] = [
      0x4E00...0x9FFF, 0x4E00...0x6FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF,
    ]
    let runs = (0..<13_000).map { _ in
      (0..<Int.random(in: 1...24, using: &random)).map { _ in
        Int.random(in: 0..<4, using: &random) > 0
          ? frequent.randomElement(using: &random)!
          : UInt32.random(in: planes.randomElement(using: &random)!, using: &random)
      }
    }
    #expect(try compare(runs) == 13_000)
  }

  @Test(
    "with nothing added the boundaries are ICU's on real runs", .enabled(if: Corpora.mixedLines(1) != nil))
  func realRuns() throws {
    let lines = try #require(Corpora.mixedLines(1_500))
    let analyzer = try Analyzer()
    var runs: [[UInt32]] = []
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      for case .han(let run) in analyzer.chunks(of: String(decoding: line, as: UTF8.self)) {
        runs.append(run.characters)
      }
    }
    #expect(try compare(runs) > 8_000)
  }

  @Test("a word of the user dictionary is kept together")
  func userWords() throws {
    #expect(try words("服务网格入门") == ["服务", "网", "格", "入门"])
    #expect(try words("服务网格入门", user: "服务网格") == ["服务网格u", "入门"])
    #expect(try words("混合云原生平台", user: "云原生 5 n\n# 服务\n") == ["混合", "云原生u", "平台"])
    #expect(try words("服務網格", user: "服务网格") == ["服务网格u"], "Traditional text, Simplified dictionary")
    #expect(try words("服务网格", user: "服務網格") == ["服务网格u"])
  }

  @Test("a word of the site is kept together and moves nothing else")
  func siteWords() throws {
    #expect(try words("服务网格入门", site: ["网格"]) == ["服务", "网格s", "入门"])
    #expect(try words("云原生社区", site: ["云原生", "原生"]) == ["云原生s", "社区"])
    #expect(try words("𠀀𠀁") == ["𠀀?", "𠀁?"])
    #expect(try words("𠀀𠀁", site: ["𠀀𠀁"]) == ["𠀀𠀁s"])
  }

  @Test("a user's word that overlaps a frequent one wins; a word of the site does not")
  func overlaps() throws {
    let plain = try words("研究生命起源")
    #expect(plain == ["研究", "生命", "起源"])
    #expect(try words("研究生命起源", site: ["究生"]) == plain)
  }

  @Test("what is no word of a user dictionary is named with its line")
  func badLines() throws {
    var skipped: [Int] = []
    let list = try WordList(
      text: "# 注释\n\n服务网格\nkubernetes\n云\n云 原生\n多集群！\n\(String(repeating: "长", count: 21))\n"
    ) { line, _ in
      skipped.append(line)
    }
    #expect(skipped == [4, 5, 6, 8])
    #expect(!list.isEmpty)
    #expect(try WordList(text: "").isEmpty)
  }

  @Test("whatever is added, words joined are the run", arguments: UInt64(0)..<20)
  func joined(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("多集群管理云原生服务网格的一龘𠀀カ한".unicodeScalars).map(\.value)
    let list = try WordList(text: "集群管理\n云原生服\n务网\n管理云\n的一\n")
    let analyzer = try Analyzer(options: AnalysisOptions(userDictionary: list))
    for _ in 0..<50 {
      let run = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      let site = (0..<3).map { _ -> Range<Int> in
        let start = Int.random(in: 0...run.count, using: &random)
        return start..<Int.random(in: start...(run.count + 2), using: &random)
      }
      let words = analyzer.segment(run, siteWords: site)
      #expect(words.flatMap { Array($0.range) } == Array(run.indices))
      #expect(words.allSatisfy { !$0.range.isEmpty })
    }
  }
}
