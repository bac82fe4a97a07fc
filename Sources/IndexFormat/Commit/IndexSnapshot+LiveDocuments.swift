extension IndexSnapshot {
  /// Calls the body with every live document and the number of its segment, by ascending bytes of the ids: the same
  /// order for the same entries, however they came into the index.
  package func eachLiveDocument(_ body: (_ document: Int, _ segment: Int) throws -> Void) throws {
    var ranks = [Int](repeating: 0, count: segments.count)
    var heads = try segments.indices.map { try nextLive(in: $0, from: &ranks[$0]) }
    while true {
      var first: Int?
      for (segment, document) in heads.enumerated() {
        guard let document else { continue }
        if let other = first, let least = heads[other],
          try segments[other].keys.precedes(least, document, in: segments[segment].keys)
        {
          continue
        }
        first = segment
      }
      guard let first, let document = heads[first] else { return }
      try body(document, first)
      heads[first] = try nextLive(in: first, from: &ranks[first])
    }
  }

  /// The first live document from a rank on in the order of ids; the rank is then that of the next one.
  private func nextLive(in number: Int, from rank: inout Int) throws -> Int? {
    let segment = segments[number]
    while rank < segment.documentCount {
      let document = try segment.keys.document(atRank: rank)
      rank += 1
      if segment.live?.isLive(document) ?? true { return document }
    }
    return nil
  }
}
