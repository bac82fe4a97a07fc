import SearchTestSupport
import Testing

@testable import TextAnalysis

@Suite struct AnalyzerAgreementTests {
  private func outputs(of buffer: TokenBuffer) -> [PlainAnalyzer.Output] {
    buffer.tokens.map {
      PlainAnalyzer.Output(
        kind: $0.kind, term: String(decoding: buffer.term(of: $0), as: UTF8.self), position: Int($0.position),
        range: Int($0.start)..<Int($0.end), chunk: Int($0.chunk))
    }
  }

  /// Says where two lists part, not all that is in them.
  private func agree(
    _ found: [PlainAnalyzer.Output], _ wanted: [PlainAnalyzer.Output], of text: String
  ) -> Bool {
    if found == wanted { return true }
    let k = zip(found, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, wanted.count)
    let around = max(0, k - 2)..<k + 4
    Issue.record(
      """
      \(text.debugDescription)
      found \(found[around.clamped(to: found.indices)])
      wanted \(wanted[around.clamped(to: wanted.indices)])
      """)
    return false
  }

  @Test("tokens equal those of the plain analyzer", arguments: UInt64(0)..<100)
  func equalsPlainAnalyzer(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    for _ in 0..<100 {
      let text = RandomText.make(&random, fragments: Int.random(in: 1...40, using: &random))
      buffer.removeAll()
      analyzer.analyze(text, into: &buffer)
      let plain = try PlainAnalyzer(text).tokens()
      guard agree(outputs(of: buffer), plain, of: text) else { return }
    }
  }

  @Test("the fast walk equals the general one on any bytes", arguments: UInt64(0)..<20)
  func fastEqualsGeneral(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let fast = try Analyzer()
    let general = try Analyzer()
    general.isFast = false
    for _ in 0..<500 {
      var bytes = Array(RandomText.make(&random, fragments: Int.random(in: 1...30, using: &random)).utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
        let k = Int.random(in: bytes.indices, using: &random)
        if Bool.random(using: &random) {
          bytes.remove(at: k)
        } else {
          bytes[k] = UInt8.random(in: 0...255, using: &random)
        }
      }
      var a = TokenBuffer()
      var b = TokenBuffer()
      bytes.withUnsafeBufferPointer {
        fast.analyze(utf8: $0, into: &a)
        general.analyze(utf8: $0, into: &b)
      }
      guard agree(outputs(of: a), outputs(of: b), of: String(decoding: bytes, as: UTF8.self)) else { return }
      #expect(a.length == b.length)
      #expect(a.nextPosition == b.nextPosition)
      try expectContract(a, of: bytes)
    }
  }

