package import IndexStorage

/// What is wrong with the bytes of an index file, and where.
package struct IndexFormatError: Error, Equatable, CustomStringConvertible {
  package enum Problem: Equatable, Sendable {
    case notOurs
    /// The commit names the file, but it is not there.
    case missing
    case truncated(needed: Int, available: Int)  // bytes
    case unsupportedVersion(found: UInt32, newest: UInt32)
    case checksumMismatch
    case invalid(String)  // what was expected
  }

  package var problem: Problem
  /// The file's name inside the index directory.
  package var file: String
  /// As in FORMAT.md: "postings", "lengths", …
  package var section: String
  /// Bytes from the start of the section.
  package var offset: Int

  package init(_ problem: Problem, file: String, section: String, offset: Int = 0) {
    self.problem = problem
    self.file = file
    self.section = section
    self.offset = offset
  }

  /// A file of the index that could not be found.
  package init(missing error: FileError) {
    let name = error.path.split(separator: "/").last.map(String.init) ?? error.path
    self.init(.missing, file: name, section: "frame")
  }

  package var description: String {
    let what =
      switch problem {
      case .missing: "the commit names this file, but it is not there"
      case .notOurs: "this is not a search index file"
      case .truncated(let needed, let available):
        "the file ends early (\(needed) bytes needed, \(available) there)"
      case .unsupportedVersion(let found, let newest):
        "written in format version \(found), this program reads version \(newest)"
      case .checksumMismatch: "the bytes are not those that were written (checksum differs)"
      case .invalid(let expectation): "invalid bytes, expected \(expectation)"
      }
    return "\(file), \(section) section, byte \(offset): \(what)"
  }

  /// Whether the file is whole, but of another version.
  package var isVersionMismatch: Bool {
    if case .unsupportedVersion = problem { true } else { false }
  }
}
