/// A match that has a place in the answer.
package struct RankedDocument {
  /// Place of its segment in the snapshot.
  package var segment: Int
  package var document: UInt32
  /// Where its id stands among those of its segment.
  var rank: UInt32
  /// 3 literal in the title, 2 literal, 1 full, 0 partial.
  var tier: UInt8
  /// `CalendarDay` number, 0 for none and where days do not count.
  var day: UInt32
  package var score: Float
}
