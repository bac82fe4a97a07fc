/// What is wrong with a configuration, and where.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file as the user named or would name it, or the variable of the environment.
  package var place: String
  /// 1-based; nil for the environment.
  package var line: Int?
  package var column: Int?
  package var reason: String

  package var description: String {
    line.map { "\(place):\($0):\(column ?? 1): \(reason)" } ?? "\(place): \(reason)"
  }
}

/// The name that was probably meant: the nearest within a third of its length.
func nearest(to name: String, in names: [String]) -> String? {
  let scored = names.map { (name: $0, distance: editDistance(Array(name.utf8.prefix(64)), Array($0.utf8))) }
  guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, best.name.utf8.count / 3) ? best.name : nil
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}
