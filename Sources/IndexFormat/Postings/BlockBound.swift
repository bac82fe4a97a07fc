/// The most that any posting of a block can be worth, whatever the query: its largest weighted frequency.
///
/// The weighted frequency is `tf′` of BM25F under `BoundModel`, rounded up to sixteen bits of a logarithmic scale:
/// exact to one part in 4,096 between 2⁻⁸ and 2⁸ (FORMAT.md, "Block bounds").
package enum BlockBound {
  /// Says nothing: the block may hold anything.
  package static let unknown = UInt16.max

  private static let least: UInt32 = 119 << 23  // 2⁻⁸ as the bits of a Float
  private static let shift: UInt32 = 11

  /// The smallest code whose frequency is not below `frequency`.
  package static func code(_ frequency: Float) -> UInt16 {
    let bits = frequency.bitPattern
    guard frequency > 0, bits > least else { return 0 }
    return UInt16(clamping: (bits - least + (1 << shift - 1)) >> shift)
  }

  /// The weighted frequency that no posting of the block exceeds; infinite when nothing is known.
  @inline(__always)
  package static func frequency(_ code: UInt16) -> Float {
    code == unknown ? .infinity : Float(bitPattern: least + UInt32(code) << shift)
  }
}

/// The numbers under which a segment's block bounds were made (FORMAT.md, "Statistics").
///
/// A query with other numbers, such as the averages of an index of several segments, multiplies every bound
/// by a factor that makes it safe.
package struct BoundModel: Equatable, Sendable {
  package var titleWeight: Float
  /// Of length normalization, 0…1.
  package var titleB: Float
  package var bodyB: Float
  /// Tokens; above zero.
  package var averageTitle: Float
  package var averageBody: Float

  package init(
    titleWeight: Float, titleB: Float, bodyB: Float, averageTitle: Float = 1, averageBody: Float = 1
  ) {
    self.titleWeight = titleWeight
    self.titleB = titleB
    self.bodyB = bodyB
    self.averageTitle = averageTitle
    self.averageBody = averageBody
  }

  static let byteCount = 20

  /// In the order of the file.
  var numbers: [Float] { [titleWeight, titleB, bodyB, averageTitle, averageBody] }

  init(from reader: inout ByteReader) throws(IndexFormatError) {
    var numbers: [Float] = []
    for _ in 0..<5 {
      let number = Float(bitPattern: try reader.fixed(UInt32.self))
      guard number.isFinite, number >= 0 else { throw reader.error(.invalid("numbers of a ranking formula")) }
      numbers.append(number)
    }
    guard numbers[1] <= 1, numbers[2] <= 1, numbers[3] > 0, numbers[4] > 0 else {
      throw reader.error(.invalid("numbers of a ranking formula"))
    }
    self.init(
      titleWeight: numbers[0], titleB: numbers[1], bodyB: numbers[2], averageTitle: numbers[3],
      averageBody: numbers[4])
  }

  /// The weights that DESIGN.md names under "Score".
  package static let standard = BoundModel(titleWeight: 3, titleB: 0.4, bodyB: 0.6)

  /// `tf′` of one posting.
  @inline(__always)
  package func weightedFrequency(_ posting: Posting, titleLength: UInt32, bodyLength: UInt32) -> Float {
    var sum =
      Float(posting.frequency - posting.titleFrequency)
      / (1 - bodyB + bodyB / averageBody * Float(bodyLength))
    if posting.titleFrequency > 0 {
      sum +=
        titleWeight * Float(posting.titleFrequency)
        / (1 - titleB + titleB / averageTitle * Float(titleLength))
    }
    return sum
  }

  /// What bounds under `self` are multiplied with to be bounds under `other`.
  ///
  /// Each norm is linear in the length, so the ratio of two of them is largest at length zero or towards infinity.
  package func factor(to other: BoundModel) -> Float {
    func worst(_ b: Float, _ average: Float, _ otherB: Float, _ otherAverage: Float) -> Float {
      guard otherB > 0, otherB < 1 else { return .infinity }
      return max((1 - b) / (1 - otherB), b / average * otherAverage / otherB)
    }
    let body = worst(bodyB, averageBody, other.bodyB, other.averageBody)
    let title =
      titleWeight > 0
      ? other.titleWeight / titleWeight * worst(titleB, averageTitle, other.titleB, other.averageTitle)
      : .infinity
    // Scores are rounded on their way; the bounds stay above them.
    return max(body, title) * 1.000_02
  }
}

/// The lengths of a segment's documents, as its block bounds need them.
package struct DocumentLengths: Sendable {
  package var titles: [UInt32]
  package var bodies: [UInt32]
  package var model: BoundModel

  package init(titles: [UInt32], bodies: [UInt32], model: BoundModel) {
    self.titles = titles
    self.bodies = bodies
    self.model = model
  }
}
