import Glibc
import IndexFormat
import TextAnalysis

/// Postings of documents that are not in a segment yet: (term) → (doc ID, frequencies, positions), in memory.
///
/// Terms live in an open-addressing table over byte streams; nothing is allocated per token. Documents are added in
/// doc ID order. `sort` ends the additions; then the terms can be read in key order, on several threads, until
/// `removeAll`. What the stream of a term holds is said at `PostingsStream`.
///
/// `@unchecked Sendable`: filled by one thread at a time, and between `sort` and `removeAll` only read.
final class PostingsBuffer: @unchecked Sendable {
  /// A cache line: beside the table entry the only one that a token touches, but for the end of its stream.
  private struct Slot {
    /// The first eight bytes of the key as a number that sorts like the bytes.
    var prefix: UInt64
    /// Where the whole key stands in `keys`.
    var key: UInt32
    var keyLength: UInt16
    var level: UInt8
    var documentFrequency: UInt32
    /// The document with the latest token, plus 1.
    var document: UInt32
    /// Its distance from the one before.
    var gap: UInt32
    var frequency: UInt32
    var titleFrequency: UInt32
    var lastPosition: UInt32
    var start: UInt32
    var next: UInt32
    var end: UInt32
    /// Bytes 8 to 15 of the key.
    var suffix: UInt64
  }

  private static let firstTableCount = 1 << 12
  private static let firstKeyCapacity = 1 << 16
  private static let slotChunkShift = 15
  private static let slotsPerChunk = 1 << slotChunkShift
  /// Room for 500 million terms; the budget ends far below.
  private static let slotChunkLimit = 1 << 14
  /// Tokens looked up side by side, so that the waits for memory overlap.
  private static let groupCount = 48

  private var pool = BytePool()
  private var keys: UnsafeMutablePointer<UInt8>
  private var keyByteCount = 0
  private var keyCapacity = PostingsBuffer.firstKeyCapacity
  /// In chunks, so that growing neither moves nor doubles them.
  private let slotChunks: UnsafeMutablePointer<UnsafeMutablePointer<Slot>>
  private var slotChunkCount = 0
  private(set) var termCount = 0
  /// Hash in the upper half, slot number plus 1 in the lower; 0 where nothing is.
  private var table: UnsafeMutablePointer<UInt64>
  private var mask: UInt32
  /// Another one for each buffer, so that no content can be made to collide; the order of terms is by their bytes.
  private let seed = UInt64.random(in: .min ... .max)
  /// Slot numbers in key order, after `sort`.
  private var order: [UInt32] = []

  init() {
    keys = LargeMemory.allocate(UInt8.self, count: keyCapacity)
    slotChunks = .allocate(capacity: Self.slotChunkLimit)
    table = LargeMemory.allocate(UInt64.self, count: Self.firstTableCount)
    table.initialize(repeating: 0, count: Self.firstTableCount)
    mask = UInt32(Self.firstTableCount - 1)
  }

  deinit {
    freeTerms()
    slotChunks.deallocate()
  }

  private func freeTerms() {
    LargeMemory.free(keys, count: keyCapacity)
    LargeMemory.free(table, count: Int(mask) + 1)
    for chunk in 0..<slotChunkCount { LargeMemory.free(slotChunks[chunk], count: Self.slotsPerChunk) }
  }

  @inline(__always)
  private func slot(_ number: Int) -> UnsafeMutablePointer<Slot> {
    slotChunks[number &>> Self.slotChunkShift] + (number & (Self.slotsPerChunk &- 1))
  }

  /// Memory of what it holds, near enough for a budget: sorting and the next growth of the table included.
  var byteCount: Int {
    termCount == 0
      ? 0
      : pool.byteCount + keyByteCount + termCount * (MemoryLayout<Slot>.stride + 24) + (Int(mask) + 1) * 12
  }

  @inline(__always)
  static func hasPositions(_ kind: TokenKind) -> Bool {
    switch kind {
    case .han, .latin: true
    case .hanPair, .stem, .form: false
    }
  }

  /// The raw value; a switch is inlined where the call is not.
  @inline(__always)
  private static func byte(of kind: TokenKind) -> UInt8 {
    switch kind {
    case .han: 0x01
    case .hanPair: 0x02
    case .latin: 0x03
    case .stem: 0x04
    case .form: 0x05
    }
  }

  static func hasPositions(_ key: UnsafeRawBufferPointer) -> Bool {
    key.first.flatMap(TokenKind.init(rawValue:)).map(hasPositions) ?? false
  }

