import Yams

/// What a page says about itself in the YAML block at its start.
struct FrontMatter: Equatable {
  var title = ""
  var subtitle = ""
  var date: String?
  var tags: [String] = []
  var categories: [String] = []
  var authors: [String] = []
  var description = ""
  var keywords: [String] = []
  var lang: String?
  var isDraft = false

  /// A block that was found but not read, and why.
  struct Problem: Error, Equatable {
    /// 1-based line of the block; the opening dashes are line 1.
    var line: Int
    var reason: String
    /// What could be read all the same.
    var rest: FrontMatter?
  }

  /// A block at the start of a file.
  struct Block {
    /// The YAML between the two lines of dashes.
    var yaml: Range<Int>
    /// Where the page goes on.
    var bodyStart: Int
    /// Lines of the file before the block.
    var linesBefore: Int
  }

  static let byteLimit = 64 * 1024
  static let nodeLimit = 10_000
  static let depthLimit = 64
  /// Aliases can nest what they name: with this many the library's own recursion stays shallow.
  static let aliasLimit = 16

  /// The block of a text that starts with a line `---` and has a closing `---` or `...`, or nil.
  ///
  /// Empty lines and HTML comments may stand before it (translators keep the original there).
  static func block(in bytes: [UInt8]) -> Block? {
    let first = startAfterComments(bytes)
    func lineEnd(from start: Int) -> Int { bytes[start...].firstIndex(of: 0x0A) ?? bytes.count }
    func isFence(_ range: Range<Int>, _ mark: UInt8) -> Bool {
      range.count >= 3 && bytes[range.prefix(3)].allSatisfy { $0 == mark }
        && bytes[range.dropFirst(3)].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
    let opening = lineEnd(from: first)
    guard isFence(first..<opening, UInt8(ascii: "-")), opening < bytes.count else { return nil }
    var start = opening + 1
    while start < bytes.count {
      let end = lineEnd(from: start)
      if isFence(start..<end, UInt8(ascii: "-")) || isFence(start..<end, UInt8(ascii: ".")) {
        return Block(
          yaml: opening + 1..<start, bodyStart: min(end + 1, bytes.count),
          linesBefore: bytes[..<first].count { $0 == 0x0A })
      }
      start = end + 1
    }
    return nil
  }

  private static func startAfterComments(_ bytes: [UInt8]) -> Int {
    var start = 0
    while true {
      var index = start
      while index < bytes.count, bytes[index] <= 0x20 {
        index += 1
        if bytes[index - 1] == 0x0A { start = index }
      }
      guard bytes[index...].starts(with: "<!--".utf8) else { return start }
      var end = index + 4
      while end + 2 < bytes.count, !bytes[end...].starts(with: "-->".utf8) { end += 1 }
      guard end + 2 < bytes.count else { return start }
      start = end + 3
    }
  }

  /// The values of a block, or nil when it is no YAML mapping: then the dashes are two rules and the text
  /// between them belongs to the page.
  static func parse(_ yaml: ArraySlice<UInt8>) throws(Problem) -> FrontMatter? {
    guard yaml.count <= byteLimit else {
      throw Problem(line: 1, reason: "the front matter is longer than 64 KiB and was not read")
    }
    if yaml.allSatisfy({ $0 <= 0x20 }) { return FrontMatter() }
    try checkShape(yaml)
    let root: Node?
    do {
      root = try Yams.compose(yaml: String(decoding: yaml, as: UTF8.self))
    } catch let error as YamlError {
      var problem = problem(of: error)
      if case .duplicatedKeysInMapping(let keys, _) = error, let single = withoutRepeatedKeys(yaml) {
        problem.rest = try? parse(single[...])
        if problem.rest != nil {
          problem.reason = "in the front matter the key \(keys.first ?? "") stands twice; the last one counts"
        }
      }
      throw problem
    } catch {
      throw Problem(line: 1, reason: "the front matter is not valid YAML and was not read")
    }
    guard let root else { return FrontMatter() }
    guard case .mapping(let mapping) = root else { return nil }
    guard isBounded(root) else {
      throw Problem(
        line: 1, reason: "the front matter expands to more than 10,000 values or 64 levels and was not read")
    }
    var found = FrontMatter()
    for (key, value) in mapping {
      guard case .scalar(let name) = key else { continue }
      found.set(name.string.lowercased(), value)
    }
    return found
  }

  /// A draft stays a draft when the rest of its block is broken.
  static func looksLikeDraft(_ yaml: ArraySlice<UInt8>) -> Bool {
    yaml.split(separator: 0x0A).contains { line in
      let text = String(decoding: line.prefix(80), as: UTF8.self).lowercased().filter {
        $0 != " " && $0 != "\t"
      }
      return text == "draft:true" || text == "draft:yes" || text == "draft:\"true\""
    }
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

  private mutating func set(_ key: String, _ value: Node) {
    switch key {
    case "title": title = Self.text(value)
    case "subtitle": subtitle = Self.text(value)
    case "date":
      // A mapping of dates (`created`, `updated`) is how some blogs write it.
      if case .mapping(let dates) = value {
        date = dates.lazy.compactMap { isoDate(Self.text($0.value)) }.first
      } else {
        date = isoDate(Self.text(value))
      }
    case "tags", "tag": tags += Self.list(value).filter { !tags.contains($0) }
    case "categories", "category": categories += Self.list(value).filter { !categories.contains($0) }
    case "author", "authors": authors += Self.list(value).filter { !authors.contains($0) }
    case "description", "summary":
      let text = Self.text(value)
      if description.isEmpty {
        description = text
      } else if text != description, !text.isEmpty {
        description += "\n\n" + text
      }
    case "keywords", "keyword": keywords += Self.list(value).filter { !keywords.contains($0) }
    case "draft": isDraft = ["true", "yes", "on", "y", "1"].contains(Self.text(value).lowercased())
    case "lang", "language": lang = languageCode(Self.text(value))
    default: break
    }
  }

  /// A scalar of any type as it is written; a list is joined.
  private static func text(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar):
      let plain = scalar.style == .plain
      if plain, ["null", "~", "Null", "NULL"].contains(scalar.string) { return "" }
      return trimmed(scalar.string)
    case .sequence, .mapping: return list(node).joined(separator: ", ")
    case .alias: return ""
    }
  }

