/// What the owner of a site may choose about answers; the defaults are for everybody else.
package struct SearchOptions: Equatable, Sendable {
  package var synonyms: Synonyms
  package var pins: Pins
  /// Nil: the date of an entry has no share in its rank.
  package var recency: Recency?

  package init(synonyms: Synonyms = Synonyms(), pins: Pins = Pins(), recency: Recency? = nil) {
    self.synonyms = synonyms
    self.pins = pins
    self.recency = recency
  }
}
