import Glibc
import SearchModel
import SearchTestSupport
import Testing

@testable import SiteIndexing

/// Whatever is done to the files, an update answers like an index that was built from nothing.
@Suite struct UpdateAgreementTests {
  private static let characters = Array("多集群管理云原生服务网格调度存储网络镜像日志监控备份升级工具 ，。K8s mesh kube cluster ")

  private struct Author {
    var random: SplitMix64

    mutating func text(_ count: Int) -> String {
      String((0..<count).map { _ in characters.randomElement(using: &random) ?? " " })
    }

    /// One of few, so that the same item stands in several files.
    mutating func item() -> String {
      let number = Int.random(in: 0..<6, using: &random)
      return
        "- [链接\(number)](https://example.org/\(number)) \(Bool.random(using: &random) ? "同一句话" : text(12))\n"
    }

    mutating func page() -> String {
      let draft = Int.random(in: 0..<8, using: &random) == 0
      let tags = ["[k8s]", "[工具, mesh]", "[]"].randomElement(using: &random) ?? ""
      var page = "---\ntags: \(tags)\ndraft: \(draft)\n---\n# \(text(6))\n\n\(text(20))\n\n"
      for _ in 0..<Int.random(in: 0...3, using: &random) { page += "## \(text(4))\n\n\(text(30))\n\n" }
      if Bool.random(using: &random) {
        page = "# 周报\n\n## \(["工具", "文章"].randomElement(using: &random) ?? "")\n\n"
        for _ in 0..<Int.random(in: 1...5, using: &random) { page += item() }
      }
      return page
    }

    mutating func lines() -> String {
      (0..<Int.random(in: 1...4, using: &random)).map { _ in
        #"{"id":"line-\#(Int.random(in: 0..<6, using: &random))","title":"\#(text(5))","text":"\#(text(20))"}"#
      }.joined(separator: "\n")
    }

    mutating func content(of name: String) -> String { name.hasSuffix("jsonl") ? lines() : page() }

    mutating func name() -> String {
      let folder = ["", "a/", "a/b/", "c/"].randomElement(using: &random) ?? ""
      let ending = ["md", "md", "md", "txt", "jsonl"].randomElement(using: &random) ?? "md"
      return "\(folder)\(Int.random(in: 0..<9, using: &random)).\(ending)"
    }
  }

  @Test(
    "renamed, removed, emptied, drafted, restored, ignored: the answers are those of a rebuild",
    arguments: UInt64(0)..<16)
  func agrees(seed: UInt64) throws {
    var author = Author(random: SplitMix64(seed: seed))
    let site = try Site()
    /// What each file holds, and what files held that were removed.
    var files: [String: String] = [:]
    var removed: [(name: String, text: String)] = []
    func write(_ name: String, _ text: String) throws {
      files[name] = text
      try site.write(name, text)
    }
    for _ in 0..<8 {
      let name = author.name()
      try write(name, author.content(of: name))
    }
    try site.index()
    for step in 0..<10 {
      // Without this every file is so new that its times prove nothing, and is read for that reason.
      if step % 3 == 1 { usleep(30_000) }
      for _ in 0..<Int.random(in: 1...2, using: &author.random) {
        guard let old = files.keys.sorted().randomElement(using: &author.random) else { break }
        switch Int.random(in: 0..<11, using: &author.random) {
        case 0, 1: try write(old, author.content(of: old))
        case 2:
          let name = author.name()
          try write(name, author.content(of: name))
        case 3:
          let name = author.name()
          try site.move(old, to: name)
          files[name] = files.removeValue(forKey: old)
        case 4:
          site.remove(old)
          removed.append((old, files.removeValue(forKey: old) ?? ""))
        case 5: try write(old, "")
        case 6: if let last = removed.popLast() { try write(last.name, last.text) }
        case 7:
          // Of the same size and age: only the inode's own time, or the content, can tell.
          try write(old, (files[old] ?? "").replacing("集", with: "群"))
          site.setTime(old, seconds: 1_700_000_000)
        case 8: site.setTime(old, seconds: 1_600_000_000 + step)
        case 9: try write(old, (files[old] ?? "") + "\n")
        default:
          let rules = ["", "a/b/\n", "*.txt\n", "c/*\n!c/1.md\n", "[0-4].md\n"]
          try site.write(
            Bool.random(using: &author.random) ? ".gitignore" : ".searchignore",
            rules.randomElement(using: &author.random) ?? "")
        }
      }
      let dry = try site.index(dry: true)
      let report = try site.index()
      #expect(report.rebuildReason == nil)
      let announced = [dry.addedEntryCount, dry.replacedEntryCount, dry.deletedEntryCount]
      #expect(
        announced == [report.addedEntryCount, report.replacedEntryCount, report.deletedEntryCount])
      try site.index("fresh-\(step)")
      let updated = try site.answers()
      let rebuilt = try site.answers("fresh-\(step)")
      #expect(updated.entries == rebuilt.entries, "step \(step)")
      #expect(updated.results == rebuilt.results, "step \(step)")
      let again = try site.index()
      #expect(!again.isNewCommit && again.addedEntryCount + again.deletedEntryCount == 0, "step \(step)")
    }
  }
}
