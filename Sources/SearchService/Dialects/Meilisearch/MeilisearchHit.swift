import QueryEngine
import SearchModel

/// Writes found entries as the hits that a query asked for.
struct MeilisearchHitWriter {
  /// Bytes of an answer: a thousand hits with long texts are refused before they fill the memory.
  private static let answerLimit = 32 << 20

  let query: MeilisearchQuery
  let highlighter: Highlighter
  let deadline: Deadline

  private var tags: HighlightTags { HighlightTags(before: query.preTag, after: query.postTag) }

  /// 0 to 1, in the order of the answer: a quarter for each tier, inside it by score.
  static func rankingScore(_ found: FoundEntry) -> Double {
    let score = Double(max(found.score, 0))
    return (Double(found.tier) + score / (1 + score)) / 4
  }

  /// - Parameter more: members that stand behind the attributes.
  /// - Throws: `MeilisearchError` when the answer gets too large, `Deadline.Passed`.
  func write(_ found: FoundEntry, to json: inout JSONWriter, _ more: (inout JSONWriter) -> Void = { _ in })
    throws
  {
    try deadline.check()
    guard json.bytes.count < Self.answerLimit else {
      throw MeilisearchError.bad(
        "invalid_search_limit", "The answer has more than 32 MiB; ask for fewer hits or attributes.")
    }
    let attributes = MeilisearchAttribute.all(of: HierarchyRecord(found.entry))
    json.object { json in
      for attribute in attributes where isRetrieved(attribute) {
        json.key(attribute.name)
        attribute.value.write(to: &json)
      }
      if !query.highlighted.isEmpty || !query.cropped.isEmpty {
        json.key("_formatted")
        json.object { json in
          for attribute in attributes
          where isRetrieved(attribute) || isHighlighted(attribute) || crop(of: attribute) != nil {
            json.key(attribute.name)
            formatted(attribute, found.entry).write(to: &json)
          }
        }
      }
      if query.showsMatches {
        json.key("_matchesPosition")
        json.object { json in for attribute in attributes { writeMatches(in: attribute, to: &json) } }
      }
      if query.showsScore { json.field("_rankingScore", Self.rankingScore(found)) }
      if query.showsScoreDetails { writeScoreDetails(found, to: &json) }
      more(&json)
    }
  }

  private func isRetrieved(_ attribute: MeilisearchAttribute) -> Bool {
    query.retrieved.contains { $0 == "*" || $0 == attribute.name }
  }

  private func isHighlighted(_ attribute: MeilisearchAttribute) -> Bool {
    query.highlighted.contains { $0 == "*" || $0 == attribute.name }
  }

  /// Words to cut the attribute to; nil when it is not to be cut.
  private func crop(of attribute: MeilisearchAttribute) -> Int? {
    // What is named counts more than all.
    let crop =
      query.cropped.first { $0.name == attribute.name } ?? query.cropped.first { $0.name == "*" }
    guard let crop, attribute.isMarked else { return nil }
    // More words than any text needs are no reason to look through all of it for every hit.
    return min(crop.length ?? query.cropLength, 2_000)
  }

  // MARK: Marks

  private func formatted(_ attribute: MeilisearchAttribute, _ entry: Entry) -> MeilisearchAttribute.Value {
    let crop = self.crop(of: attribute)
    guard crop != nil || isHighlighted(attribute) else { return attribute.value }
    switch attribute.value {
    case .text(nil): return attribute.value
    // Cut out of all of the text, not of what is shown of it.
    case .text(let text?):
      return .text(formatted(crop != nil && attribute.name == "content" ? entry.text : text, attribute, crop))
    case .list(let texts): return .list(texts.map { formatted($0, attribute, crop) })
    }
  }

  private func formatted(_ text: String, _ attribute: MeilisearchAttribute, _ crop: Int?) -> String {
    guard attribute.isMarked else { return tags.text(MarkedText(text: text)) }
    var marked =
      if let crop, crop > 0 {
        highlighter.cropped(text, isTitle: attribute.isTitle, words: crop, marker: query.cropMarker)
      } else {
        highlighter.marked(text, isTitle: attribute.isTitle)
      }
    if !isHighlighted(attribute) { marked.ranges = [] }
    return tags.text(marked)
  }

  private func writeMatches(in attribute: MeilisearchAttribute, to json: inout JSONWriter) {
    guard attribute.isMarked else { return }
    var texts: [String] = []
    var isList = false
    switch attribute.value {
    case .text(let text): if let text { texts = [text] }
    case .list(let list):
      texts = list
      isList = true
    }
    let found = texts.map { highlighter.marked($0, isTitle: attribute.isTitle).ranges }
    guard found.contains(where: { !$0.isEmpty }) else { return }
    json.key(attribute.name)
    json.array { json in
      for (place, ranges) in found.enumerated() {
        for range in ranges {
          json.object { json in
            json.field("start", range.lowerBound)
            json.field("length", range.count)
            if isList {
              json.key("indices")
              json.array { $0.number(place) }
            }
          }
        }
      }
    }
  }

  private func writeScoreDetails(_ found: FoundEntry, to json: inout JSONWriter) {
    json.key("_rankingScoreDetails")
    json.object { json in
      json.key("tier")
      json.object { json in
        json.field("order", 0)
        json.field("value", ["partial", "full", "literal", "title"][Int(min(found.tier, 3))])
        json.field("score", Double(min(found.tier, 3)) / 3)
      }
      json.key("relevance")
      json.object { json in
        json.field("order", 1)
        json.field("value", found.score)
        json.field("score", Double(max(found.score, 0)) / (1 + Double(max(found.score, 0))))
      }
    }
  }
}

extension MeilisearchAttribute.Value {
  func write(to json: inout JSONWriter) {
    switch self {
    case .text(let text): json.string(text)
    case .list(let texts): json.strings(texts)
    }
  }
}
