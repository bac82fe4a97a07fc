/// A value of front matter or of a generator's configuration, whichever language it was written in.
enum MetaValue: Equatable, Sendable {
  case null
  /// A string, number, boolean or date as it is written.
  case text(String)
  case list([MetaValue])
  case map([MetaPair])

  /// Reading stops at this depth and at this many values.
  static let depthLimit = 64
  static let countLimit = 10_000

  /// The value of a key, whatever its case; the last one if it stands twice.
  subscript(key: String) -> MetaValue? {
    guard case .map(let pairs) = self else { return nil }
    return pairs.last { $0.key.lowercased() == key }?.value
  }

  /// The value at the end of several keys.
  subscript(path keys: String...) -> MetaValue? {
    keys.reduce(Optional(self)) { value, key in value.flatMap { $0[key] } }
  }

  var pairs: [MetaPair] { if case .map(let pairs) = self { pairs } else { [] } }
  var items: [MetaValue] { if case .list(let items) = self { items } else { [] } }

  /// The text of a scalar that is not empty.
  var scalar: String? {
    guard case .text(let text) = self, !text.isEmpty else { return nil }
    return text
  }

  var bool: Bool? {
    guard case .text(let text) = self else { return nil }
    switch text.lowercased() {
    case "true", "yes", "on", "y", "1": return true
    case "false", "no", "off", "n", "0": return false
    default: return nil
    }
  }

  /// A scalar as it is; a list is joined by commas.
  var text: String {
    switch self {
    case .null: ""
    case .text(let text): text
    case .list, .map: strings.joined(separator: ", ")
    }
  }

  /// A list of scalars, or one string cut at its commas; of a mapping (`- name: …`) its names.
  var strings: [String] {
    switch self {
    case .null: return []
    case .text(let text):
      return text.split(whereSeparator: { $0 == "," || $0 == "，" || $0 == "、" })
        .map { trimmed(String($0)) }.filter { !$0.isEmpty }
    case .list(let items):
      return items.flatMap { item -> [String] in
        switch item {
        case .text(let text): [text]
        case .map: item.strings
        case .list, .null: []
        }
      }.filter { !$0.isEmpty }
    case .map(let pairs):
      if let name = self["name"] { return [name.text] }
      return pairs.compactMap { if case .text(let text) = $0.value { text } else { nil } }
        .filter { !$0.isEmpty }
    }
  }
}

/// A key and its value, in the order of the text.
struct MetaPair: Equatable, Sendable {
  var key: String
  var value: MetaValue
}

/// Why a text was not read, and what could be read of it all the same.
package struct MetaProblem: Error, Equatable {
  /// 1-based, in the text.
  package var line: Int
  package var column = 1
  /// What follows "the front matter": a predicate.
  package var reason: String
  var rest: MetaValue?
  var repeatedKeys: [String]?

  init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}

func trimmed(_ text: String) -> String {
  Array(text.utf8).text(0..<text.utf8.count)
}
