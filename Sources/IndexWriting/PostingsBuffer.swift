import IndexFormat
import TextAnalysis

/// Postings of documents that are not in a segment yet: (term) → (doc ID, frequencies, positions), in memory.
///
/// Terms live in an open-addressing table over byte streams; nothing is allocated per token. Documents are
/// added in doc ID order.
struct PostingsBuffer: ~Copyable {
  private struct Slot {
    var hash: UInt32
    var keyLength: UInt32
    var key: UInt32
    var documentFrequency: UInt32
    var document: UInt32
    var lastWritten: UInt32
    var frequency: UInt32
    var titleFrequency: UInt32
    var lastPosition: UInt32
    var documentsStart: UInt32
    var positionsStart: UInt32
    var documents: BytePool.StreamTail
    var positions: BytePool.StreamTail
  }

  private static let none = UInt32.max

  private var pool = BytePool()
  private var keys: [UInt8] = []
  private var slots: [Slot] = []
  private var table: [UInt32]
  private var mask: UInt32
  /// Another one for each buffer, so that no content can be made to collide; the order of terms is by their bytes.
  private let seed = UInt64.random(in: .min ... .max)

  init() {
    table = [UInt32](repeating: Self.none, count: 1 << 12)
    mask = (1 << 12) - 1
  }

  var termCount: Int { slots.count }

  /// Memory in use, near enough for a budget.
  var byteCount: Int {
    pool.byteCount + keys.capacity + slots.capacity * MemoryLayout<Slot>.stride + table.capacity * 4
  }

  static func hasPositions(_ kind: TokenKind) -> Bool { kind == .han || kind == .latin }

  /// Adds tokens of a document, those of its title first.
  mutating func add(document: UInt32, tokens: TokenBuffer, isTitle: Bool) {
    tokens.bytes.withUnsafeBufferPointer { bytes in
      tokens.tokens.withUnsafeBufferPointer { list in
        for token in list {
          let slot = find(
            kind: token.kind, bytes: bytes, start: Int(token.termStart), count: Int(token.termLength))
          count(slot, document: document, token: token, isTitle: isTitle)
        }
      }
    }
  }

  @inline(__always)
  private mutating func count(_ slot: Int, document: UInt32, token: Token, isTitle: Bool) {
    slots.withUnsafeMutableBufferPointer { slots in
      let entry = slots.baseAddress.unsafelyUnwrapped + slot
      if entry.pointee.document != document || entry.pointee.frequency == 0 {
        Self.closeDocument(&entry.pointee, &pool)
        entry.pointee.document = document
        entry.pointee.documentFrequency &+= 1
        entry.pointee.lastPosition = 0
      }
      entry.pointee.frequency &+= 1
      if isTitle { entry.pointee.titleFrequency &+= 1 }
      if Self.hasPositions(token.kind) {
        pool.append(varint: token.position &- entry.pointee.lastPosition, to: &entry.pointee.positions)
        entry.pointee.lastPosition = token.position
      }
    }
  }

  /// Writes the counts of the term's last document behind those before.
  @inline(__always)
  private static func closeDocument(_ slot: inout Slot, _ pool: inout BytePool) {
    guard slot.frequency > 0 else { return }
    let gap = slot.document &- slot.lastWritten
    if slot.frequency == 1 && slot.titleFrequency == 0 {
      pool.append(varint: gap << 1 | 1, to: &slot.documents)
    } else {
      pool.append(varint: gap << 1, to: &slot.documents)
      pool.append(varint: slot.frequency, to: &slot.documents)
      pool.append(varint: slot.titleFrequency, to: &slot.documents)
    }
    slot.lastWritten = slot.document
    slot.frequency = 0
    slot.titleFrequency = 0
  }

  // MARK: The table

