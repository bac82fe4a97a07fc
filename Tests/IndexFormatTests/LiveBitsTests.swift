import IndexStorage
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct LiveBitsTests {
  private let work: Workplace

  init() throws { work = try Workplace() }

  @Test(
    "bits agree with a set, before and after a file", arguments: [0, 1, 63, 64, 65, 127, 128, 129, 5_000])
  func agrees(documentCount: Int) throws {
    var random = SplitMix64(seed: UInt64(documentCount))
    var bits = LiveBits(documentCount: documentCount)
    var live = Set(0..<documentCount)
    for round in 0..<4 {
      for document in Array(live) where round > 0 && Int.random(in: 0..<3, using: &random) == 0 {
        bits.delete(document)
        bits.delete(document)
        live.remove(document)
      }
      #expect(bits.liveCount == live.count)
      #expect((0..<documentCount).allSatisfy { bits.isLive($0) == live.contains($0) })
      let reference = try bits.write(to: work.directory)
      #expect(try LiveBits(reference, documentCount: documentCount, in: work.directory) == bits)
      #expect(throws: (any Error).self) {
        try LiveBits(reference, documentCount: documentCount + 1, in: work.directory)
      }
    }
  }

  @Test("a bit past the last document, another number of documents and another version are refused")
  func refused() throws {
    func decode(_ bytes: [UInt8], _ documentCount: Int) throws {
      _ = try LiveBits(decoding: bytes, LiveBits.reference(to: bytes), documentCount: documentCount)
    }
    let sound = LiveBits(documentCount: 5).encode()
    try decode(sound, 5)
    #expect(throws: IndexFormatError.self) { try decode(sound, 4) }
    var bytes = sound
    bytes[16] |= 0x20
    #expect(throws: IndexFormatError.self) { try decode(bytes, 5) }
    bytes = sound
    bytes[8] = 2
    let error = #expect(throws: IndexFormatError.self) { try decode(bytes, 5) }
    #expect(error?.isVersionMismatch == true)
    // As many documents as a forged commit may name: no memory is asked for.
    #expect(throws: IndexFormatError.self) { try decode(sound, SegmentStatistics.maximumDocumentCount) }
  }

  @Test("deleting outside the segment stops the program")
  func outside() async {
    await #expect(processExitsWith: .failure) {
      var bits = LiveBits(documentCount: 3)
      bits.delete(3)
    }
  }
}
