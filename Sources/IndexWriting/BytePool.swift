/// Memory for many growing byte streams: slices out of large chunks, longer with each step.
///
/// A stream is written at its `StreamTail` and read from its first slice on; a slice that is full ends in the
/// address of the next. Addresses are 32 bits, so a pool holds at most 4 GiB; it is emptied long before.
struct BytePool: ~Copyable {
  private static let chunkShift: UInt32 = 18
  private static let chunkBytes = 1 << 18
  private static let sliceBytes: [UInt32] = [12, 20, 36, 68, 132, 260, 516, 1028, 2052]
  private static let linkBytes: UInt32 = 4

  private var chunks: [UnsafeMutablePointer<UInt8>] = []
  private var used: UInt32 = 0

  /// Where the next byte of a stream goes.
  struct StreamTail {
    var next: UInt32
    var end: UInt32
    var level: UInt8
  }

  deinit { for chunk in chunks { chunk.deallocate() } }

  var byteCount: Int { chunks.count * Self.chunkBytes }

  mutating func removeAll() {
    for chunk in chunks { chunk.deallocate() }
    chunks.removeAll()
    used = 0
  }

  private mutating func allocate(_ count: UInt32) -> UInt32 {
    let room = UInt32(truncatingIfNeeded: Self.chunkBytes) &- (used & UInt32(Self.chunkBytes - 1))
    if chunks.isEmpty || used == UInt32(chunks.count) << Self.chunkShift || room < count {
      used = UInt32(chunks.count) << Self.chunkShift
      chunks.append(.allocate(capacity: Self.chunkBytes))
    }
    let address = used
    used += count
    return address
  }

  @inline(__always)
  private func pointer(_ address: UInt32) -> UnsafeMutablePointer<UInt8> {
    chunks.withUnsafeBufferPointer { $0[Int(address >> Self.chunkShift)] }
      + Int(address & UInt32(Self.chunkBytes - 1))
  }

  /// A new empty stream; its first slice is at the `next` of the tail.
  mutating func makeStream() -> StreamTail {
    let address = allocate(Self.sliceBytes[0])
    return StreamTail(next: address, end: address + Self.sliceBytes[0] - Self.linkBytes, level: 0)
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

  private mutating func grow(_ tail: inout StreamTail) {
    let level = min(Int(tail.level) + 1, Self.sliceBytes.count - 1)
    let address = allocate(Self.sliceBytes[level])
    UnsafeMutableRawPointer(pointer(tail.end)).storeBytes(of: address, as: UInt32.self)
    tail = StreamTail(
      next: address, end: address + Self.sliceBytes[level] - Self.linkBytes, level: UInt8(level))
  }

  /// A read position in a stream. The caller knows how much is in it.
  struct StreamHead {
    fileprivate var next: UInt32
    fileprivate var end: UInt32
    fileprivate var level: UInt8

    init(start: UInt32) {
      next = start
      end = start + BytePool.sliceBytes[0] - BytePool.linkBytes
      level = 0
    }
  }

  @inline(__always)
  func readVarint(_ head: inout StreamHead) -> UInt32 {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while true {
      if head.next == head.end { follow(&head) }
      let byte = pointer(head.next).pointee
      head.next &+= 1
      value |= UInt32(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  private func follow(_ head: inout StreamHead) {
    let address = UnsafeRawPointer(pointer(head.end)).loadUnaligned(as: UInt32.self)
    head.level = UInt8(min(Int(head.level) + 1, Self.sliceBytes.count - 1))
    head.next = address
    head.end = address + Self.sliceBytes[Int(head.level)] - Self.linkBytes
  }
}
