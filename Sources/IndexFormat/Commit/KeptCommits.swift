package import IndexStorage

/// The commits before the current one that stay for a rollback (FORMAT.md, "Kept commits").
package struct KeptCommits: Sendable {
  /// Newest first; every file that they name is there.
  package private(set) var commits: [Commit] = []
  /// Pointer files that are damaged, or of another version.
  package private(set) var damaged: [IndexFormatError] = []

  private static let prefix = "commit-"

  /// The pointer file of a commit that stays after the next one.
  package static func fileName(of number: Int) -> String { prefix + String(number) }

  /// The number in the name of a pointer file of a kept commit; nil for any other name.
  package static func number(in fileName: String) -> Int? {
    guard fileName.hasPrefix(prefix), let number = Int(fileName.dropFirst(prefix.count)),
      number >= 0, fileName == Self.fileName(of: number)
    else { return nil }
    return number
  }

  /// - Parameter current: the number of the current commit; nil when that is not known. A kept commit with the same or a
  ///   higher number is what an interrupted run left, and no earlier state.
  /// - Throws: `FileError`. A file that is gone meanwhile is none: a writer cleans up.
  package init(in directory: IndexDirectory, before current: Int?) throws {
    let names = Set(try directory.fileNames())
    for name in names {
      guard let number = Self.number(in: name), number < current ?? .max else { continue }
      do {
        let commit = try Commit(
          decoding: try directory.readSmall(name, limit: Commit.maximumBytes, section: Commit.section),
          file: name)
        guard commit.number == number else {
          throw IndexFormatError(.invalid("the commit of its name"), file: name, section: Commit.section)
        }
        // A power failure may have taken some of the files of one that was being removed.
        if commit.fileNames.isSubset(of: names) { commits.append(commit) }
      } catch let error as IndexFormatError {
        damaged.append(error)
      } catch let error as FileError where error.isNotFound {
        continue
      }
    }
    commits.sort { $0.number > $1.number }
    damaged.sort { $0.file.utf8.lexicographicallyPrecedes($1.file.utf8) }
  }
}
