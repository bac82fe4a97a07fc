/// Why the entries of an existing index cannot be kept.
package enum KeepExistingError: Error, Equatable, CustomStringConvertible {
  /// Other rules of analysis made its terms: new entries would not be found by the same queries.
  case otherAnalyzer(found: String)

  package var description: String {
    switch self {
    case .otherAnalyzer(let found):
      "the index was made by other rules of analysis (\(found)); build it again with search index --full"
    }
  }
}
