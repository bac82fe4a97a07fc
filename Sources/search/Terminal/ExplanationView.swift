import QueryEngine
import SearchModel

/// An explanation as text and as JSON.
enum ExplanationView {
  static func lines(_ explanation: Explanation) -> [String] {
    var lines = ["\(Output.harmless(explanation.title)) (\(Output.harmless(explanation.id)))"]
    switch explanation.match {
    case .full: lines.append("full match, tier \(explanation.tier), score \(number(explanation.score))")
    case .some: lines.append("partial match, score \(number(explanation.score))")
    case nil: lines.append("no match")
    }
    if let rank = explanation.rank {
      lines.append("place \(Numbers.grouped(rank)) of the answer" + (explanation.isPinned ? ", pinned" : ""))
    } else if explanation.match != nil {
      lines.append("not among the first entries of the answer")
    }
    lines.append("\(explanation.titleLength) tokens in the title, \(explanation.bodyLength) elsewhere")
    for part in explanation.parts {
      let state =
        !part.isHeld
        ? "not there" + (part.reason.map { ": " + Output.harmless($0) } ?? "")
        : part.isInTitle ? "in the title" : part.isLiteral ? "in the text" : "in another form"
      let synonyms = part.synonyms.map { Output.harmless($0) }.joined(separator: ", ")
      lines.append("  \(part.text): \(state)" + (synonyms.isEmpty ? "" : ", by its synonym \(synonyms)"))
    }
    for condition in explanation.failedConditions {
      lines.append("  condition not met: \(Output.harmless(condition))")
    }
    for share in explanation.shares {
      lines.append(
        "  \(number(share.score))  \(Output.harmless(share.term)) (\(share.role)): weight \(number(share.weight)) × idf \(number(share.inverseDocumentFrequency)), \(share.titleFrequency) in the title, \(share.bodyFrequency) elsewhere, in \(Numbers.grouped(share.documentFrequency)) entries"
      )
    }
    if explanation.boost != 1 { lines.append("  × \(number(explanation.boost))  boost of the entry") }
    if explanation.recency != 1 { lines.append("  × \(number(explanation.recency))  recency") }
    return lines
  }

  private static func number(_ value: Float) -> String { Numbers.fixed(Double(value), 3) }

  static func json(_ explanation: Explanation) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("query", explanation.query)
      json.field("id", explanation.id)
      json.field("title", explanation.title)
      json.field("match", explanation.match?.rawValue)
      json.field("tier", explanation.tier)
      json.field("score", explanation.score)
      json.key("rank")
      if let rank = explanation.rank { json.number(rank) } else { json.null() }
      json.field("pinned", explanation.isPinned)
      json.field("boost", explanation.boost)
      json.field("recency", explanation.recency)
      json.field("title_length", explanation.titleLength)
      json.field("body_length", explanation.bodyLength)
      json.key("parts")
      json.array { json in
        for part in explanation.parts {
          json.object { json in
            json.field("text", part.text)
            json.field("held", part.isHeld)
            json.field("literal", part.isLiteral)
            json.field("title", part.isInTitle)
            json.field("synonyms", part.synonyms)
            json.field("reason", part.reason)
          }
        }
      }
      json.field("failed_conditions", explanation.failedConditions)
      json.key("features")
      json.array { json in
        for share in explanation.shares {
          json.object { json in
            json.field("term", share.term)
            json.field("role", share.role)
            json.field("weight", share.weight)
            json.field("df", share.documentFrequency)
            json.field("idf", share.inverseDocumentFrequency)
            json.field("tf_title", share.titleFrequency)
            json.field("tf_body", share.bodyFrequency)
            json.field("score", share.score)
          }
        }
      }
    }
    return json.bytes
  }
}
