import Glibc

/// How surprising it is that somebody who meant one word typed another: a noisy channel.
///
/// There is one way to leave a given letter out and one to exchange two neighbours, but 26 letters that can be added
/// or typed instead, so that one given addition or change is that much rarer. People seldom miss the first letter.
/// Source: Kernighan, Church & Gale 1990, with these counts in place of tables of observed mistakes.
enum TypoLikelihood {
  /// ln 26.
  private static let anyLetter = 3.26
  /// About half of what corpora say, as the vocabulary of one site is small.
  private static let frequencyWeight = 0.5

  /// The less, the likelier. Words of many entries are meant more often.
  static func cost(typed: [UInt8], meant: [UInt8], documentFrequency: Int) -> Double {
    let first = typed.first == meant.first ? 0.0 : 1.0
    return weightedDistance(typed, meant) + first - frequencyWeight * log(Double(max(1, documentFrequency)))
  }

  /// Optimal string alignment with a cost per kind of edit.
  private static func weightedDistance(_ typed: [UInt8], _ meant: [UInt8]) -> Double {
    let added = 1 + anyLetter
    let changed = 1 + anyLetter
    var beforeLast: [Double] = []
    var last = (0...typed.count).map { Double($0) * added }
    for i in meant.indices {
      var row = [last[0] + 1]
      for j in typed.indices {
        var cost = min(
          last[j + 1] + 1, row[j] + added, last[j] + (meant[i] == typed[j] ? 0 : changed))
        if i > 0, j > 0, meant[i] == typed[j - 1], meant[i - 1] == typed[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[typed.count]
  }
}
