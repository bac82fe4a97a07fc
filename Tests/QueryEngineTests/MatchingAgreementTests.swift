import QueryEngine
import SearchModel
import SearchTestSupport
import Testing

/// Every answer of the engine against an evaluation of the product's rules, entry by entry.
@Suite struct MatchingAgreementTests {
  /// Pieces of the entries as people would type them: a Han run, a Latin word, or a made-up word.
  private static func part(of entries: [ProductRules.Prepared], using random: inout SplitMix64)
    -> String
  {
    while true {
      guard let entry = entries.randomElement(using: &random),
        let field = entry.fields.randomElement(using: &random)
      else { continue }
      switch Int.random(in: 0..<10, using: &random) {
      case 0: return ["zzyzx", "量子烘焙", "集云", "qqq-www"].randomElement(using: &random) ?? ""
      case 1...4:
        let words = field.split {
          !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "."))
        }
        .map { $0.trimmingPrefix { !$0.isLetter && !$0.isNumber } }
        if let word = words.randomElement(using: &random), let last = word.last,
          last.isLetter || last.isNumber
        {
          return String(word)
        }
      default:
        let runs = field.unicodeScalars.split { !ProductRules.isHan($0) }
        guard let run = runs.randomElement(using: &random) else { continue }
        let length = Int.random(in: 1...min(6, run.count), using: &random)
        let start = Int.random(in: 0...(run.count - length), using: &random)
        return String(String.UnicodeScalarView(run.dropFirst(start).prefix(length)))
      }
    }
  }

  @Test("total, match kind, facets, order and pages follow the rules", arguments: TestIndex.corpora)
  func unquotedQueries(corpus: String) throws {
    let index = try TestIndex(paths: [corpus])
    let rules = try ProductRules(index)
    let byID = Dictionary(uniqueKeysWithValues: rules.entries.map { ($0.id, $0) })
    var random = SplitMix64(seed: 20_221_101)
    var kinds: [MatchKind: Int] = [:]
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 1...3, using: &random))
        .map { _ in Self.part(of: rules.entries, using: &random) }.joined(separator: " ")
      let expected = rules.answer(text)
      let results = try index.search(text)
      #expect(results.match == expected.match, "\(text)")
      #expect(results.total == expected.ids.count, "\(text)")
      kinds[results.match, default: 0] += 1
      let counted = results.hits.filter { results.match == .some || $0.match == .full }
      #expect(Set(counted.map(\.entry.id)) == expected.ids, "\(text)")
      #expect(counted.count == results.total, "\(text)")
      for facet in results.facets {
        #expect(facet.counts == rules.facet(facet.key, over: expected.ids), "\(text) \(facet.key)")
      }
      // Tiers fall; inside a tier scores fall; equal scores go by id.
      let parts = rules.parts(of: text)
      let ranks = counted.compactMap { hit in
        byID[hit.entry.id].map {
          (results.match == .some ? 0 : rules.tier($0, parts), hit.score, hit.entry.id)
        }
      }
      for (a, b) in zip(ranks, ranks.dropFirst()) {
        let isOrdered =
          a.0 != b.0
          ? a.0 > b.0 : a.1 != b.1 ? a.1 > b.1 : a.2.utf8.lexicographicallyPrecedes(b.2.utf8)
        #expect(isOrdered, "\(text): \(a) before \(b)")
      }
      // Pages join without repeats.
      var paged: [String] = []
      var offset = 0
      while offset < results.total {
        let page = try index.search(text, limit: 7, offset: offset)
        #expect(page.total == results.total)
        paged += page.hits.filter { results.match == .some || $0.match == .full }.map(\.entry.id)
        offset += 7
      }
      #expect(paged == counted.map(\.entry.id), "\(text)")
    }
    #expect(
      kinds[.full, default: 0] > 50 && kinds[.some, default: 0] > 20,
      "the queries cover both kinds: \(kinds)"
    )
  }

  @Test("a quoted Han run finds exactly the entries that hold it", arguments: TestIndex.corpora)
  func quotedHan(corpus: String) throws {
    let index = try TestIndex(paths: [corpus])
    let rules = try ProductRules(index)
    var random = SplitMix64(seed: 7)
    var tried = 0
    while tried < 1_000 {
      guard
        let field = rules.entries.randomElement(using: &random)?.fields.randomElement(
          using: &random),
        let run = field.unicodeScalars.split(whereSeparator: { !ProductRules.isHan($0) })
          .randomElement(
            using: &random)
      else { continue }
      let length = Int.random(in: 1...min(6, run.count), using: &random)
      let start = Int.random(in: 0...(run.count - length), using: &random)
      let text = String(String.UnicodeScalarView(run.dropFirst(start).prefix(length)))
      let expected = Set(rules.entries.filter { rules.holds($0, .han(text)) }.map(\.id))
      let results = try index.search("\"\(text)\"")
      #expect(results.match == .full)
      #expect(Set(results.hits.map(\.entry.id)) == expected, "\(text)")
      #expect(results.total == expected.count)
      tried += 1
    }
  }

  @Test("a quoted Latin part finds exactly the entries that hold it", arguments: TestIndex.corpora)
  func quotedLatin(corpus: String) throws {
    let index = try TestIndex(paths: [corpus])
    let rules = try ProductRules(index)
    var random = SplitMix64(seed: 8)
    let parts = Set(rules.entries.flatMap { $0.latin.flatMap { $0.compactMap { $0 } } }).sorted()
    for part in parts.shuffled(using: &random).prefix(300) where part.allSatisfy(\.isASCII) {
      let expected = Set(rules.entries.filter { $0.latin.contains { $0.contains(part) } }.map(\.id))
      let results = try index.search("\"\(part)\"")
      #expect(Set(results.hits.map(\.entry.id)) == expected, "\(part)")
    }
  }
}
