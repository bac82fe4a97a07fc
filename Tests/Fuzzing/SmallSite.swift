import ContentIngest
import IndexStorage
import IndexWriting
import SearchModel
import SearchTestSupport

/// An index of the pages in `Tests/Fixtures/content`: what targets ask, and what they forge.
final class SmallSite {
  let directory: IndexDirectory
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    directory = IndexDirectory(path: folder.path + "/index")
    let writer = try IndexWriter(in: directory, options: .init(memoryBudget: 16 << 20, now: 1_700_000_000))
    var reader = ContentReader()
    for file in try FileWalker(paths: [Repository.path("Tests/Fixtures/content")]).files().files {
      try reader.read(file, entry: { try writer.add($0) }, skipped: { _ in })
    }
    for entry in Self.entries { try writer.add(entry) }
    _ = try writer.commit(sourcePaths: ["."])
  }

  /// With every field, and with terms that have more than one block of postings.
  private static let entries = (0..<150).map { number in
    Entry(
      id: "entry \(number)", kind: .page, title: "条目 \(number) kube-proxy", text: "多集群 cluster \(number % 7)",
      url: number % 2 == 0 ? "/e/\(number)" : nil, anchor: number % 3 == 0 ? "a\(number)" : nil, path: ["x"],
      category: ["工具 \(number % 5)"], tags: ["tag \(number % 11)"], date: "2024-01-\(10 + number % 19)",
      lang: number % 2 == 0 ? "zh" : "en", description: "d", author: "a", keywords: ["k"],
      boost: number == 7 ? 2 : 1, pins: number == 9 ? ["安装"] : [])
  }
}
