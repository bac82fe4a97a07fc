/// Keeps the best k matches: up to twice as many, and of these the better half when they are full.
///
/// That costs a match a comparison or two, where a heap moves it through all its levels.
struct TopKCollector: ~Copyable {
  let capacity: Int
  private let order: RankingOrder
  private let matches: UnsafeMutablePointer<Match>
  private var count = 0
  /// The last of the best k, when they were last told from the others.
  private var weakest: Match?
  /// Of the lowest tier no match with a score below this has a place.
  private var leastScore = -Float.infinity

  /// Whether ids need never be compared.
  private let hasOneSegment: Bool

  /// What decides about places, and where the match is. Vectors, because they are moved and read whole: a load of what
  /// two stores have just written waits for both.
  private struct Match: BitwiseCopyable {
    /// The merit, and how far the rank is from the last possible one: the larger come first.
    private let decisive: SIMD2<UInt64>
    private let location: SIMD2<UInt64>

    init(merit: UInt64, rank: UInt32, document: UInt32, segment: Int) {
      decisive = SIMD2(merit, UInt64(UInt32.max - rank))
      location = SIMD2(UInt64(document), UInt64(truncatingIfNeeded: segment))
    }

    var merit: UInt64 { decisive[0] }
    var earliness: UInt64 { decisive[1] }
    var rank: UInt32 { UInt32.max - UInt32(truncatingIfNeeded: decisive[1]) }
    var score: Float { Float(bitPattern: UInt32(truncatingIfNeeded: merit)) }
    var tier: UInt8 { UInt8(truncatingIfNeeded: merit >> 32 & 3) }
    var document: UInt32 { UInt32(truncatingIfNeeded: location[0]) }
    var segment: Int { Int(truncatingIfNeeded: location[1]) }
  }

  init(capacity: Int, order: RankingOrder) {
    self.capacity = capacity
    self.order = order
    hasOneSegment = order.keys.count == 1
    matches = .allocate(capacity: 2 * max(capacity, 1))
  }

  deinit { matches.deallocate() }

  /// Whether days count, which are not read otherwise.
  var asksForDays: Bool { order.byDate }

  /// The score that a document of a tier needs to have a chance; 0 if any will do, nil if none.
  mutating func least(tier: UInt8) throws -> Double? {
    if capacity == 0 { return nil }
    if weakest == nil ? count >= capacity : count >= capacity + capacity / 4 { try cut() }
    guard let weakest, !order.byDate else { return 0 }
    if tier != weakest.tier { return tier > weakest.tier ? 0 : nil }
    return Double(weakest.score)
  }

  /// Whether a document with this score may have a place, if all are of one tier.
  @inline(__always)
  func mayTake(_ score: Float) -> Bool { score >= leastScore }

  /// - Parameters:
  ///   - rank: where the id of the document stands among those of the segment.
  ///   - day: 0 unless `asksForDays`.
  @inline(__always)
  mutating func collect(
    _ document: UInt32, ofSegment segment: Int, rank: UInt32, tier: UInt8, score: Float, day: UInt32
  ) throws {
    let match = Match(
      merit: order.merit(tier: tier, score: score, day: day), rank: rank, document: document, segment: segment
    )
    if let weakest, try !isBetter(match, weakest) { return }
    if count == 2 * capacity {
      if capacity == 0 { return }
      try cut()
      if let weakest, try !isBetter(match, weakest) { return }
    }
    (matches + count).initialize(to: match)
    count += 1
  }

  /// Throws away all but the best k, of at least as many; the last of them stands last (Hoare 1961, "Find").
  @inline(never)
  private mutating func cut() throws {
    var low = 0
    var high = count
    while high - low > 1 {
      let place = try part(low..<high)
      if place < capacity { low = place + 1 }
      if place >= capacity - 1 { high = place }
    }
    count = capacity
    weakest = matches[capacity - 1]
    if !order.byDate { leastScore = matches[capacity - 1].score }
  }

  /// Puts one of the matches where it belongs, those that are better before it; where that is.
  @inline(__always)
  private func part(_ range: Range<Int>) throws -> Int {
    let pivot = try takePivot(range)
    var place = range.lowerBound
    for i in range.dropFirst() {
      // Without a branch on the answer, which nobody could predict.
      let match = matches[i]
      matches[i] = matches[place + 1]
      matches[place + 1] = match
      place += try isBetter(match, pivot) ? 1 : 0
    }
    matches[range.lowerBound] = matches[place]
    matches[place] = pivot
    return place
  }

  /// Best first: parted as `cut` does, until few are left (Hoare 1961, "Quicksort").
  private func sort(_ range: Range<Int>) throws {
    var range = range
    while range.count > Self.few {
      let place = try part(range)
      let better = range.lowerBound..<place
      let others = place + 1..<range.upperBound
      // The smaller side first: the calls are never nested deeper than log₂ of the number of matches.
      try sort(better.count < others.count ? better : others)
      range = better.count < others.count ? others : better
    }
    for i in range.dropFirst() {
      let match = matches[i]
      var place = i
      while place > range.lowerBound, try isBetter(match, matches[place - 1]) {
        matches[place] = matches[place - 1]
        place -= 1
      }
      matches[place] = match
    }
  }

  /// So many are sorted by insertion.
  private static let few = 8

  /// The median of the first, the middle and the last, which is then the first.
  private func takePivot(_ range: Range<Int>) throws -> Match {
    let middle = range.lowerBound + range.count / 2
    let last = range.upperBound - 1
    var chosen = range.lowerBound
    let isBeforeMiddle = try isBetter(matches[chosen], matches[middle])
    if try isBeforeMiddle == isBetter(matches[chosen], matches[last]) {
      chosen = try isBeforeMiddle == isBetter(matches[middle], matches[last]) ? middle : last
    }
    let pivot = matches[chosen]
    matches[chosen] = matches[range.lowerBound]
    matches[range.lowerBound] = pivot
    return pivot
  }

  @inline(__always)
  private func isBetter(_ a: Match, _ b: Match) throws -> Bool {
    if !hasOneSegment, a.merit == b.merit, a.segment != b.segment {
      return try order.precedes((a.segment, a.document), (b.segment, b.document))
    }
    return a.merit != b.merit ? a.merit > b.merit : a.earliness > b.earliness
  }

  /// Best first.
  consuming func ranked() throws -> [RankedDocument] {
    if count > capacity { try cut() }
    try sort(0..<count)
    return UnsafeBufferPointer(start: matches, count: count).map {
      RankedDocument(
        segment: $0.segment, document: $0.document, rank: $0.rank, tier: $0.tier,
        day: order.byDate ? order.day(of: $0.merit) : 0, score: $0.score)
    }
  }
}