  // MARK: In

  /// Adds tokens of a document, those of its title first.
  func add(document: UInt32, tokens: TokenBuffer, isTitle: Bool) {
    precondition(order.isEmpty, "a sorted buffer is read")
    tokens.bytes.withUnsafeBufferPointer { bytes in
      tokens.tokens.withUnsafeBufferPointer { list in
        guard let base = bytes.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: Candidate.self, capacity: Self.groupCount) { group in
          let candidates = group.baseAddress.unsafelyUnwrapped
          var start = 0
          while start < list.count {
            let count = min(Self.groupCount, list.count - start)
            for i in 0..<count {
              let token = list[start &+ i]
              precondition(
                Int(token.termStart) + Int(token.termLength) <= bytes.count, "terms lie in their buffer")
              (candidates + i).initialize(
                to: candidate(
                  kind: token.kind, base + Int(token.termStart), Int(token.termLength),
                  room: bytes.count - Int(token.termStart)))
            }
            for i in 0..<count { candidates[i].entry = table[Int(candidates[i].hash & mask)] }
            for i in 0..<count { look(candidates + i) }
            for i in 0..<count {
              let token = list[start &+ i]
              let slot = find(token.kind, candidates[i], base + Int(token.termStart), Int(token.termLength))
              add(
                to: self.slot(slot), document: document &+ 1, position: token.position,
                hasPositions: Self.hasPositions(token.kind), isTitle: isTitle)
            }
            start += count
          }
        }
      }
    }
  }

  @inline(__always)
  private func add(
    to slot: UnsafeMutablePointer<Slot>, document: UInt32, position: UInt32, hasPositions: Bool, isTitle: Bool
  ) {
    var tail = BytePool.StreamTail(next: slot.pointee.next, end: slot.pointee.end, level: slot.pointee.level)
    if slot.pointee.document != document {
      if slot.pointee.documentFrequency > 0 { close(slot, hasPositions, &tail) }
      slot.pointee.gap = document &- slot.pointee.document
      slot.pointee.document = document
      slot.pointee.documentFrequency &+= 1
      slot.pointee.frequency = 0
      slot.pointee.titleFrequency = 0
      if hasPositions {
        slot.pointee.lastPosition = 0
        // The title's tokens come first, so the first one tells whether there are any.
        pool.append(varint: slot.pointee.gap &<< 1 | (isTitle ? 1 : 0), to: &tail)
      }
    }
    slot.pointee.frequency &+= 1
    if isTitle { slot.pointee.titleFrequency &+= 1 }
    if hasPositions {
      pool.append(varint: position &- slot.pointee.lastPosition &+ 1, to: &tail)
      slot.pointee.lastPosition = position
    }
    slot.pointee.next = tail.next
    slot.pointee.end = tail.end
    slot.pointee.level = tail.level
  }

  /// Writes what is known of a term's last document only now.
  @inline(__always)
  private func close(
    _ slot: UnsafeMutablePointer<Slot>, _ hasPositions: Bool, _ tail: inout BytePool.StreamTail
  ) {
    if hasPositions {
      pool.append(0, to: &tail)
      if slot.pointee.titleFrequency > 0 { pool.append(varint: slot.pointee.titleFrequency, to: &tail) }
    } else if slot.pointee.frequency == 1 && slot.pointee.titleFrequency == 0 {
      pool.append(varint: slot.pointee.gap &<< 1 | 1, to: &tail)
    } else {
      pool.append(varint: slot.pointee.gap &<< 1, to: &tail)
      pool.append(varint: slot.pointee.frequency, to: &tail)
      pool.append(varint: slot.pointee.titleFrequency, to: &tail)
    }
  }

  // MARK: The table

  private struct Candidate {
    var prefix: UInt64
    var suffix: UInt64
    var hash: UInt32
    /// The slot that probably is the term's, plus 1.
    var number: UInt32
    /// The first table entry for the hash.
    var entry: UInt64
  }

  /// Up to eight bytes as a big-endian number, zeros behind them; `room` bytes are readable.
  @inline(__always)
  private static func word(_ bytes: UnsafePointer<UInt8>, _ count: Int, room: Int) -> UInt64 {
    if room >= 8 {
      let word = UInt64(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
      return count >= 8 ? word : count == 0 ? 0 : word & (UInt64.max &<< UInt64(64 &- 8 &* count))
    }
    var word: UInt64 = 0
    for i in 0..<min(count, room) { word |= UInt64(bytes[i]) << UInt64(56 - 8 * i) }
    return word
  }

  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
    return product.high ^ product.low
  }

  @inline(__always)
  private func candidate(
    kind: TokenKind, _ term: UnsafePointer<UInt8>, _ count: Int, room: Int
  ) -> Candidate {
    let first = Self.word(term, count, room: room)
    let kind = UInt64(Self.byte(of: kind))
    var state = Self.mix(first ^ seed ^ UInt64(truncatingIfNeeded: count) &<< 8 ^ kind)
    let suffix = count > 7 ? Self.word(term + 7, count &- 7, room: room &- 7) : 0
    var i = 8
    while i < count {
      state = Self.mix(state ^ Self.word(term + i, count &- i, room: room &- i) ^ 0x2D35_8DCC_AA6C_78A5)
      i &+= 8
    }
    return Candidate(
      prefix: kind &<< 56 | first &>> 8, suffix: suffix, hash: UInt32(truncatingIfNeeded: state >> 32),
      number: 0,
      entry: 0)
  }

  /// Reads the slot that the first table entry names, whose memory is then at hand.
  @inline(__always)
  private func look(_ candidate: UnsafeMutablePointer<Candidate>) {
    let number = UInt32(truncatingIfNeeded: candidate.pointee.entry)
    if number > 0, UInt32(truncatingIfNeeded: candidate.pointee.entry >> 32) == candidate.pointee.hash {
      let slot = slot(Int(number) &- 1)
      if slot.pointee.prefix == candidate.pointee.prefix, slot.pointee.suffix == candidate.pointee.suffix {
        candidate.pointee.number = number
      }
    }
  }

  @inline(__always)
  private func isSame(
    _ number: Int, _ candidate: Candidate, _ term: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    let slot = slot(number)
    guard slot.pointee.prefix == candidate.prefix, slot.pointee.suffix == candidate.suffix,
      Int(slot.pointee.keyLength) == count &+ 1
    else { return false }
    return count <= 15
      || memcmp(keys + (Int(slot.pointee.key) &+ 16), term + 15, count &- 15) == 0
  }

  @inline(__always)
  private func find(
    _ kind: TokenKind, _ candidate: Candidate, _ term: UnsafePointer<UInt8>, _ count: Int
  ) -> Int {
    if candidate.number > 0, isSame(Int(candidate.number) &- 1, candidate, term, count) {
      return Int(candidate.number) &- 1
    }
    return search(kind, candidate, term, count)
  }

  @inline(never)
  private func search(
    _ kind: TokenKind, _ candidate: Candidate, _ term: UnsafePointer<UInt8>, _ count: Int
  ) -> Int {
    var place = candidate.hash & mask
    while true {
      let entry = table[Int(place)]
      if entry == 0 { return insert(kind, candidate, term, count, at: place) }
      if UInt32(truncatingIfNeeded: entry >> 32) == candidate.hash {
        let number = Int(UInt32(truncatingIfNeeded: entry)) - 1
        if isSame(number, candidate, term, count) { return number }
      }
      place = (place &+ 1) & mask
    }
  }

  private func insert(
    _ kind: TokenKind, _ candidate: Candidate, _ term: UnsafePointer<UInt8>, _ count: Int, at place: UInt32
  ) -> Int {
    let number = termCount
    precondition(keyByteCount + count + 1 <= Int(UInt32.max), "the budget keeps keys below 4 GiB")
    if number == slotChunkCount << Self.slotChunkShift {
      precondition(slotChunkCount < Self.slotChunkLimit, "the budget keeps terms below 500 million")
      // A run that changes one page has few terms, and clearing a huge page takes longer than all of them.
      slotChunks[slotChunkCount] = LargeMemory.allocate(
        Slot.self, count: Self.slotsPerChunk, isFilled: slotChunkCount > 0)
      slotChunkCount += 1
    }
    if keyByteCount + count + 1 > keyCapacity { growKeys(to: keyByteCount + count + 1) }
    keys[keyByteCount] = kind.rawValue
    (keys + keyByteCount + 1).update(from: term, count: count)
    let tail = pool.makeStream()
    slot(number).initialize(
      to: Slot(
        prefix: candidate.prefix, key: UInt32(keyByteCount), keyLength: UInt16(count + 1), level: tail.level,
        documentFrequency: 0, document: 0, gap: 0, frequency: 0, titleFrequency: 0, lastPosition: 0,
        start: tail.next, next: tail.next, end: tail.end, suffix: candidate.suffix))
    keyByteCount += count + 1
    termCount += 1
    table[Int(place)] = UInt64(candidate.hash) << 32 | UInt64(number + 1)
    if termCount * 3 > (Int(mask) + 1) * 2 { rehash() }
    return number
  }

  private func growKeys(to count: Int) {
    let old = (keys, keyCapacity)
    keyCapacity = max(keyCapacity * 2, count)
    keys = LargeMemory.allocate(UInt8.self, count: keyCapacity)
    keys.update(from: old.0, count: keyByteCount)
    LargeMemory.free(old.0, count: old.1)
  }

  private func rehash() {
    let oldCount = Int(mask) + 1
    let old = table
    table = LargeMemory.allocate(UInt64.self, count: oldCount * 2)
    table.initialize(repeating: 0, count: oldCount * 2)
    mask = UInt32(oldCount * 2 - 1)
    for i in 0..<oldCount where old[i] != 0 {
      var place = UInt32(truncatingIfNeeded: old[i] >> 32) & mask
      while table[Int(place)] != 0 { place = (place &+ 1) & mask }
      table[Int(place)] = old[i]
    }
    LargeMemory.free(old, count: oldCount)
  }

  // MARK: Out

  /// A term in key order.
  struct Term {
    /// Valid until the buffer changes.
    var key: UnsafeRawBufferPointer
    fileprivate var slot: Int
  }

  /// Ends the additions and brings the terms into key order.
  func sort() {
    struct Item {
      var prefix: UInt64
      var number: UInt32
    }
    var items: [Item] = []
    items.reserveCapacity(termCount)
    for number in 0..<termCount {
      let slot = slot(number)
      var tail = BytePool.StreamTail(
        next: slot.pointee.next, end: slot.pointee.end, level: slot.pointee.level)
      close(slot, Self.hasPositions(key(number)), &tail)
      slot.pointee.next = tail.next
      slot.pointee.end = tail.end
      slot.pointee.level = tail.level
      items.append(Item(prefix: slot.pointee.prefix, number: UInt32(number)))
    }
    items.sort { a, b in
      if a.prefix != b.prefix { return a.prefix < b.prefix }
      let (p, q) = (slot(Int(a.number)).pointee.suffix, slot(Int(b.number)).pointee.suffix)
      if p != q { return p < q }
      let x = key(Int(a.number))
      let y = key(Int(b.number))
      let shared = min(x.count, y.count)
      let order = memcmp(x.baseAddress.unsafelyUnwrapped, y.baseAddress.unsafelyUnwrapped, shared)
      return order != 0 ? order < 0 : x.count < y.count
    }
    order = items.map(\.number)
  }

  private func key(_ number: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: keys + Int(slot(number).pointee.key), count: Int(slot(number).pointee.keyLength))
  }

  /// The term at a rank in key order.
  func term(_ rank: Int) -> Term {
    let number = Int(order[rank])
    return Term(key: key(number), slot: number)
  }

  /// The pieces in which the stream of a term stands, for `nextSlice`.
  func slices(of term: Term) -> BytePool.SliceWalk {
    BytePool.SliceWalk(from: slot(term.slot).pointee.start, to: tail(of: term))
  }

  /// No less than `streamByteCount`, without a walk.
  func streamByteBound(of term: Term) -> Int { BytePool.byteBound(of: tail(of: term)) }

  private func tail(of term: Term) -> BytePool.StreamTail {
    let slot = slot(term.slot).pointee
    return BytePool.StreamTail(next: slot.next, end: slot.end, level: slot.level)
  }

  /// The next piece of a stream; nil after the last. Valid until the buffer changes.
  func nextSlice(_ walk: inout BytePool.SliceWalk) -> UnsafeRawBufferPointer? { pool.next(&walk) }

  func streamByteCount(of term: Term) -> Int {
    var walk = slices(of: term)
    var count = 0
    while let slice = nextSlice(&walk) { count += slice.count }
    return count
  }

  /// Forgets everything and frees the memory.
  func removeAll() {
    pool.removeAll()
    freeTerms()
    order = []
    keyByteCount = 0
    termCount = 0
    slotChunkCount = 0
    keyCapacity = Self.firstKeyCapacity
    keys = LargeMemory.allocate(UInt8.self, count: keyCapacity)
    table = LargeMemory.allocate(UInt64.self, count: Self.firstTableCount)
    table.initialize(repeating: 0, count: Self.firstTableCount)
    mask = UInt32(Self.firstTableCount - 1)
  }
}
