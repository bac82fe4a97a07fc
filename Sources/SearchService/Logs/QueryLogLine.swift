import Glibc
import SearchModel

/// One line of the log of queries: what was looked for and what was found, nothing of who did.
///
/// `{"time":"2026-05-04T12:00:00Z","q":"多集群","total":12,"match":"full","lang":"zh","us":412,"after":"多级群"}`;
/// `after` is what the same visitor had looked for a moment before, when that had found little.
struct QueryLogLine: Sendable, Equatable {
  var time: timespec
  var query: String
  var total: Int
  var match: MatchKind
  var microseconds: Int
  var after: String?

  static func == (a: QueryLogLine, b: QueryLogLine) -> Bool { a.json() == b.json() }

  func json() -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("time", LogTime.text(time, hasMilliseconds: false))
      json.field("q", query)
      json.field("total", total)
      json.field("match", match.rawValue)
      json.field("lang", Self.language(of: query))
      json.field("us", microseconds)
      if let after { json.field("after", after) }
    }
    return json.bytes
  }

  /// A query in the form in which equal ones are counted as one: lower case, no full-width letters, single spaces.
  static func folded(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var wantsSpace = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace || scalar.value < 0x20 {
        wantsSpace = !result.isEmpty
        continue
      }
      if wantsSpace { result.append(" ") }
      wantsSpace = false
      let isFullWidth = (0xFF01...0xFF5E).contains(scalar.value)
      result.append(isFullWidth ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar)
    }
    return String(result).lowercased()
  }

  /// `zh` with any Han character, `en` with letters only of Latin, `und` otherwise.
  static func language(of text: String) -> String {
    if text.unicodeScalars.contains(where: { $0.properties.isIdeographic }) { return "zh" }
    let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
    return !letters.isEmpty && letters.allSatisfy { $0.value < 0x250 } ? "en" : "und"
  }
}
