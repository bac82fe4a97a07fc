import IndexFormat
import QueryEngine
import SearchModel
import SearchTestSupport
import Testing
import TextAnalysis

/// The best matches alone, counts alone and facets alone, against a walk over every posting.
@Suite struct BestAgreementTests {
  private static let words = (0..<60).map { "w\($0)x" }

  /// Few words, so that lists are long and scores tie often; ids that are not in the order of documents.
  nonisolated(unsafe) private static let index = Result {
    var random = SplitMix64(seed: 11)
    func text(_ count: Int) -> String {
      (0..<count).map { _ in
        words[min(words.count - 1, Int(1 / Double.random(in: 0.012...1, using: &random)) - 1)]
      }
      .joined(separator: " ")
    }
    let entries = (0..<9_000).map { number in
      Entry(
        id: "\(number &* 7_919 % 9_001)", title: number % 3 == 0 ? text(2) : "",
        text: text(Int.random(in: 1...25, using: &random))
          // More words in a row than a phrase keeps the postings of.
          + (number % 40 == 0 ? " " + words.prefix(14).joined(separator: " ") : ""),
        category: ["c\(number % 13)"])
    }
    return try TestIndex(entries)
  }

  private struct Expected {
    /// Score by id.
    var scores: [String: Double] = [:]
    var categories: [String: Int] = [:]
  }

  private func key(_ word: String) -> [UInt8] { [TokenKind.latin.rawValue] + Array(word.utf8) }

  private func chunks(_ words: [String]) -> [QueryChunk] {
    [
      .latin(
        LatinChunk(parts: words.map { .init(text: $0, stem: nil, range: 0..<0) }, forms: [], range: 0..<0))
    ]
  }

  private func plan(_ groups: [[String]], weights: [Float]) -> QueryPlan {
    QueryPlan(
      parts: groups.map { Query.Part(content: .exact(chunks($0)), scope: .anywhere, range: 0..<0) },
      scoring: zip(groups, weights).map { group, weight in
        QueryPlan.WeightedFeature(
          content: group.count == 1 ? .term(key(group[0])) : .phrase(TermSequence(chunks(group))),
          weight: weight)
      })
  }

  /// Occurrences of words in a row, by document: (all, in the title).
  private func occurrences(_ group: [String], in segment: SegmentReader) throws -> [UInt32: (UInt32, UInt32)]
  {
    var places: [UInt32: (positions: [UInt32], titleCount: Int)] = [:]
    var found: [UInt32: (UInt32, UInt32)] = [:]
    for (offset, word) in group.enumerated() {
      guard let cursor = try segment.postings(of: key(word)) else { return [:] }
      var next: [UInt32: (positions: [UInt32], titleCount: Int)] = [:]
      var positions: [UInt32] = []
      while cursor.docID != PostingsCursor.end {
        try cursor.positions(into: &positions)
        if offset == 0 {
          next[cursor.docID] = (positions, Int(try cursor.titleFrequency))
        } else if let before = places[cursor.docID] {
          let kept = before.positions.enumerated().filter { positions.contains($0.element + UInt32(offset)) }
          if !kept.isEmpty {
            next[cursor.docID] = (kept.map(\.element), kept.count { $0.offset < before.titleCount })
          }
        }
        try cursor.advance()
      }
      places = next
    }
    for (document, place) in places {
      found[document] = (UInt32(place.positions.count), UInt32(place.titleCount))
    }
    return found
  }

  private func expected(
    _ groups: [[String]], weights: [Float], needsAll: Bool, on index: TestIndex, model: BM25F
  ) throws -> Expected {
    var expected = Expected()
    for segment in index.searcher.snapshot.segments {
      let found = try groups.map { try occurrences($0, in: segment) }
      for document in 0..<UInt32(segment.documentCount) {
        let held = found.count { $0[document] != nil }
        guard needsAll ? held == groups.count : held > 0 else { continue }
        var score = 0.0
        for (weight, places) in zip(weights, found) {
          guard let (all, title) = places[document] else { continue }
          score += Double(
            weight
              * model.saturation(
                titleFrequency: title, bodyFrequency: all - title,
                titleLength: try segment.titleLengths.value(of: Int(document)),
                bodyLength: try segment.bodyLengths.value(of: Int(document))))
        }
        expected.scores[try segment.keys.id(of: Int(document))] = score
        for value in try segment.facet(.category).values(of: Int(document)) {
          expected.categories[value, default: 0] += 1
        }
      }
    }
    return expected
  }

