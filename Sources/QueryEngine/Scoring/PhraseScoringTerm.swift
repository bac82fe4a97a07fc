import CKernels
import IndexFormat

/// A feature that is a phrase: its frequency is how often the words stand in order.
final class PhraseScoringTerm: ScoringTerm {
  private let matcher: PhraseMatcher
  /// Weight × inverse document frequency.
  private let weight: Float
  private let model: BM25F
  private let lengths: DocumentColumns
  private let scratch: WindowScratch
  /// As if each word by itself had the weight of the phrase: none stands more often than its rarest word.
  private let words: [PostingsScoringTerm]

  init(
    _ matcher: PhraseMatcher, weight: Float, model: BM25F, factor: Float, lengths: DocumentColumns,
    scratch: WindowScratch
  ) {
    self.matcher = matcher
    self.weight = weight
    self.model = model
    self.lengths = lengths
    self.scratch = scratch
    words = matcher.words.map {
      PostingsScoringTerm(
        $0.cursor, weight: weight, model: model, factor: factor, lengths: lengths, scratch: scratch)
    }
  }

  override func ceilings(ofWindows shift: Int) -> [Double] {
    var least = words.first?.ceilings(ofWindows: shift) ?? []
    for word in words.dropFirst() {
      for (window, ceiling) in word.ceilings(ofWindows: shift).enumerated() {
        least[window] = min(least[window], ceiling)
      }
    }
    return least
  }

  override var documentFrequency: Int { matcher.cost }

  // Positions are dear: documents are always looked up.
  override func postingCount(inWindowOf documentCount: Int) -> Int { Int.max }

  override func list(
    into places: UnsafeMutablePointer<UInt32>, sums: UnsafeMutablePointer<Double>, window: Range<UInt32>,
    least: Double, listsAll: Bool
  ) throws -> Int {
    let base = window.lowerBound
    var count = try matcher.listCandidates(into: places, window: window)
    if least > 0, !listsAll, matcher.columnCount > 0, let rarest = words.first {
      // A phrase stands no more often than its rarest word, and positions are dear.
      count = try rarest.keep(
        places, count: count, window: base, least: least / 1.000_01, numbers: scratch.numbers,
        column: matcher.words[0].column, columns: matcher.columnCount)
    }
    count = try matcher.keep(places, count: count, window: base)
    for i in 0..<count { sums[i] = score(places[i], i, window: base) }
    return count
  }

  override func mark(
    _ documents: inout DocumentWindow, sums: UnsafeMutablePointer<Double>, window base: UInt32
  ) throws {
    let places = scratch.candidates
    let count = try matcher.keep(
      places, count: try matcher.listCandidates(into: places, window: base..<base + DocumentWindow.size),
      window: base)
    for i in 0..<count {
      let sum = documents.contains(places[i]) ? sums[Int(places[i])] : 0
      sums[Int(places[i])] = sum + score(places[i], i, window: base)
      documents.insert(places[i])
    }
  }

  override func keep(
    _ places: UnsafeMutablePointer<UInt32>, count: Int, sums: UnsafeMutablePointer<Double>,
    window base: UInt32, least: Double, keepsAll: Bool
  ) throws -> Int {
    let kept = try match(places, count: count, window: base)
    let matching = scratch.candidates
    var from = 0
    for i in 0..<kept {
      while places[from] != matching[i] { from += 1 }
      places[i] = matching[i]
      sums[i] = sums[from] + score(matching[i], i, window: base)
    }
    return kept
  }

  override func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafePointer<UInt32>, count: Int,
    least: Double
  ) throws {
    let kept = try match(places, count: count, window: base)
    let matching = scratch.candidates
    for i in 0..<kept { sums[Int(matching[i])] += score(matching[i], i, window: base) }
  }

  /// Copies those of the places where the phrase stands to the candidates of the scratch; how many.
  private func match(_ places: UnsafePointer<UInt32>, count: Int, window base: UInt32) throws -> Int {
    let candidates = scratch.candidates
    candidates.update(from: places, count: count)
    return try matcher.keep(
      candidates, count: try matcher.keepInAllLists(candidates, count: count, window: base), window: base)
  }

  /// What the phrase is worth in the document that the matcher kept as number `i`.
  @inline(__always)
  private func score(_ place: UInt32, _ i: Int, window base: UInt32) -> Double {
    let found = scratch.occurrences[i]
    return Double(
      weight * lengths.share(of: base + place, frequency: found.all, titleFrequency: found.title, model))
  }
}
