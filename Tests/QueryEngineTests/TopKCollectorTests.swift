import IndexFormat
import SearchModel
import SearchTestSupport
import Testing

@testable import QueryEngine

/// The best k against a sorted list of all, in two segments.
@Suite struct TopKCollectorTests {
  private struct Match {
    var segment: Int
    var document: UInt32
    var id: String
    var tier: UInt8
    var score: Float
    var day: UInt32
  }

  /// Ids of both segments are mixed in their order, and none is in the order of its segment's documents.
  nonisolated(unsafe) private static let indexes = Result {
    try (0..<2).map { segment in
      try TestIndex(
        (0..<150).map { Entry(id: "\(($0 &* 89 + segment * 7) % 151 * 2 + segment)", title: "x") })
    }
  }

  private func isBefore(_ a: Match, _ b: Match, _ order: RankingOrder) -> Bool {
    if order.byDate, a.day != b.day {
      if order.oldestFirst, a.day != 0, b.day != 0 { return a.day < b.day }
      return a.day > b.day
    }
    if a.tier != b.tier { return a.tier > b.tier }
    if a.score != b.score { return a.score > b.score }
    return a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
  }

  @Test(
    "the best k are those of a sorted list, whatever is passed over on the way", arguments: UInt64(0)..<120)
  func best(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let segments = try Self.indexes.get().map { $0.searcher.snapshot.segments[0] }
    let order = RankingOrder(
      byDate: seed % 3 == 0, oldestFirst: seed % 2 == 0, keys: segments.map(\.keys))
    let tiers: ClosedRange<UInt8> = seed % 4 == 1 ? 0...3 : 0...0
    let scores = UInt32.random(in: 1...40, using: &random)
    var matches: [Match] = []
    for (number, segment) in segments.enumerated() where seed % 5 != 2 || number == 0 {
      for document in (0..<UInt32(segment.documentCount)).shuffled(using: &random).prefix(
        .random(in: 0...150, using: &random))
      {
        matches.append(
          Match(
            segment: number, document: document, id: try segment.keys.id(of: Int(document)),
            tier: .random(in: tiers, using: &random),
            score: Float(UInt32.random(in: 0..<scores, using: &random)) / 7,
            day: order.byDate
              ? [0, 20_240_101, 20_240_102, 99_991_231].randomElement(using: &random) ?? 0 : 0))
      }
    }
    let capacity = [0, 1, 2, 3, 10, 37, 100, 400].randomElement(using: &random) ?? 1
    var collector = TopKCollector(capacity: capacity, order: order)
    let asks = Bool.random(using: &random)
    for match in matches {
      if asks {
        guard let least = try collector.least(tier: match.tier), Double(match.score) >= least else {
          continue
        }
        if match.tier == 0, !collector.mayTake(match.score) { continue }
      }
      try collector.collect(
        match.document, ofSegment: match.segment,
        rank: try segments[match.segment].keys.ranks.value(of: Int(match.document)), tier: match.tier,
        score: match.score, day: match.day)
    }
    let expected = matches.sorted { isBefore($0, $1, order) }.prefix(capacity)
    let ranked = try collector.ranked()
    #expect(ranked.map(\.segment) == expected.map(\.segment))
    #expect(ranked.map(\.document) == expected.map(\.document))
    #expect(ranked.map(\.tier) == expected.map(\.tier))
    #expect(ranked.map(\.score) == expected.map(\.score))
    #expect(ranked.map(\.day) == expected.map(\.day))
    for (a, b) in zip(ranked, ranked.dropFirst()) {
      #expect(try order.isBetter(a, b))
      #expect(try !order.isBetter(b, a))
    }
  }
}
