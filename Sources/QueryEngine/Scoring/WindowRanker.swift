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
  /// From the term that can add most in the entered window to the one that can add least.
  private var order: [Int]
  /// From the term in the fewest documents to the one in most.
  private let byFrequency: [Int]
  /// What each term can add in each window, window by window.
  private var ceilingTable: [Double] = []
  private let windowCount: Int
  /// log₂ of the documents of a window.
  private let shift: Int
  /// Of the entered window.
  private var ceilings: [Double]
  /// What the terms of `order` from each place on can add, and one more of zero.
  private var rest: [Double]

  init(
    _ terms: [ScoringTerm], documentCount: Int, shift: Int = DocumentWindow.shift, scratch: WindowScratch
  ) {
    self.terms = terms
    self.scratch = scratch
    self.shift = shift
    windowCount = (documentCount + 1 << shift - 1) >> shift
    postingCounts = terms.map { $0.postingCount(inWindowOf: documentCount) }
    order = Array(terms.indices)
    byFrequency = terms.indices.sorted { terms[$0].documentFrequency < terms[$1].documentFrequency }
    ceilings = [Double](repeating: 0, count: terms.count)
    rest = [Double](repeating: 0, count: terms.count + 1)
  }

  /// Learns what each term can add in a window. To be called before the others.
  ///
  /// - Returns: what no document of the window exceeds.
  func enter(window base: UInt32) -> Double {
    if ceilingTable.isEmpty { ceilingTable = table() }
    let start = (Int(base) >> shift) * terms.count
    for i in 0..<terms.count { ceilings[i] = ceilingTable[start + i] }
    // By insertion: there are few, and mostly they are in order already.
    for place in 1..<max(order.count, 1) {
      let index = order[place]
      var to = place
      while to > 0, isLess(order[to - 1], index) {
        order[to] = order[to - 1]
        to -= 1
      }
      order[to] = index
    }
    for place in order.indices.reversed() { rest[place] = rest[place + 1] + ceilings[order[place]] }
    return rest[0]
  }

  @inline(__always)
  private func isLess(_ a: Int, _ b: Int) -> Bool {
    ceilings[a] != ceilings[b] ? ceilings[a] < ceilings[b] : a > b
  }

  private func table() -> [Double] {
    var table = [Double](repeating: 0, count: windowCount * terms.count)
    for (number, term) in terms.enumerated() {
      for (window, ceiling) in term.ceilings(ofWindows: shift).enumerated() where window < windowCount {
        table[window * terms.count + number] = ceiling
      }
    }
    return table
  }

  // MARK: Finding documents by their scores

  /// Lists the documents that hold every term, their sums complete and beside them; how many.
  ///
  /// - Parameters:
  ///   - least: documents below it may be left out, or have sums that are too small, but none that reaches it.
  ///   - listsAll: whether none is left out.
  func listAll(window base: UInt32, least: Double, listsAll: Bool) throws -> Int {
    let window = base..<base + 1 << UInt32(shift)
    let sums = scratch.listedSums
    let places = scratch.places
    let least = least - least * 1e-6
    var rest = 0.0
    for index in byFrequency {
      if ceilings[index] == 0 { return 0 }
      rest += ceilings[index]
    }
    if rest < least, !listsAll { return 0 }
    var count = 0
    for (number, index) in byFrequency.enumerated() {
      rest -= ceilings[index]
      // What rounding leaves over must not cost a document its place.
      let missing = number + 1 < byFrequency.count ? max(rest, 0) * 1.000_001 : 0
      count =
        number == 0
        ? try terms[index].list(
          into: places, sums: sums, window: window, least: least - missing, listsAll: listsAll)
        : try terms[index].keep(
          places, count: count, sums: sums, window: base, least: least - missing, keepsAll: listsAll)
      if least > 0, !listsAll { count = kernel_keep_listed(places, count, sums, least - missing) }
      if count == 0 { return 0 }
    }
    return count
  }

  /// Calls `body` with the place and the score of each document that `listAll` listed and that reaches `least`.
  func rankListed(
    _ count: Int, least: Double, _ body: (_ place: UInt32, _ score: Float) throws -> Void
  ) throws {
    let sums = scratch.listedSums
    let places = scratch.places
    // Rounding must not cost a document its place.
    let count = least > 0 ? kernel_keep_listed(places, count, sums, least - least * 1e-6) : count
    for i in 0..<count { try body(places[i], Float(sums[i])) }
  }

  /// Documents in the scratch.
  struct Listed {
    var count: Int
    /// How many terms of the order their sums hold.
    var added: Int
  }

  /// Lists the documents that hold a term and may reach `least`.
  ///
  /// Terms that cannot lift a document to `least` together are left out: who holds only those is no candidate.
  func listAny(window base: UInt32, least: Double) throws -> Listed {
    let sums = scratch.sums
    let places = scratch.places
    let least = least - least * 1e-6
    var essential = 0
    while essential < order.count, ceilings[order[essential]] > 0, rest[essential] >= least { essential += 1 }
    if essential == 0 { return Listed(count: 0, added: 0) }
    var count: Int
    if essential == 1 {
      let listed = scratch.listedSums
      count = try terms[order[0]].list(
        into: places, sums: listed, window: base..<base + DocumentWindow.size, least: least - rest[1],
        listsAll: false)
      if least > 0 { count = kernel_keep_listed(places, count, listed, least - rest[1]) }
      for i in 0..<count { sums[Int(places[i])] = listed[i] }
    } else {
      var documents = DocumentWindow()
      for index in order.prefix(essential) { try terms[index].mark(&documents, sums: sums, window: base) }
      count = documents.list(into: places)
      if least > 0 { count = kernel_keep(places, count, sums, least - rest[essential]) }
    }
    return Listed(count: count, added: essential)
  }

  // MARK: Scoring

  /// Calls `body` with the place and the score of each document that may reach `least`; all of them if it is zero.
  /// Scores are exact.
  func rank(
    _ documents: DocumentWindow, window base: UInt32, least: Double,
    _ body: (_ place: UInt32, _ score: Float) throws -> Void
  ) throws {
    if rest[0] < least { return }
    let count = documents.list(into: scratch.places)
    for i in 0..<count { scratch.sums[Int(scratch.places[i])] = 0 }
    try rank(Listed(count: count, added: 0), window: base, least: least, body)
  }

  /// The same for documents that are listed.
  func rank(
    _ listed: Listed, window base: UInt32, least: Double,
    _ body: (_ place: UInt32, _ score: Float) throws -> Void
  ) throws {
    let sums = scratch.sums
    let places = scratch.places
    var count = listed.count
    // Rounding must not cost a document its place.
    let least = least - least * 1e-6
    if least > 0, listed.added == order.count { count = kernel_keep(places, count, sums, least) }
    for number in listed.added..<order.count where ceilings[order[number]] > 0 {
      let index = order[number]
      if count == 0 { return }
      if count * Self.lookUpCost < postingCounts[index] {
        try terms[index].add(
          to: sums, window: base, places: places, count: count, least: least - rest[number + 1])
      } else {
        try terms[index].addAll(to: sums, window: base)
      }
      if least > 0 { count = kernel_keep(places, count, sums, least - rest[number + 1]) }
    }
    for i in 0..<count { try body(places[i], Float(sums[Int(places[i])])) }
  }
}
