import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct WaitingFieldsTests {
  private let disk: FaultyDirectory

  init() throws { disk = try FaultyDirectory() }

  /// What `takeAll` hands over, read as an entry's fields.
  private func taken(_ waiting: WaitingFields, in order: [UInt32]) throws -> [StoredFields] {
    var found: [StoredFields] = []
    try waiting.takeAll(in: order) { head, fields in
      var headReader = ByteReader(head, file: "", section: "")
      var reader = ByteReader(fields, file: "", section: "")
      found.append(try StoredFields(EntryHead(from: &headReader), from: &reader))
      #expect(headReader.remaining == 0 && reader.remaining == 0)
    }
    return found
  }

  @Test("fields come back in any order, however many there are", arguments: [0, 1, 40, 2_000])
  func anyOrder(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    let entries = (0..<count).map {
      Entry(
        id: "\($0)", title: "title \($0)", text: String(repeating: "文 \($0) ", count: $0 % 50), url: "/\($0)")
    }
    let waiting = WaitingFields(directory: disk.directory, memoryBytes: 4_096)
    for entry in entries { try waiting.add(StoredFields(entry)) }
    let order = (0..<UInt32(count)).shuffled(using: &random)
    #expect(try taken(waiting, in: order) == order.map { StoredFields(entries[Int($0)]) })
    #expect(disk.files.trace.contains { $0.kind == .create } == (count >= 40))
  }

  @Test(
    "a byte that comes back otherwise than it was written is told, wherever it is",
    arguments: [0, 7, 8, 11, 12, 300_000])
  func damage(place: Int) throws {
    // A file that keeps its name can be reached from here.
    disk.files.inject(Fault(.fails(5), at: 1, in: [.unlink]))
    let waiting = WaitingFields(directory: disk.directory, memoryBytes: 4_096)
    for number in 0..<2 {
      let text = String(repeating: "text ", count: 100_000)
      try waiting.add(StoredFields(Entry(id: "\(number)", title: "a title", text: text)))
    }
    var bytes = try disk.root.read("tmp-scratch")
    bytes[place] ^= 1
    try disk.root.write("tmp-scratch", bytes)
    #expect(throws: ScratchDamage.self) { try taken(waiting, in: [1, 0]) }
  }
}
