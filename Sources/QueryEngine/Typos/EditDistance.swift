/// Optimal string alignment distance of a fixed word to the prefixes of another, one row per prefix.
///
/// Insertion, deletion, substitution and the exchange of two neighbours cost one each. Rows of a shared prefix
/// are kept, so that words in dictionary order cost only what is new in them.
/// Source: Damerau 1964, doi:10.1145/363958.363994, in the restricted form that edits no part twice.
struct EditDistance {
  let word: [UInt8]
  let limit: Int
  private var rows: [[Int]]
  private var prefix: [UInt8] = []

  init(word: [UInt8], limit: Int) {
    self.word = word
    self.limit = limit
    rows = [Array(0...word.count)]
  }

  /// Forgets everything after the first `count` bytes of the prefix.
  mutating func truncate(to count: Int) {
    guard count < prefix.count else { return }
    prefix.removeSubrange(count...)
    rows.removeSubrange((count + 1)...)
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
    let last = rows[rows.count - 1]
    var row = [last[0] + 1]
    row.reserveCapacity(word.count + 1)
    for i in 1...max(word.count, 1) where i <= word.count {
      var cost = min(last[i] + 1, row[i - 1] + 1, last[i - 1] + (word[i - 1] == byte ? 0 : 1))
      if i > 1, let before = prefix.last, word[i - 1] == before, word[i - 2] == byte {
        cost = min(cost, rows[rows.count - 2][i - 2] + 1)
      }
      row.append(cost)
    }
    // An exchange may reach back over one row, so the row before counts too.
    let isAlive = (row.min() ?? 0) <= limit || (last.min() ?? 0) < limit
    rows.append(row)
    prefix.append(byte)
    return isAlive
  }

  /// Distance of the word to the whole prefix; more than `limit` when it is too far.
  var distance: Int { rows[rows.count - 1][word.count] }
}