  @Test("what is best, how many there are and of which category", arguments: UInt64(0)..<60)
  func agrees(seed: UInt64) throws {
    let index = try Self.index.get()
    // A searcher serves one thread; the cases run side by side.
    let searcher = try Searcher(index.searcher.snapshot)
    var random = SplitMix64(seed: seed)
    let isPhrase = seed % 4 == 0
    let groups: [[String]]
    if seed % 8 == 0 {
      let start = Int.random(in: 0...3, using: &random)
      groups = [Array(Self.words[start..<start + Int.random(in: 8...11, using: &random)])]
    } else if isPhrase {
      groups = [
        (0..<Int.random(in: 2...3, using: &random)).map { _ in
          Self.words[Int.random(in: 0..<6, using: &random)]
        }
      ]
    } else {
      groups = Array(
        Set(
          (0..<Int.random(in: 1...5, using: &random)).map { _ in
            Self.words.randomElement(using: &random) ?? ""
          })
      )
      .sorted().map { [$0] }
    }
    let weights = groups.map { _ in Float.random(in: 0.1...9, using: &random) }
    let needsAll = isPhrase || seed % 2 == 0
    var sums = SegmentStatistics()
    for segment in searcher.snapshot.segments {
      sums.documentCount += segment.statistics.documentCount
      sums.titleLength += segment.statistics.titleLength
      sums.bodyLength += segment.statistics.bodyLength
    }
    let expected = try expected(groups, weights: weights, needsAll: needsAll, on: index, model: BM25F(sums))
    let plan = plan(groups, weights: weights)
    let order = expected.scores.sorted { a, b in
      Float(a.value) != Float(b.value)
        ? a.value > b.value : a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
    }
    #expect(try searcher.count(plan, needsAll: needsAll) == order.count)
    for limit in [1, 10, 100] {
      let both = try searcher.best(limit, andCountOf: plan, needsAll: needsAll)
      #expect(both.total == order.count)
      for best in [try searcher.best(limit, of: plan, needsAll: needsAll), both.ranked] {
        let found = try best.map { try searcher.snapshot.segments[$0.segment].keys.id(of: Int($0.document)) }
        #expect(found == order.prefix(limit).map(\.key))
        #expect(best.map(\.score) == order.prefix(limit).map { Float($0.value) })
      }
    }
    let facets = try searcher.facet(.category, of: plan, needsAll: needsAll, limit: .max)
    #expect(Dictionary(uniqueKeysWithValues: facets.map { ($0.value, $0.count) }) == expected.categories)
    let sorted = facets.map { (-$0.count, $0.value) }
    #expect(sorted.map(\.1) == sorted.sorted { $0 < $1 }.map(\.1))
    #expect(
      try searcher.facet(.category, of: plan, needsAll: needsAll, limit: 3).map(\.value)
        == facets.prefix(3).map(\.value))
  }

  @Test("facets of a segment that is wider than any window", arguments: [["w1x"], ["w1x", "w2x"]])
  func wide(words: [String]) throws {
    let entries = (0..<66_000).map {
      Entry(
        id: "\($0)", title: $0 % 3 == 0 ? "w1x" : "other", text: $0 % 7 == 0 ? "w2x" : "",
        category: ["c\($0 % 5)"])
    }
    let searcher = try TestIndex(entries).searcher
    let plan = plan(words.map { [$0] }, weights: words.map { _ in 1 })
    let matching = (0..<66_000).filter { $0 % (words.count == 1 ? 3 : 21) == 0 }
    let facets = try searcher.facet(.category, of: plan, needsAll: true, limit: .max)
    #expect(
      Dictionary(uniqueKeysWithValues: facets.map { ($0.value, $0.count) })
        == Dictionary(grouping: matching) { "c\($0 % 5)" }.mapValues(\.count))
    #expect(try searcher.count(plan, needsAll: true) == matching.count)
  }
}
