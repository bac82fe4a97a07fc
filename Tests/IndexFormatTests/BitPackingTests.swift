import SearchTestSupport
import Testing

@testable import IndexFormat

@Suite struct BitPackingTests {
  /// The twin: a list of bits, lowest first.
  private func plainBits(_ values: [UInt32], width: Int) -> [UInt8] {
    var bits: [Bool] = []
    for value in values { for bit in 0..<width { bits.append(value >> UInt32(bit) & 1 == 1) } }
    return stride(from: 0, to: bits.count, by: 8).map { start in
      (0..<8).reduce(UInt8(0)) { $0 | (start + $1 < bits.count && bits[start + $1] ? 1 << UInt8($1) : 0) }
    }
  }

  @Test("packing is the plain bit list, and unpacking gives the values back", arguments: 0...32)
  func agrees(width: Int) {
    var random = SplitMix64(seed: UInt64(width))
    let largest = width == 32 ? UInt32.max : (1 << UInt32(width)) - 1
    for count in [0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 127, 128] {
      let values = (0..<count).map { i in
        i == 0 ? largest : UInt32.random(in: 0...largest, using: &random)
      }
      var packed: [UInt8] = []
      values.withUnsafeBufferPointer { BitPacking.pack($0, width: width, into: &packed) }
      #expect(packed == plainBits(values, width: width))
      #expect(packed.count == BitPacking.byteCount(count, width: width))
      // What stands behind must not matter.
      let readable = packed + [UInt8](repeating: 0xFF, count: 8)
      var unpacked = [UInt32](repeating: 0xDEAD_BEEF, count: count + 1)
      unpacked.withUnsafeMutableBufferPointer { target in
        readable.withUnsafeBytes {
          BitPacking.unpack($0.baseAddress!, count: count, width: width, into: target.baseAddress!)
        }
      }
      #expect(unpacked == values + [0xDEAD_BEEF])
    }
  }

  @Test(
    "the width is the number of binary digits",
    arguments: [(UInt32(0), 0), (1, 1), (2, 2), (3, 2), (255, 8), (256, 9), (UInt32.max, 32)])
  func width(value: UInt32, digits: Int) {
    #expect(BitPacking.width(of: value) == digits)
    #expect(value == 0 || String(value, radix: 2).count == digits)
  }
}
