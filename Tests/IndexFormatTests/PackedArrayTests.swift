import CKernels
import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct PackedArrayTests {
  /// The twin: bits one after the other, lowest first; 128 values are dealt out to four lanes of 32-bit words.
  private func plainBytes(_ values: [UInt32], width: Int) -> [UInt8] {
    func stream(_ values: [UInt32]) -> [UInt8] {
      var bits: [Bool] = []
      for value in values { for bit in 0..<width { bits.append(value >> UInt32(bit) & 1 == 1) } }
      return stride(from: 0, to: bits.count, by: 8).map { start in
        (0..<8).reduce(UInt8(0)) { $0 | (start + $1 < bits.count && bits[start + $1] ? 1 << UInt8($1) : 0) }
      }
    }
    guard values.count == 128 else { return stream(values) }
    let lanes = (0..<4).map { lane in stream((0..<32).map { values[4 * $0 + lane] }) }
    return (0..<width).flatMap { word in lanes.flatMap { $0[4 * word..<4 * word + 4] } }
  }

  private func packed(_ values: [UInt32]) -> [UInt8] {
    var spent = values
    var bytes: [UInt8] = []
    spent.withUnsafeMutableBufferPointer { PackedArray.append($0, to: &bytes) }
    return bytes
  }

  /// Nil when the bytes are no array of `count` values.
  private func unpacked(_ bytes: [UInt8], count: Int) -> [UInt32]? {
    // What stands behind must not matter.
    let readable = bytes + [UInt8](repeating: 0xFF, count: 8)
    var values = [UInt32](repeating: 0xDEAD_BEEF, count: 129)
    let isSound = readable.withUnsafeBytes { source in
      values.withUnsafeMutableBufferPointer { target in
        guard
          let array = PackedArray.open(source.baseAddress!, at: 0, count: count, limit: bytes.count),
          PackedArray.unpack(source.baseAddress!, array, count: count, into: target.baseAddress!) != nil
        else { return false }
        return array.end == bytes.count
      }
    }
    #expect(values[128] == 0xDEAD_BEEF)
    return isSound ? Array(values[..<count]) : nil
  }

  @Test("values of one width stand in the plain bits, and come back", arguments: 0...32)
  func equalWidths(width: Int) {
    var random = SplitMix64(seed: UInt64(width))
    let range: ClosedRange<UInt32> =
      width == 0 ? 0...0 : 1 << UInt32(width - 1)...UInt32(truncatingIfNeeded: UInt64(1) << UInt64(width) - 1)
    for count in [1, 2, 3, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 127, 128] {
      let values = (0..<count).map { _ in UInt32.random(in: range, using: &random) }
      let bytes = packed(values)
      #expect(bytes == [UInt8(width)] + plainBytes(values, width: width))
      #expect(unpacked(bytes, count: count) == values)
    }
  }

  @Test("a few wide values are patched in, in fewer bytes", arguments: UInt64(0)..<60)
  func patches(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = [16, 17, 100, 127, 128].randomElement(using: &random) ?? 128
    let narrow = UInt32(1) << UInt32.random(in: 0...12, using: &random)
    var values = (0..<count).map { _ in UInt32.random(in: 0..<narrow, using: &random) }
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      values[Int.random(in: 0..<count, using: &random)] = .random(in: 0...UInt32.max, using: &random)
    }
    let bytes = packed(values)
    #expect(unpacked(bytes, count: count) == values)
    let widest = PackedArray.width(of: values.max() ?? 0)
    #expect(bytes.count <= 1 + PackedArray.byteCount(count, width: widest))
    if widest > 24 { #expect(bytes[0] >> 6 > 0) }
  }

  @Test("any bytes are refused or read, and nothing else", arguments: UInt64(0)..<40)
  func anyBytes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      _ = unpacked(bytes, count: .random(in: 1...128, using: &random))
    }
  }

  @Test(
    "the width is the number of binary digits",
    arguments: [(UInt32(0), 0), (1, 1), (2, 2), (3, 2), (255, 8), (256, 9), (UInt32.max, 32)])
  func width(value: UInt32, digits: Int) {
    #expect(PackedArray.width(of: value) == digits)
  }

  @Test("a bound is never below what it bounds, and hardly above", arguments: UInt64(0)..<20)
  func bounds(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let frequency = Float.random(in: 0.004...250, using: &random)
      let bound = BlockBound.frequency(BlockBound.code(frequency))
      #expect(bound >= frequency && bound <= frequency * 1.0003)
    }
    #expect(BlockBound.code(0) == 0 && BlockBound.code(1e9) == BlockBound.unknown)
    #expect(BlockBound.frequency(BlockBound.unknown) == .infinity)
  }

  @Test("a bound made for other numbers holds after its factor", arguments: UInt64(0)..<30)
  func factors(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func model() -> BoundModel {
      BoundModel(
        titleWeight: .random(in: 0.5...4, using: &random), titleB: .random(in: 0.1...0.9, using: &random),
        bodyB: .random(in: 0.1...0.9, using: &random), averageTitle: .random(in: 1...20, using: &random),
        averageBody: .random(in: 10...900, using: &random))
    }
    let a = model()
    let b = model()
    let factor = a.factor(to: b)
    for _ in 0..<200 {
      let all = UInt32.random(in: 1...50, using: &random)
      let posting = Posting(docID: 0, frequency: all, titleFrequency: .random(in: 0...all, using: &random))
      let title = UInt32.random(in: 0...60, using: &random)
      let body = UInt32.random(in: 0...9_000, using: &random)
      #expect(
        b.weightedFrequency(posting, titleLength: title, bodyLength: body)
          <= factor * a.weightedFrequency(posting, titleLength: title, bodyLength: body))
    }
  }
}
