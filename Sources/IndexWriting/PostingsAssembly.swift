import Glibc
import IndexFormat

/// Makes the lists of a segment from sorted terms of several sources.
///
/// The range of keys is cut into parts of about a megabyte, which the threads of a crew decode, merge and encode side by
/// side; the builder gets them in order. A document may have tokens of a term in several runs of one buffer: sources
/// come in the order in which they were filled.
struct PostingsAssembly {
  private static let marksPerPart = 16

  private let sources: [TermSource]
  private let builder: SegmentBuilder

  init(_ sources: [TermSource], for builder: SegmentBuilder) {
    self.sources = sources
    self.builder = builder
  }

  /// Adds all terms to the builder, which has all documents by then.
  func run(by crew: WorkCrew) throws {
    let bounds = bounds()
    let parts = (0...bounds.count).map { number in
      Part(
        lower: number == 0 ? nil : bounds[number - 1], upper: number == bounds.count ? nil : bounds[number])
    }
    // Sound: pieces of work read the builder's lengths, which do not change until all terms are in.
    nonisolated(unsafe) let assembly = self
    var pieces: [WorkCrew.Piece] = []
    for number in parts.indices {
      while pieces.count < parts.count, pieces.count <= number + 2 * crew.threadCount {
        let part = parts[pieces.count]
        pieces.append(
          crew.submit { _ in part.make { try assembly.encode(from: part.lower, to: part.upper) } })
      }
      crew.wait(for: pieces[number])
      do { try builder.add(parts[number].take()) } catch {
        crew.finish()
        throw error
      }
    }
  }

  /// Keys between which parts lie.
  private func bounds() -> [[UInt8]] {
    let keys = sources.flatMap { $0.marks.map(\.key) }.sorted { $0.lexicographicallyPrecedes($1) }
    var bounds: [[UInt8]] = []
    for i in stride(from: Self.marksPerPart, to: keys.count, by: Self.marksPerPart)
    where bounds.last != keys[i] {
      bounds.append(keys[i])
    }
    return bounds
  }

  /// A part on its way.
  ///
  /// `@unchecked Sendable`: its piece of work alone writes it, and the crew hands that over (`WorkCrew.wait`).
  private final class Part: @unchecked Sendable {
    let lower: [UInt8]?
    let upper: [UInt8]?
    private var terms: Result<EncodedTerms, any Error>?

    init(lower: [UInt8]?, upper: [UInt8]?) {
      self.lower = lower
      self.upper = upper
    }

    func make(_ body: () throws -> EncodedTerms) { terms = Result(catching: body) }

    func take() throws -> EncodedTerms {
      defer { terms = .success(EncodedTerms()) }
      return try terms?.get() ?? EncodedTerms()
    }
  }

  private func encode(from lower: [UInt8]?, to upper: [UInt8]?) throws -> EncodedTerms {
    var terms = EncodedTerms()
    var withPositions = builder.encoder(hasPositions: true)
    var withoutPositions = builder.encoder(hasPositions: false)
    var merge = try TermMerge(sources, from: lower, to: upper, documentCount: builder.documentCount)
    while let key = merge.key {
      let hasPositions = PostingsBuffer.hasPositions(key)
      if hasPositions {
        try merge.addPostings(to: &withPositions, hasPositions: true)
        try terms.append(key: key, &withPositions)
      } else {
        try merge.addPostings(to: &withoutPositions, hasPositions: false)
        try terms.append(key: key, &withoutPositions)
      }
      try merge.next()
    }
    merge.forget()
    return terms
  }
}

/// Sorted sources walked together, term by term.
private struct TermMerge {
  private struct Member {
    var cursor: TermSourceCursor
    /// The first eight bytes of its key, as a number that sorts like the bytes.
    var prefix: UInt64 = 0
    var isOpen = false
  }

  private var members: [Member]
  /// Members that stand on the smallest key, in the order of the sources.
  private var current: [Int] = []
  /// Of one document; those of a document that repeats a term for ever are the largest piece of memory here.
  private var positions: [UInt32] = []
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
    bound.withUnsafeBytes { compare(key, $0) < 0 }
  }

  private static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    guard let x = a.baseAddress, let y = b.baseAddress else { return a.count - b.count }
    let order = memcmp(x, y, min(a.count, b.count))
    return order != 0 ? Int(order) : a.count - b.count
  }

  private mutating func advance(_ number: Int) throws {
    members[number].isOpen = try members[number].cursor.next()
    guard members[number].isOpen else { return }
    let key = members[number].cursor.key
    if let upper, !Self.isBelow(key, upper) {
      members[number].isOpen = false
      return
    }
    var prefix: UInt64 = 0
    for i in 0..<8 { prefix = prefix << 8 | (i < key.count ? UInt64(key[i]) : 0) }
    members[number].prefix = prefix
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
        order = Self.compare(members[number].cursor.key, members[first].cursor.key)
      }
      if order < 0 { current.removeAll(keepingCapacity: true) }
      if order <= 0 { current.append(number) }
    }
  }

  /// Adds the postings of the current term, in doc ID order.
  mutating func addPostings(to encoder: inout PostingsEncoder, hasPositions: Bool) throws {
    if current.count == 1 {
      var stream = try members[current[0]].cursor.stream(
        hasPositions: hasPositions, documentCount: documentCount)
      while !stream.isAtEnd {
        positions.removeAll(keepingCapacity: true)
        let posting = try stream.read(appendingTo: &positions)
        positions.withUnsafeBufferPointer { encoder.add(posting, positions: $0) }
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
      if streams[smallest].docID < limit {
        repeat {
          positions.removeAll(keepingCapacity: true)
          let posting = try streams[smallest].read(appendingTo: &positions)
          positions.withUnsafeBufferPointer { encoder.add(posting, positions: $0) }
        } while !streams[smallest].isAtEnd && streams[smallest].docID < limit
        continue
      }
      positions.removeAll(keepingCapacity: true)
      var posting = try streams[smallest].read(appendingTo: &positions)
      // The first source wins a tie, and what the others have of the document follows.
      for number in streams.indices
      where number > smallest && !streams[number].isAtEnd && streams[number].docID == posting.docID {
        try PostingsStream.add(try streams[number].read(appendingTo: &positions), to: &posting)
      }
      positions.withUnsafeBufferPointer { encoder.add(posting, positions: $0) }
    }
  }
}