  @inline(__always)
  private func hash(_ kind: TokenKind, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    var state = seed &+ UInt64(kind.rawValue) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: count)
    var i = 0
    let raw = UnsafeRawPointer(bytes)
    while i &+ 8 <= count {
      state = (state ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)) &* 0xD6E8_FEB8_6659_FD93
      state ^= state >> 32
      i &+= 8
    }
    var tail: UInt64 = 0
    while i < count {
      tail = tail << 8 | UInt64(bytes[i])
      i &+= 1
    }
    state = (state ^ tail) &* 0xD6E8_FEB8_6659_FD93
    state ^= state >> 32
    state = state &* 0xD6E8_FEB8_6659_FD93
    return UInt32(truncatingIfNeeded: state >> 32)
  }

  @inline(__always)
  private mutating func find(
    kind: TokenKind, bytes: UnsafeBufferPointer<UInt8>, start: Int, count: Int
  ) -> Int {
    precondition(start >= 0 && count >= 0 && start + count <= bytes.count, "terms lie in their buffer")
    let term = bytes.baseAddress.unsafelyUnwrapped + start
    let hash = hash(kind, term, count)
    var place = hash & mask
    while true {
      let number = table.withUnsafeBufferPointer { $0[Int(place)] }
      if number == Self.none { return insert(kind: kind, term: term, count: count, hash: hash, at: place) }
      let isSame = slots.withUnsafeBufferPointer { slots in
        let slot = slots.baseAddress.unsafelyUnwrapped + Int(number)
        guard slot.pointee.hash == hash, Int(slot.pointee.keyLength) == count &+ 1 else { return false }
        let key = Int(slot.pointee.key)
        return keys.withUnsafeBufferPointer { keys in
          guard keys[key] == kind.rawValue else { return false }
          for i in 0..<count where keys[key &+ 1 &+ i] != term[i] { return false }
          return true
        }
      }
      if isSame { return Int(number) }
      place = (place &+ 1) & mask
    }
  }

  private mutating func insert(
    kind: TokenKind, term: UnsafePointer<UInt8>, count: Int, hash: UInt32, at place: UInt32
  ) -> Int {
    let number = slots.count
    let key = keys.count
    keys.append(kind.rawValue)
    keys.append(contentsOf: UnsafeBufferPointer(start: term, count: count))
    let documents = pool.makeStream()
    let positions =
      Self.hasPositions(kind) ? pool.makeStream() : BytePool.StreamTail(next: 0, end: 0, level: 0)
    slots.append(
      Slot(
        hash: hash, keyLength: UInt32(count + 1), key: UInt32(key), documentFrequency: 0, document: 0,
        lastWritten: 0, frequency: 0, titleFrequency: 0, lastPosition: 0, documentsStart: documents.next,
        positionsStart: positions.next, documents: documents, positions: positions))
    table[Int(place)] = UInt32(number)
    if slots.count * 2 > table.count { rehash() }
    return number
  }

  private mutating func rehash() {
    let count = table.count * 2
    mask = UInt32(count - 1)
    table = [UInt32](repeating: Self.none, count: count)
    for (number, slot) in slots.enumerated() {
      var place = slot.hash & mask
      while table[Int(place)] != Self.none { place = (place &+ 1) & mask }
      table[Int(place)] = UInt32(number)
    }
  }

  // MARK: Out

  /// Hands all terms to `builder` in key order and forgets them.
  mutating func flush(to builder: SegmentBuilder) throws {
    var withPositions = builder.encoder(hasPositions: true)
    var withoutPositions = builder.encoder(hasPositions: false)
    var positions: [UInt32] = []
    for number in sortedSlots() {
      Self.closeDocument(&slots[number], &pool)
      let slot = slots[number]
      let key = Array(keys[Int(slot.key)..<Int(slot.key + slot.keyLength)])
      if TokenKind(rawValue: key[0]).map(Self.hasPositions) ?? false {
        decode(slot, hasPositions: true, positions: &positions, into: &withPositions)
        try builder.add(term: key, &withPositions)
      } else {
        decode(slot, hasPositions: false, positions: &positions, into: &withoutPositions)
        try builder.add(term: key, &withoutPositions)
      }
    }
    pool.removeAll()
    keys.removeAll()
    slots.removeAll()
    table = [UInt32](repeating: Self.none, count: 1 << 12)
    mask = (1 << 12) - 1
  }

  private func decode(
    _ slot: Slot, hasPositions: Bool, positions: inout [UInt32], into encoder: inout PostingsEncoder
  ) {
    var documents = BytePool.StreamHead(start: slot.documentsStart)
    var places = BytePool.StreamHead(start: hasPositions ? slot.positionsStart : slot.documentsStart)
    var document: UInt32 = 0
    for _ in 0..<slot.documentFrequency {
      let head = pool.readVarint(&documents)
      document += head >> 1
      var posting = Posting(docID: document, frequency: 1, titleFrequency: 0)
      if head & 1 == 0 {
        posting.frequency = pool.readVarint(&documents)
        posting.titleFrequency = pool.readVarint(&documents)
      }
      positions.removeAll(keepingCapacity: true)
      if hasPositions {
        var position: UInt32 = 0
        for _ in 0..<posting.frequency {
          position += pool.readVarint(&places)
          positions.append(position)
        }
      }
      positions.withUnsafeBufferPointer { encoder.add(posting, positions: $0) }
    }
  }

  private func sortedSlots() -> [Int] {
    struct Item {
      var prefix: UInt64
      var number: UInt32
    }
    var items = slots.enumerated().map { number, slot in
      var prefix: UInt64 = 0
      for i in 0..<8 {
        prefix = prefix << 8 | (i < Int(slot.keyLength) ? UInt64(keys[Int(slot.key) + i]) : 0)
      }
      return Item(prefix: prefix, number: UInt32(number))
    }
    keys.withUnsafeBufferPointer { keys in
      slots.withUnsafeBufferPointer { slots in
        items.sort { a, b in
          if a.prefix != b.prefix { return a.prefix < b.prefix }
          let x = slots[Int(a.number)]
          let y = slots[Int(b.number)]
          let shared = min(x.keyLength, y.keyLength)
          var i: UInt32 = min(8, shared)
          while i < shared {
            let p = keys[Int(x.key + i)]
            let q = keys[Int(y.key + i)]
            if p != q { return p < q }
            i += 1
          }
          return x.keyLength < y.keyLength
        }
      }
    }
    return items.map { Int($0.number) }
  }
}
