import Foundation
import SearchModel
import SearchTestSupport
import Testing

@testable import ContentIngest

@Suite struct JSONLinesTests {
  @Test func oneLineIsOneEntry() throws {
    let data = try Data(contentsOf: URL(filePath: Fixtures.directory + "/sample.jsonl"))
    let reading = try read(Array(data), name: "sample.jsonl")
    #expect(reading.entries.map(\.id) == ["a1", "2", "a5", "a7"])
    #expect(reading.entries.allSatisfy { $0.kind == .page && $0.sources == ["sample.jsonl"] })
    #expect(
      reading.entries[0]
        == Entry(
          id: "a1", title: "多集群入门", text: "用一个入口管理多集群", url: "https://example.org/a", category: ["工具推荐"],
          tags: ["k8s"], date: "2022-11-01", lang: "zh", sources: ["sample.jsonl"]))
    #expect(
      reading.entries[1]
        == Entry(
          id: "2", text: "only a body", path: ["上", "下"], category: ["x", "y"], lang: "en",
          sources: ["sample.jsonl"],
          author: "甲, 乙", keywords: ["kw"]))
    #expect(reading.entries[2].title == "多集群 😀 \"x\"" && reading.entries[2].url == nil)
    #expect(reading.entries[3].text == "# [not](markdown)\n- x")
    #expect(reading.skipped.map(\.line) == [4, 5, 6, 7, 9])
    #expect(
      reading.skipped.map(\.reason) == [
        "it has no id", "it is not a JSON object (byte 0 of the line)", "it has neither title nor text",
        "its JSON ends too early (byte 23 of the line)", "not valid UTF-8 (byte 20 of the line)",
      ])
  }

  @Test func piecesOfAnySizeGiveTheSame() throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: Fixtures.directory + "/sample.jsonl")))
    let whole = try read(bytes, name: "s.jsonl")
    var random = SplitMix64(seed: 7)
    for longest in [1, 2, 7, 30, 200] {
      var lines = JSONLinesReader(name: "s.jsonl")
      var reading = Reading()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...longest, using: &random))
        try lines.feed(piece) {
          reading.entries.append($0)
        } skipped: {
          reading.skipped.append($0)
        }
        rest = rest.dropFirst(piece.count)
      }
      try lines.finish {
        reading.entries.append($0)
      } skipped: {
        reading.skipped.append($0)
      }
      #expect(reading.entries == whole.entries && reading.skipped == whole.skipped)
    }
  }

  @Test func readsFromADescriptor() throws {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(try Data(contentsOf: URL(filePath: Fixtures.directory + "/sample.jsonl")))
    try pipe.fileHandleForWriting.close()
    var reader = ContentReader()
    var reading = Reading()
    try reader.readJSONL(from: pipe.fileHandleForReading.fileDescriptor, name: "-") {
      reading.entries.append($0)
    } skipped: {
      reading.skipped.append($0)
    }
    #expect(reading.entries.count == 4 && reading.skipped.count == 5)
  }

  @Test func tooLongLinesArePassedOver() throws {
    let long = #"{"id":"x","text":""# + String(repeating: "中", count: 12 << 20) + "\"}\n"
    let reading = try read(
      #"{"id":"a","title":"t"}"# + "\n" + long + #"{"id":"b","title":"t"}"#, name: "l.jsonl")
    #expect(reading.entries.map(\.id) == ["a", "b"])
    #expect(
      reading.skipped == [SkippedInput(file: "l.jsonl", line: 2, reason: "the line is longer than 32 MiB")])
  }

  @Test(
    "bad lines are named",
    arguments: [
      #"{"id":"a","title":"t"} x"#, #"{"id":"a" "title":"t"}"#, #"{"id":"a",}"#, #"{id:"a"}"#, #"{"id":'a'}"#,
      #"{"id":"a","title":"\x"}"#, "{\"id\":\"a\",\"title\":\"\u{1}\"}",
      #"{"id":"a","title":"\ud800"}"#, #"{"id":"a","title":"\udc00"}"#, #"{"id":"a","title":"\ud800\u0041"}"#,
      #"{"id":"a","n":01,"title":"t"}"#, #"{"id":"a","n":1.,"title":"t"}"#,
      #"{"id":"a","n":+1,"title":"t"}"#, #"{"id":"a","n":NaN,"title":"t"}"#,
      #"{"id":"a","n":tru,"title":"t"}"#, #"{"id":{},"title":"t"}"#, #"{"id":null,"title":"t"}"#,
      #"{"id":"","title":"t"}"#,
      #"{"id":"a","title":["t"]}"#, "{", "[", "\"", "nul", #"{"id":"a","title":"t""#,
      #"{"id":"a","title":"t","x":[1,2"#,
      #"{"id":"a","title":"t","x":"# + String(repeating: "[", count: 100_000),
      #"{"id":"a","title":"t","x":"# + String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        + "}",
    ])
  func badLines(line: String) throws {
    let reading = try read(line + "\n{\"id\":\"good\",\"title\":\"t\"}\n", name: "b.jsonl")
    #expect(reading.entries.map(\.id) == ["good"])
    #expect(reading.skipped.map(\.line) == [1])
  }

  @Test func deepButAllowed() throws {
    let line =
      #"{"id":"a","title":"t","x":"# + String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
      + "}"
    #expect(try read(line, name: "b.jsonl").entries.count == 1)
  }

  /// The oracle is Foundation's parser: the same lines are accepted and give the same strings.
  @Test("agrees with JSONSerialization", arguments: UInt64(0)..<60)
  func agreesWithFoundation(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      var bytes = Array(object(&random, depth: 0).utf8)
      if Bool.random(using: &random) {
        for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes.remove(at: place)
          case 1: bytes[place] = Array("{}[]\",:\\ue0-1n".utf8).randomElement(using: &random)!
          default: bytes.insert(Array("{}[]\",:\\ue0-1.n ".utf8).randomElement(using: &random)!, at: place)
          }
        }
      }
      let line = String(decoding: bytes, as: UTF8.self)
      // An empty line is no line here; Foundation takes a comma before a closing bracket.
      if line.allSatisfy(\.isWhitespace) || line.contains(#/,\s*[}\]]/#) { continue }
      let reading = try read(Array(line.utf8), name: "x.jsonl")
      let oracle = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let isValid = !(reading.skipped.first?.reason.contains("byte") ?? false)
      #expect(isValid == (oracle != nil), "\(line.debugDescription) \(reading.skipped)")
      guard let entry = reading.entries.first, let oracle else { continue }
      if let title = oracle["title"] as? String { #expect(entry.title == title, "\(line)") }
      if oracle["body"] == nil, let text = oracle["text"] as? String {
        #expect(entry.text == text, "\(line)")
      }
      if let id = oracle["id"] as? String { #expect(entry.id == id, "\(line)") }
    }
  }

  private func object(_ random: inout SplitMix64, depth: Int) -> String {
    var keys = depth == 0 ? ["id", "title", "text", "tags", "x", "url", "date", "path"] : ["a", "b", "c"]
    keys.shuffle(using: &random)
    let members = keys.prefix(Int.random(in: 0...keys.count, using: &random)).map { key in
      let isText = depth == 0 && ["id", "title", "text", "url", "date"].contains(key)
      return space(&random) + "\"\(key)\"" + space(&random) + ":"
        + (isText ? string(&random) : value(&random, depth: depth + 1))
    }
    return "{" + members.joined(separator: ",") + space(&random) + "}"
  }

  private func value(_ random: inout SplitMix64, depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
    case 0: return string(&random)
    case 1:
      return ["0", "-0", "1", "12.5", "-3e2", "1E+2", "0.10", "123456789"].randomElement(using: &random)!
    case 2: return "true"
    case 3: return "false"
    case 4: return "null"
    case 5: return object(&random, depth: depth)
    default:
      let values = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
        space(&random) + value(&random, depth: depth + 1)
      }
      return "[" + values.joined(separator: ",") + space(&random) + "]"
    }
  }

  private func string(_ random: inout SplitMix64) -> String {
    let pieces = [
      "a", "中文", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u4e2d", "\\ud83d\\ude00", "\\t", " ", "é", "\\u00e9",
      "{", "]", ",", "\\b\\f\\r",
    ]
    return "\""
      + (0..<Int.random(in: 0..<6, using: &random)).map { _ in pieces.randomElement(using: &random)! }
      .joined() + "\""
  }

  private func space(_ random: inout SplitMix64) -> String {
    ["", "", " ", "\t", "\r"].randomElement(using: &random)!
  }
}
