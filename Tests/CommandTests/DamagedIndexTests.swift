import Glibc
import SearchTestSupport
import Testing

/// Bytes that a disk or a copy has changed: found by `verify`, named, and never a crash.
@Suite struct DamagedIndexTests {
  private let site: Site

  init() throws {
    site = try Site([
      "a.md": "# 多集群\n\n- [多集群入门](https://example.org/a) 用一个入口管理多集群\n- [Istio](https://example.org/b) mesh\n",
      "b.md": "# Install\n\n## 第一步\n\n一个集群就够了。\n",
    ])
    try site.index()
    let copy = try RunningProgram(["/bin/cp", "-r", "index", "sound"], in: site.folder.path)
    _ = try copy.finish()
  }

  private func expectRefusal(of file: String, _ comment: Comment) throws {
    let verify = try site.search("verify")
    #expect(verify.status == 65, comment)
    #expect(verify.text == "", comment)
    #expect(verify.errors.contains("\(file), ") && verify.errors.contains(" section"), comment)
    #expect(verify.errors.contains("search index"), comment)
    // A query reads a part only: it may answer, or refuse.
    let query = try site.search("query", "多集群", "--json")
    #expect([0, 1, 65].contains(query.status), comment)
    if query.status == 65 {
      #expect(query.errors.contains(file) && query.text == "", comment)
    } else {
      #expect(try query.json()["commit"].int == 1, comment)
    }
    #expect([0, 65].contains(try site.search("status").status), comment)
  }

  private var files: [String] { get throws { try site.folder.names(in: "sound").filter { $0 != "lock" } } }

  @Test("a changed byte anywhere in any file is found: exit 65, file and section named")
  func changedBytes() throws {
    var random = SplitMix64(seed: 7)
    #expect(try files.count == 3)
    for file in try files {
      let sound = try site.folder.read("sound/\(file)")
      let places = [0, 8, sound.count / 2, sound.count - 9, sound.count - 1]
      for place in places + (0..<10).map({ _ in Int.random(in: 0..<sound.count, using: &random) }) {
        var bytes = sound
        bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
        try site.folder.write("index/\(file)", bytes)
        try expectRefusal(of: file, "byte \(place) of \(file)")
      }
      try site.folder.write("index/\(file)", sound)
    }
    #expect(try site.search("verify").status == 0)
  }

  @Test("a file that ends early is found", arguments: [0.0, 0.01, 0.5, 0.999])
  func shortFiles(share: Double) throws {
    for file in try files {
      let sound = try site.folder.read("sound/\(file)")
      try site.folder.write("index/\(file)", Array(sound[..<Int(Double(sound.count) * share)]))
      try expectRefusal(of: file, "\(share) of \(file)")
      try site.folder.write("index/\(file)", sound)
    }
  }

  @Test("--full repairs a damaged index")
  func repair() throws {
    let sound = try site.segments()
    for file in try files {
      var bytes = try site.folder.read("sound/\(file)")
      bytes[bytes.count / 2] ^= 0x10
      try site.folder.write("index/\(file)", bytes)
      #expect(try site.search("verify").status == 65)
      #expect(try site.index("--full").status == 0)
      #expect(try site.search("verify").status == 0)
      #expect(try site.segments() == sound)
    }
  }

  @Test("a run finds out that its record is damaged, or a file gone, and reads everything")
  func repairsItself() throws {
    let sound = try site.segments()
    for file in try files {
      for bytes in [nil, Array(try site.folder.read("sound/\(file)").dropLast())] {
        if let bytes {
          try site.folder.write("index/\(file)", bytes)
        } else if file != "commit" {
          unlink(site.folder.path(of: "index/\(file)"))
        }
        #expect(try site.index().status == 0)
        #expect(try site.search("verify").status == 0)
        #expect(try site.segments() == sound)
      }
    }
  }

  @Test("an index whose sources are lost with its pointer asks for them")
  func lostSources() throws {
    try site.folder.write("index/commit", [1, 2, 3])
    let outcome = try SearchProgram.run("index", "--index", "index", in: site.folder.path)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("search index PATH"))
  }
}
