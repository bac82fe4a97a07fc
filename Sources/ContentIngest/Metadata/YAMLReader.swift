package import Yams

/// YAML → values, by libyaml.
package enum YAMLReader {
  /// Aliases can nest what they name: with this many the library's own recursion stays shallow.
  static let aliasLimit = 16

  /// The value of a text; `.null` of an empty one.
  ///
  /// A tag that is not YAML's own, such as `!!python/name:x.y`, becomes the text of a scalar without text and the key
  /// `!` of a mapping.
  static func read(_ yaml: ArraySlice<UInt8>, byteLimit: Int) throws(MetaProblem) -> MetaValue {
    do {
      return try compose(yaml, byteLimit: byteLimit).map(value(of:)) ?? .null
    } catch {
      var problem = error
      if let keys = problem.repeatedKeys, let single = withoutRepeatedKeys(yaml) {
        // Once: keys that are repeated in other ways are still there.
        problem.rest = (try? compose(single[...], byteLimit: byteLimit)).map(value(of:))
        if problem.rest != nil {
          problem.reason = "has the key \(keys.first ?? "") twice; the last one counts"
        }
      }
      throw problem
    }
  }

  /// The tree of a text, small enough to be walked by recursion; nil of an empty one.
  package static func compose(_ yaml: ArraySlice<UInt8>, byteLimit: Int) throws(MetaProblem) -> Node? {
    guard yaml.count <= byteLimit else {
      throw MetaProblem(line: 1, reason: "is longer than \(byteLimit / 1024) KiB and was not read")
    }
    if yaml.allSatisfy({ $0 <= 0x20 }) { return nil }
    try checkShape(yaml)
    let root: Node?
    do {
      root = try Yams.compose(yaml: String(decoding: yaml, as: UTF8.self))
    } catch let error as YamlError {
      throw problem(of: error)
    } catch {
      throw MetaProblem(line: 1, reason: "is not valid YAML and was not read")
    }
    guard let root else { return nil }
    guard isBounded(root) else {
      throw MetaProblem(line: 1, reason: "expands to more than 10,000 values or 64 levels and was not read")
    }
    return root
  }

  /// Bounded before by `isBounded`.
  private static func value(of node: Node) -> MetaValue {
    switch node {
    case .scalar(let scalar):
      if scalar.style == .plain, ["null", "~", "Null", "NULL"].contains(scalar.string) { return .null }
      if scalar.string.isEmpty, let tag = foreignTag(of: node) { return .text(tag) }
      return .text(trimmed(scalar.string))
    case .sequence(let sequence): return .list(sequence.map(value(of:)))
    case .mapping(let mapping):
      var pairs = mapping.compactMap { key, inner -> MetaPair? in
        guard case .scalar(let name) = key else { return nil }
        return MetaPair(key: name.string, value: value(of: inner))
      }
      if let tag = foreignTag(of: node) { pairs.append(MetaPair(key: "!", value: .text(tag))) }
      return .map(pairs)
    case .alias: return .null
    }
  }

  private static func foreignTag(of node: Node) -> String? {
    let tag = node.tag.description
    guard let range = tag.firstRange(of: "python/") else { return nil }
    return String(tag[range.upperBound...])
  }

  /// The block with only the last of the top-level keys that stand in it more than once, or nil when none does.
  private static func withoutRepeatedKeys(_ yaml: ArraySlice<UInt8>) -> [UInt8]? {
    var groups: [(key: [UInt8], lines: [UInt8])] = [([], [])]
    for line in yaml.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if let first = line.first, first > 0x20, first != UInt8(ascii: "-"), first != UInt8(ascii: "#"),
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
      {
        groups.append((line[..<colon].filter { $0 > 0x20 }, []))
      }
      groups[groups.count - 1].lines += line + [0x0A]
    }
    var last: [[UInt8]: Int] = [:]
    for (index, group) in groups.enumerated() { last[group.key] = index }
    guard last.count < groups.count else { return nil }
    return groups.indices.filter { last[groups[$0].key] == $0 }.flatMap { groups[$0].lines }
  }

  // MARK: - Bounds

  /// Refuses, before the YAML library sees it, what would make it recurse deeply or expand without end.
  ///
  /// The library composes aliases by sharing but hashes every key of a mapping in full, and walks nested
  /// values by recursion. So: bounded nesting, few aliases, and none of them near a key.
  private static func checkShape(_ yaml: ArraySlice<UInt8>) throws(MetaProblem) {
    var line = 1
    var flowDepth = 0
    var indents: [Int] = []
    var aliases = 0
    var complexKey = false
    var index = yaml.startIndex
    var lineStart = true
    var previous = UInt8(ascii: "\n")  // the last byte that is no space
    let tooDeep = "is nested deeper than 64 levels and was not read"
    while index < yaml.endIndex {
      let byte = yaml[index]
      if byte == 0x0A {
        line += 1
        lineStart = true
        previous = byte
        index += 1
        continue
      }
      if lineStart {
        // Indentation and the compact `- - -` nest blocks.
        lineStart = false
        var markers = 0
        var column = 0
        while index < yaml.endIndex {
          let next = yaml[index]
          if next == 0x20 {
            column += 1
          } else if next == UInt8(ascii: "-") || next == UInt8(ascii: "?") || next == UInt8(ascii: ":"),
            index + 1 < yaml.endIndex, yaml[index + 1] == 0x20 || yaml[index + 1] == 0x0A
          {
            if next == UInt8(ascii: "?") { complexKey = true }
            markers += 1
            column += 1
            previous = next
          } else {
            break
          }
          index += 1
        }
        if index < yaml.endIndex, yaml[index] != 0x0A {
          while let last = indents.last, last >= column { indents.removeLast() }
          indents.append(column)
        }
        if markers > MetaValue.depthLimit || indents.count > MetaValue.depthLimit {
          throw MetaProblem(line: line, reason: tooDeep)
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        flowDepth += 1
        if flowDepth > MetaValue.depthLimit { throw MetaProblem(line: line, reason: tooDeep) }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        flowDepth = max(0, flowDepth - 1)
      case UInt8(ascii: ":"):
        if previous == UInt8(ascii: "]") || previous == UInt8(ascii: "}") { complexKey = true }
      case UInt8(ascii: "?"):
        if [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ",")].contains(previous) { complexKey = true }
      case UInt8(ascii: "*"):
        let opens: [UInt8] = [
          0x0A, UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: ","),
          UInt8(ascii: "{"), UInt8(ascii: "?"),
        ]
        if opens.contains(previous), index + 1 < yaml.endIndex, yaml[index + 1] > 0x20 {
          aliases += 1
          var end = index + 1
          while end < yaml.endIndex, yaml[end] > 0x20, yaml[end] != UInt8(ascii: ","),
            yaml[end] != UInt8(ascii: "]"),
            yaml[end] != UInt8(ascii: "}")
          { end += 1 }
          while end < yaml.endIndex, yaml[end] == 0x20 { end += 1 }
          if end < yaml.endIndex, yaml[end] == UInt8(ascii: ":") || yaml[end - 1] == UInt8(ascii: ":") {
            complexKey = true
          }
        }
      default: break
      }
      if byte > 0x20 { previous = byte }
      index += 1
    }
    if aliases > aliasLimit {
      throw MetaProblem(line: 1, reason: "has more than \(aliasLimit) aliases and was not read")
    }
    if aliases > 0, complexKey {
      throw MetaProblem(line: 1, reason: "has aliases in its keys and was not read")
    }
  }

  /// Whether the tree, with its aliases written out, stays small; a stack instead of recursion.
  private static func isBounded(_ root: Node) -> Bool {
    var waiting: [(node: Node, depth: Int)] = [(root, 1)]
    var count = 0
    while let (node, depth) = waiting.popLast() {
      count += 1
      guard count <= MetaValue.countLimit, depth <= MetaValue.depthLimit else { return false }
      switch node {
      case .scalar, .alias: continue
      case .sequence(let items):
        guard items.count + waiting.count <= MetaValue.countLimit else { return false }
        for item in items { waiting.append((item, depth + 1)) }
      case .mapping(let pairs):
        guard pairs.count * 2 + waiting.count <= MetaValue.countLimit else { return false }
        for (key, value) in pairs {
          waiting.append((key, depth + 1))
          waiting.append((value, depth + 1))
        }
      }
    }
    return true
  }

  private static func problem(of error: YamlError) -> MetaProblem {
    // The library counts from 1.
    var problem = MetaProblem(line: 1, reason: "is not valid YAML and was not read")
    var detail = ""
    switch error {
    case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
      .composer(_, let text, let mark, _):
      (problem.line, problem.column, detail) = (mark.line, mark.column, text)
    case .duplicatedKeysInMapping(let keys, let context):
      problem.repeatedKeys = keys
      (problem.line, problem.column) = (context.mark.line, context.mark.column)
      detail = "the key \(keys.first ?? "") stands twice"
    default: break
    }
    problem.line = max(1, problem.line)
    if !detail.isEmpty { problem.reason += ": \(detail.prefix(200))" }
    return problem
  }
}
