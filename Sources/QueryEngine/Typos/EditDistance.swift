/// Optimal string alignment distance of a fixed word to the prefixes of another, one row per prefix.
///
/// Insertion, deletion, substitution and the exchange of two neighbours cost one each. Only the band of a row that can
/// be within the limit is kept, and the rows of a shared prefix, so that words in the order of a dictionary cost only
/// what is new in them.
/// Sources: Damerau 1964, doi:10.1145/363958.363994, in the restricted form that edits no part twice; the band:
/// Ukkonen 1985, doi:10.1016/S0019-9958(85)80046-2.
struct EditDistance {
  let word: [UInt8]
  let limit: Int
  /// Bands of all rows, one after the other, capped just above the limit. In the row of a prefix of d bytes, number i
  /// is the distance to the first d − limit + i bytes of the word.
  private var costs: [UInt8] = []
  private var prefix: [UInt8] = []

  private var width: Int { 2 * limit + 1 }
  private var cap: UInt8 { UInt8(limit + 1) }

  /// - Precondition: a limit of at most 100.
  init(word: [UInt8], limit: Int) {
    precondition(limit <= 100, "a limit that fits a byte")
    self.word = word
    self.limit = limit
    costs = (-limit...limit).map { (0...word.count).contains($0) ? UInt8($0) : cap }
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
    var left = cap
    var least = cap
    for i in 0..<width {
      let letters = prefix.count + 1 - limit + i
      var cost = cap
      if letters >= 0, letters <= word.count {
        cost = min(cost, left + 1)
        if i + 1 < width { cost = min(cost, costs[last + i + 1] + 1) }
        if letters > 0 { cost = min(cost, costs[last + i] + (word[letters - 1] == byte ? 0 : 1)) }
        if letters > 1, let before = prefix.last, word[letters - 1] == before, word[letters - 2] == byte {
          cost = min(cost, costs[last - width + i] + 1)
        }
      }
      costs.append(cost)
      left = cost
      least = min(least, cost)
    }
    prefix.append(byte)
    return least <= limit
  }

  /// Distance of the word to the whole prefix; `limit + 1` when it is further.
  var distance: Int {
    let i = word.count - prefix.count + limit
    return (0..<width).contains(i) ? Int(costs[costs.count - width + i]) : limit + 1
  }
}
