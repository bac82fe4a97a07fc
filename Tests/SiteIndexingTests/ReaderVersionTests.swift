import ContentIngest
import Glibc
import IndexFormat
import SearchTestSupport
import Testing

/// An index keeps what readers made of a file until the file changes, so readers that make something else of it
/// need another version.
@Suite struct ReaderVersionTests {
  private static let fixture = "Tests/Fixtures/reader-version"

  /// Everything that the readers make of the files of the project, in one number.
  private func fingerprint() throws -> String {
    var sum: UInt64 = 0
    var reader = ContentReader()
    for folder in ["Tests/Fixtures/content", "Data"] {
      for file in try FileWalker(paths: [Repository.path(folder)]).files().files {
        try reader.read(file) { entry in
          let given = SourceEntry(entry)
          sum = (sum &* 31) ^ given.fingerprint ^ SourceEntry.hash(ofID: given.id)
        } skipped: { _ in
        }
      }
    }
    return String(sum, radix: 16)
  }

  @Test("with the same version the same files give the same entries")
  func sameEntries() throws {
    let found = "\(ContentReader.version) \(try fingerprint())\n"
    let path = Repository.path(Self.fixture)
    if getenv("SEARCH_REWRITE_FIXTURES") != nil {
      let file = fopen(path, "w")
      fputs(found, file)
      fclose(file)
    }
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 100)
    let isRead = fgets(&line, 100, file) != nil
    #expect(isRead)
    let known = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    #expect(
      found == known,
      "readers give other entries: raise ContentReader.version, then rewrite the fixture (Tests/README.md)")
  }
}
