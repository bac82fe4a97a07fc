/// The block at the start of a file in which a page speaks about itself: YAML, TOML or JSON.
struct FrontMatterBlock {
  enum Language { case yaml, toml, json }

  var language: Language
  /// What stands between the fences; JSON with its braces.
  var content: Range<Int>
  /// Where the page goes on.
  var bodyStart: Int
  /// Lines of the file before the content.
  var linesBefore: Int

  static let byteLimit = 64 * 1024

  /// The block of a text, or nil: `---` to `---` or `...`, `+++` to `+++`, or a JSON object that starts the text.
  ///
  /// Empty lines and HTML comments may stand before it (translators keep the original there).
  init?(in bytes: [UInt8]) {
    let first = Self.startAfterComments(bytes)
    func lineEnd(from start: Int) -> Int { bytes[start...].firstIndex(of: 0x0A) ?? bytes.count }
    func isFence(_ range: Range<Int>, _ mark: UInt8) -> Bool {
      range.count >= 3 && bytes[range.prefix(3)].allSatisfy { $0 == mark }
        && bytes[range.dropFirst(3)].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
    let opening = lineEnd(from: first)
    linesBefore = bytes[..<first].count { $0 == 0x0A } + 1
    if first == 0 || bytes[..<first].allSatisfy({ $0 <= 0x20 }), first < bytes.count,
      bytes[first] == UInt8(ascii: "{"), let end = Self.objectEnd(bytes, first)
    {
      language = .json
      content = first..<end
      bodyStart = min(lineEnd(from: end) + 1, bytes.count)
      linesBefore -= 1
      return
    }
    let mark: UInt8
    if isFence(first..<opening, UInt8(ascii: "-")) {
      (language, mark) = (.yaml, UInt8(ascii: "-"))
    } else if isFence(first..<opening, UInt8(ascii: "+")) {
      (language, mark) = (.toml, UInt8(ascii: "+"))
    } else {
      return nil
    }
    guard opening < bytes.count else { return nil }
    var start = opening + 1
    while start < bytes.count {
      let end = lineEnd(from: start)
      if isFence(start..<end, mark) || (language == .yaml && isFence(start..<end, UInt8(ascii: "."))) {
        content = opening + 1..<start
        bodyStart = min(end + 1, bytes.count)
        return
      }
      start = end + 1
    }
    return nil
  }

  /// The values, or nil when the text is no mapping: then the dashes are two rules and what is between them
  /// belongs to the page.
  func read(_ bytes: [UInt8]) throws(MetaProblem) -> MetaValue? {
    let value: MetaValue
    switch language {
    case .yaml: value = try YAMLReader.read(bytes[content], byteLimit: Self.byteLimit)
    case .toml: value = try TOMLReader.read(bytes[content], byteLimit: Self.byteLimit)
    case .json:
      guard content.count <= Self.byteLimit else {
        throw MetaProblem(line: 1, reason: "is longer than 64 KiB and was not read")
      }
      var parser = JSONObjectParser()
      do { value = try parser.object(in: bytes[content].span).value } catch {
        throw MetaProblem(line: 1, reason: "is not valid JSON and was not read: \(error.reason)")
      }
    }
    switch value {
    case .null: return .map([])
    case .map: return value
    case .text, .list: return nil
    }
  }

  /// What a broken block says about leaving its page out: the keys that may do so, each read by itself.
  func exclusions(_ bytes: [UInt8]) -> FrontMatter {
    var parts: [[UInt8]] = []
    var isWanted = false
    for line in bytes[content].split(separator: 0x0A) {
      let isInner = line.first.map { $0 <= 0x20 || $0 == UInt8(ascii: "-") } == true && language != .json
      if isInner {
        // What is indented belongs to the key above it.
        if isWanted, parts[parts.count - 1].count < 1_000 { parts[parts.count - 1] += [0x0A] + line }
        continue
      }
      // What follows the head of a table is not said of the page.
      if language == .toml, line.first == UInt8(ascii: "[") { break }
      isWanted = Self.key(of: line).map(FrontMatter.mayExclude) == true
      if isWanted { parts.append(Array(line)) }
      if parts.count == 100 { break }
    }
    let pairs = parts.flatMap { part -> [MetaPair] in
      var part = part
      if language == .json {
        while let last = part.last, last <= 0x20 || last == UInt8(ascii: ",") { part.removeLast() }
        part = [UInt8(ascii: "{")] + part + [UInt8(ascii: "}")]
      }
      var block = self
      block.content = part.indices
      let value = try? block.read(part)
      return value?.pairs ?? []
    }
    return FrontMatter(.map(pairs))
  }

  /// `"draft": true`, `draft = true` → `draft`
  private static func key(of line: ArraySlice<UInt8>) -> String? {
    let signs = Array(" \t\"'{".utf8)
    let start = line.drop { signs.contains($0) }.prefix(60)
    guard let end = start.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }) else {
      return nil
    }
    return String(decoding: start[..<end].filter { !signs.contains($0) }, as: UTF8.self)
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

  /// The end of a JSON object that nothing follows on its line; a page may begin with a brace too.
  private static func objectEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    let next = bytes[(start + 1)...].first { $0 > 0x20 }
    guard next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") else { return nil }
    var depth = 0
    var isString = false
    var index = start
    let limit = min(bytes.count, start + byteLimit + 1)
    while index < limit {
      switch bytes[index] {
      case UInt8(ascii: "\\") where isString: index += 1
      case UInt8(ascii: "\""): isString.toggle()
      case UInt8(ascii: "{") where !isString: depth += 1
      case UInt8(ascii: "}") where !isString:
        depth -= 1
        if depth == 0 {
          let rest = bytes[(index + 1)...].prefix { $0 != 0x0A }
          return rest.allSatisfy { $0 <= 0x20 } ? index + 1 : nil
        }
      default: break
      }
      index += 1
    }
    return nil
  }
}
