/// An index whose terms were made by other rules of analysis: what a query means is not what stands in it, so that
/// answers would be wrong without a sign of it.
package struct OtherAnalyzerError: Error, Equatable, CustomStringConvertible {
  /// The identity of those rules.
  package var found: String

  package var description: String {
    "the index was made by other rules of analysis (\(found)) than those of this program"
  }
}
