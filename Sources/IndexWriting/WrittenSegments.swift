import IndexFormat
import IndexStorage
import SearchModel

/// Segments that stand in files, of the commit before and of this run: entries found and deleted by id.
///
/// An id is live in at most one of them; a look-up searches the sorted ids of each segment.
struct WrittenSegments {
  struct Member {
    var segment: CommittedSegment
    var live: LiveBits
    let reader: SegmentReader
    /// Whether `live` differs from what `segment` names.
    var isChanged = false

    var isWhole: Bool { live.liveCount == live.documentCount }
  }

  struct Place {
    var member: Int
    var document: Int
  }

  private let directory: IndexDirectory
  private(set) var members: [Member] = []

  init(in directory: IndexDirectory) { self.directory = directory }

  var documentCount: Int { members.reduce(0) { $0 + $1.live.documentCount } }

  /// Adds a segment as a commit names it.
  mutating func append(_ segment: CommittedSegment) throws {
    let live =
      try segment.live.map { try LiveBits($0, documentCount: segment.documentCount, in: directory) }
      ?? LiveBits(documentCount: segment.documentCount)
    try append(segment, live: live, isChanged: false)
  }

  /// Adds a segment of which only some documents are live, which no file says yet.
  mutating func append(_ segment: CommittedSegment, live: LiveBits) throws {
    try append(segment, live: live, isChanged: live.liveCount < live.documentCount)
  }

  private mutating func append(_ segment: CommittedSegment, live: LiveBits, isChanged: Bool) throws {
    // Opened without live bits: here they change.
    let reader = try SegmentReader(segment, live: nil, in: directory)
    members.append(Member(segment: segment, live: live, reader: reader, isChanged: isChanged))
  }

  /// The live entry with this id.
  func find(_ id: String) throws -> Place? {
    for (number, member) in members.enumerated() {
      if let document = try member.reader.keys.document(withID: id), member.live.isLive(document) {
        return Place(member: number, document: document)
      }
    }
    return nil
  }

  func entry(at place: Place) throws -> Entry {
    let reader = members[place.member].reader
    return try reader.entry(place.document, from: try reader.storedFields())
  }

  mutating func delete(at place: Place) {
    members[place.member].live.delete(place.document)
    members[place.member].isChanged = true
  }

  /// Forgets the segments without a live document.
  mutating func removeEmpty() { members.removeAll { $0.live.liveCount == 0 } }

  /// Puts one segment in the place of each group, where its first stood, their live documents in order.
  mutating func merge(_ groups: [[Int]], _ crew: WorkCrew) throws {
    var next: [Member?] = members
    for group in groups {
      guard let first = group.first else { continue }
      let readers = try group.map { number in
        let member = members[number]
        return try SegmentReader(member.segment, live: member.isWhole ? nil : member.live, in: directory)
      }
      let merged = try SegmentMerger.merge(readers, in: directory, crew: crew)
      for number in group { next[number] = nil }
      next[first] = Member(
        segment: merged, live: LiveBits(documentCount: merged.documentCount),
        reader: try SegmentReader(merged, live: nil, in: directory))
    }
    members = next.compactMap { $0 }
  }

  /// The segments as a commit names them; live bits that changed are written.
  mutating func committed() throws -> [CommittedSegment] {
    for number in members.indices where members[number].isChanged {
      members[number].segment.live = try members[number].live.write(to: directory)
      members[number].isChanged = false
    }
    return members.map(\.segment)
  }
}
