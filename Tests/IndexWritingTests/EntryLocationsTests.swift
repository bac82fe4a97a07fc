import SearchTestSupport
import Testing

@testable import IndexWriting

@Suite struct EntryLocationsTests {
  @Test(
    "agrees with a dictionary, however many ids share a hash", arguments: [1, 7, 1_000, 1 << 28], [0, 3])
  func agrees(hashCount: UInt32, shift: UInt32) {
    var random = SplitMix64(seed: UInt64(hashCount))
    var table = EntryLocations()
    var expected: [UInt32: UInt32] = [:]
    /// The id of a number is the number; neighbours fight for the same slots.
    func hash(_ number: UInt32) -> UInt32 { number &* 0x9E37_79B9 % hashCount << shift }
    for _ in 0..<20_000 {
      let number = UInt32.random(in: 0..<800, using: &random)
      if expected[number] == nil {
        expected[number] = hash(number)
        table.insert(number, hash: hash(number))
      } else if Bool.random(using: &random) {
        expected[number] = nil
        table.remove(number, hash: hash(number))
      }
      let wanted = UInt32.random(in: 0..<800, using: &random)
      let found = table.find(hash(wanted)) { $0 == wanted }
      #expect(found == (expected[wanted] == nil ? nil : wanted))
      #expect(table.count == expected.count)
    }
    for number in UInt32(0)..<800 {
      #expect((table.find(hash(number)) { $0 == number } != nil) == (expected[number] != nil))
    }
  }

  @Test("a million ids fit into 17 MiB, and a look-up hardly ever asks about another id")
  func memory() {
    var table = EntryLocations()
    for number in UInt32(0)..<1_000_000 {
      table.insert(number, hash: EntryLocations.hash("https://example.org/articles/\(number)"))
    }
    #expect(table.byteCount < 17 << 20)
    var questions = 0
    for number in UInt32(0)..<100_000 {
      _ = table.find(EntryLocations.hash("https://example.org/articles/\(number)")) {
        questions += 1
        return $0 == number
      }
      _ = table.find(EntryLocations.hash("other \(number)")) { _ in
        questions += 1
        return false
      }
    }
    // Two ids share a hash of 32 bits 46 times in so many look-ups.
    #expect((100_000..<100_200).contains(questions))
  }
}
