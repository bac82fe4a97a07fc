import CKernels
import IndexFormat
import SearchModel

/// Runs the windows of one segment: matching, filters, facets, scores, collection.
///
/// With a total or facets asked for, every window is matched in order. Without, windows are visited from the one that
/// can hold the best document to the first that cannot hold a good enough one (`rankOnly`).
final class SegmentSearch {
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
  let deadline: Deadline

  private let required: [PartMatcher]
  private let conditions: WindowConditions
  private let facetFilters: [(key: FacetKey, matcher: FilterMatcher)]
  private let scoring: [ScoringTerm]
  /// Not made where only numbers are asked for.
  private lazy var ranker = WindowRanker(
    scoring, documentCount: segment.documentCount, shift: shift, scratch: scratch)
  /// log₂ of the documents of a window.
  private let shift: Int
  private let weights: EntryWeights
  private let lengths: DocumentColumns
  private let scratch: WindowScratch
  /// Whether a document matches exactly if a scoring term holds it.
  private let scoringDecides: Bool
  /// Whether the matches are the documents that every scoring term holds, and nothing but their scores is asked for.
  private let isRankedByParts: Bool
  /// Windows get wider until the rarest part has about this many documents in each: one costs as much as some dozen
  /// postings, whether it holds any or not.
  private static let wantedPostings = 128

  init(
    _ plan: QueryPlan, segment: SegmentReader, number: Int, mode: Mode, model: BM25F, weights: EntryWeights,
    deadline: Deadline, scratch: WindowScratch
  ) throws {
    self.segment = segment
    self.number = number
    self.mode = mode
    self.weights = weights
    self.deadline = deadline
    let opened = SegmentTerms(segment)
    let factory = MatcherFactory(opened, scratch: scratch)
    let matchers = try plan.parts.map { try factory.matcher(for: $0) }
    required = matchers.sorted { $0.cost < $1.cost }
    conditions = try WindowConditions(plan, segment: segment, factory: factory)
    facetFilters = try plan.facetFilters.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { ($0.key, try FilterMatcher($0.key, anyOf: $0.value, in: segment)) }
    let lengths = DocumentColumns(segment)
    let factor = segment.boundModel.factor(to: model.boundModel)
    var terms: [ScoringTerm] = []
    for feature in plan.scoring {
      switch feature.content {
      case .term(let key):
        if let cursor = try opened.cursor(key) {
          terms.append(
            PostingsScoringTerm(
              cursor, weight: feature.weight, model: model, factor: factor, lengths: lengths,
              scratch: scratch))
        }
      case .phrase(let sequence):
        // The part that asks for the same phrase has a matcher already.
        let place = plan.parts.firstIndex { $0.phrase == sequence }
        let matcher = try place.map { matchers[$0] } ?? factory.matcher(for: sequence)
        guard let phrase = matcher as? PhraseMatcher else { continue }
        terms.append(
          PhraseScoringTerm(
            phrase, weight: feature.weight, model: model, factor: factor, lengths: lengths,
            scratch: scratch))
      }
    }
    scoring = terms
    self.lengths = lengths
    self.scratch = scratch
    scoringDecides = plan.scoringDecides
    if case .all = mode, scoringDecides, facetFilters.isEmpty, terms.count == required.count {
      isRankedByParts = true
    } else {
      isRankedByParts = false
    }
    var shift = DocumentWindow.shift
    // Conditions know windows of bits alone.
    if isRankedByParts, conditions.isEmpty {
      let rarest = terms.lazy.map(\.documentFrequency).min() ?? 0
      while shift < WindowScratch.widestShift, rarest << shift < segment.documentCount * Self.wantedPostings {
        shift += 1
      }
    }
    self.shift = shift
  }

  private var needsAll: Bool { if case .all = mode { true } else { false } }

  // MARK: Every match

