import IndexFormat
import SearchModel

/// Runs the windows of one segment: matching, filters, facets, scores, collection.
struct SegmentSearch {
  /// Which documents a run is about.
  enum Mode {
    /// Those that hold every part.
    case all
    /// Those that hold at least one part, but not every one when `full` matches have their own place.
    case any(excludingFull: Bool)
  }

  let segment: SegmentReader
  /// Place of the segment in the snapshot.
  let number: Int
  let mode: Mode
  let model: BM25F
  let deadline: Deadline

  private let required: [PartMatcher]
  private let excluded: [PartMatcher]
  private let filters: [FilterMatcher]
  private let excludedFilters: [FilterMatcher]
  private let facetFilters: [(key: FacetKey, matcher: FilterMatcher)]
  private let scoring: [ScoringTerm]
  private let weights: EntryWeights

  init(
    _ plan: QueryPlan, segment: SegmentReader, number: Int, mode: Mode, model: BM25F, weights: EntryWeights,
    deadline: Deadline
  ) throws {
    self.segment = segment
    self.number = number
    self.mode = mode
    self.model = model
    self.weights = weights
    self.deadline = deadline
    let factory = MatcherFactory(segment: segment)
    required = try plan.parts.map { try factory.matcher(for: $0) }.sorted { $0.cost < $1.cost }
    excluded = try plan.excluded.map { try factory.matcher(for: $0) }
    filters = try plan.filters.map { try FilterMatcher($0, in: segment) }
    excludedFilters = try plan.excludedFilters.map { try FilterMatcher($0, in: segment) }
    facetFilters = try plan.facetFilters.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { ($0.key, try FilterMatcher($0.key, anyOf: $0.value, in: segment)) }
    var terms: [ScoringTerm] = []
    for term in plan.scoring {
      if let cursor = try segment.postings(of: term.key) {
        terms.append(ScoringTerm(cursor, weight: term.weight))
      }
    }
    scoring = terms
  }

  /// - Returns: the number of matches that pass every filter.
  func run(into collector: inout TopKCollector, facets: inout [FacetCollector.SegmentCounts]) throws -> Int {
    let documentCount = segment.documentCount
    var scores = [Float](repeating: 0, count: Int(DocumentWindow.size))
    var total = 0
    var next: UInt32 = 0
    while true {
      next = try nextCandidate(from: next)
      if next >= documentCount { return total }
      let base = next & ~(DocumentWindow.size - 1)
      try deadline.check()
      next = base + DocumentWindow.size
      let matches = try match(window: base)
      if matches.held.isEmpty { continue }
      let passed = try filter(matches.held, window: base, facets: &facets)
      let count = passed.count
      if count == 0 { continue }
      total += count
      try rank(passed, count: count, matches: matches, window: base, scores: &scores, into: &collector)
    }
  }

  // MARK: Matching

  private func nextCandidate(from document: UInt32) throws -> UInt32 {
    if required.isEmpty { return document }
    switch mode {
    case .all:
      var next = document
      for matcher in required {
        next = max(next, try matcher.nextCandidate(from: next))
        if next == PostingsCursor.end { break }
      }
      return next
    case .any:
      var next = PostingsCursor.end
      for matcher in required { next = min(next, try matcher.nextCandidate(from: document)) }
      return next
    }
  }

  private func match(window base: UInt32) throws -> PartMatches {
    var live = DocumentWindow(first: segment.documentCount - Int(base))
    if let bits = segment.live { live.formIntersection(DocumentWindow(bits.words, base: base)) }
    var result = PartMatches()
    switch mode {
    case .all:
      result = PartMatches(held: live, literal: live, title: live)
      for matcher in required {
        let found = try matcher.match(window: base, among: result.held)
        result.held.formIntersection(found.held)
        result.literal.formIntersection(found.literal)
        result.title.formIntersection(found.title)
        if result.held.isEmpty { return result }
      }
      if required.isEmpty {
        result.literal = DocumentWindow()
        result.title = DocumentWindow()
      }
    case .any(let excludingFull):
      var full = live
      for matcher in required {
        let found = try matcher.match(window: base, among: live)
        result.held.formUnion(found.held)
        full.formIntersection(found.held)
      }
      if excludingFull { result.held.subtract(full) }
    }
    for matcher in excluded {
      result.held.subtract(try matcher.match(window: base, among: result.held).held)
    }
    for filter in filters { result.held = try filter.match(window: base, among: result.held) }
    for filter in excludedFilters { result.held.subtract(try filter.match(window: base, among: result.held)) }
    return result
  }

  /// Applies the chosen facet values, and counts every facet over what the other facets let through.
  private func filter(
    _ held: DocumentWindow, window base: UInt32, facets: inout [FacetCollector.SegmentCounts]
  ) throws -> DocumentWindow {
    let passing = try facetFilters.map { try $0.matcher.match(window: base, among: held) }
    var passed = held
    for documents in passing { passed.formIntersection(documents) }
    for i in facets.indices {
      var counted = passed
      if facetFilters.contains(where: { $0.key == facets[i].column.key }) {
        counted = held
        for (filter, documents) in zip(facetFilters, passing) where filter.key != facets[i].column.key {
          counted.formIntersection(documents)
        }
      }
      try facets[i].count(counted, base: base, documentCount: segment.documentCount)
    }
    return passed
  }

  // MARK: Ranking

  private func rank(
    _ documents: DocumentWindow, count: Int, matches: PartMatches, window base: UInt32, scores: inout [Float],
    into collector: inout TopKCollector
  ) throws {
    let range = Int(base)..<min(Int(base + DocumentWindow.size), segment.documentCount)
    try segment.titleLengths.check(range)
    try segment.bodyLengths.check(range)
    try segment.days.check(range)
    try weights.check(range)
    try scores.withUnsafeMutableBufferPointer { scores in
      guard let scores = scores.baseAddress else { return }
      documents.forEach { scores[Int($0)] = 0 }
      for term in scoring {
        try term.add(
          to: scores, window: base, documents: documents, count: count, model: model,
          titleLengths: segment.titleLengths, bodyLengths: segment.bodyLengths)
      }
      if !weights.isNeutral {
        documents.forEach { scores[Int($0)] *= weights.factor(of: Int(base + $0)) }
      }
      try documents.forEach { relative in
        let tier: UInt8 =
          switch mode {
          case .any: 0
          case .all: matches.title.contains(relative) ? 3 : matches.literal.contains(relative) ? 2 : 1
          }
        try collector.collect(
          RankedDocument(
            segment: number, document: base + relative, tier: tier, day: segment.days[Int(base + relative)],
            score: scores[Int(relative)]))
      }
    }
  }
}
