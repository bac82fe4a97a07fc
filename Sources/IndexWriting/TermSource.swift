import IndexFormat
import IndexStorage

/// Terms in key order with their streams (`PostingsStream`): a sorted buffer, or a run of one in a scratch file.
///
/// A run is, for each term, its key and its stream, the byte count of each before it as a varint.
/// `@unchecked Sendable`: only read once it is made.
final class TermSource: @unchecked Sendable {
  /// Where every so many bytes of streams a term begins: the key, and its rank or its place in the file.
  struct Mark {
    var key: [UInt8]
    var place: Int
  }

  static let bytesPerMark = 64 << 10
  private static let pieceBytes = 256 << 10

  fileprivate enum Storage {
    case buffer(PostingsBuffer)
    case run(MappedFile)
  }

  fileprivate let storage: Storage
  let marks: [Mark]

  /// The terms of a sorted buffer, which stays as it is while this is in use.
  init(_ buffer: PostingsBuffer) {
    storage = .buffer(buffer)
    var marks: [Mark] = []
    var untilMark = Self.bytesPerMark
    for rank in 0..<buffer.termCount {
      let term = buffer.term(rank)
      untilMark -= buffer.streamByteCount(of: term) + term.key.count
      if untilMark <= 0 {
        marks.append(Mark(key: Array(term.key), place: rank))
        untilMark = Self.bytesPerMark
      }
    }
    self.marks = marks
  }

  /// Writes the terms of a sorted buffer to a scratch file.
  init(writing buffer: PostingsBuffer, to directory: IndexDirectory) throws {
    let file = try directory.scratchFile()
    var marks: [Mark] = []
    var piece: [UInt8] = []
    var lastMark = 0
    for rank in 0..<buffer.termCount {
      let term = buffer.term(rank)
      if file.byteCount + piece.count - lastMark >= Self.bytesPerMark {
        lastMark = file.byteCount + piece.count
        marks.append(Mark(key: Array(term.key), place: lastMark))
      }
      Self.append(varint: term.key.count, to: &piece)
      piece.append(contentsOf: term.key)
      Self.append(varint: buffer.streamByteCount(of: term), to: &piece)
      // One term may be all that a buffer holds: it does not stand in memory once more.
      var walk = buffer.slices(of: term)
      while let slice = buffer.nextSlice(&walk) {
        piece.append(contentsOf: slice)
        if piece.count >= Self.pieceBytes {
          try file.write(piece)
          piece.removeAll(keepingCapacity: true)
        }
      }
    }
    try file.write(piece)
    // The mapping outlives the file object, so that many runs do not take many descriptors.
    storage = .run(try file.map())
    self.marks = marks
  }

  private static func append(varint value: Int, to bytes: inout [UInt8]) {
    var rest = UInt(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Where to begin in order to meet every key from `key` on.
  fileprivate func place(before key: [UInt8]) -> Int {
    var low = 0
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if key.lexicographicallyPrecedes(marks[middle].key) { high = middle } else { low = middle + 1 }
    }
    return low == 0 ? 0 : marks[low - 1].place
  }
}

/// A position in a source; moves forward in key order.
struct TermSourceCursor {
  private let source: TermSource
  private var place: Int
  private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
  private var term: PostingsBuffer.Term?
  private var streamRange = 0..<0

  /// Stands before the first term whose key is not below `lower`.
  init(_ source: TermSource, from lower: [UInt8]?) {
    self.source = source
    place = lower.map { source.place(before: $0) } ?? 0
  }

  /// Moves to the next term; false after the last.
  mutating func next() throws -> Bool {
    switch source.storage {
    case .buffer(let buffer):
      guard place < buffer.termCount else { return false }
      let term = buffer.term(place)
      place += 1
      self.term = term
      key = term.key
    case .run(let file):
      guard place < file.byteCount else { return false }
      let bytes = file.bytes
      let keyCount = try varint(bytes)
      guard (1...TermDictionaryLayout.maximumKeyBytes).contains(keyCount), keyCount <= bytes.count - place
      else {
        throw ScratchDamage()
      }
      let last = key
      key = UnsafeRawBufferPointer(rebasing: bytes[place..<place + keyCount])
      guard last.isEmpty || TermDictionaryLayout.compare(last, key) < 0 else { throw ScratchDamage() }
      place += keyCount
      let streamCount = try varint(bytes)
      guard streamCount > 0, streamCount <= bytes.count - place else { throw ScratchDamage() }
      streamRange = place..<place + streamCount
      place += streamCount
    }
    return true
  }

  private mutating func varint(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    var value = 0
    var shift = 0
    while place < bytes.count, shift < 56 {
      let byte = bytes[place]
      place += 1
      value |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    throw ScratchDamage()
  }

  /// Bytes of the stream of the current term, or more.
  var streamByteBound: Int {
    switch source.storage {
    case .buffer(let buffer): term.map { buffer.streamByteBound(of: $0) } ?? 0
    case .run: streamRange.count
    }
  }

  /// The stream of the current term; to be used while the source is there.
  func stream(hasPositions: Bool, documentCount: Int) throws -> PostingsStream {
    switch source.storage {
    case .buffer(let buffer):
      guard let term else { throw ScratchDamage() }
      return try PostingsStream(
        term, of: buffer, hasPositions: hasPositions, documentCount: documentCount)
    case .run(let file):
      return try PostingsStream(
        UnsafeRawBufferPointer(rebasing: file.bytes[streamRange]), hasPositions: hasPositions,
        documentCount: documentCount)
    }
  }

  /// Gives the memory of a file up to here back: what was read, and what the system has read beside it, which would
  /// add up to all of the file. Whoever still reads there reads again.
  func forget() {
    if case .run(let file) = source.storage { file.forget(0..<place) }
  }
}
