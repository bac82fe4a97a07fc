import IndexStorage
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct CommitTests {
  private func commit(seed: UInt64) -> Commit {
    var random = SplitMix64(seed: seed)
    func reference() -> FileReference {
      FileReference(
        name: "文件-\(UInt16.random(in: 0 ... .max, using: &random))",
        byteCount: Int.random(in: 0 ... .max, using: &random), checksum: random.next())
    }
    return Commit(
      number: Int.random(in: 0...(1 << 53), using: &random),
      createdAt: Int.random(in: 0...(1 << 40), using: &random),
      analyzer: seed % 2 == 0 ? "" : "分析-1", sourcePaths: (0..<Int(seed % 4)).map { "../站点 \($0)" },
      segments: (0..<Int(seed % 5)).map { number in
        CommittedSegment(
          file: reference(), documentCount: Int.random(in: 0...Int(Int32.max), using: &random),
          live: number % 2 == 0 ? nil : reference())
      }, state: seed % 3 == 0 ? nil : reference())
  }

  @Test("a commit comes back as it was, and every shorter one is refused", arguments: UInt64(0)..<20)
  func roundTrip(seed: UInt64) throws {
    let commit = commit(seed: seed)
    let bytes = commit.encode()
    #expect(try Commit(decoding: bytes) == commit)
    for count in 0..<bytes.count {
      #expect(throws: IndexFormatError.self) { try Commit(decoding: Array(bytes[..<count])) }
    }
    #expect(throws: IndexFormatError.self) { try Commit(decoding: bytes + [0]) }
  }

  @Test("forged commits throw or decode", arguments: UInt64(0)..<8)
  func forged(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sound = commit(seed: 3 + seed).encode()
    for _ in 0..<500 {
      var bytes = Array(sound.dropLast(8))
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 12..<bytes.count, using: &random)] =
          [0, 0x7F, 0xFF, .random(in: 0...255, using: &random)]
          .randomElement(using: &random) ?? 0
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<20, using: &random)) }
      bytes += PlainSegmentFile.bytes(PlainSegmentFile.checksum(of: bytes), 8)
      // Either way is right; stopping is not.
      if let commit = try? Commit(decoding: bytes) {
        #expect(commit.number < Int.max && commit.segments.allSatisfy { $0.documentCount < Int(UInt32.max) })
      }
    }
  }

  @Test("a commit of version 1 ends with its segments", arguments: UInt64(0)..<6)
  func firstVersion(seed: UInt64) throws {
    var commit = commit(seed: seed)
    commit.state = nil
    var bytes = Array(commit.encode().dropLast(9))
    bytes[8] = 1
    #expect(
      try Commit(decoding: bytes + PlainSegmentFile.bytes(PlainSegmentFile.checksum(of: bytes), 8)) == commit)
  }

  @Test("foreign bytes and another version are told apart from damage")
  func named() throws {
    var bytes = commit(seed: 3).encode()
    bytes[8] = 9
    let error = #expect(throws: IndexFormatError.self) { try Commit(decoding: bytes) }
    #expect(error?.problem == .unsupportedVersion(found: 9, newest: 2))
    let foreign = #expect(throws: IndexFormatError.self) {
      try Commit(decoding: Array("<!doctype html>".utf8))
    }
    #expect(foreign?.problem == .notOurs)
  }

  @Test("what is published is what is read; what no reader accepts is refused")
  func published() throws {
    let work = try Workplace()
    #expect(try Commit(in: work.directory) == nil)
    var commit = commit(seed: 7)
    try commit.publish(in: work.directory)
    #expect(try Commit(in: work.directory) == commit)
    let sound = commit
    commit.sourcePaths = [String(repeating: "x", count: Commit.maximumBytes)]
    #expect(throws: IndexLimitError.self) { try commit.publish(in: work.directory) }
    #expect(try Commit(in: work.directory) == sound)
  }
}
