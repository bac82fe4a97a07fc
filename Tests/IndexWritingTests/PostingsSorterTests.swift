import Glibc
import IndexFormat
import IndexStorage
import SearchTestSupport
import Testing

@testable import IndexWriting

@Suite struct PostingsSorterTests {
  private struct Item: Equatable {
    var posting: Posting
    var positions: [UInt32]
  }

  private let disk: FaultyDirectory

  init() throws { disk = try FaultyDirectory() }

  private func sorted(_ items: [Item], by sorter: PostingsSorter) throws -> [Item] {
    var positions: [UInt32] = []
    for item in items {
      let start = positions.count
      positions += item.positions
      try sorter.add(item.posting, &positions, start)
    }
    var found: [Item] = []
    try sorter.takeAll(&positions) { found.append(Item(posting: $0, positions: Array($1))) }
    #expect(positions.isEmpty)
    return found
  }

  @Test(
    "terms come back in the order of doc IDs, however many postings and positions", arguments: UInt64(0)..<8)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let documentCount = [1, 20, 64, 65, 5_000, 9_000, 70_000, 100_000][Int(seed)]
    let order = DocumentOrder(documents: (0..<UInt32(documentCount)).shuffled(using: &random))
    let sorter = PostingsSorter(order, directory: disk.directory, positionsInMemory: 2_000)
    for _ in 0..<60 {
      let hasPositions = Bool.random(using: &random)
      let share = [1, 3, 17, 500, 2_000].randomElement(using: &random) ?? 1
      let documents = (0..<documentCount).filter { _ in Int.random(in: 0..<share, using: &random) == 0 }
        .prefix(9_000)
      let items = documents.map { document in
        let frequency = UInt32.random(in: 1...6, using: &random)
        let first = UInt32.random(in: 0...1_000, using: &random)
        return Item(
          posting: Posting(docID: UInt32(document), frequency: frequency, titleFrequency: frequency / 2),
          positions: hasPositions ? (0..<frequency).map { first + 3 * $0 } : [])
      }
      let expected = items.map { item in
        var moved = item
        moved.posting.docID = order.docIDs[Int(item.posting.docID)]
        return moved
      }.sorted { $0.posting.docID < $1.posting.docID }
      #expect(try sorted(items, by: sorter) == expected)
    }
    #expect(disk.files.openDescriptorCount == 0)
    // Large ones went through a file.
    #expect(disk.files.trace.contains { $0.kind == .create } == (documentCount >= 5_000))
  }

  @Test("a document with more positions than fit stands between others")
  func manyPositions() throws {
    let order = DocumentOrder(documents: [2, 0, 1])
    let sorter = PostingsSorter(order, directory: disk.directory, positionsInMemory: 100)
    let items = [50, 1_000, 70].enumerated().map { document, count in
      Item(
        posting: Posting(docID: UInt32(document), frequency: UInt32(count), titleFrequency: 0),
        positions: (0..<UInt32(count)).map { $0 * 2 })
    }
    #expect(try sorted(items, by: sorter).map(\.positions.count) == [70, 50, 1_000])
  }

  @Test("positions that come back in another order are told, and the next terms are as if nothing had been")
  func damage() throws {
    // A file that keeps its name can be reached from here.
    disk.files.inject(Fault(.fails(EIO), at: 1, in: [.unlink]))
    let order = DocumentOrder(documents: (0..<40).reversed())
    let sorter = PostingsSorter(order, directory: disk.directory, positionsInMemory: 100)
    var positions = (0..<UInt32(200_000)).map { $0 }
    try sorter.add(Posting(docID: 0, frequency: 200_000, titleFrequency: 0), &positions, 0)
    var bytes = try disk.root.read("tmp-scratch")
    #expect(bytes.count > 400_100)
    for place in 400_000..<400_004 { bytes[place] = 0 }
    try disk.root.write("tmp-scratch", bytes)
    // Enough postings to be marked, the damaged one among them.
    for document in 1..<UInt32(40) {
      let start = positions.count
      positions.append(document)
      try sorter.add(Posting(docID: document, frequency: 1, titleFrequency: 0), &positions, start)
    }
    #expect(throws: ScratchDamage.self) { try sorter.takeAll(&positions) { _, _ in } }
    sorter.reset()
    let items = [UInt32(3), 7].map {
      Item(posting: Posting(docID: $0, frequency: 1, titleFrequency: 0), positions: [$0])
    }
    #expect(try sorted(items, by: sorter).map(\.posting.docID) == [32, 36])
    let many = (0..<UInt32(30)).map {
      Item(posting: Posting(docID: $0, frequency: 1, titleFrequency: 0), positions: [])
    }
    #expect(try sorted(many, by: sorter).map(\.posting.docID) == Array(10..<40))
  }
}
