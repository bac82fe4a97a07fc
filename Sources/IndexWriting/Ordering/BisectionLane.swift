import IndexFormat

/// What one thread bisects with: `GraphBisection`.
///
/// `@unchecked Sendable`: a lane of a crew owns it; those of one crew share the documents, each piece of work a range of
/// them.
final class BisectionLane: @unchecked Sendable {
  /// Two numbers of a term, one for each half of a range.
  private struct Sides {
    var left: Int32 = 0
    var right: Int32 = 0
  }

  /// What is kept of a range of more documents is freed with it: other threads go on with its halves.
  private static let keptDocuments = 1 << 16

  private let documents: UnsafeMutableBufferPointer<UInt32>
  private let features: DocumentFeatures
  private let logarithms: [Int64]
  /// By term: how many documents of each half have it.
  private let degrees: UnsafeMutablePointer<Sides>
  /// By term: what a document of each half gains by it if it stands in the right half and not in the left one.
  private let gains: UnsafeMutablePointer<Sides>
  /// Those that stand in the range.
  private var terms: [UInt32] = []
  /// What each document of the range gains in the right half, above its place.
  private var keys: [UInt64] = []
  private var waiting: [(place: Int, document: UInt32)] = []
  private var selection = Selection()

  init(of documents: UnsafeMutableBufferPointer<UInt32>, _ features: DocumentFeatures, logarithms: [Int64]) {
    self.documents = documents
    self.features = features
    self.logarithms = logarithms
    degrees = LargeMemory.allocate(Sides.self, count: features.termCount)
    degrees.initialize(repeating: Sides(), count: features.termCount)
    gains = LargeMemory.allocate(Sides.self, count: features.termCount)
    gains.initialize(repeating: Sides(), count: features.termCount)
  }

  deinit {
    LargeMemory.free(degrees, count: features.termCount)
    LargeMemory.free(gains, count: features.termCount)
  }

  /// Orders the documents of a range.
  func order(_ range: Range<Int>) {
    guard GraphBisection.isHalved(range) else { return }
    halve(range)
    let middle = GraphBisection.middle(of: range)
    order(range.lowerBound..<middle)
    order(middle..<range.upperBound)
  }

  /// Distributes the documents of a range to its halves; in each they stand in the order of addition.
  func halve(_ range: Range<Int>) {
    let middle = GraphBisection.middle(of: range)
    countTerms(range.lowerBound..<middle, middle..<range.upperBound)
    for _ in 0..<GraphBisection.roundLimit {
      weighTerms(leftCount: middle - range.lowerBound, rightCount: range.upperBound - middle)
      weighDocuments(range.lowerBound..<middle, middle..<range.upperBound)
      let movedCount = exchange(range, middle)
      if movedCount * GraphBisection.fewMoved <= range.count { break }
    }
    for term in terms { degrees[Int(term)] = Sides() }
    terms.removeAll(keepingCapacity: true)
    if range.count > Self.keptDocuments {
      keys = []
      waiting = []
      selection = Selection()
    }
    // Neighbours of old stay neighbours: they often belong together.
    documents[range.lowerBound..<middle].sort()
    documents[middle..<range.upperBound].sort()
  }

  /// The terms of a document.
  @inline(__always)
  private func withTerms<R>(of document: UInt32, _ body: (UnsafeBufferPointer<UInt32>) -> R) -> R {
    features.features.withUnsafeBufferPointer {
      body(
        UnsafeBufferPointer(
          rebasing: $0[Int(features.starts[Int(document)])..<Int(features.starts[Int(document) + 1])]))
    }
  }

  private func countTerms(_ left: Range<Int>, _ right: Range<Int>) {
    var terms: [UInt32] = []
    swap(&terms, &self.terms)
    for place in left {
      withTerms(of: documents[place]) {
        for term in $0 {
          if degrees[Int(term)].left == 0 { terms.append(term) }
          degrees[Int(term)].left += 1
        }
      }
    }
    for place in right {
      withTerms(of: documents[place]) {
        for term in $0 {
          if degrees[Int(term)].left | degrees[Int(term)].right == 0 { terms.append(term) }
          degrees[Int(term)].right += 1
        }
      }
    }
    swap(&terms, &self.terms)
  }

  private func weighTerms(leftCount: Int, rightCount: Int) {
    let (leftBits, rightBits) = (logarithms[leftCount], logarithms[rightCount])
    logarithms.withUnsafeBufferPointer { logarithms in
      /// The estimate for a term that `left` and `right` documents have.
      func bits(_ left: Int, _ right: Int) -> Int64 {
        Int64(left) * (leftBits - logarithms[left + 1]) + Int64(right) * (rightBits - logarithms[right + 1])
      }
      for term in terms {
        let (left, right) = (Int(degrees[Int(term)].left), Int(degrees[Int(term)].right))
        guard left + right > 1 else {
          gains[Int(term)] = Sides()
          continue
        }
        let now = bits(left, right)
        gains[Int(term)] = Sides(
          left: left > 0 ? Int32(clamping: now - bits(left - 1, right + 1)) : 0,
          right: right > 0 ? Int32(clamping: bits(left + 1, right - 1) - now) : 0)
      }
    }
  }

  private func weighDocuments(_ left: Range<Int>, _ right: Range<Int>) {
    var keys: [UInt64] = []
    swap(&keys, &self.keys)
    keys.removeAll(keepingCapacity: true)
    for place in left {
      let gain = withTerms(of: documents[place]) { $0.reduce(Int64(0)) { $0 + Int64(gains[Int($1)].left) } }
      keys.append(Self.key(gain, at: place - left.lowerBound))
    }
    for place in right {
      let gain = withTerms(of: documents[place]) { $0.reduce(Int64(0)) { $0 + Int64(gains[Int($1)].right) } }
      keys.append(Self.key(gain, at: place - left.lowerBound))
    }
    swap(&keys, &self.keys)
  }

  /// Sorts by what a document gains; equal gains stay in their order.
  private static func key(_ gain: Int64, at place: Int) -> UInt64 {
    let limit: Int64 = 1 << 40
    return UInt64(min(max(gain, -limit), limit) + limit) << GraphBisection.placeBits | UInt64(place)
  }

  /// Puts the documents that gain least in the right half into the left one, which stays as large as it is.
  ///
  /// - Returns: how many of them come from the right half.
  private func exchange(_ range: Range<Int>, _ middle: Int) -> Int {
    let leftCount = middle - range.lowerBound
    let bound = selection.smallest(leftCount, of: keys)
    var waiting: [(place: Int, document: UInt32)] = []
    swap(&waiting, &self.waiting)
    defer { swap(&waiting, &self.waiting) }
    waiting.removeAll(keepingCapacity: true)
    for place in range.lowerBound..<middle where keys[place - range.lowerBound] >= bound {
      waiting.append((place, documents[place]))
      count(documents[place], left: -1)
    }
    // As many go the one way as go the other.
    var movedCount = 0
    for place in middle..<range.upperBound where keys[place - range.lowerBound] < bound {
      count(documents[place], left: 1)
      documents[waiting[movedCount].place] = documents[place]
      documents[place] = waiting[movedCount].document
      movedCount += 1
    }
    return movedCount
  }

  private func count(_ document: UInt32, left step: Int32) {
    withTerms(of: document) {
      for term in $0 {
        degrees[Int(term)].left += step
        degrees[Int(term)].right -= step
      }
    }
  }
}