  @Test(
    "the sparse walk gives what its filter lets through of all tokens but pairs", arguments: UInt64(0)..<40)
  func sparseEqualsFiltered(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sparse = try Analyzer()
    let general = try Analyzer()
    general.isFast = false
    let analyzer = try Analyzer()
    for round in 0..<250 {
      var bytes = Array(RandomText.make(&random, fragments: Int.random(in: 1...30, using: &random)).utf8)
      if round % 4 == 0, !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var all = TokenBuffer()
      bytes.withUnsafeBufferPointer { analyzer.analyze(utf8: $0, into: &all) }
      // Terms of the text, and others.
      let filter = TermFilter()
      var hanBits: Set<UInt32> = []
      var beginnings: Set<[UInt8]> = []
      var terms: Set<[UInt8]> = []
      func second(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "y") ? UInt8(ascii: "i") & 31 : byte & 31 }
      func passes(_ term: String) -> Bool {
        let bytes = Array(term.utf8)
        return beginnings.contains([bytes[0] & 63, bytes.count > 1 ? second(bytes[1]) : 0])
      }
      func insert(_ kind: TokenKind, _ term: [UInt8]) {
        filter.insert(kind, term)
        if kind == .han {
          hanBits.formUnion(String(decoding: term, as: UTF8.self).unicodeScalars.map { $0.value & 0xFFF })
        } else {
          let first = term[0] & 63
          if term.count == 1 {
            beginnings.formUnion((0..<32).map { [first, $0] })
          } else {
            beginnings.insert([first, second(term[1])])
          }
        }
        terms.insert([kind.rawValue] + term)
      }
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        guard let token = all.tokens.randomElement(using: &random), token.kind != .hanPair else { continue }
        insert(token.kind, Array(all.term(of: token)))
      }
      insert(.latin, [UInt8.random(in: 0x61...0x7A, using: &random)])
      var word = ""
      let wanted = outputs(of: all).filter { output in
        if output.kind == .latin { word = output.term }
        let isIn =
          switch output.kind {
          case .hanPair: false
          case .han: hanBits.contains(output.term.unicodeScalars.first!.value & 0xFFF)
          case .latin, .form: passes(output.term)
          case .stem: passes(word)
          }
        #expect(isIn || !terms.contains([output.kind.rawValue] + output.term.utf8), "\(output)")
        return isIn
      }
      for walker in [sparse, general] {
        var found = TokenBuffer()
        bytes.withUnsafeBufferPointer { walker.analyze(utf8: $0, only: filter, into: &found) }
        guard agree(outputs(of: found), wanted, of: String(decoding: bytes, as: UTF8.self)) else { return }
        #expect(found.length == all.length)
        #expect(found.nextPosition == all.nextPosition)
      }
    }
  }

  /// The filter of the sparse walk looks at the first two letters of a word, before it knows the stem.
  @Test("a stem begins like its word, or with i for y", arguments: UInt64(0)..<10)
  func stemsKeepTheirBeginning(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    let irregular = [
      "dying", "lying", "tying", "skis", "skies", "idly", "gently", "ugly", "early", "only", "singly", "news",
      "howe", "atlas", "cosmos", "bias", "andes", "inning", "outing", "evening", "herring", "succeed",
      "yelling",
      "yyyy", "aaaa", "ying", "ings", "eedly", "ousness",
    ]
    let endings = [
      "", "s", "es", "ies", "ied", "ing", "ed", "eedly", "ational", "y", "ly", "ement", "ness", "ful",
    ]
    for word in irregular
      + (0..<2_000).map({ _ in
        let stem = (0..<Int.random(in: 1...6, using: &random)).map { _ in
          "abcdefghijklmnopqrstuvwxyyyaeiou".randomElement(using: &random)!
        }
        return String(stem) + endings.randomElement(using: &random)!
      })
    {
      let bytes = Array(word.utf8)
      guard let stem = analyzer.stem(of: bytes) else { continue }
      func same(_ k: Int) -> Bool {
        let letters = [stem[k], bytes[k]].map { $0 == UInt8(ascii: "y") ? UInt8(ascii: "i") : $0 }
        return letters[0] == letters[1]
      }
      try #require(stem[0] == bytes[0] && (stem.count == 1 || same(1)), "\(word)")
    }
  }

  @Test("noise never traps and keeps the contract", arguments: UInt64(0)..<10)
  func noise(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let analyzer = try Analyzer()
    var buffer = TokenBuffer()
    for round in 0..<1_000 {
      // Uniform bytes, or bytes that often begin or continue a sequence.
      let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
        round % 2 == 0
          ? UInt8.random(in: 0...255, using: &random)
          : [
            UInt8.random(in: 0x80...0xBF, using: &random), UInt8.random(in: 0xC0...0xFF, using: &random),
            0x2E, 0x61, 0xE9, 0x80,
          ]
          .randomElement(using: &random)!
      }
      buffer.removeAll()
      bytes.withUnsafeBufferPointer { analyzer.analyze(utf8: $0, into: &buffer) }
      try expectContract(buffer, of: bytes)
    }
  }

  /// What highlighting and the index rely on.
  private func expectContract(_ buffer: TokenBuffer, of bytes: [UInt8]) throws {
    var position: UInt32 = 0
    var start: UInt32 = 0
    var end: UInt32 = 0
    var length = 0
    for token in buffer.tokens {
      try #require(token.start < token.end && Int(token.end) <= bytes.count)
      try #require(token.position >= position)
      try #require((1...255).contains(token.termLength))
      try #require(Int(token.termStart) + Int(token.termLength) <= buffer.bytes.count)
      try #require(String(validating: buffer.term(of: token), as: UTF8.self) != nil)
      // Both ends are on borders: no continuation byte stands there, except a broken one after the end.
      try #require(bytes[Int(token.start)] & 0xC0 != 0x80)
      position = token.position
      guard token.kind == .han || token.kind == .latin else { continue }
      length += 1
      try #require(token.start >= start && token.end >= end)
      start = token.start
      end = token.end
    }
    #expect(buffer.length == length)
    #expect(buffer.nextPosition >= position)
  }
}
