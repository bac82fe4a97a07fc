import Glibc

/// Memory for many growing byte streams: slices out of large chunks, longer with each step.
///
/// A stream is written at its `StreamTail` and read from its first slice on; a slice that is full ends in the
/// address of the next. Addresses are 32 bits, so a pool holds at most 4 GiB; it is emptied long before.
struct BytePool: ~Copyable {
  private static let chunkShift: UInt32 = 18
  private static let chunkBytes = 1 << 18
  private static let chunkLimit = 1 << 14
  /// From so many chunks on, as many are allocated at once: a huge page.
  private static let chunksPerGroup = 8
  private static let linkBytes: UInt32 = 4
  private static let lastLevel = 8
  /// 12, 20, 36, … 2,052: room that doubles, and the link.
  @inline(__always)
  private static func sliceBytes(_ level: UInt8) -> UInt32 { (8 << UInt32(level)) &+ linkBytes }

  /// Room for the addresses of all chunks, so that it never moves.
  private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  private var chunkCount = 0
  /// Bytes handed out, gaps at the ends of chunks included.
  private var used = 0

  /// Where the next byte of a stream goes.
  struct StreamTail {
    var next: UInt32
    var end: UInt32
    var level: UInt8
  }

  init() { chunks = .allocate(capacity: Self.chunkLimit) }

  deinit {
    freeChunks()
    chunks.deallocate()
  }

  private func freeChunks() {
    for chunk in 0..<chunkCount where chunk < Self.chunksPerGroup || chunk % Self.chunksPerGroup == 0 {
      LargeMemory.free(chunks[chunk], count: Self.groupCount(at: chunk) * Self.chunkBytes)
    }
  }

  /// Chunks that are allocated together, from this one on.
  private static func groupCount(at chunk: Int) -> Int { chunk < chunksPerGroup ? 1 : chunksPerGroup }

  /// Bytes in use.
  var byteCount: Int { used }

  /// Forgets all streams and frees the memory.
  mutating func removeAll() {
    freeChunks()
    chunkCount = 0
    used = 0
  }

  private mutating func allocate(_ count: UInt32) -> UInt32 {
    let room = Self.chunkBytes - used & (Self.chunkBytes - 1)
    if room < Int(count) { used += room }
    let chunk = used >> Int(Self.chunkShift)
    precondition(chunk < Self.chunkLimit, "a pool holds 4 GiB")
    if chunk == chunkCount {
      let count = Self.groupCount(at: chunk)
      let memory = LargeMemory.allocate(UInt8.self, count: count * Self.chunkBytes)
      for i in 0..<count { chunks[chunk + i] = memory + i * Self.chunkBytes }
      chunkCount += count
    }
    let address = UInt32(truncatingIfNeeded: used)
    used += Int(count)
    return address
  }

  @inline(__always)
  private func pointer(_ address: UInt32) -> UnsafeMutablePointer<UInt8> {
    chunks[Int(address &>> Self.chunkShift)] + Int(address & UInt32(truncatingIfNeeded: Self.chunkBytes &- 1))
  }

  /// A new empty stream; its first slice is at the `next` of the tail.
  mutating func makeStream() -> StreamTail {
    let address = allocate(Self.sliceBytes(0))
    return StreamTail(next: address, end: address + Self.sliceBytes(0) - Self.linkBytes, level: 0)
  }

  @inline(__always)
  mutating func append(_ byte: UInt8, to tail: inout StreamTail) {
    if tail.next == tail.end { grow(&tail) }
    pointer(tail.next).pointee = byte
    tail.next &+= 1
  }

  @inline(__always)
  mutating func append(varint value: UInt32, to tail: inout StreamTail) {
    var remaining = value
    while remaining >= 0x80 {
      append(UInt8(truncatingIfNeeded: remaining) | 0x80, to: &tail)
      remaining >>= 7
    }
    append(UInt8(truncatingIfNeeded: remaining), to: &tail)
  }

  @inline(never)
  private mutating func grow(_ tail: inout StreamTail) {
    let level = min(tail.level + 1, UInt8(Self.lastLevel))
    let address = allocate(Self.sliceBytes(level))
    UnsafeMutableRawPointer(pointer(tail.end)).storeBytes(of: address, as: UInt32.self)
    tail = StreamTail(next: address, end: address + Self.sliceBytes(level) - Self.linkBytes, level: level)
  }

  /// A way over the slices of a stream, from its first to its tail.
  struct SliceWalk {
    fileprivate var address: UInt32
    fileprivate var level: UInt8 = 0
    fileprivate let tail: StreamTail
    fileprivate var isAtEnd = false

    init(from start: UInt32, to tail: StreamTail) {
      address = start
      self.tail = tail
    }
  }

  /// What the slices of a stream hold at most, told from its tail alone; `Int.max` where that does not tell.
  static func byteBound(of tail: StreamTail) -> Int {
    tail.level < lastLevel ? (8 << (Int(tail.level) + 1)) - 8 : .max
  }

  /// The bytes of the next slice; nil after the last. A stream that nothing was written to has one empty slice.
  func next(_ walk: inout SliceWalk) -> UnsafeRawBufferPointer? {
    if walk.isAtEnd { return nil }
    let address = walk.address
    let end = address + Self.sliceBytes(walk.level) - Self.linkBytes
    guard end != walk.tail.end else {
      walk.isAtEnd = true
      return UnsafeRawBufferPointer(start: pointer(address), count: Int(walk.tail.next - address))
    }
    walk.address = UnsafeRawPointer(pointer(end)).loadUnaligned(as: UInt32.self)
    walk.level = min(walk.level + 1, UInt8(Self.lastLevel))
    return UnsafeRawBufferPointer(start: pointer(address), count: Int(end - address))
  }
}
