import SearchTestSupport
import Testing

@testable import TextAnalysis

@Suite struct HanRuleTests {
  @Test(
    "tokens of mixed text",
    arguments: [
      (
        "多集群 K8s 集群，管理",
        [
          "0 han 多", "0 pair 多集", "1 han 集", "1 pair 集群", "2 han 群", "3 latin k8s", "4 han 集", "4 pair 集群",
          "5 han 群",
          "7 han 管", "7 pair 管理", "8 han 理",
        ]
      ),
      ("用 Kubernetes！", ["0 han 用", "1 latin kubernetes", "1 stem kubernet"]),
      (
        "PodAffinity调度",
        [
          "0 latin podaffinity", "0 form pod", "0 form affinity", "0 stem podaffin", "1 han 调", "1 pair 调度",
          "2 han 度",
        ]
      ),
      (
        "カナと한국",
        [
          "0 han カ", "0 pair カナ", "1 han ナ", "1 pair ナと", "2 han と", "2 pair と한", "3 han 한", "3 pair 한국",
          "4 han 국",
        ]
      ),
      ("人々〇", ["0 han 人", "0 pair 人々", "1 han 々", "1 pair 々〇", "2 han 〇"]),
      ("", []), ("，。 \n", []),
    ])
  func golden(text: String, tokens: [String]) throws {
    #expect(try described(text) == tokens)
  }

  @Test(
    "texts that fold to the same tokens",
    arguments: [
      ("多集羣", "多集群"), ("雲原生", "云原生"), ("Ｋ８ｓ", "k8s"), ("服務網格", "服务网格"), ("臺灣", "台湾"), ("裏面", "里面"),
      ("裡面", "里面"),
      ("か\u{3099}", "が"), ("ｶﾞ", "ガ"), ("ﾊﾟｿｺﾝ", "パソコン"), ("\u{1112}\u{1161}\u{11AB}국", "한국"),
      ("\u{F900}", "\u{8C48}"),
      ("⼀", "一"), ("㈱", "株"), ("最著名", "最着名"), ("ＫＵＢＥ", "kube"), ("naïve", "naive"), ("İ", "i"), ("ﬁ", "fi"),
      ("㎏", "kg"),
      ("①", "1"), ("Ⅷ", "viii"), ("O’Reilly", "O'Reilly"), ("Wi−Fi", "wi-fi"),
    ])
  func folds(a: String, b: String) throws {
    #expect(try described(a) == described(b))
  }

  @Test("one line break between Han characters is nothing", arguments: ["多\n集", "多\r\n集"])
  func lineBreak(text: String) throws {
    #expect(try described(text) == ["0 han 多", "0 pair 多集", "1 han 集"])
  }

  @Test(
    "anything else between Han characters takes a position",
    arguments: [
      "多\n\n集", "多 \n集", "多\n 集", "多\r集", "多\r\r\n集", "多 集", "多，集", "多　集", "多——集", "多😀集", "多.集", "多-集",
      "多\u{0}集", "多·集",
    ])
  func separators(text: String) throws {
    #expect(try described(text) == ["0 han 多", "2 han 集"])
  }

