import SearchTestSupport
import Testing

@testable import TextAnalysis

@Suite struct QuerySideTests {
  private func run(_ text: String) throws -> HanRun {
    guard case .han(let run)? = try Analyzer().chunks(of: text).first else {
      return HanRun(characters: [], ranges: [])
    }
    return run
  }

  @Test("chunks in order, with their ranges")
  func chunks() throws {
    let chunks = try Analyzer().chunks(of: "雲原生 kube-proxy，1.29")
    #expect(
      chunks == [
        .han(HanRun(characters: [0x4E91, 0x539F, 0x751F], ranges: [0..<3, 3..<6, 6..<9])),
        .latin(
          LatinChunk(
            parts: [
              .init(text: "kube", stem: "kube", range: 10..<14),
              .init(text: "proxy", stem: "proxi", range: 15..<20),
            ], forms: ["kubeproxy"], range: 10..<20)),
        .latin(
          LatinChunk(
            parts: [
              .init(text: "1", stem: nil, range: 23..<24), .init(text: "29", stem: nil, range: 25..<27),
            ],
            forms: ["1.29"], isVersion: true, range: 23..<27)),
      ])
    #expect(chunks[0].range == 0..<9)
    guard case .han(let run) = chunks[0] else { return }
    #expect(run.text == "云原生" && run.text(1..<3) == "原生")
  }

  @Test("a query's chunks are the tokens of the same text", arguments: UInt64(0)..<20)
  func sameAsIndexed(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    for _ in 0..<100 {
      let text = RandomText.make(&random, fragments: Int.random(in: 1...12, using: &random))
      buffer.removeAll()
      analyzer.analyze(text, into: &buffer)
      var indexed: [String] = []
      for token in buffer.tokens where token.kind == .han || token.kind == .latin || token.kind == .stem {
        indexed.append(
          "\(token.chunk) \(token.start) \(token.end) \(String(decoding: buffer.term(of: token), as: UTF8.self))"
        )
      }
      var queried: [String] = []
      for (ordinal, chunk) in analyzer.chunks(of: text).enumerated() {
        switch chunk {
        case .han(let run):
          for (character, range) in zip(run.characters, run.ranges) {
            queried.append(
              "\(ordinal) \(range.lowerBound) \(range.upperBound) \(String(Unicode.Scalar(character)!))")
          }
        case .latin(let chunk):
          for part in chunk.parts {
            queried.append("\(ordinal) \(part.range.lowerBound) \(part.range.upperBound) \(part.text)")
            if let stem = part.stem {
              queried.append("\(ordinal) \(part.range.lowerBound) \(part.range.upperBound) \(stem)")
            }
          }
        }
      }
      #expect(indexed == queried, "\(text.debugDescription)")
    }
  }

  @Test("what a chunk matches by is indexed for the same text", arguments: UInt64(0)..<20)
  func formsAreIndexed(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    for _ in 0..<100 {
      let text = RandomText.make(&random, fragments: Int.random(in: 1...12, using: &random))
      buffer.removeAll()
      analyzer.analyze(text, into: &buffer)
      let indexed = Set(
        buffer.tokens.filter { $0.kind == .form || $0.kind == .latin }.map {
          "\($0.chunk) \(String(decoding: buffer.term(of: $0), as: UTF8.self))"
        })
      for (ordinal, chunk) in analyzer.chunks(of: text).enumerated() {
        guard case .latin(let chunk) = chunk else { continue }
        for form in chunk.forms {
          #expect(indexed.contains("\(ordinal) \(form)"), "\(text.debugDescription)")
        }
        if chunk.isVersion { #expect(chunk.forms.count == 1) }
      }
    }
  }

  @Test(
    "ICU's words",
    arguments: [
      ("多集群", ["多", "集群"]), ("雲原生", ["云", "原生"]), ("服务网格", ["服务", "网", "格"]), ("镜像", ["镜", "像"]),
      ("集群管理", ["集群", "管理"]), ("𠀀集群", ["𠀀", "集群"]), ("的", ["的"]),
    ])
  func words(text: String, words: [String]) throws {
    let run = try run(text)
    #expect(try Analyzer().words(in: run).map { run.text($0) } == words)
  }

  @Test("words joined are the run", arguments: UInt64(0)..<20)
  func wordsJoined(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    let alphabet = Array("多集群管理云原生服务网格的一是在不了有和人这中大为上个国我以要他时来用们カナー々ひらが한국𠀀𪚥").map {
      $0.unicodeScalars.first!.value
    }
    for _ in 0..<50 {
      let characters = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      let words = analyzer.words(in: characters)
      #expect(words.flatMap { Array($0) } == Array(characters.indices))
      #expect(words.allSatisfy { !$0.isEmpty })
    }
  }

  @Test("stop words of both languages")
  func stopWords() {
    for word in ["的", "怎么", "the", "of", "what"] { #expect(StopWords.contains(word)) }
    for word in ["集群", "云", "kubernetes", "go", ""] { #expect(!StopWords.contains(word)) }
  }

  @Test(
    "keys of equal texts are equal",
    arguments: [
      ("雲原生", "云原生"), ("Ｃafe\u{301} ", "café "), ("最佳實踐（上）", "最佳实践(上)"), ("A\u{200B}B", "ab"), ("™", "tm"),
      ("…", "..."), ("a/b", "A/B"),
    ])
  func keys(a: String, b: String) throws {
    let analyzer = try Analyzer()
    #expect(analyzer.foldedKey(of: a) == analyzer.foldedKey(of: b))
    #expect(analyzer.foldedKey(of: "「多」 - x！") == "「多」 - x!")
  }
}
