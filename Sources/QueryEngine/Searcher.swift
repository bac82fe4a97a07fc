package import IndexFormat
package import IndexStorage
package import SearchModel
package import TextAnalysis

/// Answers requests on one snapshot of an index. Not thread-safe: one per thread, snapshots are shared.
package final class Searcher {
  /// A first page with fewer full matches than this is filled up with partial ones.
  private static let fillBelow = 10

  package let snapshot: IndexSnapshot
  let analyzer: Analyzer
  let parser: QueryParser
  private let extractor: FeatureExtractor
  private let stems: StemWords
  private let words: QueryWords
  let model: BM25F

  /// - Parameter analysis: what the owner of the site says about words; the index does not depend on it.
  package init(_ snapshot: IndexSnapshot, analysis: AnalysisOptions = AnalysisOptions()) throws {
    self.snapshot = snapshot
    analyzer = try Analyzer(options: analysis)
    parser = QueryParser(analyzer: analyzer)
    words = QueryWords(analyzer: analyzer, snapshot: snapshot)
    extractor = FeatureExtractor(words: words)
    stems = StemWords(snapshot: snapshot, analyzer: analyzer)
    var sums = SegmentStatistics()
    for segment in snapshot.segments {
      sums.documentCount += segment.statistics.documentCount
      sums.titleLength += segment.statistics.titleLength
      sums.bodyLength += segment.statistics.bodyLength
    }
    model = BM25F(sums)
  }

  /// Opens the current commit of a directory.
  package convenience init(
    in directory: IndexDirectory, analysis: AnalysisOptions = AnalysisOptions()
  ) throws {
    try self.init(try IndexSnapshot(in: directory), analysis: analysis)
  }

  /// The words of folded Han characters, with those of the user and the site.
  package func words(in characters: [UInt32]) throws -> [Word] { try words.words(in: characters) }

  // MARK: Searching

  /// - Throws: `QueryLimitError`, `Deadline.Passed`, `IndexFormatError` for a damaged index.
  package func search(_ request: SearchRequest, deadline: Deadline = .none) throws -> SearchResults {
    let start = ContinuousClock.now
    let plan = try plan(request)
    var answer = Answer(match: .some, total: 0, ranked: [], facets: request.facets.map { ($0, []) })
    if !plan.isEmpty { answer = try self.answer(plan, request, deadline: deadline) }
    let highlighter = Highlighter(plan.parts, analyzer: analyzer)
    var stored: [Int: StoredFieldsReader] = [:]
    let hits = try answer.ranked.map { ranked in
      let segment = snapshot.segments[ranked.segment]
      let reader = try stored[ranked.segment] ?? segment.storedFields()
      stored[ranked.segment] = reader
      let entry = try segment.entry(Int(ranked.document), from: reader)
      return highlighter.hit(entry, match: ranked.tier > 0 ? .full : .some, score: ranked.score)
    }
    let suggestion = try suggestion(request, plan: plan, answer: answer, deadline: deadline)
    let elapsed = (ContinuousClock.now - start).components
    return SearchResults(
      query: request.text, match: answer.match, total: answer.total,
      tookMicroseconds: Int(elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000),
      commit: snapshot.commit.number, hits: hits, facets: answer.facets,
      suggestion: suggestion)
  }

  /// The ids of the answer alone: no stored field is read.
  package func rankedIDs(_ request: SearchRequest) throws -> [String] {
    let plan = try plan(request)
    if plan.isEmpty { return [] }
    return try answer(plan, request, deadline: .none).ranked.map {
      try snapshot.segments[$0.segment].keys.id(of: Int($0.document))
    }
  }

  func plan(_ request: SearchRequest) throws -> QueryPlan {
    try QueryPlan(
      try parser.parse(request.text), facetFilters: request.filters,
      resolver: PartResolver(words: words, snapshot: snapshot), extractor: extractor)
  }

  struct Answer {
    var match: MatchKind
    var total: Int
    var ranked: [RankedDocument]
    var facets: [(key: FacetKey, counts: [FacetCount])]
  }

  private func answer(_ plan: QueryPlan, _ request: SearchRequest, deadline: Deadline) throws -> Answer {
    var answer = try run(
      plan, request, mode: .all, wanted: request.offset + request.limit, deadline: deadline)
    if answer.total == 0 {
      answer = try run(
        plan, request, mode: .any(excludingFull: false), wanted: request.offset + request.limit,
        deadline: deadline)
      answer.match = .some
    } else if answer.total < min(Self.fillBelow, request.limit), request.offset == 0, plan.parts.count > 1 {
      answer.ranked += try run(
        plan, request, mode: .any(excludingFull: true), wanted: request.limit - answer.total,
        deadline: deadline
      ).ranked
    }
    answer.ranked = Array(answer.ranked.dropFirst(request.offset).prefix(request.limit))
    return answer
  }

  func adjacencyScorer(_ plan: QueryPlan) throws -> AdjacencyScorer {
    try AdjacencyScorer(plan.adjacencies, snapshot: snapshot, model: model, stems: stems)
  }

  func run(
    _ plan: QueryPlan, _ request: SearchRequest, mode: SegmentSearch.Mode, wanted: Int, deadline: Deadline
  ) throws -> Answer {
    let order = RankingOrder(byDate: request.order == .date, keys: snapshot.segments.map(\.keys))
    let adjacencies = try adjacencyScorer(plan)
    let capacity = wanted > 0 && !adjacencies.isEmpty ? max(wanted, AdjacencyScorer.candidates) : wanted
    var collector = TopKCollector(capacity: capacity, order: order)
    var facets = FacetCollector(request.facets)
    var total = 0
    for (number, segment) in snapshot.segments.enumerated() {
      let search = try SegmentSearch(
        plan, segment: segment, number: number, mode: mode, model: model, deadline: deadline)
      var counts = request.facets.map { FacetCollector.SegmentCounts(segment.facet($0)) }
      total += try search.run(into: &collector, facets: &counts)
      for count in counts { try facets.add(count) }
    }
    var ranked = try collector.ranked()
    try adjacencies.rescore(&ranked, order: order)
    return Answer(
      match: .full, total: total, ranked: ranked,
      facets: request.facets.map { ($0, facets.counts(of: $0)) })
  }
}
