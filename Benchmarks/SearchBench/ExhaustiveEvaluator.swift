import Glibc
import SearchModel

/// Every answer of a query file by looking at every document: no index, no block, no bound, double precision.
///
/// The score is BM25 with k1 = 1.2 and b = .75, `idf · tf / (tf + k1 · (1 − b + b · length ÷ average))` summed over the
/// distinct words of the query; the tf of a phrase is how often it occurs, its idf the sum of those of its words.
struct ExhaustiveEvaluator {
  struct Answer {
    var count = 0
    /// Ids of matches that could be among the best, with their scores; more than `k` where scores tie.
    var scores: [String: Double] = [:]
    /// The k best scores, descending.
    var best: [Double] = []
    /// The ten values with most matches, then by value.
    var categories: [(value: String, count: Int)] = []
  }

  private struct Posting {
    let document: Int
    let positions: [Int]
  }

  private var numbers: [[UInt8]: Int] = [:]
  private var postings: [[Posting]] = []
  private var ids: [String] = []
  private var lengths: [Double] = []
  private var categories: [String] = []
  private var averageLength = 0.0

  init(_ corpus: Corpus, words: Set<String>) throws {
    for word in words { numbers[Array(word.utf8)] = numbers.count }
    postings = [[Posting]](repeating: [], count: numbers.count)
    try corpus.read { entry in
      var positions: [Int: [Int]] = [:]
      var length = 0
      entry.forEachToken { token in
        if let number = numbers[Array(token)] { positions[number, default: []].append(length) }
        length += 1
      }
      for (number, places) in positions {
        postings[number].append(Posting(document: ids.count, positions: places))
      }
      ids.append(entry.id)
      lengths.append(Double(length))
      categories.append(entry.comparedCategory)
    }
    averageLength = lengths.reduce(0, +) / Double(max(lengths.count, 1))
  }

  /// - Parameter operation: `term`, `and`, `or`, `phrase` or `miss`.
  func answer(_ words: [String], operation: String, best k: Int = 10) -> Answer {
    var scores: [Int: Double] = [:]
    if operation == "phrase", words.count > 1 {
      let idf = words.reduce(0) { $0 + self.idf($1) }
      for (document, count) in occurrences(of: words) { scores[document] = score(idf, count, document) }
    } else {
      let words = Set(words).sorted()
      var held: [Int: Int] = [:]
      for word in words {
        let idf = idf(word)
        for posting in list(word) {
          scores[posting.document, default: 0] += score(idf, posting.positions.count, posting.document)
          held[posting.document, default: 0] += 1
        }
      }
      if operation != "or" { scores = scores.filter { held[$0.key] == words.count } }
    }
    var answer = Answer(count: scores.count)
    answer.best = Array(scores.values.sorted(by: >).prefix(k))
    let least = (answer.best.last ?? 0) * (1 - 1e-3)
    for (document, score) in scores where score >= least { answer.scores[ids[document]] = score }
    var counts: [String: Int] = [:]
    for document in scores.keys { counts[categories[document], default: 0] += 1 }
    let sorted = counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    answer.categories = sorted.prefix(10).map { (value: $0.key, count: $0.value) }
    return answer
  }

  private func list(_ word: String) -> [Posting] { numbers[Array(word.utf8)].map { postings[$0] } ?? [] }

  private func idf(_ word: String) -> Double {
    let matching = Double(list(word).count)
    if matching == 0 { return 0 }
    return log(1 + (Double(ids.count) - matching + 0.5) / (matching + 0.5))
  }

  private func score(_ idf: Double, _ frequency: Int, _ document: Int) -> Double {
    let frequency = Double(frequency)
    return idf * frequency / (frequency + 1.2 * (0.25 + 0.75 * lengths[document] / averageLength))
  }

  /// How often words stand one after the other, by document.
  private func occurrences(of words: [String]) -> [Int: Int] {
    var starts: [Int: Set<Int>] = [:]
    for posting in list(words[0]) { starts[posting.document] = Set(posting.positions) }
    for (offset, word) in words.enumerated().dropFirst() {
      var next: [Int: Set<Int>] = [:]
      for posting in list(word) {
        guard let before = starts[posting.document] else { continue }
        let both = before.intersection(posting.positions.map { $0 - offset })
        if !both.isEmpty { next[posting.document] = both }
      }
      starts = next
    }
    return starts.mapValues(\.count)
  }
}
