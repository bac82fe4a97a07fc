import IndexFormat
import SearchModel

/// What an entry's score is multiplied by, whatever the query: its boost, and its recency if that is wanted.
///
/// Works inside a tier: no boost moves an entry that matches in part above one that matches in full.
struct EntryWeights {
  private let boosts: BoostColumn
  private let days: NumberColumn
  private let recency: Recency?
  private let today: Int

  /// - Parameter now: seconds since 1970.
  init(_ segment: SegmentReader, recency: Recency?, now: Int) {
    boosts = segment.boosts
    days = segment.days
    self.recency = recency
    today = now / 86_400
  }

  /// Whether every factor is 1.
  var isNeutral: Bool { boosts.isNeutral && recency == nil }

  /// No factor is above this: what bounds a score has to be multiplied by it.
  var maximum: Float { boosts.isNeutral ? 1 : Float(BoostColumn.range.upperBound) / 100 }

  /// To be called before `factor`.
  func check(_ documents: Range<Int>) throws {
    try boosts.check(documents)
    try days.check(documents)
  }

  func boost(of document: Int) -> Float { Float(boosts[document]) / 100 }

  /// 1 when recency does not count.
  func recency(of document: Int) -> Float { recency?.factor(day: days[document], today: today) ?? 1 }

  /// For a checked document.
  func factor(of document: Int) -> Float { boost(of: document) * recency(of: document) }
}
