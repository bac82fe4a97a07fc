import IndexWriting
import SearchTestSupport
import Testing

@Suite struct MergePolicyTests {
  private typealias Size = MergePolicy.SegmentSize

  private static func size(_ byteCount: Int, documents: Int = 100, live: Int? = nil) -> Size {
    Size(byteCount: byteCount, documentCount: documents, liveCount: live ?? documents)
  }

  private let policy = MergePolicy()

  @Test("few segments are left alone, whatever their sizes")
  func few() {
    #expect(policy.groups(of: []).isEmpty)
    #expect(policy.groups(of: [Self.size(1)]).isEmpty)
    #expect(policy.groups(of: [Self.size(1), Self.size(5), Self.size(1 << 40)]).isEmpty)
  }

  @Test("a full tier becomes one, and what it becomes may fill the next")
  func tiers() {
    let small = Self.size(500_000)
    let medium = Self.size(2 << 20)
    #expect(policy.groups(of: [small, medium, small, small]) == [[0, 2, 3]])
    #expect(policy.groups(of: [medium, medium, small, small, small]) == [[0, 1, 2, 3, 4]])
    #expect(policy.groups(of: [small, small, medium, medium]).isEmpty)
  }

  @Test("too many segments become fewer where two differ least in size")
  func tooMany() {
    let sizes = (0..<9).map { Self.size(9 << (20 + 4 * $0)) } + [Self.size(11 << 40)]
    var policy = policy
    policy.maximumSegmentCount = 9
    #expect(policy.groups(of: sizes) == [[5, 9]])
  }

  @Test("deleted entries are reclaimed from where most of them are")
  func deletions() {
    let clean = Self.size(50 << 20, documents: 1_000)
    let stale = Self.size(1 << 20, documents: 500, live: 50)
    #expect(policy.groups(of: [clean, stale]) == [[1]])
    #expect(policy.groups(of: [clean, Self.size(1 << 20, documents: 400, live: 100)]).isEmpty)
    #expect(policy.groups(of: [Self.size(8 << 20, documents: 100, live: 70)]) == [[0]])
    #expect(policy.groups(of: [Self.size(8 << 20, documents: 100, live: 75)]).isEmpty)
  }

  @Test("the bounds hold for any sizes, and no segment is merged twice", arguments: UInt64(0)..<200)
  func bounds(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let sizes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      let documents = Int.random(in: 1...1_000, using: &random)
      return Size(
        byteCount: 1 << Int.random(in: 0...35, using: &random), documentCount: documents,
        liveCount: Int.random(in: 1...documents, using: &random))
    }
    let groups = policy.groups(of: sizes)
    let merged = groups.flatMap { $0 }
    #expect(Set(merged).count == merged.count)
    #expect(groups.allSatisfy { $0 == $0.sorted() && !$0.isEmpty })
    #expect(sizes.count - merged.count + groups.count <= policy.maximumSegmentCount)
    let kept = sizes.indices.filter { !merged.contains($0) }.map { sizes[$0] }
    let live = sizes.reduce(0) { $0 + $1.liveCount }
    let deleted = kept.reduce(0) { $0 + $1.deletedCount }
    #expect(Double(deleted) <= policy.largestDeletedShare * Double(live + deleted) + 1e-9)
    #expect(policy.groups(of: sizes) == groups)
  }

  @Test("over ten thousand runs every entry is rewritten a few times, not once per run")
  func amortized() {
    var sizes: [Size] = []
    var written = 0
    let added = Self.size(100_000, documents: 10)
    for _ in 0..<10_000 {
      sizes.append(added)
      let groups = policy.groups(of: sizes)
      for group in groups { written += group.reduce(0) { $0 + sizes[$1].byteCount } }
      let merged = Set(groups.flatMap { $0 })
      let wholes = groups.map { group in
        Self.size(
          group.reduce(0) { $0 + sizes[$1].byteCount },
          documents: group.reduce(0) { $0 + sizes[$1].documentCount })
      }
      sizes = sizes.indices.filter { !merged.contains($0) }.map { sizes[$0] } + wholes
    }
    #expect(Double(written) / Double(10_000 * added.byteCount) < 12)
  }
}
