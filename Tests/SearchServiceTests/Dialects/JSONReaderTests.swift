import Foundation
import SearchTestSupport
import Testing

@testable import SearchService

@Suite struct JSONReaderTests {
  private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

  @Test("values of every kind are read")
  func kinds() throws {
    #expect(
      try read(
        #" {"a":[1,-2.5,1e3,true,false,null,"多\n\u591a\ud83d\ude00\/"],"b":{},"a2":9223372036854775808} "#)
        == .object([
          "a": .array([
            .integer(1), .number(-2.5), .number(1_000), .bool(true), .bool(false), .null, .string("多\n多😀/"),
          ]), "b": .object([:]), "a2": .number(9_223_372_036_854_775_808),
        ]))
    #expect(try read(#"{"a":1,"a":2}"#) == .object(["a": .integer(2)]))
    #expect(try read(#""\ud800x""#) == .string("\u{FFFD}x"))
    #expect(try read(#""\ud800\u0041""#) == .string("\u{FFFD}A"))
  }

  @Test(
    "what is no JSON is refused at its byte",
    arguments: [
      ("", 0), ("{", 1), ("[1,]", 3), (#"{"a" 1}"#, 5), ("01", 1), ("1.", 2), ("+1", 0), ("nul", 3),
      ("1 2", 2),
      ("\"a\u{1}\"", 2), (#""\x""#, 2), (#""\u12G4""#, 5), ("{1:2}", 1), ("1e999", 5), ("NaN", 0), ("\"a", 2),
    ])
  func malformed(text: String, byte: Int) {
    #expect { try read(text) } throws: { ($0 as? JSONReader.Problem)?.byte == byte }
  }

  @Test("bytes that are no UTF-8 are refused")
  func notUTF8() {
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xE5, 0xA4, 0x22]) }
  }

  @Test("depth and number of values are bounded")
  func bombs() throws {
    let limit = JSONReader.depthLimit
    let deep = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(try read(deep).kind == "an array")
    #expect(throws: JSONReader.Problem.self) { try read("[" + deep + "]") }
    #expect(throws: JSONReader.Problem.self) { try read(String(repeating: "[", count: 60_000)) }
    #expect(throws: JSONReader.Problem.self) { try read(String(repeating: #"{"a":"#, count: 12_000)) }
    #expect(throws: JSONReader.Problem.self) {
      try read("[" + String(repeating: "1,", count: 10_000) + "1]")
    }
  }

  @Test("spoilt JSON is read as Foundation reads it, or refused", arguments: UInt64(0)..<400)
  func agreement(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var bytes = Array(#"{"q":"多集群 \"a\"","n":[1,2.5,-3e2,null,true],"o":{"k":"\u591a"}}"#.utf8)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      if Bool.random(using: &random) {
        bytes[place] = Array("{}[]\",:0123456789.eE+-\\untrf \n".utf8).randomElement(using: &random) ?? 0
      } else {
        bytes.remove(at: place)
      }
    }
    let ours = try? JSONReader.read(bytes)
    let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    // Lone surrogates and numbers beyond a double are read differently, on purpose.
    let text = String(decoding: bytes, as: UTF8.self)
    guard !text.contains("\\u"), !text.contains("e"), !text.contains("E") else { return }
    #expect((ours == nil) == (theirs == nil), "\(text)")
  }
}
