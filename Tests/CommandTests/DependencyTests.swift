import Foundation
import SearchTestSupport
import Testing

/// The packages that were resolved, held against the least versions that SECURITY.md names.
@Suite struct DependencyTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The rows of the table under "Packages": package and least version.
  private static func leastVersions() throws -> [String: [Int]] {
    let text = try String(contentsOf: root.appending(path: ".github/SECURITY.md"), encoding: .utf8)
    let section = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("Packages\n") })
    var versions: [String: [Int]] = [:]
    for line in section.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
      }
      versions[try #require(cells.first)] = numbers(try #require(cells.dropFirst().first))
    }
    return versions
  }

  private static func numbers(_ version: String) -> [Int] {
    version.split(separator: ".").compactMap { Int($0) }
  }

  @Test("no package is older than the version that mended its last known weakness")
  func leastVersions() throws {
    let resolved = try ParsedJSON(
      parsing: Array(Data(contentsOf: Self.root.appending(path: "Package.resolved"))))
    var found: [String: [Int]] = [:]
    for pin in resolved["pins"].elements {
      found[try #require(pin["identity"].string)] = Self.numbers(try #require(pin["state"]["version"].string))
    }
    let least = try Self.leastVersions()
    #expect(least.count >= 6)
    for (name, version) in least {
      // A package that is used no more leaves the table.
      let present = try #require(found[name], "\(name) is not resolved")
      #expect(version.count == 3 && present.count == 3)
      #expect(!present.lexicographicallyPrecedes(version), "\(name) \(present) is older than \(version)")
    }
  }
}
