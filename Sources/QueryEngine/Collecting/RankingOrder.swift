import IndexFormat

/// Which of two matches comes first: tier, then score, ties by id. By date the day comes before both; no date
/// is last either way.
struct RankingOrder {
  let byDate: Bool
  var oldestFirst = false
  /// Ids, by place of the segment in the snapshot.
  let keys: [KeyTable]

  /// What decides before the id does, as one number: the larger comes first.
  ///
  /// - Parameters:
  ///   - score: not below zero, so that its bits sort as it does.
  ///   - day: below 2³⁰, as every `CalendarDay` is.
  @inline(__always)
  func merit(tier: UInt8, score: Float, day: UInt32) -> UInt64 {
    let merit = UInt64(tier) << 32 | UInt64(score.bitPattern)
    if !byDate || day == 0 { return merit }
    let day = UInt64(min(day, 1 << 30 - 1))
    return (oldestFirst ? 1 << 30 - day : day) << 34 | merit
  }

  /// The day in a merit.
  func day(of merit: UInt64) -> UInt32 {
    let day = UInt32(truncatingIfNeeded: merit >> 34)
    return oldestFirst && day != 0 ? 1 << 30 - day : day
  }

  func isBetter(_ a: RankedDocument, _ b: RankedDocument) throws -> Bool {
    let (x, y) = (
      merit(tier: a.tier, score: a.score, day: a.day), merit(tier: b.tier, score: b.score, day: b.day)
    )
    if x != y { return x > y }
    if a.segment == b.segment { return a.rank < b.rank }
    return try precedes((a.segment, a.document), (b.segment, b.document))
  }

  /// Whether one id is before another, which is of another segment.
  @inline(never)
  func precedes(
    _ a: (segment: Int, document: UInt32), _ b: (segment: Int, document: UInt32)
  ) throws -> Bool {
    try keys[a.segment].precedes(Int(a.document), Int(b.document), in: keys[b.segment])
  }
}
