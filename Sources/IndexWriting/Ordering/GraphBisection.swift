import Glibc
import IndexFormat

/// An order of documents in which those with the same terms stand side by side, so that the gaps of lists are small.
///
/// Recursive graph bisection (Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev, Shalita: "Compressing graphs and indexes
/// with recursive graph bisection", 2016). A range of documents is halved; each half then gets those documents that
/// together make the estimate of bits smallest: Σ over terms and halves of d · log₂(n / (d + 1)), for d of the n
/// documents of the half that have the term. Then each half is halved. Sums are of integers, so that the order is the
/// same on every machine.
struct GraphBisection {
  /// Documents that are not ordered among each other: about what a block of a list covers.
  static let smallestRange = 128
  /// Bits for a document's place in a range.
  static let placeBits: UInt64 = 21
  /// More documents than this are not ordered.
  static let mostDocuments = 1 << placeBits
  /// Rounds in which documents of a range change sides.
  static let roundLimit = 3
  /// A round that moves no more than one of so many documents is the last one.
  static let fewMoved = 100

  private let features: DocumentFeatures
  /// log₂ in units of 2⁻¹⁶.
  private let logarithms: [Int64]

  init(_ features: DocumentFeatures) {
    self.features = features
    logarithms = (0..<features.starts.count + 2).map { Int64((log2(Double(max($0, 1))) * 65_536).rounded()) }
  }

  private var documentCount: Int { features.starts.count - 1 }

  /// All documents in the order that was found; it does not depend on the number of threads.
  func order(by crew: WorkCrew) -> [UInt32] {
    var documents = Array(0..<UInt32(documentCount))
    documents.withUnsafeMutableBufferPointer { documents in
      let lanes = (0..<crew.threadCount).map { _ in
        BisectionLane(of: documents, features, logarithms: logarithms)
      }
      // Wide ranges one after the other, until there are enough of them to leave each with all that is in it to a thread.
      var ranges = [0..<documents.count]
      while crew.threadCount > 1, ranges.count < 4 * crew.threadCount, Self.isHalved(ranges[0]) {
        for range in ranges { crew.submit { lanes[$0].halve(range) } }
        crew.finish()
        ranges = ranges.flatMap {
          [$0.lowerBound..<Self.middle(of: $0), Self.middle(of: $0)..<$0.upperBound]
        }
      }
      for range in ranges { crew.submit { lanes[$0].order(range) } }
      crew.finish()
    }
    return documents
  }

  static func isHalved(_ range: Range<Int>) -> Bool { range.count > 2 * smallestRange }

  static func middle(of range: Range<Int>) -> Int { (range.lowerBound + range.upperBound) / 2 }
}
