import IndexFormat
import IndexStorage

/// Takes the postings of one term in the order of addition and gives them back in the order of doc IDs.
///
/// Few are sorted by comparison; of more, each is marked in a set of bits as wide as the segment, which is then read from
/// its front. One serves many terms, one after the other.
///
/// `@unchecked Sendable`: a lane of a crew owns it.
final class PostingsSorter: @unchecked Sendable {
  private struct Item {
    var posting: Posting
    /// Where its positions begin.
    var start: UInt32
  }

  /// Postings up to which they are sorted by comparison.
  private static let fewItems = 16
  /// Beyond it the items of one term do not keep their memory for the next.
  private static let keptItems = 1 << 18

  private let order: DocumentOrder
  private let directory: IndexDirectory
  private let positionsInMemory: Int
  private var items: [Item] = []
  /// For the positions of the postings, empty; kept here from one part of the terms to the next.
  var positions: [UInt32] = []
  /// The first positions of a term that has very many.
  private var earlier: Spool<UInt32>?
  private var earlierCount = 0
  /// By doc ID, where it is marked: which item it is.
  private var places: [UInt32]
  private var marks: [UInt64]
  /// A bit for each word of marks that is not zero.
  private var markedWords: [UInt64]

  /// - Parameters:
  ///   - directory: for scratch files.
  ///   - positionsInMemory: so many positions of a term stay in memory; those before them wait in a file.
  init(_ order: DocumentOrder, directory: IndexDirectory, positionsInMemory: Int) {
    self.positionsInMemory = positionsInMemory
    self.order = order
    self.directory = directory
    let count = order.docIDs.count
    places = [UInt32](repeating: 0, count: count)
    marks = [UInt64](repeating: 0, count: (count + 63) / 64)
    markedWords = [UInt64](repeating: 0, count: (count + 4_095) / 4_096)
  }

  /// - Parameters:
  ///   - positions: of the postings so far; those of this one stand last.
  ///   - start: where those of this one begin.
  @inline(__always)
  func add(_ posting: Posting, _ positions: inout [UInt32], _ start: Int) throws {
    var posting = posting
    posting.docID = order.docIDs[Int(posting.docID)]
    guard earlierCount + start <= UInt32.max else {
      throw IndexFormat.IndexLimitError("occurrences of one term", Int(UInt32.max))
    }
    items.append(Item(posting: posting, start: UInt32(earlierCount + start)))
    if positions.count > positionsInMemory { try spill(&positions) }
  }

  /// In pieces: one document may have more than fit.
  private func spill(_ positions: inout [UInt32]) throws {
    let spool = earlier ?? Spool(directory: directory, memoryBytes: 0)
    earlier = spool
    for start in stride(from: 0, to: positions.count, by: positionsInMemory) {
      try spool.append(contentsOf: positions[start..<min(start + positionsInMemory, positions.count)])
    }
    earlierCount = spool.count
    positions = []
  }

  /// Hands everything over by ascending doc ID, and is empty afterwards. Positions are valid during the call.
  ///
  /// - Parameter positions: as `add` left them; empty afterwards.
  @inline(__always)
  func takeAll(
    _ positions: inout [UInt32], _ body: (Posting, UnsafeBufferPointer<UInt32>) -> Void
  ) throws {
    defer {
      items.removeAll(keepingCapacity: items.count <= Self.keptItems)
      positions.removeAll(keepingCapacity: true)
      earlier = nil
      earlierCount = 0
    }
    try positions.withUnsafeBufferPointer { positions in try eachInOrder { try handOver($0, positions, body) }
    }
  }

  /// Forgets what an error left half done.
  func reset() {
    items = []
    positions = []
    earlier = nil
    earlierCount = 0
    for word in marks.indices { marks[word] = 0 }
    for word in markedWords.indices { markedWords[word] = 0 }
  }

  @inline(__always)
  private func eachInOrder(_ body: (Item) throws -> Void) throws {
    if items.count <= Self.fewItems {
      sortFew()
      for place in items.indices { try body(items[place]) }
      return
    }
    for place in items.indices {
      let docID = Int(items[place].posting.docID)
      places[docID] = UInt32(truncatingIfNeeded: place)
      marks[docID >> 6] |= 1 << UInt64(docID & 63)
      markedWords[docID >> 12] |= 1 << UInt64(docID >> 6 & 63)
    }
    for group in markedWords.indices {
      while markedWords[group] != 0 {
        let word = group << 6 | markedWords[group].trailingZeroBitCount
        markedWords[group] &= markedWords[group] - 1
        var marked = marks[word]
        marks[word] = 0
        while marked != 0 {
          try body(items[Int(places[word << 6 | marked.trailingZeroBitCount])])
          marked &= marked - 1
        }
      }
    }
  }

  /// By insertion.
  private func sortFew() {
    items.withUnsafeMutableBufferPointer { items in
      for sorted in items.indices.dropFirst() {
        let item = items[sorted]
        var place = sorted
        while place > 0, items[place - 1].posting.docID > item.posting.docID {
          items[place] = items[place - 1]
          place -= 1
        }
        items[place] = item
      }
    }
  }

  @inline(__always)
  private func handOver(
    _ item: Item, _ positions: UnsafeBufferPointer<UInt32>,
    _ body: (Posting, UnsafeBufferPointer<UInt32>) -> Void
  ) throws {
    // Lists without positions have none to look for.
    let count = positions.isEmpty && earlierCount == 0 ? 0 : Int(item.posting.frequency)
    let first = Int(item.start)
    if first >= earlierCount {
      let start = first - earlierCount
      body(item.posting, UnsafeBufferPointer(rebasing: positions[start..<start + count]))
    } else {
      try earlierPositions(first..<first + count).withUnsafeBufferPointer { body(item.posting, $0) }
    }
  }

  /// Positions in the file. A document's stand there together.
  private func earlierPositions(_ range: Range<Int>) throws -> [UInt32] {
    guard let earlier else { throw ScratchDamage() }
    let positions = try earlier.elements(range)
    guard zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) else { throw ScratchDamage() }
    return positions
  }
}
