/// What stands between braces in MDX, line by line.
struct MDXExpressions {
  /// A comment goes on into the next line.
  private(set) var isInComment = false

  /// The line without `{/* comments */}` and `{props.value}`, which MDX does not show as they are written.
  mutating func removed(from line: ArraySlice<UInt8>) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(line.count)
    var index = line.startIndex
    while index < line.endIndex {
      if isInComment {
        guard let end = endOfComment(line, from: index) else { return kept }
        isInComment = false
        index = end
      } else if line[index] == UInt8(ascii: "`") {
        let count = line[index...].prefix { $0 == UInt8(ascii: "`") }.count
        let end = endOfInlineCode(line, from: index + count, count: count) ?? index + count
        kept += line[index..<end]
        index = end
      } else if line[index] == UInt8(ascii: "\\"), index + 1 < line.endIndex {
        kept += line[index...index + 1]
        index += 2
      } else if line[index...].starts(with: "{/*".utf8) {
        isInComment = true
        index += 3
      } else if line[index] == UInt8(ascii: "{"), let end = endOfValue(line, from: index) {
        index = end
      } else {
        kept.append(line[index])
        index += 1
      }
    }
    return kept
  }

  private func endOfComment(_ line: ArraySlice<UInt8>, from start: Int) -> Int? {
    var index = start
    while let star = line[index...].firstIndex(of: UInt8(ascii: "*")) {
      index = star + 1
      guard line[index...].first == UInt8(ascii: "/") else { continue }
      let rest = line[(index + 1)...].drop { $0 <= 0x20 }
      return rest.first == UInt8(ascii: "}") ? rest.startIndex + 1 : index + 1
    }
    return nil
  }

  /// Behind `{name.part}`; braces of formulas and of anchors hold other things or stand behind a letter.
  private func endOfValue(_ line: ArraySlice<UInt8>, from start: Int) -> Int? {
    let before = start > line.startIndex ? line[start - 1] : 0x20
    guard before <= 0x20 || before >= 0x80 || before == UInt8(ascii: ">"),
      let end = line[start...].prefix(100).firstIndex(of: UInt8(ascii: "}"))
    else { return nil }
    let name = line[(start + 1)..<end]
    let isName = name.allSatisfy {
      $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0)
        || (0x61...0x7A).contains($0 | 0x20)
    }
    return isName && name.dropLast().dropFirst().contains(UInt8(ascii: ".")) ? end + 1 : nil
  }
}

/// Behind the run of `count` back quotes that closes inline code, nil when the line has none.
func endOfInlineCode(_ line: ArraySlice<UInt8>, from start: Int, count: Int) -> Int? {
  var index = start
  while let open = line[index...].firstIndex(of: UInt8(ascii: "`")) {
    let run = line[open...].prefix { $0 == UInt8(ascii: "`") }.count
    index = open + run
    if run == count { return index }
  }
  return nil
}
