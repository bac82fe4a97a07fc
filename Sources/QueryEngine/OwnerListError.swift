/// A line of a list that the owner of a site writes (synonyms, pins) which cannot be read.
package struct OwnerListError: Error, Equatable, CustomStringConvertible {
  /// From 1.
  package var line: Int
  /// What is wrong, and what to write instead.
  package var problem: String

  package var description: String { "line \(line): \(problem)" }
}

/// The lines of such a list without comments and white space at their ends, numbered from 1; empty ones left out.
///
/// A comment is a `#` at the start of a line or after white space, and what follows it: `C#` is a word.
func ownerLines(_ text: String) -> [(number: Int, text: Substring)] {
  var lines: [(Int, Substring)] = []
  for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
  {
    var end = line.startIndex
    var previous: Character = " "
    while end < line.endIndex, !(line[end] == "#" && previous.isWhitespace) {
      previous = line[end]
      end = line.index(after: end)
    }
    let content = trimmed(line[..<end])
    if !content.isEmpty { lines.append((index + 1, content)) }
  }
  return lines
}

/// The terms of a list apart by commas, ASCII or Chinese, without white space at their ends; empty ones stay.
func ownerTerms(_ text: Substring) -> [String] {
  text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "，" || $0 == "、" }
    .map { String(trimmed($0)) }
}

private func trimmed(_ text: Substring) -> Substring {
  var text = text
  while text.first?.isWhitespace ?? false { text.removeFirst() }
  while text.last?.isWhitespace ?? false { text.removeLast() }
  return text
}
