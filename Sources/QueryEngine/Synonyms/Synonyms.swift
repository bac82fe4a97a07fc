/// Words that stand for others when a query is read, as the owner of a site lists them.
///
/// One rule a line, `#` begins a comment:
///
/// ```
/// k8s, kubernetes                      # each stands for the others
/// 多集群 => multi-cluster, karmada     # only from left to right
/// service mesh, 服务网格               # several words, any language
/// ```
package struct Synonyms: Equatable, Sendable {
  /// A query with one of `words` is also answered by `alternatives`.
  package struct Rule: Equatable, Sendable {
    package var words: [String]
    package var alternatives: [String]
  }

  package static let maximumRules = 10_000
  /// Words or alternatives of one rule.
  package static let maximumTerms = 64

  package private(set) var rules: [Rule] = []

  package init() {}

  /// - Throws: `OwnerListError` with the line that is no rule.
  package init(parsing text: String) throws(OwnerListError) {
    for (number, line) in ownerLines(text) { try add(line, number: number) }
  }

  /// Adds the rules of another list.
  ///
  /// - Throws: `OwnerListError` for more than `maximumRules` in all.
  package mutating func add(_ other: Synonyms) throws(OwnerListError) {
    guard rules.count + other.rules.count <= Self.maximumRules else { throw Self.tooMany(line: 1) }
    rules += other.rules
  }

  private mutating func add(_ line: Substring, number: Int) throws(OwnerListError) {
    guard rules.count < Self.maximumRules else { throw Self.tooMany(line: number) }
    if let arrow = line.firstRange(of: "=>") {
      let words = try Self.terms(line[..<arrow.lowerBound], number: number)
      rules.append(
        Rule(words: words, alternatives: try Self.terms(line[arrow.upperBound...], number: number)))
    } else {
      let words = try Self.terms(line, number: number)
      guard words.count > 1 else {
        throw OwnerListError(
          line: number,
          problem: "“\(words[0])” stands alone; write “word, other word” or “word => other word”"
        )
      }
      rules.append(Rule(words: words, alternatives: words))
    }
  }

  private static func terms(_ text: Substring, number: Int) throws(OwnerListError) -> [String] {
    let terms = ownerTerms(text)
    guard terms.count <= maximumTerms else {
      throw OwnerListError(line: number, problem: "more than \(maximumTerms) words; write several lines")
    }
    for term in terms where !term.contains(where: { $0.isLetter || $0.isNumber }) {
      throw OwnerListError(
        line: number, problem: "a word is missing; write “word, other word” or “word => other word”")
    }
    return terms
  }

  private static func tooMany(line: Int) -> OwnerListError {
    OwnerListError(line: line, problem: "more than \(maximumRules) rules of synonyms")
  }
}
