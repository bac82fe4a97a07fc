/// Where the list of the next term of a block begins: lists stand in the order of terms, without gaps.
struct ListOffsets {
  var postings = 0
  var positions = 0

  init() {}

  /// Reads those of the first term of a block.
  init(_ reader: inout ByteReader) throws(IndexFormatError) {
    postings = try reader.varint(upTo: Int.max / 4)
    positions = try reader.varint(upTo: Int.max / 4)
  }
}

/// Reads what the dictionary says of one term, after its key (FORMAT.md, "Terms").
func readEntry(_ reader: inout ByteReader, _ lists: inout ListOffsets) throws(IndexFormatError) -> TermEntry {
  let head = try readHead(&reader)
  let documentFrequency = head >> 2
  let hasPositions = head & 2 != 0
  if head & 1 != 0 {
    let start = reader.sectionOffset + reader.offset
    try skipPosting(&reader, hasPositions: hasPositions)
    return TermEntry(
      documentFrequency: documentFrequency, hasPositions: hasPositions, isInline: true,
      postings: start..<reader.sectionOffset + reader.offset, positions: 0..<0)
  }
  let postingsBytes = try reader.varint(upTo: Int.max / 4)
  let positionsBytes = hasPositions ? try reader.varint(upTo: Int.max / 4) : 0
  // The section bounds are checked when the bytes are asked for; here only the sums must not overflow.
  guard lists.postings <= Int.max / 4, lists.positions <= Int.max / 4 else {
    throw reader.error(.invalid("offsets inside the file"))
  }
  let entry = TermEntry(
    documentFrequency: documentFrequency, hasPositions: hasPositions, isInline: false,
    postings: lists.postings..<lists.postings + postingsBytes,
    positions: lists.positions..<lists.positions + positionsBytes)
  lists.postings += postingsBytes
  lists.positions += positionsBytes
  return entry
}

/// Passes over what `readEntry` reads, of a term that nobody asks for.
@inline(__always)
func skipEntry(_ reader: inout ByteReader, _ lists: inout ListOffsets) throws(IndexFormatError) {
  let head = try readHead(&reader)
  if head & 1 != 0 { return try skipPosting(&reader, hasPositions: head & 2 != 0) }
  let postings = try reader.varint(upTo: Int.max / 4)
  let positions = head & 2 != 0 ? try reader.varint(upTo: Int.max / 4) : 0
  guard lists.postings <= Int.max / 4, lists.positions <= Int.max / 4 else {
    throw reader.error(.invalid("offsets inside the file"))
  }
  lists.postings &+= postings
  lists.positions &+= positions
}

/// Passes over the one posting that stands in the entry.
@inline(__always)
private func skipPosting(_ reader: inout ByteReader, hasPositions: Bool) throws(IndexFormatError) {
  _ = try reader.varint(upTo: Int(UInt32.max))
  let frequency = try reader.varint(upTo: Int(PostingsLayout.maximumFrequency) << 1 | 1)
  if frequency & 1 != 0 { _ = try reader.varint(upTo: frequency >> 1) }
  guard hasPositions else { return }
  guard frequency >> 1 <= Int(PostingsLayout.inlinePositions) else {
    throw reader.error(.invalid("at most \(PostingsLayout.inlinePositions) positions in an entry"))
  }
  for _ in 0..<frequency >> 1 { _ = try reader.varint(upTo: Int(UInt32.max)) }
}

/// A document frequency, whether there are positions, and whether the one posting stands in the entry.
@inline(__always)
private func readHead(_ reader: inout ByteReader) throws(IndexFormatError) -> Int {
  let head = try reader.varint(upTo: Int(UInt32.max) << 2 | 3)
  guard head >> 2 > 0 else { throw reader.error(.invalid("a document frequency above zero")) }
  guard head & 1 == 0 || head >> 2 == 1 else { throw reader.error(.invalid("one posting in an entry")) }
  return head
}
