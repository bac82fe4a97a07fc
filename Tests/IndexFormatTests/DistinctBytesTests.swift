import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct DistinctBytesTests {
  @Test("numbers and order are those of a dictionary and of sorted arrays", arguments: UInt64(0)..<10)
  func agrees(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var strings = DistinctBytes()
    var expected: [[UInt8]: UInt32] = [:]
    for _ in 0..<3_000 {
      let count = Int.random(in: 0...[2, 40].randomElement(using: &random)!, using: &random)
      let string = (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) &* 85 }
      let number = string.withUnsafeBufferPointer { strings.number(of: $0) }
      #expect(number == expected[string, default: UInt32(expected.count)])
      expected[string] = number
    }
    #expect(strings.count == expected.count)
    for (string, number) in expected {
      #expect(Array(strings.bytes[strings.range(of: Int(number))]) == string)
    }
    let sorted = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    #expect(strings.sortedNumbers() == sorted.map { Int($0.value) })
  }

  @Test("equal strings keep the order of their numbers")
  func stable() {
    #expect(DistinctBytes.sorted(ends: [1, 2, 2, 3, 3], bytes: [7, 5, 7]) == [2, 4, 1, 0, 3])
    #expect(DistinctBytes.sorted(ends: [], bytes: []) == [])
    #expect(DistinctBytes.sorted(ends: [0, 0], bytes: []) == [0, 1])
  }
}
