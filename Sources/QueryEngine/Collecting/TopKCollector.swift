/// A match that competes for a place in the answer.
package struct RankedDocument {
  /// Place of its segment in the snapshot.
  package var segment: Int
  package var document: UInt32
  /// 3 literal in the title, 2 literal, 1 full, 0 partial.
  var tier: UInt8
  /// `CalendarDay` number, 0 for none; decides first when the answer is ordered by date.
  var day: UInt32
  package var score: Float
}

/// Keeps the best k matches: a heap with the weakest on top.
struct TopKCollector {
  let capacity: Int
  private let order: RankingOrder
  private var heap: [RankedDocument] = []

  init(capacity: Int, order: RankingOrder) {
    self.capacity = capacity
    self.order = order
    heap.reserveCapacity(min(capacity, 1_024))
  }

  /// The score that a document of a tier needs to have a chance; 0 if any will do, nil if none.
  func least(tier: UInt8) -> Double? {
    guard heap.count == capacity, !order.byDate, let weakest = heap.first else {
      return capacity == 0 ? nil : 0
    }
    if tier != weakest.tier { return tier > weakest.tier ? 0 : nil }
    return Double(weakest.score)
  }

  /// Whether a document with this score may have a place, if all are of one tier.
  @inline(__always)
  func mayTake(_ score: Float) -> Bool {
    heap.count < capacity || order.byDate || heap.isEmpty || score >= heap[0].score
  }

  mutating func collect(_ candidate: RankedDocument) throws {
    if heap.count < capacity {
      heap.append(candidate)
      try siftUp()
    } else if capacity > 0, try order.isBetter(candidate, heap[0]) {
      try siftDown(candidate)
    }
  }

  private mutating func siftUp() throws {
    let order = order
    try heap.withUnsafeMutableBufferPointer { heap in
      var child = heap.count - 1
      let added = heap[child]
      while child > 0 {
        let parent = (child - 1) / 2
        guard try order.isBetter(heap[parent], added) else { break }
        heap[child] = heap[parent]
        child = parent
      }
      heap[child] = added
    }
  }

  /// Puts a match in the place of the weakest.
  private mutating func siftDown(_ added: RankedDocument) throws {
    let order = order
    try heap.withUnsafeMutableBufferPointer { heap in
      var parent = 0
      while true {
        var child = 2 * parent + 1
        if child >= heap.count { break }
        if child + 1 < heap.count, try order.isBetter(heap[child], heap[child + 1]) { child += 1 }
        guard try order.isBetter(added, heap[child]) else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = added
    }
  }

  /// Best first.
  consuming func ranked() throws -> [RankedDocument] {
    try heap.sorted { try order.isBetter($0, $1) }
  }
}
