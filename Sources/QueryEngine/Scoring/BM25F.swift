import CKernels
import Glibc
package import IndexFormat

/// BM25 over two fields, title and body, with one saturation (DESIGN.md, "Score").
///
/// `tf′ = w·tfTitle / (1 − bTitle + bTitle·lengthTitle/averageTitle) + tfBody / (1 − b + b·lengthBody/averageBody)`,
/// `score = weight · idf · tf′ / (tf′ + k1)`.
/// Source: Robertson & Zaragoza 2009, doi:10.1561/1500000019; the numbers are those of the experiments.
package struct BM25F: Sendable {
  /// The free numbers of the formula.
  package struct Parameters: Equatable, Sendable {
    package var k1: Float
    package var b: Float
    package var titleWeight: Float
    package var titleB: Float

    package init(k1: Float, b: Float, titleWeight: Float, titleB: Float) {
      self.k1 = k1
      self.b = b
      self.titleWeight = titleWeight
      self.titleB = titleB
    }

    package static let standard = Parameters(k1: 0.9, b: 0.6, titleWeight: 3, titleB: 0.4)
  }

  let kernel: kernel_model
  /// What block bounds have to be made for.
  let boundModel: BoundModel

  /// - Parameter statistics: sums over all segments.
  package init(_ statistics: SegmentStatistics, parameters: Parameters = .standard) {
    let average = statistics.averageLengths
    let slope = { (b: Float, average: Float) in average > 0 ? b / average : 0 }
    kernel = kernel_model(
      title_weight: parameters.titleWeight, title_base: 1 - parameters.titleB,
      title_slope: slope(parameters.titleB, average.title), body_base: 1 - parameters.b,
      body_slope: slope(parameters.b, average.body), k1: parameters.k1)
    boundModel = BoundModel(
      titleWeight: parameters.titleWeight, titleB: parameters.titleB, bodyB: parameters.b,
      averageTitle: average.title > 0 ? average.title : 1, averageBody: average.body > 0 ? average.body : 1)
  }

  /// The share of its weight that a term earns in one document: 0 for none, towards 1 for many occurrences.
  ///
  /// What `kernel_score` does for many documents, bit for bit: both sides of the fraction times the norm of the body.
  @inline(__always)
  package func saturation(
    titleFrequency: UInt32, bodyFrequency: UInt32, titleLength: UInt32, bodyLength: UInt32
  ) -> Float {
    let norm = kernel.body_base + kernel.body_slope * Float(bodyLength)
    var frequency = Float(bodyFrequency)
    if titleFrequency > 0 {
      let title =
        kernel.title_weight * Float(titleFrequency)
        / (kernel.title_base + kernel.title_slope * Float(titleLength))
      frequency = title * norm + frequency
    }
    return frequency / (frequency + kernel.k1 * norm)
  }

  /// What `saturation` never exceeds in a block.
  ///
  /// - Parameter factor: of the segment's bounds, see `BoundModel.factor(to:)`.
  @inline(__always)
  func ceiling(_ bound: UInt16, factor: Float) -> Float {
    let frequency = factor * BlockBound.frequency(bound)
    return frequency.isFinite ? frequency / (frequency + kernel.k1) * 1.000_01 : 1
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
