import IndexFormat
package import SearchModel
import TextAnalysis

/// Why an entry ranks where it ranks, or why it does not match.
package struct Explanation: Equatable, Sendable {
  /// What became of one part of the query in the entry.
  package struct Part: Equatable, Sendable {
    package var text: String
    package var isHeld: Bool
    package var isLiteral: Bool
    package var isInTitle: Bool
    /// Synonyms of the part that the entry holds.
    package var synonyms: [String]
    /// Why the entry does not hold it; nil when it does.
    package var reason: String?
  }

  /// The share of one feature in the score.
  package struct Share: Equatable, Sendable {
    package var term: String
    package var role: String
    package var weight: Float
    /// Entries that hold the term.
    package var documentFrequency: Int
    package var inverseDocumentFrequency: Float
    package var titleFrequency: Int
    package var bodyFrequency: Int
    package var score: Float
  }

  package var query: String
  package var id: String
  package var title: String
  /// Nil when the entry holds no part, or a condition keeps it out.
  package var match: MatchKind?
  /// "title", "literal", "full", "partial" or "none".
  package var tier: String
  /// Place in the answer, from 1, pinned entries counted; nil past the limit of a request.
  package var rank: Int?
  /// First because the site's owner or its author wants it so.
  package var isPinned: Bool
  /// The sum of the shares, times boost and recency.
  package var score: Float
  package var boost: Float
  /// 1 when recency does not count.
  package var recency: Float
  package var titleLength: Int
  package var bodyLength: Int
  package var parts: [Part]
  /// Conditions of the query that the entry does not meet, as typed, and what it has instead.
  package var failedConditions: [String]
  package var shares: [Share]
}

extension Explanation {
  /// As `RankedDocument` counts tiers.
  var rankedTier: UInt8 {
    switch tier {
    case "title": 3
    case "literal": 2
    case "full": 1
    default: 0
    }
  }
}

extension Searcher {
  /// Explains a query for one entry, by its id or its URL; nil when no entry has it.
  package func explain(_ request: SearchRequest, id: String) throws -> Explanation? {
    let plan = try plan(request)
    guard let place = try snapshot.place(of: id) else { return nil }
    let segment = snapshot.segments[place.segment]
    var explanation = try explain(plan, request, document: UInt32(place.document), in: segment)
    for i in explanation.parts.indices where !explanation.parts[i].isHeld {
      explanation.parts[i].reason = try reason(
        plan.parts[i], document: UInt32(place.document), in: segment)
    }
    explanation.isPinned =
      try request.order == .relevance
      && pins.entries(for: request.text).contains(
        PinTable.Entry(segment: place.segment, document: place.document))
      && explanation.failedConditions.isEmpty
    var all = request
    all.offset = 0
    all.limit = SearchRequest.limits.upperBound
    all.facets = []
    explanation.rank = try rankedIDs(all).firstIndex(of: explanation.id).map { $0 + 1 }
    return explanation
  }

  /// Everything but the reasons and the rank.
  func explain(
    _ plan: QueryPlan, _ request: SearchRequest, document: UInt32, in segment: SegmentReader
  ) throws -> Explanation {
    let base = document & ~(DocumentWindow.size - 1)
    var only = DocumentWindow()
    only.insert(document - base)
    let factory = MatcherFactory(segment: segment, scratch: scratch)
    var parts: [Explanation.Part] = []
    for part in plan.parts {
      let matches = try factory.matcher(for: part).match(window: base, among: only)
      let synonyms = try zip(part.alternatives, part.alternativeParts).filter {
        try !factory.matcher(for: $0.1).match(window: base, among: only).held.isEmpty
      }
      parts.append(
        Explanation.Part(
          text: part.description, isHeld: !matches.held.isEmpty, isLiteral: !matches.literal.isEmpty,
          isInTitle: !matches.title.isEmpty, synonyms: synonyms.map(\.0.text), reason: nil))
    }
    var failed: [String] = []
    for part in plan.excluded
    where try !factory.matcher(for: part).match(window: base, among: only).held.isEmpty {
      failed.append("-" + part.description)
    }
    for filter in plan.filters
    where try FilterMatcher(filter, in: segment).match(window: base, among: only).isEmpty {
      failed.append(filter.description + (try value(filter, of: document, in: segment)))
    }
    for filter in plan.excludedFilters
    where try !FilterMatcher(filter, in: segment).match(window: base, among: only).isEmpty {
      failed.append("-" + filter.description)
    }
    for (key, values) in plan.facetFilters.sorted(by: { $0.key.rawValue < $1.key.rawValue })
    where try FilterMatcher(key, anyOf: values, in: segment).match(window: base, among: only).isEmpty {
      failed.append(
        key.rawValue + "=" + values.joined(separator: ",")
          + (try value(.facet(key, []), of: document, in: segment)))
    }
    var shares = try shares(plan, document: document, in: segment)
    let number = snapshot.segments.firstIndex { $0 === segment } ?? 0
    if request.order == .relevance, plan.wholeTitles.contains(document, ofSegment: number) {
      let most = try plan.mostOfFeatures + adjacencyScorer(plan).most
      shares.append(
        Explanation.Share(
          term: request.text, role: WholeTitles.role, weight: most, documentFrequency: plan.wholeTitles.count,
          inverseDocumentFrequency: 1, titleFrequency: 1, bodyFrequency: 0, score: most))
    }
    let held = parts.filter(\.isHeld).count
    var match: MatchKind?
    if failed.isEmpty, !plan.isEmpty { match = held == parts.count ? .full : held > 0 ? .some : nil }
    let tier =
      switch match {
      case nil: "none"
      case .some(.some): "partial"
      case .some(.full):
        if !parts.isEmpty, parts.allSatisfy(\.isInTitle) {
          "title"
        } else if !parts.isEmpty, parts.allSatisfy(\.isLiteral) {
          "literal"
        } else {
          "full"
        }
      }
    let title = try segment.heads.head(of: Int(document)).title
    let weights = weights(of: segment)
    try weights.check(Int(document)..<Int(document) + 1)
    let boost = weights.boost(of: Int(document))
    let recency = weights.recency(of: Int(document))
    return Explanation(
      query: request.text, id: try segment.keys.id(of: Int(document)), title: title, match: match,
      tier: tier, rank: nil, isPinned: false, score: shares.reduce(0) { $0 + $1.score } * (boost * recency),
      boost: boost, recency: recency,
      titleLength: Int(try segment.titleLengths.value(of: Int(document))),
      bodyLength: Int(try segment.bodyLengths.value(of: Int(document))), parts: parts,
      failedConditions: failed,
      shares: shares)
  }

