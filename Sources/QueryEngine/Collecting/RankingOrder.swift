import IndexFormat

/// Which of two matches comes first: tier, then score, ties by id. By date the day comes before both; no date
/// is last either way.
struct RankingOrder {
  let byDate: Bool
  var oldestFirst = false
  /// Ids, by place of the segment in the snapshot.
  let keys: [KeyTable]

  @inline(__always)
  func isBetter(_ a: RankedDocument, _ b: RankedDocument) throws -> Bool {
    if byDate, a.day != b.day {
      return oldestFirst && a.day != 0 && b.day != 0 ? a.day < b.day : a.day > b.day
    }
    if a.tier != b.tier { return a.tier > b.tier }
    if a.score != b.score { return a.score > b.score }
    return try precedes(a, b)
  }

  @inline(never)
  private func precedes(_ a: RankedDocument, _ b: RankedDocument) throws -> Bool {
    try keys[a.segment].precedes(Int(a.document), Int(b.document), in: keys[b.segment])
  }
}
