import ContentIngest
import Foundation
import SearchModel
import Testing

@Suite(.enabled(if: Seeds.directory != nil)) struct SeedDigestTests {
  @Test func dump() throws {
    guard let out = ProcessInfo.processInfo.environment["DUMP"] else { return }
    var text = ""
    let walker = FileWalker(paths: [ProcessInfo.processInfo.environment["DUMP_IN"] ?? Seeds.directory!])
    let (files, walkSkipped) = try walker.files()
    for s in walkSkipped { text += "WALK SKIPPED \(s)\n" }
    var reader = ContentReader()
    for file in files {
      try reader.read(file) { e in
        text += "=== \(e.kind.name) \(e.id)\nT: \(e.title)\nU: \(e.url ?? "-") A: \(e.anchor ?? "-") P: \(e.path) C: \(e.category) G: \(e.tags) D: \(e.date ?? "-") L: \(e.lang) S: \(e.sources)\nd: \(e.description) a: \(e.author) k: \(e.keywords)\n\(e.text)\n"
      } skipped: { text += "SKIPPED \($0)\n" }
    }
    try text.write(toFile: out, atomically: true, encoding: .utf8)
  }
}

enum Seeds {
  static let directory: String? = {
    let environment = ProcessInfo.processInfo.environment["SEARCH_SEEDS"]
    let beside = "../shared/corpora/seeds"
    return environment ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil)
  }()
}
