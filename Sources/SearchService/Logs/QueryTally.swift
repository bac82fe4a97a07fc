import Glibc

/// How often each of many texts came, in bounded memory.
///
/// When there are more different ones than it holds, the rarest go and their later occurrences are counted from
/// nothing (lossy counting; Manku and Motwani 2002): frequent texts stay, with counts that are too low by
/// `lostCount` at most.
struct QueryTally {
  struct Entry {
    fileprivate var hash: Int
    fileprivate var start: Int
    fileprivate var byteCount: Int
    var count = 0
    /// How often there was no full answer.
    var failureCount = 0
    /// Matches at the last time.
    var total = 0
  }

  private let entryLimit: Int
  private let byteLimit: Int
  private var texts: [UInt8] = []
  private(set) var entries: [Entry] = []
  /// Open addressing: 1 + place in `entries`, 0 for none. Twice as many slots as entries, at least.
  private var slots = [Int32](repeating: 0, count: 1 << 10)
  /// By how much a count may be too low.
  private(set) var lostCount = 0

  init(entryLimit: Int = 1 << 19, byteLimit: Int = 32 << 20) {
    precondition((1...1 << 30).contains(entryLimit), "entries are numbered by 32 bits")
    self.entryLimit = entryLimit
    self.byteLimit = byteLimit
  }

  func text(of entry: Entry) -> String {
    String(decoding: texts[entry.start..<entry.start + entry.byteCount], as: UTF8.self)
  }

  func bytes(of entry: Entry) -> ArraySlice<UInt8> { texts[entry.start..<entry.start + entry.byteCount] }

  /// Counts a text.
  mutating func add(_ text: Span<UInt8>, count: Int = 1, failures: Int, total: Int) {
    var hasher = Hasher()  // with a seed of this process: a log cannot be made to be slow
    text.withUnsafeBufferPointer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    let hash = hasher.finalize()
    var slot = self.slot(of: text, hash)
    if slots[slot] == 0 {
      if entries.count >= entryLimit || !entries.isEmpty && texts.count + text.count > byteLimit {
        dropRarest()
        slot = self.slot(of: text, hash)
      }
      if 2 * (entries.count + 1) > slots.count {
        rebuildSlots(count: 2 * slots.count)
        slot = self.slot(of: text, hash)
      }
      entries.append(Entry(hash: hash, start: texts.count, byteCount: text.count))
      text.withUnsafeBufferPointer { texts.append(contentsOf: $0) }
      slots[slot] = Int32(entries.count)
    }
    let place = Int(slots[slot]) - 1
    entries[place].count += count
    entries[place].failureCount += failures
    entries[place].total = total
  }

  /// Counts everything that another has counted, as if it had come after.
  mutating func add(_ other: QueryTally) {
    let span = other.texts.span
    for entry in other.entries {
      add(
        span.extracting(entry.start..<entry.start + entry.byteCount), count: entry.count,
        failures: entry.failureCount, total: entry.total)
    }
    lostCount += other.lostCount
  }

  private func slot(of text: Span<UInt8>, _ hash: Int) -> Int {
    var slot = hash & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash, entry.byteCount == text.count, isEqual(entry, text) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(_ entry: Entry, _ text: Span<UInt8>) -> Bool {
    texts.withUnsafeBufferPointer { texts in
      text.withUnsafeBufferPointer { text in
        guard let mine = texts.baseAddress, let other = text.baseAddress else { return true }
        return memcmp(mine + entry.start, other, text.count) == 0
      }
    }
  }

  /// Leaves half of the entries and of the bytes at most.
  private mutating func dropRarest() {
    var bound = 1
    while true {
      let kept = entries.filter { $0.count > bound }
      let byteCount = kept.reduce(0) { $0 + $1.byteCount }
      guard kept.count > entryLimit / 2 || byteCount > byteLimit / 2 else {
        var keptTexts: [UInt8] = []
        keptTexts.reserveCapacity(byteCount)
        entries = kept.map { entry in
          var entry = entry
          keptTexts += texts[entry.start..<entry.start + entry.byteCount]
          entry.start = keptTexts.count - entry.byteCount
          return entry
        }
        texts = keptTexts
        break
      }
      bound *= 2
    }
    lostCount += bound
    rebuildSlots(count: slots.count)
  }

  private mutating func rebuildSlots(count: Int) {
    slots = [Int32](repeating: 0, count: count)
    for (place, entry) in entries.enumerated() {
      var slot = entry.hash & (count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = Int32(place + 1)
    }
  }

  /// The entries with the largest of a number, largest first, equal ones by their bytes; none with zero.
  func largest(_ limit: Int, by number: (Entry) -> Int) -> [Entry] {
    var best: [(entry: Entry, number: Int)] = []
    for entry in entries {
      let value = number(entry)
      guard value > 0, limit > 0 else { continue }
      func isBefore(_ other: (entry: Entry, number: Int)) -> Bool {
        value != other.number
          ? value > other.number : bytes(of: entry).lexicographicallyPrecedes(bytes(of: other.entry))
      }
      if best.count == limit {
        guard let last = best.last, isBefore(last) else { continue }
        best.removeLast()
      }
      var low = 0
      var high = best.count
      while low < high {
        let middle = (low + high) / 2
        if isBefore(best[middle]) { high = middle } else { low = middle + 1 }
      }
      best.insert((entry, value), at: low)
    }
    return best.map(\.entry)
  }
}
