import IndexStorage
import Testing

@Suite struct ChecksumTests {
  /// Values of the shared libxxhash 0.8, which the code under test does not link.
  @Test(
    "texts have the published checksum",
    arguments: [
      ("", 0x2D06_8005_38D3_94C2),
      ("a", 0xE6C6_32B6_1E96_4E1F),
      ("abc", 0x78AF_5F94_892F_3950),
      ("搜索", 0x5113_F820_CA56_B4C2),
      ("The quick brown fox jumps over the lazy dog", 0xCE7D_19A5_418F_B365),
    ] as [(String, UInt64)])
  func texts(text: String, expected: UInt64) {
    #expect(checksum(Array(text.utf8)) == expected)
  }

  /// One length on either side of each branch in XXH3.
  @Test(
    "every length class has the published checksum",
    arguments: [
      (16, 0x9DA2_3836_ADF2_BE1E),
      (17, 0xF34C_3C9C_F5A1_12D1),
      (128, 0x65F3_C2C0_0FA9_3185),
      (129, 0x2806_5C6E_C25F_5B25),
      (240, 0x4917_A75C_0EF8_EED7),
      (241, 0x541B_1922_6F00_52E8),
      (1_024, 0x71BE_E625_238A_DDB4),
      (1_025, 0xD9B4_14F4_E1BB_F7AD),
      (100_000, 0xB25C_EA78_0184_97FF),
    ] as [(Int, UInt64)])
  func lengths(byteCount: Int, expected: UInt64) {
    #expect(checksum(pattern(byteCount)) == expected)
  }

  @Test("pieces give the checksum of the whole", arguments: [1, 63, 64, 255, 256, 257, 4_096])
  func pieces(byteCount: Int) {
    let bytes = pattern(10_000)
    var sum = Checksum()
    for start in stride(from: 0, to: bytes.count, by: byteCount) {
      let piece = Array(bytes[start..<min(start + byteCount, bytes.count)])
      sum.update(piece.span.bytes)
    }
    let value = sum.value
    #expect(value == checksum(bytes))
  }

  @Test("a span has the checksum of its bytes")
  func span() {
    let bytes = pattern(1_000)
    let value = checksum(bytes.span.bytes)
    #expect(value == checksum(bytes))
  }

  private func pattern(_ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
  }

  private func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { IndexStorage.checksum($0) }
  }

  private func checksum(_ bytes: RawSpan) -> UInt64 { IndexStorage.checksum(bytes) }
}
