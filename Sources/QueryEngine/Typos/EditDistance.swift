/// Optimal string alignment distance of a fixed word to the prefixes of another, one row per prefix.
///
/// Insertion, deletion, substitution and the exchange of two neighbours cost one each. Rows of a shared prefix
/// are kept, so that words in dictionary order cost only what is new in them.
/// Source: Damerau 1964, doi:10.1145/363958.363994, in the restricted form that edits no part twice.
struct EditDistance {
  let word: [UInt8]
  let limit: Int
  /// Costs of all rows, one after the other, capped just above the limit; `width` each.
  private var costs: [UInt8]
  private var prefix: [UInt8] = []

  private var width: Int { word.count + 1 }
  private var cap: UInt8 { UInt8(limit + 1) }

  /// - Precondition: a limit of at most 100.
  init(word: [UInt8], limit: Int) {
    precondition(limit <= 100, "a limit that fits a byte")
    self.word = word
    self.limit = limit
    costs = (0...word.count).map { UInt8(min($0, limit + 1)) }
  }

  /// Forgets everything after the first `count` bytes of the prefix.
  mutating func truncate(to count: Int) {
    guard count < prefix.count else { return }
    prefix.removeLast(prefix.count - count)
    costs.removeLast(costs.count - (count + 1) * width)
  }

  var prefixCount: Int { prefix.count }

  /// Bytes that `other` and the current prefix begin with.
  func sharedPrefix(with other: ArraySlice<UInt8>) -> Int {
    var shared = 0
    for (a, b) in zip(prefix, other) {
      if a != b { break }
      shared += 1
    }
    return shared
  }

  /// Adds a byte; false when no word with this prefix can be within the limit.
  mutating func append(_ byte: UInt8) -> Bool {
    let last = costs.count - width
    let first = min(costs[last] + 1, cap)
    costs.append(first)
    var least = first
    var leastBefore = costs[last]
    var left = first
    for i in 1..<width {
      var cost = min(costs[last + i] + 1, left + 1, costs[last + i - 1] + (word[i - 1] == byte ? 0 : 1))
      if i > 1, let before = prefix.last, word[i - 1] == before, word[i - 2] == byte {
        cost = min(cost, costs[last - width + i - 2] + 1)
      }
      left = min(cost, cap)
      costs.append(left)
      least = min(least, left)
      leastBefore = min(leastBefore, costs[last + i])
    }
    prefix.append(byte)
    // An exchange may reach back over one row, so the row before counts too.
    return least <= limit || leastBefore < limit
  }

  /// Distance of the word to the whole prefix; `limit + 1` when it is further.
  var distance: Int { Int(costs[costs.count - 1]) }
}
