@testable import ContentIngest
import SearchModel
import Foundation
import Glibc
import Testing

/// Files that are not UTF-8: rightly decoded, or refused by name.
@Suite struct TextEncodingTests {
  private static let simplified = "云原生社区的每周摘要，介绍多集群管理、服务网格与可观测性。安装步骤很简单，先下载再运行。"
  private static let traditional = "雲原生社群的每週摘要，介紹多叢集管理、服務網格與可觀測性。安裝步驟很簡單，先下載再執行。"

  /// The same characters through `iconv`, which has no line in common with ICU.
  private static func iconv(_ text: String, _ name: String) throws -> [UInt8] {
    guard let converter = iconv_open(name, "UTF-8"), Int(bitPattern: converter) != -1 else {
      throw CocoaError(.featureUnsupported)
    }
    defer { iconv_close(converter) }
    var input = Array(text.utf8).map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: input.count * 4)
    var left = input.count
    var room = output.count
    let capacity = output.count
    input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        _ = Glibc.iconv(converter, &from, &left, &to, &room)
      }
    }
    #expect(left == 0)
    return output[..<(capacity - room)].map { UInt8(bitPattern: $0) }
  }

  @Test(
    "the encodings of Chinese files are known", arguments: ["GBK", "GB18030", "GB2312"])
  func simplifiedFiles(name: String) throws {
    #expect(try TextEncoding.utf8(Self.iconv(Self.simplified, name)) == Array(Self.simplified.utf8))
  }

  @Test func traditionalFiles() throws {
    #expect(try TextEncoding.utf8(Self.iconv(Self.traditional, "BIG5")) == Array(Self.traditional.utf8))
  }

  @Test("UTF-16 is known by its mark", arguments: ["UTF-16LE", "UTF-16BE"])
  func utf16(name: String) throws {
    let text = "# 标题 😀\n\n正文 text\n"
    let mark: [UInt8] = name.hasSuffix("LE") ? [0xFF, 0xFE] : [0xFE, 0xFF]
    let bytes = try Self.iconv(text, name)
    #expect(try TextEncoding.utf8(mark + bytes) == Array(text.utf8))
    #expect(throws: TextEncoding.Problem.self) {
      try TextEncoding.utf8(Array("plain ascii".utf8.flatMap { [$0, 0] }))
    }
    #expect(throws: TextEncoding.Problem.self) { try TextEncoding.utf8(mark + bytes.dropLast()) }
    // Half a pair.
    #expect(throws: TextEncoding.Problem.self) {
      try TextEncoding.utf8(mark + (mark[0] == 0xFF ? [0x3D, 0xD8] : [0xD8, 0x3D]))
    }
  }

  @Test(
    "what cannot be told is refused",
    arguments: [
      Array("café déjà vu, où êtes-vous? là-bas à l'été".utf16.map { UInt8(truncatingIfNeeded: $0) }),
      [0xFF, 0xFE, 0, 0, 0x41, 0, 0, 0], [0xD6, 0xD0], Array(repeating: 0x80, count: 40), Array(0x80...0xFF),
      Array("text ".utf8) + [0xE4, 0xB8], (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 7_919 >> 3) },
    ] as [[UInt8]])
  func refused(bytes: [UInt8]) {
    #expect(throws: TextEncoding.Problem.self) { try TextEncoding.utf8(bytes) }
  }

  /// Random bytes are refused or were UTF-8; damaged Chinese is never read as something else.
  @Test("one wrong byte in a file of GBK is no reason to guess", arguments: UInt64(0)..<20)
  func damaged(seed: UInt64) throws {
    var random = SystemSeed(seed)
    var bytes = try Self.iconv(String(repeating: Self.simplified, count: 3), "GBK")
    bytes[Int(random.next() % UInt64(bytes.count))] = 0xFF
    let text = try? TextEncoding.utf8(bytes)
    #expect(text == nil)
  }

  private struct SystemSeed {
    var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  @Test func aPageSaysItsCharset() throws {
    let html = "<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'></head><p>短"
    #expect(try TextEncoding.utf8(Self.iconv(html, "GBK"), isHTML: true) == Array(html.utf8))
    #expect(throws: TextEncoding.Problem.self) {
      try TextEncoding.utf8(Array("<meta charset=windows-1251>".utf8) + [0xE0], isHTML: true)
    }
  }

  @Test func anEntryHasTheDecodedText() throws {
    let reading = try read(try Self.iconv("# 标题\n\n" + Self.simplified + "\n", "GBK"), name: "a.md")
    #expect(reading.skipped.isEmpty && reading.page?.title == "标题" && reading.page?.text == Self.simplified)
    let bad = try read([0x23, 0x20, 0xFF, 0xC3, 0x28, 0x0A], name: "b.md")
    #expect(bad.entries.isEmpty && bad.skipped.first?.reason.contains("encoding") == true)
  }
}
