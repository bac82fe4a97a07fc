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
  let scratch = WindowScratch()
  package let options: SearchOptions
  private let synonyms: SynonymTable
  private let facetValues: FacetValues
  /// Names of features that do not count.
  let leftOut: Set<String>
  let pins: PinTable
  private let keys: [KeyTable]
  /// By number of the segment; each with a block and zstd's tables at hand.
  private var stored: [Int: StoredFieldsReader] = [:]
  private lazy var weights = snapshot.segments.map { weights(of: $0) }

  /// - Throws: `OtherAnalyzerError`, `IndexFormatError`.
  /// - Parameters:
  ///   - analysis: what the owner of the site says about words; the index does not depend on it.
  ///   - options: what else the owner chooses.
  ///   - leftOut: features that do not count, by the names of `ScoreFeatures`: to measure what they bring.
  package convenience init(
    _ snapshot: IndexSnapshot, analysis: AnalysisOptions = AnalysisOptions(),
    options: SearchOptions = SearchOptions(), leavingOut leftOut: Set<String> = []
  ) throws {
    try Self.checkAnalyzer(of: snapshot)
    try self.init(
      snapshot, analysis: analysis, options: options, parameters: .standard, leavingOut: leftOut)
  }

  /// Answers plans alone, whose terms the caller makes: those of the index, by whatever rules.
  ///
  /// - Throws: `IndexFormatError`.
  package convenience init(plansOn snapshot: IndexSnapshot, parameters: BM25F.Parameters) throws {
    try self.init(
      snapshot, analysis: AnalysisOptions(), options: SearchOptions(), parameters: parameters, leavingOut: [])
  }

  private init(
    _ snapshot: IndexSnapshot, analysis: AnalysisOptions, options: SearchOptions,
    parameters: BM25F.Parameters, leavingOut leftOut: Set<String>
  ) throws {
    self.snapshot = snapshot
    self.options = options
    self.leftOut = leftOut
    analyzer = try Analyzer(options: analysis)
    synonyms = SynonymTable(options.synonyms, analyzer: analyzer)
    pins = try PinTable(options.pins, snapshot: snapshot, analyzer: analyzer)
    parser = QueryParser(analyzer: analyzer)
    words = QueryWords(analyzer: analyzer, snapshot: snapshot)
    facetValues = FacetValues(snapshot: snapshot, analyzer: analyzer)
    extractor = FeatureExtractor(words: words, leavingOut: leftOut)
    stems = StemWords(snapshot: snapshot, analyzer: analyzer)
    model = BM25F(snapshot.statistics, parameters: parameters)
    keys = snapshot.segments.map(\.keys)
  }

  /// Whether terms made under an identity are those that queries ask for; another ICU alone makes few others.
  package static func asksFor(termsOf identity: String) -> Bool {
    identity.hasPrefix(Analyzer.rulesIdentity + " ")
  }

  /// Whether queries mean what stands in the index.
  package static func checkAnalyzer(of snapshot: IndexSnapshot) throws(OtherAnalyzerError) {
    guard asksFor(termsOf: snapshot.commit.analyzer) else {
      throw OtherAnalyzerError(found: snapshot.commit.analyzer)
    }
  }

  /// Opens the current commit of a directory.
  package convenience init(
    in directory: IndexDirectory, analysis: AnalysisOptions = AnalysisOptions(),
    options: SearchOptions = SearchOptions(), leavingOut leftOut: Set<String> = []
  ) throws {
    try self.init(
      try IndexSnapshot(in: directory), analysis: analysis, options: options, leavingOut: leftOut)
  }

  /// The words of folded Han characters, with those of the user and the site.
  package func words(in characters: [UInt32]) throws -> [Word] { try words.words(in: characters) }

  // MARK: Searching

  /// - Throws: `QueryLimitError`, `Deadline.Passed`, `IndexFormatError` for a damaged index.
  package func search(_ request: SearchRequest, deadline: Deadline = .none) throws -> SearchResults {
    let start = ContinuousClock.now
    let found = try find(request, deadline: deadline)
    let hits = found.entries.map { ranked in
      var hit = found.highlighter.hit(ranked.entry, match: ranked.match, score: ranked.score)
      hit.isPinned = ranked.isPinned
      return hit
    }
    let elapsed = (ContinuousClock.now - start).components
    return SearchResults(
      query: request.text, match: found.match, total: found.total,
      tookMicroseconds: Int(elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000),
      commit: snapshot.commit.number, hits: hits, facets: found.facets, suggestion: found.suggestion)
  }

  /// The entries of the answer as they are kept, for whoever presents them in a way of their own.
  ///
  /// - Throws: as `search`.
  package func find(_ request: SearchRequest, deadline: Deadline = .none) throws -> FoundEntries {
    let plan = try plan(request)
    var answer = Answer(match: .some, total: 0, ranked: [], facets: request.facets.map { ($0, []) })
    if !plan.isEmpty { answer = try self.answer(plan, request, deadline: deadline) }
    let entries = try answer.ranked.enumerated().map { place, ranked in
      let segment = snapshot.segments[ranked.segment]
      let reader = try stored[ranked.segment] ?? segment.storedFields()
      stored[ranked.segment] = reader
      return FoundEntry(
        entry: try segment.entry(Int(ranked.document), from: reader), tier: ranked.tier, score: ranked.score,
        isPinned: place < answer.pinnedCount)
    }
    return FoundEntries(
      match: answer.match, total: answer.total, entries: entries, facets: answer.facets,
      suggestion: try suggestion(request, plan: plan, answer: answer, deadline: deadline),
      highlighter: Highlighter(plan.parts, analyzer: analyzer))
  }

  /// The entry with an id, or with a URL if none has it as id; nil when there is none.
  package func entry(named name: String) throws -> Entry? {
    guard let place = try snapshot.place(of: name) else { return nil }
    let segment = snapshot.segments[place.segment]
    return try segment.entry(place.document, from: segment.storedFields())
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
    var query = try parser.parse(request.text)
    query.filters = try query.filters.map(facetValues.spelledAsKept)
    query.excludedFilters = try query.excludedFilters.map(facetValues.spelledAsKept)
    if let filter = request.filter {
      guard filter.depth <= SearchFilter.depthLimit else { throw QueryLimitError.filterDepth(filter.depth) }
      guard filter.size <= SearchFilter.sizeLimit else { throw QueryLimitError.filterSize(filter.size) }
      query.filters.append(.nested(try facetValues.spelledAsKept(filter)))
    }
    if request.onlyTitles { for i in query.parts.indices { query.parts[i].scope = .title } }
    var plan = try QueryPlan(
      query, facetFilters: request.filters,
      resolver: PartResolver(words: words, snapshot: snapshot, scratch: scratch),
      extractor: extractor, synonyms: synonyms)
    if !leftOut.contains(WholeTitles.role) {
      plan.wholeTitles = try WholeTitles(of: request.text, snapshot: snapshot, analyzer: analyzer)
    }
    return plan
  }

  struct Answer {
    var match: MatchKind
    var total: Int
    var ranked: [RankedDocument]
    var facets: [(key: FacetKey, counts: [FacetCount])]
    /// The first this many of `ranked` are pinned.
    var pinnedCount = 0
  }

  private func answer(_ plan: QueryPlan, _ request: SearchRequest, deadline: Deadline) throws -> Answer {
    var answer = try list(
      plan, request, mode: .all, wanted: request.offset + request.limit, deadline: deadline)
    if answer.total == 0, request.allowsPartial {
      answer = try list(
        plan, request, mode: .any(excludingFull: false), wanted: request.offset + request.limit,
        deadline: deadline)
      answer.match = .some
    } else if request.allowsPartial, answer.total < min(Self.fillBelow, request.limit), request.offset == 0,
      plan.parts.count > 1
    {
      answer.ranked += try list(
        plan, request, mode: .any(excludingFull: true), wanted: request.limit - answer.total,
        deadline: deadline
      ).ranked
    }
    let pinned = try pinned(plan, request)
    answer.ranked.removeAll { ranked in
      pinned.contains { $0.segment == ranked.segment && $0.document == ranked.document }
    }
    answer.ranked = Array((pinned + answer.ranked).dropFirst(request.offset).prefix(request.limit))
    answer.pinnedCount = min(max(0, pinned.count - request.offset), answer.ranked.count)
    return answer
  }

  /// The best matches, of one page no more than the request wants.
  private func list(
    _ plan: QueryPlan, _ request: SearchRequest, mode: SegmentSearch.Mode, wanted: Int, deadline: Deadline
  ) throws -> Answer {
    guard let perPage = request.perPage else {
      return try run(plan, request, mode: mode, wanted: wanted, deadline: deadline)
    }
    // As many as are left over by few; the more a page repeats, the more have to be looked at.
    var asked = wanted
    while true {
      asked *= 4
      var answer = try run(plan, request, mode: mode, wanted: asked, deadline: deadline)
      let isAll = answer.ranked.count < asked
      var limit = PageLimit(perPage, segments: snapshot.segments)
      answer.ranked = Array(try answer.ranked.filter { try limit.admits($0) }.prefix(wanted))
      if isAll || answer.ranked.count == wanted { return answer }
    }
  }

  /// The entries that come first whatever their score, but for those that a chosen facet value leaves out. They are
  /// counted only if they match. An answer by date has none.
  private func pinned(_ plan: QueryPlan, _ request: SearchRequest) throws -> [RankedDocument] {
    guard request.order == .relevance else { return [] }
    return try pins.entries(for: request.text).compactMap { entry in
      let segment = snapshot.segments[entry.segment]
      let explanation = try explain(plan, request, document: UInt32(entry.document), in: segment)
      guard explanation.failedConditions.isEmpty else { return nil }
      return RankedDocument(
        segment: entry.segment, document: UInt32(entry.document),
        rank: try segment.keys.ranks.value(of: entry.document), tier: explanation.match == .full ? 3 : 0,
        day: 0,
        score: explanation.score)
    }
  }

  func weights(of segment: SegmentReader) -> EntryWeights {
    EntryWeights(segment, recency: options.recency, now: snapshot.commit.createdAt)
  }

  func adjacencyScorer(_ plan: QueryPlan) throws -> AdjacencyScorer {
    try AdjacencyScorer(plan.adjacencies, snapshot: snapshot, model: model, stems: stems)
  }

  func run(
    _ plan: QueryPlan, _ request: SearchRequest, mode: SegmentSearch.Mode, wanted: Int, deadline: Deadline
  ) throws -> Answer {
    let order = RankingOrder(
      byDate: request.order == .date, oldestFirst: request.oldestFirst, keys: keys)
    let adjacencies = try adjacencyScorer(plan)
    let looksAgain = !adjacencies.isEmpty || !plan.wholeTitles.isEmpty
    let capacity = wanted > 0 && looksAgain ? max(wanted, AdjacencyScorer.candidates) : wanted
    // The collector has room from the start: for no more than there are.
    var collector = TopKCollector(
      capacity: min(capacity, snapshot.statistics.documentCount), order: order)
    let (total, facets) = try visitAll(
      plan, facets: request.facets, mode: mode, deadline: deadline, into: &collector)
    var ranked = try collector.ranked()
    try adjacencies.rescore(&ranked, order: order, weights: weights)
    if case .all = mode, !ranked.isEmpty, request.order == .relevance {
      try liftWholeTitles(
        &ranked, plan, request, bonus: plan.mostOfFeatures + adjacencies.most, order: order)
    }
    return Answer(
      match: .full, total: total, ranked: ranked,
      facets: try request.facets.map { ($0, try facets.counts(of: $0)) })
  }

  private func visitAll(
    _ plan: QueryPlan, facets keys: [FacetKey], mode: SegmentSearch.Mode, deadline: Deadline,
    into collector: inout TopKCollector
  ) throws -> (total: Int, facets: FacetCollector) {
    var facets = FacetCollector(keys)
    var total = 0
    for (number, segment) in snapshot.segments.enumerated() {
      let search = try SegmentSearch(
        plan, segment: segment, number: number, mode: mode, model: model, weights: weights[number],
        deadline: deadline, scratch: scratch)
      var counts = keys.map { FacetCollector.SegmentCounts(segment.facet($0)) }
      total += try search.run(into: &collector, facets: &counts)
      for count in counts { facets.add(count) }
    }
    return (total, facets)
  }

  // MARK: One thing alone

  private var byRelevance: RankingOrder { RankingOrder(byDate: false, keys: keys) }

  /// The best matches and nothing else: cheaper than `search`, for what is not counted need not be visited.
  ///
  /// - Parameter needsAll: whether a match holds every part, or at least one.
  package func best(_ limit: Int, of plan: QueryPlan, needsAll: Bool) throws -> [RankedDocument] {
    var collector = TopKCollector(capacity: limit, order: byRelevance)
    for (number, segment) in snapshot.segments.enumerated() {
      try SegmentSearch(
        plan, segment: segment, number: number, mode: needsAll ? .all : .any(excludingFull: false),
        model: model, weights: weights[number], deadline: .none, scratch: scratch
      ).rankOnly(into: &collector)
    }
    return try collector.ranked()
  }

  /// The best matches, and how many there are.
  package func best(
    _ limit: Int, andCountOf plan: QueryPlan, needsAll: Bool
  ) throws -> (ranked: [RankedDocument], total: Int) {
    var collector = TopKCollector(capacity: limit, order: byRelevance)
    let total = try visitAll(
      plan, facets: [], mode: needsAll ? .all : .any(excludingFull: false), deadline: .none, into: &collector
    ).total
    return (try collector.ranked(), total)
  }

  /// How many entries match.
  package func count(_ plan: QueryPlan, needsAll: Bool) throws -> Int {
    var collector = TopKCollector(capacity: 0, order: byRelevance)
    return try visitAll(
      plan, facets: [], mode: needsAll ? .all : .any(excludingFull: false), deadline: .none, into: &collector
    ).total
  }

  /// The most frequent values of a facet among all matches.
  package func facet(
    _ key: FacetKey, of plan: QueryPlan, needsAll: Bool, limit: Int
  ) throws -> [FacetCount] {
    var collector = TopKCollector(capacity: 0, order: byRelevance)
    return try visitAll(
      plan, facets: [key], mode: needsAll ? .all : .any(excludingFull: false), deadline: .none,
      into: &collector
    ).facets.counts(of: key, limit: limit)
  }
}
