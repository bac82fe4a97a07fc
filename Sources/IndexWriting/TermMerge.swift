import IndexFormat

/// Sorted sources walked together, term by term.
struct TermMerge {
  private struct Member {
    var cursor: TermSourceCursor
    /// The first eight bytes of its key, as a number that sorts like the bytes.
    var prefix: UInt64 = 0
    var isOpen = false
  }

  private var members: [Member]
  /// Members that stand on the smallest key, in the order of the sources.
  private var current: [Int] = []
  private let upper: [UInt8]?
  private let documentCount: Int

  init(_ sources: [TermSource], from lower: [UInt8]?, to upper: [UInt8]?, documentCount: Int) throws {
    self.documentCount = documentCount
    members = sources.map { Member(cursor: TermSourceCursor($0, from: lower)) }
    self.upper = upper
    for number in members.indices {
      try advance(number)
      if let lower {
        while members[number].isOpen, Self.isBelow(members[number].cursor.key, lower) { try advance(number) }
      }
    }
    findSmallest()
  }

  /// The smallest key; nil past the upper bound.
  var key: UnsafeRawBufferPointer? { current.first.map { members[$0].cursor.key } }

  mutating func next() throws {
    for number in current { try advance(number) }
    findSmallest()
  }

  func forget() { for member in members { member.cursor.forget() } }

  private static func isBelow(_ key: UnsafeRawBufferPointer, _ bound: [UInt8]) -> Bool {
    bound.withUnsafeBytes { TermDictionaryLayout.compare(key, $0) < 0 }
  }

  private mutating func advance(_ number: Int) throws {
    members[number].isOpen = try members[number].cursor.next()
    guard members[number].isOpen else { return }
    let key = members[number].cursor.key
    if let upper, !Self.isBelow(key, upper) {
      members[number].isOpen = false
      return
    }
    members[number].prefix = TermDictionaryLayout.prefix(of: key)
  }

  private mutating func findSmallest() {
    current.removeAll(keepingCapacity: true)
    for number in members.indices where members[number].isOpen {
      guard let first = current.first else {
        current.append(number)
        continue
      }
      let order: Int
      if members[number].prefix != members[first].prefix {
        order = members[number].prefix < members[first].prefix ? -1 : 1
      } else {
        order = TermDictionaryLayout.compare(members[number].cursor.key, members[first].cursor.key)
      }
      if order < 0 { current.removeAll(keepingCapacity: true) }
      if order <= 0 { current.append(number) }
    }
  }

  /// Hands over the postings of the current term, in the order of documents.
  ///
  /// - Parameters:
  ///   - positions: gets the positions; what stands before is left alone.
  ///   - body: may empty it; gets where those of this posting begin.
  @inline(__always)
  mutating func eachPosting(
    hasPositions: Bool, positions: inout [UInt32],
    _ body: (_ posting: Posting, _ positions: inout [UInt32], _ start: Int) throws -> Void
  ) throws {
    if current.count == 1 {
      var stream = try members[current[0]].cursor.stream(
        hasPositions: hasPositions, documentCount: documentCount)
      while !stream.isAtEnd {
        let start = positions.count
        try body(try stream.read(appendingTo: &positions, from: start), &positions, start)
      }
      return
    }
    var streams = try current.map {
      try members[$0].cursor.stream(hasPositions: hasPositions, documentCount: documentCount)
    }
    while true {
      var smallest = -1
      /// The first document of the others. Before it nothing is to be compared, and it is far: the runs of a thread
      /// follow each other, and threads take batches of documents.
      var limit = UInt32.max
      for number in streams.indices where !streams[number].isAtEnd {
        if smallest < 0 || streams[number].docID < streams[smallest].docID {
          if smallest >= 0 { limit = streams[smallest].docID }
          smallest = number
        } else {
          limit = min(limit, streams[number].docID)
        }
      }
      guard smallest >= 0 else { return }
      repeat {
        let start = positions.count
        var posting = try streams[smallest].read(appendingTo: &positions, from: start)
        // The first source wins a tie, and what the others have of the document follows.
        if posting.docID == limit {
          for number in streams.indices
          where number > smallest && !streams[number].isAtEnd && streams[number].docID == limit {
            try PostingsStream.add(
              try streams[number].read(appendingTo: &positions, from: start), to: &posting)
          }
        }
        try body(posting, &positions, start)
      } while !streams[smallest].isAtEnd && streams[smallest].docID < limit
    }
  }

  /// Appends the documents of the current term, each once, in no order; none when they are more or fewer.
  mutating func appendDocuments(
    hasPositions: Bool, ifTheirCountIsIn counts: ClosedRange<Int>, to documents: inout [UInt32]
  ) throws {
    var bound = 0
    for number in current {
      let streamBound = PostingsStream.documentBound(
        inBytes: members[number].cursor.streamByteBound, hasPositions: hasPositions)
      bound = min(bound + min(streamBound, counts.lowerBound), counts.lowerBound)
    }
    guard bound == counts.lowerBound else { return }
    let start = documents.count
    for number in current {
      var stream = try members[number].cursor.stream(hasPositions: hasPositions, documentCount: documentCount)
      while !stream.isAtEnd {
        // A document that stands in several runs of one buffer ends the one and begins the next.
        if documents.count == start || documents[documents.count - 1] != stream.docID {
          guard documents.count - start < counts.upperBound else {
            documents.removeLast(documents.count - start)
            return
          }
          documents.append(stream.docID)
        }
        try stream.skip()
      }
    }
    if documents.count - start < counts.lowerBound { documents.removeLast(documents.count - start) }
  }
}
