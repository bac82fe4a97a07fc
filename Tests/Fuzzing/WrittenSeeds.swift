import IndexFormat
import IndexStorage
import SearchTestSupport

/// Writes the seeds of the targets that read index files, which are made of a sound index rather than kept.
func writeSeeds(of target: String, to folder: String) throws {
  let site = try SmallSite()
  guard let commit = try Commit(in: site.directory), let segment = commit.segments.first else { return }
  var seeds: [[UInt8]] = []
  switch target {
  case "segment":
    let file = PlainSegmentFile(try site.directory.read(segment.file.name, limit: 1 << 24))
    seeds = file.sections.enumerated().map { [UInt8($0)] + $1 }
  case "commit":
    seeds = [Array(commit.encode().dropLast(8))]
    seeds.append(Array(try bytes("Tests/Fixtures/index-v2/commit").dropLast(8)))
  case "sources": seeds = [try bytes("Tests/Fixtures/index-v2/sources-53999819aba01605.state")]
  case "live":
    var bits = LiveBits(documentCount: 40)
    for document in stride(from: 1, to: 40, by: 4) { bits.delete(document) }
    seeds = [[40] + bits.encode()]
  default: return
  }
  let directory = IndexDirectory(path: folder)
  try directory.create()
  for (number, seed) in seeds.enumerated() {
    try directory.write("sound-\(number)") { (file: inout FileWriter) in try file.write(seed) }
  }
}

private func bytes(_ file: String) throws -> [UInt8] {
  let parts = file.split(separator: "/")
  let folder = IndexDirectory(path: Repository.path(parts.dropLast().joined(separator: "/")))
  return try folder.read(String(parts.last ?? ""), limit: 1 << 20)
}
