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
    lines.append("\(explanation.titleLength) tokens in the title, \(explanation.bodyLength) elsewhere")
    for part in explanation.parts {
      let state =
        !part.isHeld
        ? "not there" : part.isInTitle ? "in the title" : part.isLiteral ? "in the text" : "in another form"
      lines.append("  \(part.text): \(state)")
    }
    for condition in explanation.failedConditions { lines.append("  condition not met: \(condition)") }
    for share in explanation.shares {
      lines.append(
        "  \(number(share.score))  \(Output.harmless(share.term)) (\(share.role)): weight \(number(share.weight)) × idf \(number(share.inverseDocumentFrequency)), \(share.titleFrequency) in the title, \(share.bodyFrequency) elsewhere, in \(Numbers.grouped(share.documentFrequency)) entries"
      )
    }
    return lines
  }

  private static func number(_ value: Float) -> String { Numbers.fixed(Double(value), 3) }

  static func json(_ explanation: Explanation) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("query")
      json.string(explanation.query)
      json.key("id")
      json.string(explanation.id)
      json.key("title")
      json.string(explanation.title)
      json.key("match")
      json.string(explanation.match?.rawValue)
      json.key("tier")
      json.string(explanation.tier)
      json.key("score")
      json.number(explanation.score)
      json.key("title_length")
      json.number(explanation.titleLength)
      json.key("body_length")
      json.number(explanation.bodyLength)
      json.key("parts")
      json.array { json in
        for part in explanation.parts {
          json.object { json in
            json.key("text")
            json.string(part.text)
            json.key("held")
            json.bool(part.isHeld)
            json.key("literal")
            json.bool(part.isLiteral)
            json.key("title")
            json.bool(part.isInTitle)
          }
        }
      }
      json.key("failed_conditions")
      json.strings(explanation.failedConditions)
      json.key("features")
      json.array { json in
        for share in explanation.shares {
          json.object { json in
            json.key("term")
            json.string(share.term)
            json.key("role")
            json.string(share.role)
            json.key("weight")
            json.number(share.weight)
            json.key("df")
            json.number(share.documentFrequency)
            json.key("idf")
            json.number(share.inverseDocumentFrequency)
            json.key("tf_title")
            json.number(share.titleFrequency)
            json.key("tf_body")
            json.number(share.bodyFrequency)
            json.key("score")
            json.number(share.score)
          }
        }
      }
    }
    return json.bytes
  }
}
