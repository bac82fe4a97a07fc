/// What a TOML text may look like before it is given to the parser, which stops the program where the head of a table
/// has no key (`[[` and the end of the line), and frees what is nested by recursion.
///
/// Up to the first mistake the text is cut as the parser cuts it, and past it the parser reads nothing.
enum TOMLShape {
  private enum Place {
    /// Before the `=` of a line, or on a line without.
    case key
    case value
    case comment
    /// A string, its sign, and how many of them close it: 1 or 3.
    case string(UInt8, Int)
  }

  static func check(_ toml: ArraySlice<UInt8>) throws(MetaProblem) {
    var line = 1
    // Three dots are an ellipsis in a text; a key has one between its words.
    var dots = 0
    var depth = 0
    var place = Place.key
    /// Where a string leads back to.
    var outside = Place.key
    var index = toml.startIndex
    func byte(_ offset: Int) -> UInt8? { index + offset < toml.endIndex ? toml[index + offset] : nil }
    while let current = byte(0) {
      switch current {
      case 0x0A: (line, dots) = (line + 1, 0)
      case UInt8(ascii: "."):
        dots += 1
        if dots > MetaValue.depthLimit {
          throw MetaProblem(line: line, reason: "may be nested deeper than 64 levels and was not read")
        }
      case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: " "): dots = 0
      default: break
      }
      var step = 1
      switch place {
      case .comment:
        if current == 0x0A { place = depth == 0 ? .key : .value }
      case .string(let sign, let count):
        if current == UInt8(ascii: "\\"), sign == UInt8(ascii: "\"") {
          // What is escaped closes nothing; a line break counts as one.
          if byte(1) != 0x0A { step = 2 }
        } else if current == 0x0A, count == 1 {
          // A mistake: nothing after it is read.
          return
        } else if current == sign, count == 1 || byte(1) == sign && byte(2) == sign {
          step = count
          // Up to two signs more belong to the string.
          while count == 3, step < 5, byte(step) == sign { step += 1 }
          place = outside
        }
      case .key, .value:
        var isKey = false
        if case .key = place { isKey = true }
        switch current {
        case 0x0A: if depth == 0 { place = .key }
        case UInt8(ascii: "#"): place = .comment
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          let isLong = byte(1) == current && byte(2) == current
          outside = place
          place = .string(current, isLong ? 3 : 1)
          if isLong { step = 3 }
        case UInt8(ascii: "="): place = .value
        case UInt8(ascii: "[") where isKey:
          while byte(step) == current { step += 1 }
          while byte(step) == 0x20 || byte(step) == 0x09 { step += 1 }
          guard byte(step).map(beginsKey) == true else {
            throw MetaProblem(line: line, reason: "has a table without a name and was not read")
          }
        case UInt8(ascii: "["), UInt8(ascii: "{"): if !isKey { depth += 1 }
        case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isKey { depth = max(0, depth - 1) }
        default: break
        }
      }
      index += step
    }
  }

  private static func beginsKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: false
    }
  }
}
