import IndexFormat

/// The second stage: adds to the scores of the best candidates what only positions can tell.
///
/// The features of the first stage are one list each and cost no positions; these would cost the positions of
/// every match. So they are counted for the candidates that lead without them. What they add is never below
/// zero: whoever is not looked at still ranks below those who are, and pages still join.
struct AdjacencyScorer {
  /// Candidates that are looked at.
  static let candidates = 50

  /// One adjacency with its terms found out.
  private struct Term {
    var adjacency: Adjacency
    /// Places of `keys` of each place.
    var places: [Int]
    /// At most this many entries hold it.
    var documentFrequency: Int
    /// Weight × inverse document frequency.
    var weight: Float
  }

  private let snapshot: IndexSnapshot
  private let model: BM25F
  private var terms: [Term] = []
  /// The alternatives for each different place.
  private var keys: [[[UInt8]]] = []

  /// How rare an adjacency is says its rarest place, or pair of characters: it stands in no more entries.
  init(_ adjacencies: [Adjacency], snapshot: IndexSnapshot, model: BM25F, stems: StemWords) throws {
    self.snapshot = snapshot
    self.model = model
    let total = snapshot.statistics.documentCount
    var numbers: [[UInt8]: Int] = [:]
    for adjacency in adjacencies {
      let matching = try Self.documentFrequency(of: adjacency, snapshot: snapshot)
      guard matching > 0, matching <= total else { continue }
      var places: [Int] = []
      for place in adjacency.places {
        if let number = numbers[place] {
          places.append(number)
          continue
        }
        numbers[place] = keys.count
        places.append(keys.count)
        keys.append(place.first == Adjacency.stemKind ? try stems.words(withStem: place) : [place])
      }
      terms.append(
        Term(
          adjacency: adjacency, places: places, documentFrequency: matching,
          weight: adjacency.weight * inverseDocumentFrequency(matching: matching, of: total)))
    }
  }

  private static func documentFrequency(of adjacency: Adjacency, snapshot: IndexSnapshot) throws -> Int {
    var least = Int.max
    for key in adjacency.places { least = min(least, try snapshot.documentFrequency(of: key)) }
    for key in adjacency.pairs { least = min(least, try snapshot.documentFrequency(of: key)) }
    return least
  }

  var isEmpty: Bool { terms.isEmpty }

  /// No document gets more.
  var most: Float { terms.reduce(0) { $0 + $1.weight } }

  /// Adds to the scores of the first candidates and puts them in order again.
  ///
  /// - Parameter weights: of each segment; they apply to what is added as they did to the rest.
  func rescore(
    _ ranked: inout [RankedDocument], order: RankingOrder, weights: [EntryWeights]
  ) throws {
    guard !terms.isEmpty, !ranked.isEmpty else { return }
    let count = min(Self.candidates, ranked.count)
    let visits = (0..<count).sorted {
      (ranked[$0].segment, ranked[$0].document) < (ranked[$1].segment, ranked[$1].document)
    }
    var segment = -1
    var reader: PlaceReader?
    for i in visits {
      if ranked[i].segment != segment {
        segment = ranked[i].segment
        reader = try PlaceReader(keys, in: snapshot.segments[segment])
      }
      let document = Int(ranked[i].document)
      try weights[segment].check(document..<document + 1)
      let factor = weights[segment].factor(of: document)
      for share in try shares(of: ranked[i].document, in: snapshot.segments[segment], reader: reader) {
        ranked[i].score += share.score * factor
      }
    }
    let best = try ranked[..<count].sorted { try order.isBetter($0, $1) }
    ranked.replaceSubrange(..<count, with: best)
  }

  struct Share {
    var adjacency: Adjacency
    /// At most this many entries hold it.
    var documentFrequency: Int
    /// Weight × inverse document frequency.
    var weight: Float
    var titleFrequency: Int
    var bodyFrequency: Int
    var score: Float
  }

  /// What each adjacency adds to the score of one document.
  func shares(of document: UInt32, in segment: SegmentReader) throws -> [Share] {
    try shares(of: document, in: segment, reader: try PlaceReader(keys, in: segment))
  }

  private func shares(
    of document: UInt32, in segment: SegmentReader, reader: PlaceReader?
  ) throws -> [Share] {
    guard let reader else { return [] }
    try reader.move(to: document)
    var shares: [Share] = []
    for term in terms {
      let found = try reader.occurrences(term.places)
      guard found.title + found.body > 0 else { continue }
      let saturation = model.saturation(
        titleFrequency: UInt32(found.title), bodyFrequency: UInt32(found.body),
        titleLength: try segment.titleLengths.value(of: Int(document)),
        bodyLength: try segment.bodyLengths.value(of: Int(document)))
      shares.append(
        Share(
          adjacency: term.adjacency, documentFrequency: term.documentFrequency, weight: term.weight,
          titleFrequency: found.title,
          bodyFrequency: found.body, score: term.weight * saturation))
    }
    return shares
  }
}

/// Positions of several terms in one document after another. Documents ascend.
private final class PlaceReader {
  private struct Place {
    var cursors: [PostingsCursor]
    /// Position × 2, plus 1 in the title; ascending, once they are read.
    var positions: [UInt64] = []
    var isRead = false
  }

  private var places: [Place] = []
  private var document: UInt32 = 0
  private var scratch: [UInt32] = []

  init(_ keys: [[[UInt8]]], in segment: SegmentReader) throws {
    places = try keys.map { Place(cursors: try $0.compactMap { try segment.postings(of: $0) }) }
  }

  func move(to document: UInt32) throws {
    self.document = document
    for i in places.indices { places[i].isRead = false }
  }

  /// How often the places stand next to each other, in this order, in the title and elsewhere.
  func occurrences(_ numbers: [Int]) throws -> (title: Int, body: Int) {
    for number in numbers {
      try read(number)
      if places[number].positions.isEmpty { return (0, 0) }
    }
    var title = 0
    var body = 0
    var at = [Int](repeating: 0, count: numbers.count)
    starts: for start in places[numbers[0]].positions {
      for (offset, number) in numbers.enumerated().dropFirst() {
        let wanted = start + UInt64(offset) * 2
        while at[offset] < places[number].positions.count, places[number].positions[at[offset]] < wanted {
          at[offset] += 1
        }
        guard at[offset] < places[number].positions.count else { break starts }
        if places[number].positions[at[offset]] != wanted { continue starts }
      }
      if start & 1 == 1 { title += 1 } else { body += 1 }
    }
    return (title, body)
  }

  private func read(_ number: Int) throws {
    if places[number].isRead { return }
    places[number].isRead = true
    places[number].positions.removeAll(keepingCapacity: true)
    var lists = 0
    for cursor in places[number].cursors {
      try cursor.seek(to: document)
      guard cursor.docID == document else { continue }
      try cursor.positions(into: &scratch)
      let titleCount = min(Int(try cursor.titleFrequency), scratch.count)
      for (i, position) in scratch.enumerated() {
        places[number].positions.append(UInt64(position) << 1 | (i < titleCount ? 1 : 0))
      }
      lists += 1
    }
    if lists > 1 { places[number].positions.sort() }
  }
}
