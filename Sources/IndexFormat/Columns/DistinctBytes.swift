import Glibc

/// Byte strings, each once, numbered from 0 in the order of first sight.
///
/// By their bytes: two spellings that Swift calls equal, such as é in one scalar and in two, are two. An
/// open-addressing table of numbers over one array of bytes: some twenty bytes a string beside its own.
struct DistinctBytes {
  private(set) var bytes: [UInt8] = []
  private var ends: [UInt32] = []
  /// Number + 1, 0 where nothing is; the other half is the upper half of the hash.
  private var table = [UInt64](repeating: 0, count: 16)

  var count: Int { ends.count }
  /// Bytes of the strings, at most `UInt32.max`.
  var byteCount: Int { bytes.count }

  func range(of number: Int) -> Range<Int> {
    (number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])
  }

  /// The number of a string, which is added if it is new.
  mutating func number(of string: UnsafeBufferPointer<UInt8>) -> UInt32 {
    // Another hash in every process, so that no content can be made to collide. Nothing written depends on it.
    var hasher = Hasher()
    unsafe hasher.combine(bytes: UnsafeRawBufferPointer(string))
    let hash = UInt64(truncatingIfNeeded: hasher.finalize())
    let tag = hash & ~UInt64(UInt32.max)
    var slot = Int(truncatingIfNeeded: hash & UInt64(table.count - 1))
    while table[slot] != 0 {
      let number = UInt32(truncatingIfNeeded: table[slot]) - 1
      if table[slot] & ~UInt64(UInt32.max) == tag, unsafe isSame(string, number) { return number }
      slot = (slot + 1) & (table.count - 1)
    }
    let number = UInt32(ends.count)
    unsafe bytes.append(contentsOf: string)
    ends.append(UInt32(bytes.count))
    table[slot] = tag | UInt64(number + 1)
    if ends.count * 3 > table.count * 2 { grow() }
    return number
  }

  private func isSame(_ string: UnsafeBufferPointer<UInt8>, _ number: UInt32) -> Bool {
    let range = range(of: Int(number))
    guard range.count == string.count, range.count > 0 else { return range.count == string.count }
    // Sound: `range` stands in `bytes`, and both are read up to their common length.
    return unsafe bytes.withUnsafeBytes {
      unsafe $0[range].elementsEqual(UnsafeRawBufferPointer(string))
    }
  }

  private mutating func grow() {
    // The lower half of a hash is not kept, so it is worked out again.
    let old = self
    table = [UInt64](repeating: 0, count: table.count * 2)
    for number in 0..<old.count {
      var hasher = Hasher()
      unsafe old.bytes.withUnsafeBytes {
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[old.range(of: number)]))
      }
      let hash = UInt64(truncatingIfNeeded: hasher.finalize())
      var slot = Int(truncatingIfNeeded: hash & UInt64(table.count - 1))
      while table[slot] != 0 { slot = (slot + 1) & (table.count - 1) }
      table[slot] = hash & ~UInt64(UInt32.max) | UInt64(number + 1)
    }
  }

  /// The numbers in the order of their strings.
  func sortedNumbers() -> [Int] { Self.sorted(ends: ends, bytes: bytes).map(Int.init) }

  /// The numbers of strings that stand one after the other in `bytes`, in byte order, equal ones by number.
  static func sorted(ends: [UInt32], bytes: [UInt8]) -> [UInt32] {
    var numbers = Array(0..<UInt32(ends.count))
    // Sound: ends ascend and are at most `bytes.count`; the pointers do not leave the closure.
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe ends.withUnsafeBufferPointer { ends in
        guard let base = bytes.baseAddress else { return }
        numbers.sort { a, b in
          let aStart = a == 0 ? 0 : Int(unsafe ends[Int(a) - 1])
          let bStart = b == 0 ? 0 : Int(unsafe ends[Int(b) - 1])
          let aCount = Int(unsafe ends[Int(a)]) - aStart
          let bCount = Int(unsafe ends[Int(b)]) - bStart
          let order = unsafe memcmp(base + aStart, base + bStart, min(aCount, bCount))
          return order != 0 ? order < 0 : aCount != bCount ? aCount < bCount : a < b
        }
      }
    }
    return numbers
  }
}
