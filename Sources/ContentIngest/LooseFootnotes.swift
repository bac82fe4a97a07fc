/// `[^` that begins no reference to a footnote.
///
/// The parser takes every `[^…]` for one. Where it has no note of that name it writes the text back, and counts its
/// bytes by columns: of a name that goes on in the next line it loses as many as the first line is long, in the middle of
/// a character too. The name of a note has no white space, so `[^` that does not get to its `]` without gets a form feed
/// in the middle, which is dropped from all text.
enum LooseFootnotes {
  /// The line with its loose `[^` told apart, or nil when it has none.
  static func marked(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    var copied = line.startIndex
    var index = line.startIndex
    while let open = line[index...].firstIndex(of: UInt8(ascii: "[")) {
      index = open + 1
      guard index < line.endIndex, line[index] == UInt8(ascii: "^") else { continue }
      let name = line[(index + 1)...].prefix(while: isNameByte)
      guard name.isEmpty || name.endIndex == line.endIndex || line[name.endIndex] != UInt8(ascii: "]") else {
        continue
      }
      output += line[copied..<index]
      output.append(0x0C)
      copied = index
    }
    return copied == line.startIndex ? nil : output + line[copied...]
  }

  /// What ends no line and hides no bracket.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"), UInt8(ascii: "`"),
      UInt8(ascii: "<"):
      false
    default: true
    }
  }
}
