import SearchTestSupport
import Testing

/// The same content gives the same segment files, however it came to be what it is.
@Suite struct SameIndexTests {
  private static let characters = Array("多集群管理云原生服务网格调度存储网络安全镜像日志监控备份升级排障实践 ，。K8s mesh v1.2 ")

  private static func text(_ count: Int, _ random: inout SplitMix64) -> String {
    String((0..<count).map { _ in characters.randomElement(using: &random) ?? " " })
  }

  private static func page(_ random: inout SplitMix64) -> String {
    var page = "# \(text(6, &random))\n\n## \(text(4, &random))\n\n"
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let address = Int.random(in: 0..<8, using: &random)
      page += "- [链接\(address)](https://example.org/\(address)) \(text(20, &random))\n"
    }
    return page
  }

  @Test(
    "after any edit, renaming or deletion a full run gives what a build from nothing gives",
    arguments: UInt64(0)..<4)
  func afterEdits(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let site = try Site()
    var names: [String] = []
    func shell(_ command: String) throws {
      let outcome = try RunningProgram(["/bin/sh", "-c", command], in: site.folder.path(of: "content"))
        .finish()
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    for number in 0..<6 {
      names.append("\(number % 2 == 0 ? "a" : "b/c")/\(number).\(number == 5 ? "txt" : "md")")
      try site.folder.write("content/\(names[number])", Self.page(&random))
    }
    for step in 0..<6 {
      let place = Int.random(in: names.indices, using: &random)
      switch Int.random(in: 0..<(names.count > 1 ? 5 : 3), using: &random) {
      case 0: try site.folder.write("content/\(names[place])", Self.page(&random))
      case 1:
        names.append("n\(step).md")
        try site.folder.write("content/n\(step).md", Self.page(&random))
      case 2:
        // Of the same size and age: the content alone tells.
        let bytes = try site.folder.read("content/\(names[place])")
        try shell("touch -r '\(names[place])' ../time")
        try site.folder.write(
          "content/\(names[place])", String(decoding: bytes, as: UTF8.self).replacing("集", with: "群"))
        try shell("touch -r ../time '\(names[place])'")
      case 3:
        try shell("mv '\(names[place])' 'renamed \(step).md'")
        names[place] = "renamed \(step).md"
      default: try shell("rm '\(names.remove(at: place))'")
      }
      #expect(try site.index().status == 0)
      if step % 2 == 0 { continue }
      #expect(try site.index("--full").status == 0)
      #expect(try site.index(into: "fresh-\(step)").status == 0)
      #expect(try site.segments() == site.segments(in: "fresh-\(step)"), "step \(step)")
    }
  }

  @Test("threads, memory budget, order of folders and the environment leave no trace")
  func sameInput() throws {
    var random = SplitMix64(seed: 1)
    let site = try Site()
    for folder in ["a", "b", "c"] {
      for number in 0..<4 { try site.folder.write("content/\(folder)/\(number).md", Self.page(&random)) }
    }
    // Enough for several flushes at 1 MiB.
    let lines = (0..<5_000).map {
      #"{"id":"\#($0)","title":"\#(Self.text(8, &random))","text":"\#(Self.text(300, &random))"}"#
    }
    try site.folder.write("content/b/lines.jsonl", lines.joined(separator: "\n"))
    func build(_ arguments: [String], into name: String, environment: [String] = []) throws -> [String:
      [UInt8]]
    {
      let command = [SearchProgram.path, "index", "--index", name] + arguments
      let outcome = try RunningProgram(
        command, in: site.folder.path, environment: RunningProgram.environment + environment
      ).finish()
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try site.segments(in: name)
    }
    let folders = ["content/a", "content/b", "content/c"]
    let reference = try build(folders, into: "reference")
    #expect(reference.count == 1)
    #expect(try build(folders + ["--memory", "1M"], into: "small") == reference)
    #expect(try build(folders + ["--threads", "1"], into: "one thread") == reference)
    #expect(try build(folders + ["--threads", "2", "--memory", "2M"], into: "two threads") == reference)
    #expect(try build(folders.reversed(), into: "reversed") == reference)
    #expect(try build(folders.reversed() + ["--memory", "1M"], into: "both") == reference)
    #expect(
      try build(folders, into: "elsewhere", environment: ["TZ=Asia/Shanghai", "LC_ALL=tr_TR.UTF-8"])
        == reference)
    #expect(try build(folders + ["--full"], into: "reference") == reference)
  }
}
