import SearchModel

/// Reads `filters`: conditions joined by `AND`, `OR`, `NOT` and parentheses.
///
///     filters   = group *("AND" group)
///     group     = term *("OR" term)                      ; OR binds tighter, as theirs
///     term      = "NOT" term / "(" filters ")" / condition
///     condition = [name ":"] value / name ":" value "TO" value / name comparison value
///
/// More than theirs is understood (`NOT (…)`, `AND` inside `OR`), nothing of theirs less. A condition that says nothing is
/// nil.
struct AlgoliaFilterParser {
  /// Parentheses and `NOT`s inside each other.
  private static let depthLimit = SearchFilter.depthLimit / 2 - 4

  private let parameter: String
  private let characters: [Unicode.Scalar]
  private var index = 0

  private init(_ text: String, of parameter: String) {
    self.parameter = parameter
    characters = Array(text.unicodeScalars)
  }

  /// - Parameter parameter: its name in messages.
  static func filter(
    _ text: String, of parameter: String = "filters"
  ) throws(AlgoliaError) -> SearchFilter? {
    var parser = AlgoliaFilterParser(text, of: parameter)
    parser.skipSpace()
    if parser.next == nil { return nil }
    let filter = try parser.filters(depth: 0)
    guard parser.next == nil else { throw parser.expected("AND or OR") }
    return filter
  }

  /// One condition alone.
  static func condition(_ text: String, of parameter: String) throws(AlgoliaError) -> SearchFilter? {
    var parser = AlgoliaFilterParser(text, of: parameter)
    parser.skipSpace()
    let condition = try parser.condition()
    guard parser.next == nil else { throw parser.expected("the end") }
    return condition
  }

  // MARK: Grammar

  private mutating func filters(depth: Int) throws(AlgoliaError) -> SearchFilter? {
    var groups = [try group(depth: depth)]
    while take(word: "AND") { groups.append(try group(depth: depth)) }
    return .every(groups)
  }

  private mutating func group(depth: Int) throws(AlgoliaError) -> SearchFilter? {
    var terms = [try term(depth: depth)]
    while take(word: "OR") { terms.append(try term(depth: depth)) }
    return .some(terms)
  }

  private mutating func term(depth: Int) throws(AlgoliaError) -> SearchFilter? {
    guard depth < Self.depthLimit else {
      throw problem("more than \(Self.depthLimit) levels of parentheses and NOT")
    }
    if take(word: "NOT") { return try term(depth: depth + 1).map { .not($0) } }
    guard take("(") else { return try condition() }
    let inner = try filters(depth: depth + 1)
    guard take(")") else { throw expected("a closing parenthesis") }
    return inner
  }

  private mutating func condition() throws(AlgoliaError) -> SearchFilter? {
    for word in ["AND", "OR", "TO", "NOT"] where isNext(word: word) { throw expected("a condition") }
    let start = index
    let name = try text(endingAt: ":<>=!()", as: "a condition")
    skipSpace()
    for comparison in NumericComparison.allCases where take(comparison.rawValue) {
      skipSpace()
      return AlgoliaAttribute(name).compares(comparison, try number())
    }
    guard take(":") else {
      // A value alone is a tag.
      if next == "!" { throw expected("!=") }
      index = start
      let tag = try text(endingAt: "()", as: "a condition")
      skipSpace()
      return AlgoliaAttribute.facet(.tags).equals(tag)
    }
    skipSpace()
    let value = try text(endingAt: "()", as: "a value")
    skipSpace()
    guard take(word: "TO") else { return AlgoliaAttribute(name).equals(Self.withoutScore(value)) }
    return AlgoliaAttribute(name).lies(from: value, to: try number())
  }

  private mutating func number() throws(AlgoliaError) -> String {
    let value = try text(endingAt: "()", as: "a number")
    skipSpace()
    return value
  }

  /// `value<score=2>` is about order alone.
  private static func withoutScore(_ value: String) -> String {
    guard value.hasSuffix(">"), let start = value.range(ofLast: "<score=") else { return value }
    return String(value[..<start])
  }

  // MARK: Characters

  private var next: Unicode.Scalar? { index < characters.count ? characters[index] : nil }

  private func problem(_ reason: String) -> AlgoliaError {
    .parameter(parameter, "\(reason) at character \(index + 1)")
  }

  private func expected(_ wanted: String) -> AlgoliaError {
    guard index < characters.count else { return .parameter(parameter, "\(wanted) is missing at the end") }
    let found = String(String.UnicodeScalarView(characters[index...].prefix(12)))
    return problem("\(wanted) is expected, not `\(found)`,")
  }

  private static func isSpace(_ character: Unicode.Scalar) -> Bool {
    character.properties.isWhitespace
  }

  private mutating func skipSpace() { while let next, Self.isSpace(next) { index += 1 } }

  private mutating func take(_ text: String) -> Bool {
    guard characters[index...].starts(with: text.unicodeScalars) else { return false }
    index += text.unicodeScalars.count
    skipSpace()
    return true
  }

  /// Whether a word of the grammar comes, and not only something that begins with it.
  private func isNext(word: String) -> Bool {
    guard characters[index...].starts(with: word.unicodeScalars) else { return false }
    let end = index + word.unicodeScalars.count
    return end == characters.count || Self.isSpace(characters[end])
      || "()".unicodeScalars.contains(characters[end])
  }

  private mutating func take(word: String) -> Bool {
    skipSpace()
    return isNext(word: word) && take(word)
  }

  /// What stands in quotes, or up to white space and the signs that end it.
  private mutating func text(endingAt signs: String, as wanted: String) throws(AlgoliaError) -> String {
    guard let quote = next, quote == "\"" || quote == "'" else {
      let start = index
      while let next, !Self.isSpace(next), !signs.unicodeScalars.contains(next) { index += 1 }
      guard index > start else { throw expected(wanted) }
      return String(String.UnicodeScalarView(characters[start..<index]))
    }
    index += 1
    var text = String.UnicodeScalarView()
    while let character = next {
      index += 1
      if character == quote { return String(text) }
      if character == "\\", let escaped = next {
        text.append(escaped)
        index += 1
      } else {
        text.append(character)
      }
    }
    throw expected("the closing \(quote)")
  }
}

extension String {
  /// Where the last occurrence of a text begins.
  fileprivate func range(ofLast text: String) -> Index? {
    indices.last { self[$0...].hasPrefix(text) }
  }
}
