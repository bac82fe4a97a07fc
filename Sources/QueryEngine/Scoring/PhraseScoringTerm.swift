import IndexFormat

/// A feature that is a phrase: its frequency is how often the words stand in order.
final class PhraseScoringTerm: ScoringTerm {
  private let matcher: PhraseMatcher
  /// Weight × inverse document frequency.
  private let weight: Float
  private let model: BM25F
  private let lengths: DocumentColumns
  /// As if each word by itself had the weight of the phrase: none stands more often than its rarest word.
  private let words: [PostingsScoringTerm]

  init(
    _ matcher: PhraseMatcher, weight: Float, model: BM25F, segment: SegmentReader, scratch: WindowScratch
  ) {
    self.matcher = matcher
    self.weight = weight
    self.model = model
    lengths = DocumentColumns(segment)
    words = matcher.words.map {
      PostingsScoringTerm($0.cursor, weight: weight, model: model, segment: segment, scratch: scratch)
    }
  }

  override func ceiling(window: Int) -> Double {
    words.reduce(Double.infinity) { min($0, $1.ceiling(window: window)) }
  }

  override func fill(_ documents: inout DocumentWindow, window base: UInt32) throws {
    var all = DocumentWindow(first: Int(DocumentWindow.size))
    all = try matcher.candidatesOfAllLists(window: base, among: all)
    documents.formUnion(all)
  }

  // Positions are dear: documents are always looked up.
  override func postingCount(inWindowOf documentCount: Int) -> Int { Int.max }

  override func add(
    to sums: UnsafeMutablePointer<Double>, window base: UInt32, places: UnsafeBufferPointer<UInt32>,
    least: Double
  ) throws {
    for place in places {
      let document = base + place
      let found: PhraseMatcher.Occurrences
      if matcher.countedWindow == base {
        found = matcher.occurrences[Int(place)]
      } else {
        guard let most = try fewest(in: document) else { continue }
        // A phrase stands no more often than its words, and all in the title is worth no less than some.
        if sums[Int(place)] + Double(weight * share(most, of: document)) * 1.000_01 < least { continue }
        found = try matcher.occurrences(in: document)
      }
      if found.all > 0 { sums[Int(place)] += Double(weight * share(found, of: document)) }
    }
  }

  private func share(_ found: PhraseMatcher.Occurrences, of document: UInt32) -> Float {
    lengths.share(of: document, frequency: found.all, titleFrequency: found.title, model)
  }

  /// The frequency of the rarest word, all in all and in the title; nil when a word is missing.
  private func fewest(in document: UInt32) throws -> PhraseMatcher.Occurrences? {
    var least = PhraseMatcher.Occurrences(all: .max, title: .max)
    for word in matcher.words {
      guard try word.cursor.find(document) else { return nil }
      let title = try word.cursor.titleFrequency
      let all = try word.cursor.frequency
      least.title = min(least.title, title)
      least.all = min(least.all, all >= title ? all - title : 0)
    }
    // Until here `all` counts the body alone.
    least.all = UInt32(clamping: UInt64(least.all) + UInt64(least.title))
    return least
  }
}