  /// - Returns: the number of matches that pass every filter.
  func run(into collector: inout TopKCollector, facets: inout [FacetCollector.SegmentCounts]) throws -> Int {
    let documentCount = segment.documentCount
    if let term = onlyTerm {
      if !facets.isEmpty { try count(term, facets: &facets) }
      try rankOnly(into: &collector)
      return term.cursor.documentFrequency
    }
    // A phrase takes .8 of the time with lists of postings, also where nothing is collected (measured).
    if isRankedByParts,
      shift > DocumentWindow.shift || facets.isEmpty && collector.capacity > 0
        || scoring.contains(where: { $0 is PhraseScoringTerm })
    {
      return try runByParts(into: &collector, facets: &facets)
    }
    var total = 0
    var next: UInt32 = 0
    while true {
      next = try nextCandidate(from: next)
      if next >= documentCount { return total }
      let base = next & ~(DocumentWindow.size - 1)
      try deadline.check()
      next = base + DocumentWindow.size
      // Where a part stands matters to whoever ranks by it alone.
      var matches =
        collector.capacity == 0 || scoringDecides || !needsAll
        ? PartMatches(held: try held(window: base)) : try match(window: base)
      if matches.held.isEmpty { continue }
      if !facets.isEmpty || !facetFilters.isEmpty {
        matches.held = try filter(matches.held, window: base, facets: &facets)
      }
      let count = matches.held.count
      if count == 0 { continue }
      total += count
      if collector.capacity == 0 { continue }
      _ = ranker.enter(window: base)
      try rank(matches, window: base, into: &collector)
    }
  }

  /// The same where the matches are the documents that every scoring term holds.
  private func runByParts(
    into collector: inout TopKCollector, facets: inout [FacetCollector.SegmentCounts]
  ) throws -> Int {
    var total = 0
    for base in stride(from: 0, to: UInt32(segment.documentCount), by: 1 << shift) {
      if ranker.enter(window: base) == 0 { continue }
      try deadline.check()
      try check(window: base, for: collector)
      // To whom no place is open no score matters.
      let least = try collector.capacity == 0 ? Double.infinity : least(of: &collector)
      let count = try listAll(window: base, least: least, listsAll: true)
      total += count
      if !facets.isEmpty { try self.count(listed: count, window: base, facets: &facets) }
      if collector.capacity > 0 { try rank(listed: count, window: base, into: &collector) }
    }
    return total
  }

  /// The documents of a window that hold every scoring term and pass every condition, with their scores; how many.
  private func listAll(window base: UInt32, least: Double, listsAll: Bool) throws -> Int {
    try conditions.apply(
      to: scratch.places, sums: scratch.listedSums,
      count: try ranker.listAll(window: base, least: least, listsAll: listsAll), window: base)
  }

  /// Counts every facet over the documents of a list.
  private func count(_ term: PostingsScoringTerm, facets: inout [FacetCollector.SegmentCounts]) throws {
    for base in stride(from: 0, to: segment.documentCount, by: WindowScratch.widestSize) {
      try deadline.check()
      let words = (min(segment.documentCount - base, WindowScratch.widestSize) + 63) / 64
      try count(words: words, base: UInt32(base), facets: &facets) {
        try term.cursor.fill($0, titles: nil, from: UInt32(base), wordCount: words)
      }
    }
  }

  /// The same over the listed documents of a window.
  private func count(
    listed count: Int, window base: UInt32, facets: inout [FacetCollector.SegmentCounts]
  ) throws {
    if count == 0 { return }
    try self.count(words: Int(scratch.places[count - 1]) / 64 + 1, base: base, facets: &facets) {
      kernel_set_bits(scratch.places, count, 0, $0)
    }
  }

