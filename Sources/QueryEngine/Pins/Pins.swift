/// Entries that the owner of a site wants first for certain queries.
package struct Pins: Equatable, Sendable {
  package struct Rule: Equatable, Sendable {
    /// The pin counts for a query that is one of these as a whole; case, width and script do not matter.
    package var queries: [String]
    /// URLs or ids of entries, in the order in which they come first.
    package var targets: [String]

    package init(queries: [String], targets: [String]) {
      self.queries = queries
      self.targets = targets
    }
  }

  /// Entries that one query may bring to the front; later ones keep their place.
  package static let maximumPerQuery = 20

  package var rules: [Rule]

  package init(_ rules: [Rule] = []) { self.rules = rules }

  /// Reads `安装, install => /install/, /quick-start/`, one rule a line; `#` begins a comment.
  ///
  /// - Throws: `OwnerListError` with the line that is no rule.
  package init(parsing text: String) throws(OwnerListError) {
    rules = []
    for (number, line) in ownerLines(text) {
      guard let arrow = line.firstRange(of: "=>") else {
        throw OwnerListError(line: number, problem: "no arrow; write “query, other query => /url/, id”")
      }
      let rule = Rule(
        queries: ownerTerms(line[..<arrow.lowerBound]), targets: ownerTerms(line[arrow.upperBound...]))
      guard !rule.queries.contains(""), !rule.targets.contains("") else {
        throw OwnerListError(
          line: number, problem: "a query or target is missing; write “query, other query => /url/, id”")
      }
      rules.append(rule)
    }
  }
}
