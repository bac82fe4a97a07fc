import Glibc
package import IndexFormat

/// BM25 over two fields, title and body, with one saturation (DESIGN.md, "Score").
///
/// `tf′ = w·tfTitle / (1 − bTitle + bTitle·lengthTitle/averageTitle) + tfBody / (1 − b + b·lengthBody/averageBody)`,
/// `score = weight · idf · tf′ / (tf′ + k1)`.
/// Source: Robertson & Zaragoza 2009, doi:10.1561/1500000019; the numbers are those of the experiments.
package struct BM25F: Sendable {
  package static let k1: Float = 0.9
  package static let b: Float = 0.6
  package static let titleWeight: Float = 3
  package static let titleB: Float = 0.4

  /// What one title token adds to the norm of a title, one body token to that of a body.
  private let titleSlope: Float
  private let bodySlope: Float

  /// - Parameter statistics: sums over all segments.
  package init(_ statistics: SegmentStatistics) {
    let count = Double(max(statistics.documentCount, 1))
    let averageTitle = Double(statistics.titleLength) / count
    let averageBody = Double(statistics.bodyLength) / count
    titleSlope = averageTitle > 0 ? Self.titleB / Float(averageTitle) : 0
    bodySlope = averageBody > 0 ? Self.b / Float(averageBody) : 0
  }

  /// The share of its weight that a term earns in one document: 0 for none, towards 1 for many occurrences.
  @inline(__always)
  package func saturation(
    titleFrequency: UInt32, bodyFrequency: UInt32, titleLength: UInt32, bodyLength: UInt32
  ) -> Float {
    let title = Self.titleWeight * Float(titleFrequency) / (1 - Self.titleB + titleSlope * Float(titleLength))
    let body = Float(bodyFrequency) / (1 - Self.b + bodySlope * Float(bodyLength))
    let frequency = title + body
    return frequency / (frequency + Self.k1)
  }
}

/// How much a match on a rare term is worth: inverse document frequency, in nats.
///
/// Computes `ln(1 + (N − n + ½) / (n + ½))`. The `1 +` keeps the weight above zero even for a term that is in
/// every document; block skipping needs scores that never fall below zero.
///
/// - Parameters:
///   - n: entries that hold the term in any field, over all segments; at least 1, at most `total`.
///   - total: entries of the index.
package func inverseDocumentFrequency(matching n: Int, of total: Int) -> Float {
  precondition(n >= 1 && n <= total, "document frequency \(n) is outside 1...\(total)")
  return Float(log(1 + (Double(total - n) + 0.5) / (Double(n) + 0.5)))
}
