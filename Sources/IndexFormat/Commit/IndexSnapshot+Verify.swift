package import IndexStorage

extension IndexSnapshot {
  /// Reads every byte of the commit and checks what the format promises of each file and of all together.
  ///
  /// - Parameter known: names of segments that were verified before, for another commit.
  /// - Returns: the postings and the bytes that were read.
  @discardableResult
  package func verify(in directory: IndexDirectory, except known: Set<String> = []) throws -> (
    postings: Int, bytes: Int
  ) {
    var postings = 0
    var bytes = 0
    for segment in segments where !known.contains(segment.file.name) {
      postings += try segment.verify()
      bytes += segment.file.byteCount
    }
    try verifyIDs()
    if let reference = commit.state {
      try SourceState(reference, in: directory).verify()
      bytes += reference.byteCount
    }
    return (postings, bytes)
  }

  /// An id stands for one live entry: the writer looks for it in one place.
  private func verifyIDs() throws(IndexFormatError) {
    // Within a segment the table of keys has seen to it.
    guard segments.count > 1 else { return }
    var places: [(hash: UInt64, segment: Int, document: Int)] = []
    places.reserveCapacity(entryCount)
    for (number, segment) in segments.enumerated() {
      for document in 0..<segment.documentCount where segment.live?.isLive(document) ?? true {
        places.append((SourceEntry.hash(ofID: try segment.keys.id(of: document)), number, document))
      }
    }
    places.sort { $0.hash < $1.hash }
    for (place, next) in zip(places, places.dropFirst()) where place.hash == next.hash {
      let (first, second) = (segments[place.segment], segments[next.segment])
      guard try first.keys.id(of: place.document) != second.keys.id(of: next.document) else {
        throw second.file.error(.invalid("ids that no other segment has"), in: .keys)
      }
    }
  }
}