  /// A list of scalars, or one string cut at its commas; of a mapping (`- name: …`) its names.
  private static func list(_ node: Node) -> [String] {
    switch node {
    case .scalar:
      return text(node).split(whereSeparator: { $0 == "," || $0 == "，" || $0 == "、" })
        .map { trimmed(String($0)) }.filter { !$0.isEmpty }
    case .sequence(let sequence):
      return sequence.flatMap { item -> [String] in
        switch item {
        case .scalar: [text(item)]
        case .mapping: list(item)
        case .sequence, .alias: []
        }
      }.filter { !$0.isEmpty }
    case .mapping(let mapping):
      if let name = mapping.first(where: { text($0.key).lowercased() == "name" }) {
        return [text(name.value)]
      }
      return mapping.compactMap { pair in
        if case .scalar = pair.value { text(pair.value) } else { nil }
      }.filter { !$0.isEmpty }
    case .alias: return []
    }
  }

  private static func trimmed(_ text: String) -> String {
    Array(text.utf8).text(0..<text.utf8.count)
  }

  // MARK: - Bounds

  /// Refuses, before the YAML library sees it, what would make it recurse deeply or expand without end.
  ///
  /// The library composes aliases by sharing but hashes every key of a mapping in full, and walks nested
  /// values by recursion. So: bounded nesting, few aliases, and none of them near a key.
  private static func checkShape(_ yaml: ArraySlice<UInt8>) throws(Problem) {
    var line = 2  // the opening dashes are line 1
    var flowDepth = 0
    var indents: [Int] = []
    var aliases = 0
    var complexKey = false
    var index = yaml.startIndex
    var lineStart = true
    var previous = UInt8(ascii: "\n")  // the last byte that is no space
    let tooDeep = "the front matter is nested deeper than 64 levels and was not read"
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
        if markers > depthLimit || indents.count > depthLimit { throw Problem(line: line, reason: tooDeep) }
        continue
      }
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        flowDepth += 1
        if flowDepth > depthLimit { throw Problem(line: line, reason: tooDeep) }
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
      throw Problem(line: 1, reason: "the front matter has more than \(aliasLimit) aliases and was not read")
    }
    if aliases > 0, complexKey {
      throw Problem(line: 1, reason: "the front matter has aliases in its keys and was not read")
    }
  }

  /// Whether the tree, with its aliases written out, stays small; a stack instead of recursion.
  private static func isBounded(_ root: Node) -> Bool {
    var waiting: [(node: Node, depth: Int)] = [(root, 1)]
    var count = 0
    while let (node, depth) = waiting.popLast() {
      count += 1
      guard count <= nodeLimit, depth <= depthLimit else { return false }
      switch node {
      case .scalar, .alias: continue
      case .sequence(let items):
        guard items.count + waiting.count <= nodeLimit else { return false }
        for item in items { waiting.append((item, depth + 1)) }
      case .mapping(let pairs):
        guard pairs.count * 2 + waiting.count <= nodeLimit else { return false }
        for (key, value) in pairs {
          waiting.append((key, depth + 1))
          waiting.append((value, depth + 1))
        }
      }
    }
    return true
  }

  private static func problem(of error: YamlError) -> Problem {
    // The library counts lines from 1 inside the block, which starts on line 2 of the file.
    let (line, detail): (Int, String)
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (line, detail) = (mark.line + 1, problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      (line, detail) = (context.mark.line + 1, "the key \(duplicates.first ?? "") stands twice")
    default: (line, detail) = (1, "")
    }
    let reason = detail.isEmpty ? "" : ": \(detail.prefix(200))"
    return Problem(line: max(1, line), reason: "the front matter is not valid YAML and was not read\(reason)")
  }
}
