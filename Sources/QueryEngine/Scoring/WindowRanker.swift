import CKernels
import IndexFormat

/// Scores documents of one window, and leaves out those that cannot reach a given score.
///
/// Terms are added from the one that can add most to the one that can add least. What is left to come bounds every
/// document from above, so the set of documents that still count shrinks, and once it is small they are looked up
/// instead of walking the lists (Turtle & Flood 1995, "MaxScore", with the bounds of blocks).
final class WindowRanker {
  /// Looking up one document costs about as much as walking this many postings.
  private static let lookUpCost = 6

  private let terms: [ScoringTerm]
  private let postingCounts: [Int]
  private let scratch: WindowScratch
  private var order: [Int]
  private var ceilings: [Double]
  /// What the terms of `order` from each place on can add, and one more of zero.
  private var rest: [Double]

  init(_ terms: [ScoringTerm], documentCount: Int, scratch: WindowScratch) {
    self.terms = terms
    self.scratch = scratch
    postingCounts = terms.map { $0.postingCount(inWindowOf: documentCount) }
    order = Array(terms.indices)
    ceilings = [Double](repeating: 0, count: terms.count)
    rest = [Double](repeating: 0, count: terms.count + 1)
  }

  /// Learns what each term can add in a window. To be called before the others.
  ///
  /// - Returns: what no document of the window exceeds.
  func enter(window base: UInt32) -> Double {
    let window = Int(base) >> DocumentWindow.shift
    for i in terms.indices { ceilings[i] = terms[i].ceiling(window: window) }
    order.sort { ceilings[$0] != ceilings[$1] ? ceilings[$0] > ceilings[$1] : $0 < $1 }
    for place in order.indices.reversed() { rest[place] = rest[place + 1] + ceilings[order[place]] }
    return rest[0]
  }

  /// Documents of the entered window that may reach `least`, if only documents that hold a scoring term can.
  ///
  /// Terms that cannot lift a document to `least` together are left out: who holds only those is no candidate.
  func essential(window base: UInt32, least: Double) throws -> DocumentWindow {
    var documents = DocumentWindow()
    for (number, index) in order.enumerated() {
      if ceilings[index] == 0 || rest[number] < least { break }
      try terms[index].fill(&documents, window: base)
    }
    return documents
  }

  /// Calls `body` with the place and the score of each document that may reach `least`; all of them if it is zero.
  /// Scores are exact.
  func rank(
    _ documents: DocumentWindow, window base: UInt32, least: Double,
    _ body: (_ place: UInt32, _ score: Float) throws -> Void
  ) throws {
    if rest[0] < least { return }
    let sums = scratch.sums
    let places = scratch.places
    var count = documents.list(into: places)
    // Rounding must not cost a document its place.
    let least = least - least * 1e-6
    for i in 0..<count { sums[Int(places[i])] = 0 }
    for (number, index) in order.enumerated() where ceilings[index] > 0 {
      if count == 0 { return }
      if count * Self.lookUpCost < postingCounts[index] {
        try terms[index].add(
          to: sums, window: base, places: UnsafeBufferPointer(start: places, count: count),
          least: least - rest[number + 1])
      } else {
        try terms[index].addAll(to: sums, window: base)
      }
      if least > 0 { count = kernel_keep(places, count, sums, least - rest[number + 1]) }
    }
    for i in 0..<count { try body(places[i], Float(sums[Int(places[i])])) }
  }
}
