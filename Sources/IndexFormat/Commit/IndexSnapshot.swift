package import IndexStorage

/// Why an index cannot be opened, other than damage.
package enum IndexOpenError: Error, Equatable, CustomStringConvertible {
  /// No directory, or one without a commit.
  case missing(path: String)

  package var description: String {
    switch self {
    case .missing(let path): "there is no index in \(path)"
    }
  }
}

/// One commit, open for reading: what a query sees from beginning to end, whatever is published meanwhile.
package final class IndexSnapshot: Sendable {
  package let commit: Commit
  package let segments: [SegmentReader]

  /// Opens the current commit.
  ///
  /// A writer may publish and clean up between the reading of the pointer and the opening of the files that
  /// it names: then the pointer is read again.
  package init(in directory: IndexDirectory) throws {
    var lastNumber: Int?
    while true {
      guard let commit = try Commit(in: directory) else { throw IndexOpenError.missing(path: directory.path) }
      do {
        segments = try commit.segments.map { try SegmentReader($0, in: directory) }
        self.commit = commit
        return
      } catch let error as FileError where error.isNotFound {
        // Gone although the pointer still names it: that is no race, the file is lost.
        guard lastNumber != commit.number else {
          let name = error.path.split(separator: "/").last.map(String.init) ?? error.path
          throw IndexFormatError(.missing, file: name, section: "frame")
        }
        lastNumber = commit.number
      }
    }
  }

  /// Entries of all segments that hold a term in any field, deleted ones included.
  package func documentFrequency(of key: [UInt8]) throws(IndexFormatError) -> Int {
    var sum = 0
    for segment in segments { sum += try segment.terms.find(key)?.documentFrequency ?? 0 }
    return sum
  }

  /// Live entries.
  package var entryCount: Int { segments.reduce(0) { $0 + $1.liveCount } }
}
