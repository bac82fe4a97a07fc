import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct WaitingFieldsTests {
  private let root: TemporaryDirectory
  private let files: FaultyFileSystem
  private let directory: IndexDirectory

  init() throws {
    root = try TemporaryDirectory()
    files = try FaultyFileSystem(root: root)
    directory = IndexDirectory(path: root.path, fileSystem: files)
  }

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
    let waiting = WaitingFields(directory: directory, memoryBytes: 4_096)
    for entry in entries { try waiting.add(StoredFields(entry)) }
    let order = (0..<UInt32(count)).shuffled(using: &random)
    #expect(try taken(waiting, in: order) == order.map { StoredFields(entries[Int($0)]) })
    #expect(files.trace.contains { $0.kind == .create } == (count >= 40))
  }

  @Test("bytes that come back otherwise than they were written are told")
  func damage() throws {
    // A file that keeps its name can be reached from here.
    files.inject(Fault(.fails(5), at: 1, in: [.unlink]))
    let waiting = WaitingFields(directory: directory, memoryBytes: 4_096)
    for number in 0..<2 {
      try waiting.add(StoredFields(Entry(id: "\(number)", text: String(repeating: "text ", count: 100_000))))
    }
    var bytes = try root.read("tmp-scratch")
    bytes[300_000] ^= 1
    try root.write("tmp-scratch", bytes)
    #expect(throws: ScratchDamage.self) { try taken(waiting, in: [1, 0]) }
  }
}