  /// The same over the documents that `mark` sets the bits of.
  private func count(
    words: Int, base: UInt32, facets: inout [FacetCollector.SegmentCounts],
    mark: (UnsafeMutablePointer<UInt64>) throws -> Void
  ) throws {
    let marks = scratch.marks
    defer { marks.update(repeating: 0, count: words) }
    try mark(marks)
    for i in facets.indices {
      try facets[i].count(marks, wordCount: words, base: base, documentCount: segment.documentCount)
    }
  }

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
    let live = conditions.live(window: base)
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
    try conditions.apply(to: &result.held, window: base)
    return result
  }

  /// The matches of a window, when nobody asks where the parts stand.
  private func held(window base: UInt32) throws -> DocumentWindow {
    var held: DocumentWindow
    switch mode {
    case .all:
      guard let first = required.first else {
        held = conditions.live(window: base)
        break
      }
      held = DocumentWindow()
      try first.fill(&held, window: base, among: conditions.live(window: base))
      conditions.removeDeleted(from: &held, window: base)
      for matcher in required.dropFirst() {
        if held.isEmpty { return held }
        try matcher.holds(window: base, in: &held)
      }
    case .any(excludingFull: true): return try match(window: base).held
    case .any(excludingFull: false):
      held = conditions.live(window: base)
      var any = DocumentWindow()
      for matcher in required { try matcher.fill(&any, window: base, among: held) }
      held.formIntersection(any)
    }
    try conditions.apply(to: &held, window: base)
    return held
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
      try counted.withWords {
        try facets[i].count($0, wordCount: $1, base: base, documentCount: segment.documentCount)
      }
    }
    return passed
  }

  // MARK: The best alone

  /// Collects the best matches without visiting those that cannot be among them. Gives no total.
  func rankOnly(into collector: inout TopKCollector) throws {
    if collector.capacity == 0 { return }
    if case .all = mode, required.contains(where: { $0.cost == 0 }) { return }
    if let term = onlyTerm { return try rankBlocks(of: term, into: &collector) }
    var windows: [(base: UInt32, ceiling: Double)] = []
    for base in stride(from: 0, to: segment.documentCount, by: 1 << shift) {
      let ceiling = ranker.enter(window: UInt32(base))
      if ceiling > 0 || !scoringDecides { windows.append((UInt32(base), ceiling)) }
    }
    windows.sort { $0.ceiling != $1.ceiling ? $0.ceiling > $1.ceiling : $0.base < $1.base }
    for (base, ceiling) in windows {
      if let least = try collector.least(tier: 0), ceiling * Double(weights.maximum) < least { return }
      try deadline.check()
      _ = ranker.enter(window: base)
      try check(window: base, for: collector)
      if isRankedByParts {
        let least = try least(of: &collector)
        try rank(
          listed: try listAll(window: base, least: least, listsAll: false), window: base, into: &collector)
      } else if scoringDecides, !needsAll {
        var listed = try ranker.listAny(window: base, least: try least(of: &collector))
        listed.count = try conditions.apply(
          to: scratch.places, sums: nil, count: listed.count, window: base)
        let least = try least(of: &collector)
        try ranker.rank(listed, window: base, least: least) { place, score in
          try collect(place, score, tier: 0, window: base, into: &collector)
        }
      } else {
        try rank(try held(window: base), tier: 0, window: base, into: &collector)
      }
    }
  }

  /// The term that is the whole query; then windows are a detour.
  private var onlyTerm: PostingsScoringTerm? {
    guard scoring.count == 1, required.count == 1, conditions.isEmpty, facetFilters.isEmpty, scoringDecides,
      weights.isNeutral
    else { return nil }
    return scoring[0] as? PostingsScoringTerm
  }

  /// Scores the blocks of one list, from the best bound down until the collector is full, then those that may hold better.
  private func rankBlocks(of term: PostingsScoringTerm, into collector: inout TopKCollector) throws {
    let cursor = term.cursor
    func rank(block: Int) throws {
      if block != cursor.block { try cursor.load(block: block) }
      let run = try cursor.block(from: 0, to: PostingsCursor.end)
      try lengths.check(Int(run.docIDs[0])..<Int(run.docIDs[run.count - 1]) + 1)
      let scores = term.scores(of: run)
      let chosen = scratch.candidates
      let count = kernel_select(scores, run.count, Float(try collector.least(tier: 0) ?? 0), chosen)
      for i in 0..<count {
        let place = Int(chosen[i])
        if collector.mayTake(scores[place]) {
          try add(run.docIDs[place], scores[place], tier: 0, to: &collector)
        }
      }
    }
    var best = UInt16(0)
    var first = 0
    if cursor.blockCount > 1 {
      best = cursor.largestBound
      first = cursor.firstBlock(from: 0, boundedBy: best)
      try rank(block: first)
    }
    var block = 0
    var least = -1.0
    var bound = UInt16(0)
    while block < cursor.blockCount {
      if let now = try collector.least(tier: 0) {
        if now != least {
          guard let enough = term.bound(reaching: Float(now)) else { return }
          least = now
          bound = enough
        }
        block = cursor.firstBlock(from: block, boundedBy: bound)
        if block >= cursor.blockCount { return }
      }
      if cursor.blockCount == 1 || block != first { try rank(block: block) }
      block += 1
    }
  }

  // MARK: Ranking

  private func check(window base: UInt32, for collector: borrowing TopKCollector) throws {
    let range = Int(base)..<min(Int(base) + 1 << shift, segment.documentCount)
    try lengths.check(range)
    if collector.asksForDays { try segment.days.check(range) }
    if !weights.isNeutral { try weights.check(range) }
  }

  private func rank(_ matches: PartMatches, window base: UInt32, into collector: inout TopKCollector) throws {
    try check(window: base, for: collector)
    guard case .all = mode, !scoringDecides else {
      return try rank(matches.held, tier: 0, window: base, into: &collector)
    }
    // Tier by tier from the top, so that what the better tiers bring raises the bar for the others.
    var title = matches.held
    title.formIntersection(matches.title)
    var literal = matches.held
    literal.formIntersection(matches.literal)
    literal.subtract(title)
    var full = matches.held
    full.subtract(title)
    full.subtract(literal)
    try rank(title, tier: 3, window: base, into: &collector)
    try rank(literal, tier: 2, window: base, into: &collector)
    try rank(full, tier: 1, window: base, into: &collector)
  }

  private func rank(
    _ documents: DocumentWindow, tier: UInt8, window base: UInt32, into collector: inout TopKCollector
  ) throws {
    guard let least = try collector.least(tier: tier), !documents.isEmpty else { return }
    try ranker.rank(documents, window: base, least: least / Double(weights.maximum)) { place, score in
      try collect(place, score, tier: tier, window: base, into: &collector)
    }
  }

  private func rank(listed count: Int, window base: UInt32, into collector: inout TopKCollector) throws {
    let least = try least(of: &collector)
    try ranker.rankListed(count, least: least) { place, score in
      try collect(place, score, tier: 0, window: base, into: &collector)
    }
  }

  /// The score without weights that a document of the lowest tier needs to have a chance.
  private func least(of collector: inout TopKCollector) throws -> Double {
    (try collector.least(tier: 0) ?? 0) / Double(weights.maximum)
  }

  private func collect(
    _ place: UInt32, _ score: Float, tier: UInt8, window base: UInt32, into collector: inout TopKCollector
  ) throws {
    let score = weights.isNeutral ? score : score * weights.factor(of: Int(base + place))
    if tier == 0, !collector.mayTake(score) { return }
    try add(base + place, score, tier: tier, to: &collector)
  }

  /// - Precondition: the columns of the document are checked.
  @inline(__always)
  private func add(
    _ document: UInt32, _ score: Float, tier: UInt8, to collector: inout TopKCollector
  ) throws {
    try collector.collect(
      document, ofSegment: number, rank: lengths.rank[document], tier: tier, score: score,
      day: collector.asksForDays ? segment.days[Int(document)] : 0)
  }
}
