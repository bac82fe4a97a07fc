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
  /// The deleted documents of each segment, ascending.
  private let deleted: [[UInt32]]
  /// Of the live documents alone, so that scores are those of an index that never held others.
  package let statistics: SegmentStatistics

  /// Opens the current commit.
  ///
  /// A writer may publish and clean up between the reading of the pointer and the opening of the files that
  /// it names: then the pointer is read again.
  package convenience init(in directory: IndexDirectory) throws {
    var lastNumber: Int?
    while true {
      guard let commit = try Commit(in: directory) else { throw IndexOpenError.missing(path: directory.path) }
      do {
        try self.init(commit, in: directory)
        return
      } catch let error as FileError where error.isNotFound {
        // Gone although the pointer still names it: that is no race, the file is lost.
        guard lastNumber != commit.number else { throw IndexFormatError(missing: error) }
        lastNumber = commit.number
      }
    }
  }

  /// Opens a commit.
  ///
  /// - Throws: `FileError` that `isNotFound` when a writer has removed the commit meanwhile.
  package init(_ commit: Commit, in directory: IndexDirectory) throws {
    let segments = try commit.segments.map { try SegmentReader($0, in: directory) }
    let deleted = segments.map { $0.live?.deleted ?? [] }
    statistics = try Self.statistics(segments, deleted)
    self.segments = segments
    self.deleted = deleted
    self.commit = commit
  }

  private static func statistics(
    _ segments: [SegmentReader], _ deleted: [[UInt32]]
  ) throws(IndexFormatError) -> SegmentStatistics {
    var sums = SegmentStatistics()
    for (segment, deleted) in zip(segments, deleted) {
      sums.documentCount += segment.documentCount - deleted.count
      sums.titleLength += segment.statistics.titleLength
      sums.bodyLength += segment.statistics.bodyLength
      for document in deleted {
        sums.titleLength -= Int(try segment.titleLengths.value(of: Int(document)))
        sums.bodyLength -= Int(try segment.bodyLengths.value(of: Int(document)))
      }
    }
    // Sums that do not fit the lengths are for `verify` to find.
    sums.titleLength = max(sums.titleLength, 0)
    sums.bodyLength = max(sums.bodyLength, 0)
    return sums
  }

  /// Live entries that hold a term in any field.
  ///
  /// - Complexity: a look into the dictionaries, and a seek per deleted document that may hold the term.
  package func documentFrequency(of key: [UInt8]) throws(IndexFormatError) -> Int {
    var sum = 0
    for (segment, deleted) in zip(segments, deleted) {
      guard let entry = try segment.terms.find(key) else { continue }
      sum += entry.documentFrequency
      if !deleted.isEmpty { sum -= try Self.count(deleted, in: try segment.postings(of: entry)) }
    }
    return sum
  }

  /// How many of the documents a list holds.
  private static func count(
    _ documents: [UInt32], in postings: PostingsCursor
  ) throws(IndexFormatError) -> Int {
    var count = 0
    for document in documents {
      if postings.docID < document { try postings.seek(to: document) }
      if postings.docID == PostingsCursor.end { break }
      if postings.docID == document { count += 1 }
    }
    return count
  }

  /// Live entries.
  package var entryCount: Int { segments.reduce(0) { $0 + $1.liveCount } }
}
