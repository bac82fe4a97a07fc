package import IndexFormat
package import IndexStorage
package import SearchModel
import TextAnalysis

/// Answers requests on one snapshot of an index. Not thread-safe: one per thread, snapshots are shared.
package final class Searcher {
  /// A first page with fewer full matches than this is filled up with partial ones.
  private static let fillBelow = 10
  /// An answer with fewer full matches than this may come with a suggestion.
  private static let suggestBelow = 3
  /// A word in more entries than this is meant as it is typed.
  private static let rareWord = 2
  /// How many times as many entries a correction has to find when the word as typed is in the index.
  private static let rareMistake = 20

  package let snapshot: IndexSnapshot
  private let analyzer: Analyzer
  private let parser: QueryParser
  private let extractor: FeatureExtractor
  let model: BM25F

  package init(_ snapshot: IndexSnapshot) throws {
    self.snapshot = snapshot
    analyzer = try Analyzer()
    parser = QueryParser(analyzer: analyzer)
    extractor = FeatureExtractor(analyzer: analyzer)
    var sums = SegmentStatistics()
    for segment in snapshot.segments {
      sums.documentCount += segment.statistics.documentCount
      sums.titleLength += segment.statistics.titleLength
      sums.bodyLength += segment.statistics.bodyLength
    }
    model = BM25F(sums)
  }

  /// Opens the current commit of a directory.
  package convenience init(in directory: IndexDirectory) throws {
    try self.init(try IndexSnapshot(in: directory))
  }

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
      resolver: PartResolver(analyzer: analyzer, snapshot: snapshot), extractor: extractor)
  }

  private struct Answer {
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

  /// Another query that finds more, when the original finds little.
  private func suggestion(
    _ request: SearchRequest, plan: QueryPlan, answer: Answer, deadline: Deadline
  ) throws -> Suggestion? {
    let full = answer.match == .full ? answer.total : 0
    guard full < Self.suggestBelow, request.offset == 0 else { return nil }
    let typo = try typoSuggestion(request, plan: plan, full: full, deadline: deadline)
    return try pinyinSuggestion(request, full: full, hasOther: typo != nil, deadline: deadline) ?? typo
  }

  /// The query with its misspelt words mended.
  private func typoSuggestion(
    _ request: SearchRequest, plan: QueryPlan, full: Int, deadline: Deadline
  ) throws -> Suggestion? {
    let finder = TypoFinder(segments: snapshot.segments)
    var bytes = Array(request.text.utf8)
    // A word that an entry or two hold may still be a mistake: then much more has to be found.
    var needed = full + 1
    for part in plan.parts.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      guard case .chunk(.latin(let chunk)) = part.content, chunk.parts.count == 1 else { continue }
      let word = chunk.parts[0].text
      let known = try snapshot.documentFrequency(of: TermKey.make(.latin, word))
      guard known <= Self.rareWord, let correction = try finder.correction(of: word, deadline: deadline)
      else {
        continue
      }
      if try isKnown(part) {
        guard correction.documentFrequency >= Self.rareMistake else { continue }
        needed = max(needed, (full + 1) * Self.rareMistake)
      }
      bytes.replaceSubrange(part.range, with: correction.word.utf8)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return try fullMatches(of: text, insteadOf: request, deadline: deadline) >= needed
      ? Suggestion(kind: .typo, query: text) : nil
  }

  /// The query with the Chinese that its letters spell.
  private func pinyinSuggestion(
    _ request: SearchRequest, full: Int, hasOther: Bool, deadline: Deadline
  ) throws -> Suggestion? {
    guard let spelt = PinyinQuery(try parser.parse(request.text), text: request.text) else { return nil }
    let finder = PinyinFinder(snapshot: snapshot, analyzer: analyzer)
    var best: PinyinFinder.Candidate?
    if spelt.pattern.isWholeSyllables {
      best = try finder.best(for: spelt.pattern, onlyFull: true, deadline: deadline)
    }
    // Initials spell too much to be put beside anything else.
    if best == nil, full == 0, !hasOther, spelt.mayBeInitials {
      best = try finder.best(for: spelt.pattern, onlyFull: false, deadline: deadline)
    }
    guard let best else { return nil }
    let text = spelt.query(with: best.text)
    return try fullMatches(of: text, insteadOf: request, deadline: deadline) > full
      ? Suggestion(kind: .pinyin, query: text) : nil
  }

  /// Full matches that another text would have; none for the same text, or one over the limit.
  private func fullMatches(
    of text: String, insteadOf request: SearchRequest, deadline: Deadline
  ) throws -> Int {
    guard text != request.text, text.utf8.count <= SearchRequest.maximumTextBytes else { return 0 }
    var better = request
    better.text = text
    better.limit = 1
    better.facets = []
    return try run(try plan(better), better, mode: .all, wanted: 0, deadline: deadline).total
  }

  /// Whether some entry holds a part.
  private func isKnown(_ part: Query.Part) throws -> Bool {
    try snapshot.segments.contains {
      try MatcherFactory(segment: $0).matcher(for: part).nextCandidate(from: 0) != PostingsCursor.end
    }
  }

  private func run(
    _ plan: QueryPlan, _ request: SearchRequest, mode: SegmentSearch.Mode, wanted: Int, deadline: Deadline
  ) throws -> Answer {
    var collector = TopKCollector(
      capacity: wanted, byDate: request.order == .date, keys: snapshot.segments.map(\.keys))
    var facets = FacetCollector(request.facets)
    var total = 0
    for (number, segment) in snapshot.segments.enumerated() {
      let search = try SegmentSearch(
        plan, segment: segment, number: number, mode: mode, model: model, deadline: deadline)
      var counts = request.facets.map { FacetCollector.SegmentCounts(segment.facet($0)) }
      total += try search.run(into: &collector, facets: &counts)
      for count in counts { try facets.add(count) }
    }
    return Answer(
      match: .full, total: total, ranked: try collector.ranked(),
      facets: request.facets.map { ($0, facets.counts(of: $0)) })
  }
}
