/// Which number stands for an id, without the ids: eight bytes a slot, whatever their length.
///
/// An open-addressing table of half the bits of a hash: enough for a slot of any table, and to tell ids apart. Different
/// ids may share them, so whoever asks says for each candidate whether it is the one; of a million entries a miss
/// costs such a question once in 4,000 times.
struct EntryLocations {
  private static let none = UInt32.max

  private struct Slot {
    var hash: UInt32 = 0
    var number = EntryLocations.none
  }

  private var slots = [Slot](repeating: Slot(), count: 64)
  private(set) var count = 0

  private var mask: Int { slots.count - 1 }

  /// Memory in use.
  var byteCount: Int { slots.capacity * MemoryLayout<Slot>.stride }

  /// The hash of an id; of its bytes, as `KeyTable` compares them, not of its characters.
  ///
  /// Another one in every process, so that no content can be made to collide. Nothing that is written depends on it.
  static func hash(_ id: String) -> UInt32 {
    var hasher = Hasher()
    var id = id
    id.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  /// The number under this hash for which `isSame` is true.
  func find(_ hash: UInt32, _ isSame: (UInt32) throws -> Bool) rethrows -> UInt32? {
    var slot = Int(hash) & mask
    while slots[slot].number != Self.none {
      if slots[slot].hash == hash, try isSame(slots[slot].number) { return slots[slot].number }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds a number that is not there yet, below `UInt32.max`.
  mutating func insert(_ number: UInt32, hash: UInt32) {
    precondition(number != Self.none, "numbers are below UInt32.max")
    if (count + 1) * 4 > slots.count * 3 { grow() }
    put(Slot(hash: hash, number: number))
    count += 1
  }

  /// Removes a number that was added under this hash.
  mutating func remove(_ number: UInt32, hash: UInt32) {
    var slot = Int(hash) & mask
    while slots[slot].number != number {
      precondition(slots[slot].number != Self.none, "only what was added is removed")
      slot = (slot + 1) & mask
    }
    count -= 1
    // Those that were pushed on by this one move back, so that no search stops short of them.
    var next = (slot + 1) & mask
    while slots[next].number != Self.none {
      let home = Int(slots[next].hash) & mask
      if (next - home) & mask >= (next - slot) & mask {
        slots[slot] = slots[next]
        slot = next
      }
      next = (next + 1) & mask
    }
    slots[slot] = Slot()
  }

  mutating func removeAll() { self = EntryLocations() }

  private mutating func put(_ entry: Slot) {
    var slot = Int(entry.hash) & mask
    while slots[slot].number != Self.none { slot = (slot + 1) & mask }
    slots[slot] = entry
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for entry in old where entry.number != Self.none { put(entry) }
  }
}