  @Test(
    "invalid bytes separate",
    arguments: [
      [0xFF], [0x80], [0xE5, 0xA4], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80],
      [0xE0, 0x80, 0xAF],
    ] as [[UInt8]])
  func invalid(bytes: [UInt8]) throws {
    let text =
      Array("多".utf8) + bytes + Array("集".utf8) + bytes + Array("ab".utf8) + bytes + Array("c".utf8) + bytes
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    text.withUnsafeBufferPointer { analyzer.analyze(utf8: $0, into: &buffer) }
    let tokens = buffer.tokens.map {
      "\($0.position) \(name($0.kind)) \(String(decoding: buffer.term(of: $0), as: UTF8.self))"
    }
    #expect(tokens == ["0 han 多", "2 han 集", "3 latin ab", "4 latin c"])
  }

  @Test(
    "zero-width characters are nothing",
    arguments: [
      "\u{200B}", "\u{200C}", "\u{200D}", "\u{FEFF}", "\u{AD}", "\u{FE0F}", "\u{2060}", "\u{E0100}",
    ])
  func zeroWidth(mark: String) throws {
    #expect(try described("多\(mark)集\(mark) ku\(mark)be\(mark)") == described("多集 kube"))
    #expect(try described("\(mark)多\(mark)\n\(mark)集") == described("多\n集"))
  }

  @Test("ranges are bytes of the original text")
  func ranges() throws {
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    let text = "ｶﾞ naïve多\n集 Wi‑Fi"
    analyzer.analyze(text, into: &buffer)
    let utf8 = Array(text.utf8)
    let spelled = buffer.tokens.map { String(decoding: utf8[Int($0.start)..<Int($0.end)], as: UTF8.self) }
    #expect(spelled == ["ｶﾞ", "naïve", "naïve", "多", "多\n集", "集", "Wi", "Wi‑Fi", "Fi"])
  }

  @Test("a second text goes on where the first ended")
  func appends() throws {
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    analyzer.analyze("多集", into: &buffer)
    #expect(buffer.nextPosition == 2 && buffer.length == 2)
    buffer.skipPositions()
    analyzer.analyze("群 a", into: &buffer)
    #expect(buffer.tokens.map(\.position) == [0, 0, 1, 3, 4])
    #expect(buffer.tokens.last?.start == 4)
    #expect(buffer.nextPosition == 5 && buffer.length == 4)
    buffer.withTermBytes(of: buffer.tokens[1]) { #expect(Array($0) == Array("多集".utf8)) }
    buffer.removeAll()
    #expect(buffer.nextPosition == 0 && buffer.tokens.isEmpty)
  }

  @Test("any Han substring has consecutive positions", arguments: UInt64(0)..<50)
  func literal(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("多集群管理云原生服务网格雲羣々ガ한𠀀")
    let separators = ["，", " ", "\n\n", "K8s", "。", "——", "\u{200B}", "\n", "a-b"]
    var text = ""
    var han: [[String]] = [[]]
    for _ in 0..<200 {
      if Int.random(in: 0..<6, using: &random) == 0 {
        let separator = separators.randomElement(using: &random)!
        text += separator
        if separator != "\u{200B}" { han.append([]) }
      } else {
        let character = String(alphabet.randomElement(using: &random)!)
        text += character
        han[han.count - 1].append(character)
      }
    }
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    analyzer.analyze(text, into: &buffer)
    var positions: [UInt32: String] = [:]
    for token in buffer.tokens where token.kind == .han {
      positions[token.position] = String(decoding: buffer.term(of: token), as: UTF8.self)
    }
    for run in han where !run.isEmpty {
      let from = Int.random(in: run.indices, using: &random)
      let to = Int.random(in: from..<run.count, using: &random)
      let needle = run[from...to].joined()
      let chunks = analyzer.chunks(of: needle)
      guard case .han(let query)? = chunks.first, chunks.count == 1 else {
        Issue.record("\(needle) is \(chunks)")
        continue
      }
      let terms = query.characters.map { String(Unicode.Scalar($0)!) }
      let found = positions.keys.contains { start in
        terms.indices.allSatisfy { positions[start + UInt32($0)] == terms[$0] }
      }
      #expect(found, "\(needle)")
    }
  }

  @Test("a long text is the same whatever stands where the staging area is full", arguments: UInt64(0)..<4)
  func longText(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let han = Array("多集群管理云原生服务网格雲羣々ガ𠀀")
    var text = ""
    for _ in 0..<20_000 {
      text.append(han.randomElement(using: &random)!)
      if Int.random(in: 0..<40, using: &random) == 0 { text += RandomText.make(&random, fragments: 1) }
    }
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    analyzer.analyze(text, into: &buffer)
    let found = buffer.tokens.map {
      PlainAnalyzer.Output(
        kind: $0.kind, term: String(decoding: buffer.term(of: $0), as: UTF8.self), position: Int($0.position),
        range: Int($0.start)..<Int($0.end), chunk: Int($0.chunk))
    }
    #expect(try found == PlainAnalyzer(text).tokens())
  }

  @Test("batches are the tokens of the whole", arguments: UInt64(0)..<10)
  func batches(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var text = RandomText.make(&random, fragments: 3_000)
    text += String(repeating: "多集群，", count: 2_000)
    let analyzer = try Analyzer()
    func outputs(_ buffer: TokenBuffer) -> [PlainAnalyzer.Output] {
      buffer.tokens.map {
        PlainAnalyzer.Output(
          kind: $0.kind, term: String(decoding: buffer.term(of: $0), as: UTF8.self),
          position: Int($0.position),
          range: Int($0.start)..<Int($0.end), chunk: Int($0.chunk))
      }
    }
    var whole = TokenBuffer()
    analyzer.analyze(text, into: &whole)
    var drained: [PlainAnalyzer.Output] = []
    var batchCount = 0
    var buffer = TokenBuffer()
    text.withUTF8 {
      analyzer.analyze(utf8: $0, into: &buffer, batch: 500) { batch in
        drained += outputs(batch)
        batchCount += 1
        #expect(batch.tokens.count < 500 + 2_000)
      }
    }
    #expect(batchCount > 3 && buffer.tokens.isEmpty)
    #expect(drained == outputs(whole))
    #expect(buffer.length == whole.length && buffer.nextPosition == whole.nextPosition)
  }

  @Test("many marks on one letter take linear time")
  func manyMarks() throws {
    var text = "e"
    for _ in 0..<200_000 { text += "\u{301}\u{323}" }
    #expect(try terms(.latin, of: text) == ["e"])
  }
}
