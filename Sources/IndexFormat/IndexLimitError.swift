/// More than the format can hold (FORMAT.md, "Limits").
package struct IndexLimitError: Error, Equatable, CustomStringConvertible {
  /// What there is too much of, in the plural.
  package var what: String
  package var limit: Int

  package init(_ what: String, _ limit: Int) {
    self.what = what
    self.limit = limit
  }

  package var description: String { "an index holds at most \(limit) \(what)" }
}