  /// What an entry has where a filter asks for something else.
  private func value(_ filter: Query.Filter, of document: UInt32, in segment: SegmentReader) throws -> String
  {
    let values: [String] =
      switch filter {
      case .facet(let key, _): try segment.facet(key).values(of: Int(document))
      case .after, .before:
        CalendarDay(number: try segment.days.value(of: Int(document))).map { [$0.iso] } ?? []
      case .nested: []
      }
    if case .nested = filter { return "" }
    return values.isEmpty ? " (it has none)" : " (it has \(values.prefix(4).joined(separator: ", ")))"
  }

  private func shares(
    _ plan: QueryPlan, document: UInt32, in segment: SegmentReader
  ) throws -> [Explanation.Share] {
    let titleLength = try segment.titleLengths.value(of: Int(document))
    let bodyLength = try segment.bodyLengths.value(of: Int(document))
    let total = snapshot.statistics.documentCount
    let shares = try plan.features.map { feature in
      let matching = try snapshot.documentFrequency(of: feature.key)
      var share = Explanation.Share(
        term: String(decoding: feature.key.dropFirst(), as: UTF8.self), role: feature.role.rawValue,
        weight: feature.weight, documentFrequency: matching,
        inverseDocumentFrequency: matching > 0 ? inverseDocumentFrequency(matching: matching, of: total) : 0,
        titleFrequency: 0, bodyFrequency: 0, score: 0)
      if let cursor = try segment.postings(of: feature.key) {
        try cursor.seek(to: document)
        if cursor.docID == document {
          let frequency = try cursor.frequency
          let title = min(try cursor.titleFrequency, frequency)
          share.titleFrequency = Int(title)
          share.bodyFrequency = Int(frequency - title)
          share.score =
            feature.weight * share.inverseDocumentFrequency
            * model.saturation(
              titleFrequency: title, bodyFrequency: frequency - title, titleLength: titleLength,
              bodyLength: bodyLength)
        }
      }
      return share
    }
    // Beyond the best fifty of an answer these are left out of the score.
    return try shares
      + adjacencyScorer(plan).shares(of: document, in: segment).map { share in
        Explanation.Share(
          term: share.adjacency.text, role: share.adjacency.role.rawValue, weight: share.adjacency.weight,
          documentFrequency: share.documentFrequency,
          inverseDocumentFrequency: share.weight / share.adjacency.weight,
          titleFrequency: share.titleFrequency, bodyFrequency: share.bodyFrequency, score: share.score)
      }
  }
}

extension Query.Part: CustomStringConvertible {
  /// The part as its folded text.
  package var description: String {
    let text =
      switch content {
      case .chunk(let chunk): chunk.foldedText
      case .exact(let chunks): "\"" + chunks.map(\.foldedText).joined(separator: " ") + "\""
      case .prefix(let chunk): chunk.parts.map(\.text).joined(separator: " ") + "*"
      }
    return scope == .title ? "title:" + text : text
  }
}

extension Query.Filter: CustomStringConvertible {
  package var description: String {
    switch self {
    case .facet(let key, let values): "\(key.rawValue):\(values.first ?? "")"
    case .after(let day): "after:\(CalendarDay(number: day)?.iso ?? "")"
    case .before(let day): "before:\(CalendarDay(number: day)?.iso ?? "")"
    case .nested: "filter"
    }
  }
}
