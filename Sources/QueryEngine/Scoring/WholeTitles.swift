import IndexFormat
import SearchModel
import TextAnalysis

/// The entries whose title is the query: what somebody is after who types the name of a page.
///
/// However often a text repeats the words of its longer title, they come before it: on top of their score they have
/// what all features of the query together can give at most.
struct WholeTitles {
  static let role = "title is the query"
  /// Of a title that more entries have, those that do not lead anyway are not looked at.
  static let mostLookedUp = 32

  /// By segment, ascending.
  private let documents: [[UInt32]]

  static let none = WholeTitles()

  private init() { documents = [] }

  /// - Parameter text: the query as typed; with a condition in it, it is the title of nothing.
  init(of text: String, snapshot: IndexSnapshot, analyzer: Analyzer) throws {
    let key = analyzer.completionKey(of: text)
    // Longer titles are kept cut.
    guard !key.isEmpty, key.count < CompletionText.longest else {
      documents = []
      return
    }
    documents = try snapshot.segments.map { segment in
      guard let index = try segment.completions.index(ofTitle: key) else { return [] }
      return try segment.completions.documents(index).filter { segment.live?.isLive(Int($0)) ?? true }
    }
  }

  var count: Int { documents.reduce(0) { $0 + $1.count } }
  var isEmpty: Bool { documents.allSatisfy(\.isEmpty) }

  func contains(_ document: UInt32, ofSegment segment: Int) -> Bool {
    guard segment < documents.count else { return false }
    var low = 0
    var high = documents[segment].count
    while low < high {
      let middle = (low + high) / 2
      if documents[segment][middle] < document { low = middle + 1 } else { high = middle }
    }
    return low < documents[segment].count && documents[segment][low] == document
  }

  /// All of them; empty when they are too many to be looked up one by one.
  var lookedUp: [(segment: Int, document: UInt32)] {
    if count > Self.mostLookedUp { return [] }
    return documents.enumerated().flatMap { segment, documents in documents.map { (segment, $0) } }
  }
}

extension Searcher {
  /// Puts the entries whose title is the query in their place among the best matches.
  ///
  /// Those that do not lead without it are looked up and scored on their own.
  func liftWholeTitles(
    _ ranked: inout [RankedDocument], _ plan: QueryPlan, _ request: SearchRequest, bonus: Float,
    order: RankingOrder
  ) throws {
    let titles = plan.wholeTitles
    if titles.isEmpty { return }
    let leading = min(AdjacencyScorer.candidates, ranked.count)
    var isKnown: Set<UInt64> = []
    for i in 0..<leading where titles.contains(ranked[i].document, ofSegment: ranked[i].segment) {
      let weights = weights(of: snapshot.segments[ranked[i].segment])
      let document = Int(ranked[i].document)
      try weights.check(document..<document + 1)
      ranked[i].score += bonus * weights.factor(of: document)
      isKnown.insert(UInt64(ranked[i].segment) << 32 | UInt64(document))
    }
    for (segment, document) in titles.lookedUp
    where !isKnown.contains(UInt64(segment) << 32 | UInt64(document)) {
      let reader = snapshot.segments[segment]
      let explanation = try explain(plan, request, document: document, in: reader)
      guard explanation.match == .full else { continue }
      ranked.removeAll { $0.segment == segment && $0.document == document }
      ranked.append(
        RankedDocument(
          segment: segment, document: document, rank: try reader.keys.ranks.value(of: Int(document)),
          tier: explanation.rankedTier, day: 0, score: explanation.score))
    }
    ranked = try ranked.sorted { try order.isBetter($0, $1) }
  }
}
