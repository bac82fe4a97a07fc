/// One simple selector: a name, and classes, an id, attributes behind it, all of which an element must have.
struct HTMLSelector: Equatable, Sendable {
  private var name: String?
  private var id: String?
  private var classes: [String] = []
  private var attributes: [(name: String, value: String?)] = []

  static func == (a: HTMLSelector, b: HTMLSelector) -> Bool {
    a.name == b.name && a.id == b.id && a.classes == b.classes
      && a.attributes.elementsEqual(b.attributes) { $0.name == $1.name && $0.value == $1.value }
  }

  /// Nil for what is no such selector: combinations and pseudo-classes are not read.
  init?(_ text: String) {
    var rest = text[...]
    func word() -> String? {
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
      rest = rest.dropFirst(word.count)
      return word.isEmpty ? nil : String(word)
    }
    name = word()?.lowercased()
    while let sign = rest.first {
      rest = rest.dropFirst()
      switch sign {
      case ".":
        guard let found = word() else { return nil }
        classes.append(found)
      case "#":
        guard let found = word() else { return nil }
        id = found
      case "[":
        guard let close = rest.firstIndex(of: "]") else { return nil }
        let parts = rest[..<close].split(separator: "=", maxSplits: 1)
        rest = rest[rest.index(after: close)...]
        guard let first = parts.first, first.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
          return nil
        }
        attributes.append(
          (first.lowercased(), parts.count == 2 ? parts[1].filter { $0 != "\"" && $0 != "'" } : nil))
      default: return nil
      }
    }
    guard name != nil || id != nil || !classes.isEmpty || !attributes.isEmpty else { return nil }
  }

  func matches(_ element: HTMLElement) -> Bool {
    if let name, element.name != name { return false }
    if let id, element["id"] != id { return false }
    if !classes.isEmpty {
      let own = (element["class"] ?? "").split(whereSeparator: \.isWhitespace)
      guard classes.allSatisfy({ wanted in own.contains { $0 == wanted } }) else { return false }
    }
    return attributes.allSatisfy { wanted in
      guard let value = element[wanted.name] else { return false }
      return wanted.value == nil || wanted.value == value
    }
  }
}
