/// Which number stands for an id, without the ids: 12 bytes a slot, whatever their length.
///
/// An open-addressing table of 64-bit hashes. Different ids may share a hash, so whoever asks says for each
/// candidate whether it is the one; a miss costs no such question but once in billions.
struct EntryLocations {
  private static let none = UInt32.max

  private var hashes: [UInt64]
  private var numbers: [UInt32]
  private var mask: Int
  private(set) var count = 0

  init() {
    hashes = [UInt64](repeating: 0, count: 64)
    numbers = [UInt32](repeating: Self.none, count: 64)
    mask = 63
  }

  /// Memory in use.
  var byteCount: Int { hashes.capacity * 8 + numbers.capacity * 4 }

  /// The hash of an id; of its bytes, as `KeyTable` compares them, not of its characters.
  ///
  /// Another one in every process, so that no content can be made to collide. Nothing that is written depends on it.
  static func hash(_ id: String) -> UInt64 {
    var hasher = Hasher()
    var id = id
    id.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    return UInt64(truncatingIfNeeded: hasher.finalize())
  }

  /// The number under this hash for which `isSame` is true.
  func find(_ hash: UInt64, _ isSame: (UInt32) throws -> Bool) rethrows -> UInt32? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while numbers[slot] != Self.none {
      if hashes[slot] == hash, try isSame(numbers[slot]) { return numbers[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds a number that is not there yet, below `UInt32.max`.
  mutating func insert(_ number: UInt32, hash: UInt64) {
    precondition(number != Self.none, "numbers are below UInt32.max")
    if (count + 1) * 4 > numbers.count * 3 { grow() }
    put(number, hash)
    count += 1
  }

  /// Removes a number that was added under this hash.
  mutating func remove(_ number: UInt32, hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while numbers[slot] != number {
      precondition(numbers[slot] != Self.none, "only what was added is removed")
      slot = (slot + 1) & mask
    }
    count -= 1
    // Those that were pushed on by this one move back, so that no search stops short of them.
    var next = (slot + 1) & mask
    while numbers[next] != Self.none {
      let home = Int(truncatingIfNeeded: hashes[next]) & mask
      if (next - home) & mask >= (next - slot) & mask {
        hashes[slot] = hashes[next]
        numbers[slot] = numbers[next]
        slot = next
      }
      next = (next + 1) & mask
    }
    numbers[slot] = Self.none
  }

  mutating func removeAll() { self = EntryLocations() }

  private mutating func put(_ number: UInt32, _ hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while numbers[slot] != Self.none { slot = (slot + 1) & mask }
    hashes[slot] = hash
    numbers[slot] = number
  }

  private mutating func grow() {
    let old = (hashes, numbers)
    mask = numbers.count * 2 - 1
    hashes = [UInt64](repeating: 0, count: mask + 1)
    numbers = [UInt32](repeating: Self.none, count: mask + 1)
    for slot in old.1.indices where old.1[slot] != Self.none { put(old.1[slot], old.0[slot]) }
  }
}
