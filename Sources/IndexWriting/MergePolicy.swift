/// Which segments of an index become one, so that there are few and deleted entries do not pile up.
///
/// Tiered by live size: `fanOut` segments of one tier become one, and a tier reaches `tierRatio` times as far as the
/// one below. So a byte is rewritten some ten times over ten thousand runs, not once per run. Two rules stand above
/// that: no more than `maximumSegmentCount` segments (the two next to each other in size that differ least become
/// one), and no more than a share of deleted entries. What it says depends on the sizes alone.
package struct MergePolicy: Sendable {
  /// What the policy sees of a segment.
  package struct SegmentSize: Equatable, Sendable {
    package var byteCount: Int
    package var documentCount: Int
    package var liveCount: Int

    package init(byteCount: Int, documentCount: Int, liveCount: Int) {
      self.byteCount = byteCount
      self.documentCount = documentCount
      self.liveCount = liveCount
    }

    /// Bytes that a merge would have to write, about.
    var liveBytes: Double { Double(byteCount) * Double(liveCount) / Double(max(documentCount, 1)) }
    package var deletedCount: Int { documentCount - liveCount }
  }

  /// Segments of one tier that become one.
  package var fanOut = 3
  package var tierRatio = 8
  package var maximumSegmentCount = 8
  /// Segments below this are all of the lowest tier, in bytes: to write one takes some milliseconds.
  package var smallest = 1 << 20
  /// Deleted entries per entry of the index, from which on the segment with most of them is rewritten.
  package var largestDeletedShare = 0.25

  package init() {}

  /// Groups of segment numbers, each ascending and to be merged into one; a group of one is rewritten. No number
  /// stands in two groups. Segments without a live entry need no merge: they are left out before.
  package func groups(of sizes: [SegmentSize]) -> [[Int]] {
    /// A segment as it will be: one of now, or a group.
    struct Part {
      var numbers: [Int]
      var liveBytes: Double
      var documentCount: Int
      var deletedCount: Int
    }
    func merged(_ parts: [Part]) -> Part {
      let live = parts.reduce(0) { $0 + $1.documentCount - $1.deletedCount }
      return Part(
        numbers: parts.flatMap(\.numbers).sorted(), liveBytes: parts.reduce(0) { $0 + $1.liveBytes },
        documentCount: live, deletedCount: 0)
    }
    var isRewritten = [Bool](repeating: false, count: sizes.count)
    var parts = sizes.enumerated().map { number, size in
      Part(
        numbers: [number], liveBytes: size.liveBytes, documentCount: size.documentCount,
        deletedCount: size.deletedCount)
    }
    // Deletions first: what is rewritten anyway may then meet its tier.
    while true {
      let all = parts.reduce(0) { $0 + $1.documentCount }
      let deleted = parts.reduce(0) { $0 + $1.deletedCount }
      guard Double(deleted) > largestDeletedShare * Double(all),
        let worst = parts.indices.max(by: { parts[$0].deletedCount < parts[$1].deletedCount })
      else { break }
      isRewritten[parts[worst].numbers[0]] = true
      parts[worst] = merged([parts[worst]])
    }
    // Equal sizes in the order of segments, so that the same sizes always give the same groups.
    func isSmaller(_ a: Part, _ b: Part) -> Bool {
      a.liveBytes != b.liveBytes ? a.liveBytes < b.liveBytes : a.numbers[0] < b.numbers[0]
    }
    func merge(_ range: Range<Int>) {
      let whole = merged(Array(parts[range]))
      parts.removeSubrange(range)
      parts.insert(whole, at: parts.firstIndex { !isSmaller($0, whole) } ?? parts.count)
    }
    parts.sort(by: isSmaller)
    let floor = Double(max(smallest, 1))
    var start = 0
    var bound = floor
    while start < parts.count {
      let end = parts.firstIndex { $0.liveBytes >= bound } ?? parts.count
      if end - start >= max(fanOut, 2) { merge(start..<end) }
      // What a full tier became may belong to the next one.
      start = parts.firstIndex { $0.liveBytes >= bound } ?? parts.count
      bound *= Double(max(tierRatio, 2))
    }
    while parts.count > max(maximumSegmentCount, 1) {
      func difference(_ i: Int) -> Double {
        max(parts[i + 1].liveBytes, floor) / max(parts[i].liveBytes, floor)
      }
      let pair = (0..<parts.count - 1).min { difference($0) < difference($1) } ?? 0
      merge(pair..<pair + 2)
    }
    return parts.filter { $0.numbers.count > 1 || isRewritten[$0.numbers[0]] }.map(\.numbers)
      .sorted { $0[0] < $1[0] }
  }
}
