import IndexStorage
import SearchModel
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct SourceStateTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  private struct Model: Equatable {
    var root: String
    var settings: [SourceSetting]
    var records: [SourceRecord] = []
    var entries: [[SourceEntry]] = []

    init(_ state: SourceState) throws {
      root = state.root
      settings = state.settings
      records = state.records
      entries = try state.records.indices.map { try state.entries(of: $0) }
    }

    init(seed: UInt64) {
      var random = SplitMix64(seed: seed)
      root = "../站点"
      settings = (0..<seed % 3).map { SourceSetting(name: "setting \($0)", value: "值\($0)") }
      for number in 0..<Int.random(in: 0...12, using: &random) {
        let name = "文档/\(number).md"
        records.append(
          SourceRecord(
            name: name,
            signature: FileSignature(
              byteCount: Int.random(in: 0 ... .max, using: &random),
              modificationTime: Int64.random(in: .min ... .max, using: &random),
              changeTime: Int64.random(in: .min ... .max, using: &random), inode: random.next()),
            hash: ContentHash(high: random.next(), low: random.next()),
            isUncertain: Bool.random(using: &random), isStandardInput: Bool.random(using: &random),
            skips: (0..<Int.random(in: 0...2, using: &random)).map {
              SourceRecord.Skip(
                line: $0 == 0 ? nil : $0, reason: "原因 \($0)", isDeliberate: $0 == 0 && number % 2 == 0)
            }))
        entries.append(
          (0..<Int.random(in: 0...9, using: &random)).map { place in
            // Some share a part of the name that ends inside a character.
            let id =
              ["文档/\(number).md#节-\(place)", "文栏\(place)", "\(random.next())", name, ""]
              .randomElement(using: &random) ?? ""
            return SourceEntry(id: id, fingerprint: random.next())
          })
      }
    }

    func write(in directory: IndexDirectory) throws -> FileReference {
      let builder = try SourceStateBuilder(in: directory)
      for (record, entries) in zip(records, entries) { try builder.add(record, entries: entries) }
      return try builder.finish(root: root, settings: settings)
    }
  }

  @Test("a state comes back as it was, also when its records are copied", arguments: UInt64(0)..<30)
  func roundTrip(seed: UInt64) throws {
    let model = Model(seed: seed)
    let reference = try model.write(in: work.directory)
    let state = try SourceState(reference, in: work.directory)
    #expect(try Model(state) == model)
    #expect(state.entryCount == model.entries.joined().count)
    let copy = try SourceStateBuilder(in: work.directory)
    for (number, record) in model.records.enumerated() {
      try copy.add(record, entriesOf: number, in: state)
    }
    #expect(try copy.finish(root: model.root, settings: model.settings) == reference)
  }

  @Test("the files that give an id are those whose lists hold it", arguments: UInt64(30)..<40)
  func records(seed: UInt64) throws {
    let model = Model(seed: seed)
    let state = try SourceState(try model.write(in: work.directory), in: work.directory)
    let ids = Array(model.entries.joined().map(\.id).prefix(3))
    let expected = model.entries.indices.filter { model.entries[$0].contains { ids.contains($0.id) } }
    #expect(state.records(giving: Set(ids.map { SourceEntry.hash(ofID: $0) })) == expected)
    #expect(state.records(giving: [1]).isEmpty)
  }

  @Test("every flipped bit and every early end is found")
  func damage() throws {
    let reference = try Model(seed: 5).write(in: work.directory)
    let sound = try work.root.read(reference.name)
    for place in sound.indices {
      var bytes = sound
      bytes[place] ^= 1 << UInt8(place % 8)
      #expect(throws: IndexFormatError.self) { try SourceState(.inMemory("s", bytes), reference) }
      #expect(throws: IndexFormatError.self) {
        try SourceState(.inMemory("s", Array(sound[..<place])), reference)
      }
    }
  }

  @Test("forged states throw or decode", arguments: UInt64(0)..<4)
  func forged(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sound = try work.root.read(try Model(seed: 7 + seed).write(in: work.directory).name)
    for _ in 0..<2_000 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 12..<bytes.count, using: &random)] =
          [0, 0x7F, 0xFF, .random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<20, using: &random)) }
      let reference = FileReference(
        name: "s", byteCount: bytes.count, checksum: PlainSegmentFile.checksum(of: bytes))
      // Either way is right; stopping is not.
      if let state = try? SourceState(.inMemory("s", bytes), reference) { _ = try? Model(state) }
    }
  }

  @Test("another version is told apart from damage; a lost file is damage")
  func named() throws {
    let reference = try Model(seed: 1).write(in: work.directory)
    var bytes = try work.root.read(reference.name)
    bytes[8] = 2
    let other = FileReference(
      name: "s", byteCount: bytes.count, checksum: PlainSegmentFile.checksum(of: bytes))
    let error = #expect(throws: IndexFormatError.self) { try SourceState(.inMemory("s", bytes), other) }
    #expect(error?.isVersionMismatch == true)
    try work.directory.remove(reference.name)
    let lost = #expect(throws: IndexFormatError.self) { try SourceState(reference, in: work.directory) }
    #expect(lost?.problem == .missing)
  }
}
