import Glibc
import IndexFormat
import SearchTestSupport
import Testing

@testable import IndexWriting

/// The same algorithm, written down once more without a thought of speed: everything is counted and sorted anew in
/// every round.
private struct PlainBisection {
  let termsOf: [[UInt32]]

  func order() -> [UInt32] { order(Array(termsOf.indices)).map { UInt32($0) } }

  private func order(_ documents: [Int]) -> [Int] {
    guard documents.count > 2 * GraphBisection.smallestRange else { return documents }
    var halves = (
      left: Array(documents[..<(documents.count / 2)]), right: Array(documents[(documents.count / 2)...])
    )
    for _ in 0..<GraphBisection.roundLimit {
      let all = halves.left + halves.right
      let (inLeft, inRight) = (counts(of: halves.left), counts(of: halves.right))
      let gains = all.enumerated().map { place, document in
        let isLeft = place < halves.left.count
        let gain = termsOf[document].reduce(Int64(0)) { sum, term in
          var (left, right) = (inLeft[term] ?? 0, inRight[term] ?? 0)
          if left + right < 2 { return sum }
          if isLeft { left -= 1 } else { right -= 1 }
          let standsLeft = bits(left + 1, halves.left.count) + bits(right, halves.right.count)
          let standsRight = bits(left, halves.left.count) + bits(right + 1, halves.right.count)
          return sum + standsLeft - standsRight
        }
        return (gain: gain, place: place)
      }
      let ascending = gains.sorted { ($0.gain, $0.place) < ($1.gain, $1.place) }
      let chosen = Set(ascending.prefix(halves.left.count).map(\.place))
      // A document that leaves gives its place to one that comes.
      let leaving = halves.left.indices.filter { !chosen.contains($0) }
      let coming = halves.right.indices.filter { chosen.contains(halves.left.count + $0) }
      for (a, b) in zip(leaving, coming) { swap(&halves.left[a], &halves.right[b]) }
      if coming.count * GraphBisection.fewMoved <= all.count { break }
    }
    return order(halves.left.sorted()) + order(halves.right.sorted())
  }

  private func counts(of documents: [Int]) -> [UInt32: Int] {
    documents.reduce(into: [:]) { counts, document in
      for term in termsOf[document] { counts[term, default: 0] += 1 }
    }
  }

  /// The estimate for a term that `count` of `all` documents have.
  private func bits(_ count: Int, _ all: Int) -> Int64 {
    Int64(count) * (logarithm(all) - logarithm(count + 1))
  }

  private func logarithm(_ number: Int) -> Int64 { Int64((log2(Double(number)) * 65_536).rounded()) }
}

@Suite struct GraphBisectionTests {
  /// Documents that take most of their terms out of those of one of some topics.
  private func termsOf(
    _ documentCount: Int, topics: Int, termsPerTopic: Int, _ random: inout SplitMix64
  ) -> (terms: [[UInt32]], topics: [Int]) {
    let topicOf = (0..<documentCount).map { _ in Int.random(in: 0..<topics, using: &random) }
    let terms = topicOf.map { topic in
      let own = (0..<10).map { _ in
        UInt32(topic * termsPerTopic + Int.random(in: 0..<termsPerTopic, using: &random))
      }
      let any = (0..<4).map { _ in UInt32.random(in: 0..<UInt32(topics * termsPerTopic), using: &random) }
      return Set(own + any).sorted()
    }
    return (terms, topicOf)
  }

  private func features(_ termsOf: [[UInt32]]) -> DocumentFeatures {
    var starts: [UInt32] = [0]
    for terms in termsOf { starts.append(starts[starts.count - 1] + UInt32(terms.count)) }
    let all = termsOf.flatMap { $0 }
    return DocumentFeatures(starts: starts, features: all, termCount: Int(all.max() ?? 0) + 1)
  }

  @Test("the order is that of the plain algorithm, for any number of threads", arguments: UInt64(0)..<6)
  func agrees(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let documentCount = [0, 1, 256, 257, 600, 1_300][Int(seed)]
    let (terms, _) = termsOf(documentCount, topics: 5, termsPerTopic: 12, &random)
    let expected = PlainBisection(termsOf: terms).order()
    #expect(expected.sorted() == Array(0..<UInt32(documentCount)))
    for threadCount in 1...4 {
      let found = GraphBisection(features(terms)).order(by: WorkCrew(threadCount: threadCount))
      #expect(found == expected, "\(threadCount) threads")
    }
  }

  @Test("documents of a topic come together")
  func topics() {
    var random = SplitMix64(seed: 7)
    let (terms, topicOf) = termsOf(8_000, topics: 8, termsPerTopic: 40, &random)
    let order = GraphBisection(features(terms)).order(by: WorkCrew(threadCount: 2))
    func neighbours(_ documents: [Int]) -> Int {
      zip(documents, documents.dropFirst()).count { topicOf[$0] == topicOf[$1] }
    }
    #expect(neighbours(Array(0..<8_000)) < 1_200)
    #expect(neighbours(order.map { Int($0) }) > 7_000)
  }

  @Test("documents that have nothing in common stay as they are")
  func nothingInCommon() {
    let terms = (0..<1_000).map { [UInt32($0)] }
    let order = GraphBisection(features(terms)).order(by: WorkCrew())
    #expect(order == Array(0..<1_000))
    #expect(
      GraphBisection(features(Array(repeating: [], count: 1_000))).order(by: WorkCrew()) == Array(0..<1_000))
  }
}

@Suite struct SelectionTests {
  @Test("finds what stands there in sorted order", arguments: UInt64(0)..<20)
  func agrees(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var selection = Selection()
    for _ in 0..<40 {
      let count = Int.random(in: 1...(seed < 10 ? 8 : 2_000), using: &random)
      var numbers = Set<UInt64>()
      while numbers.count < count { numbers.insert(random.next() >> (Bool.random(using: &random) ? 0 : 50)) }
      let sorted = numbers.sorted()
      let all = [Array(numbers), sorted, sorted.reversed()].randomElement(using: &random) ?? []
      let rank = Int.random(in: 0...count, using: &random)
      #expect(selection.smallest(rank, of: all) == (rank < count ? sorted[rank] : .max))
    }
  }
}
