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
  package var score: Float
  package var titleLength: Int
  package var bodyLength: Int
  package var parts: [Part]
  /// Conditions of the query that the entry does not meet, as typed.
  package var failedConditions: [String]
  package var shares: [Share]
}

extension Searcher {
  /// Explains a query for one entry; nil when no entry has the id.
  package func explain(_ request: SearchRequest, id: String) throws -> Explanation? {
    let plan = try plan(request)
    for segment in snapshot.segments {
      guard let document = try segment.keys.document(withID: id), segment.live?.isLive(document) ?? true
      else {
        continue
      }
      return try explain(plan, request, document: UInt32(document), in: segment, id: id)
    }
    return nil
  }

  private func explain(
    _ plan: QueryPlan, _ request: SearchRequest, document: UInt32, in segment: SegmentReader, id: String
  ) throws -> Explanation {
    let base = document & ~(DocumentWindow.size - 1)
    var only = DocumentWindow()
    only.insert(document - base)
    let factory = MatcherFactory(segment: segment)
    var parts: [Explanation.Part] = []
    for part in plan.parts {
      let matches = try factory.matcher(for: part).match(window: base, among: only)
      parts.append(
        Explanation.Part(
          text: part.description, isHeld: !matches.held.isEmpty, isLiteral: !matches.literal.isEmpty,
          isInTitle: !matches.title.isEmpty))
    }
    var failed: [String] = []
    for part in plan.excluded
    where try !factory.matcher(for: part).match(window: base, among: only).held.isEmpty {
      failed.append("-" + part.description)
    }
    for filter in plan.filters
    where try FilterMatcher(filter, in: segment).match(window: base, among: only).isEmpty {
      failed.append(filter.description)
    }
    for filter in plan.excludedFilters
    where try !FilterMatcher(filter, in: segment).match(window: base, among: only).isEmpty {
      failed.append("-" + filter.description)
    }
    for (key, values) in plan.facetFilters.sorted(by: { $0.key.rawValue < $1.key.rawValue })
    where try FilterMatcher(key, anyOf: values, in: segment).match(window: base, among: only).isEmpty {
      failed.append(key.rawValue + "=" + values.joined(separator: ","))
    }
    let shares = try shares(plan, document: document, in: segment)
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
    let fields = try segment.storedFields().fields(of: Int(document))
    return Explanation(
      query: request.text, id: id, title: fields.title, match: match, tier: tier,
      score: shares.reduce(0) { $0 + $1.score },
      titleLength: Int(try segment.titleLengths.value(of: Int(document))),
      bodyLength: Int(try segment.bodyLengths.value(of: Int(document))), parts: parts,
      failedConditions: failed,
      shares: shares)
  }

  private func shares(
    _ plan: QueryPlan, document: UInt32, in segment: SegmentReader
  ) throws -> [Explanation.Share] {
    let titleLength = try segment.titleLengths.value(of: Int(document))
    let bodyLength = try segment.bodyLengths.value(of: Int(document))
    let total = snapshot.segments.reduce(0) { $0 + $1.documentCount }
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
          let title = min(cursor.titleFrequency, cursor.frequency)
          share.titleFrequency = Int(title)
          share.bodyFrequency = Int(cursor.frequency - title)
          share.score =
            feature.weight * share.inverseDocumentFrequency
            * model.saturation(
              titleFrequency: title, bodyFrequency: cursor.frequency - title, titleLength: titleLength,
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
    case .facet(let key, let value): "\(key.rawValue):\(value)"
    case .after(let day): "after:\(CalendarDay(number: day)?.iso ?? "")"
    case .before(let day): "before:\(CalendarDay(number: day)?.iso ?? "")"
    }
  }
}
