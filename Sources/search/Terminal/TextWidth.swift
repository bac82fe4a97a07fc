/// Columns of a terminal that a text takes: two for Han and other wide characters, none for marks that join.
enum TextWidth {
  static func columns(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  /// A text that takes exactly so many columns: filled with spaces, or cut with `…`.
  static func fitted(_ text: String, to width: Int) -> String {
    let taken = columns(of: text)
    if taken <= width { return text + String(repeating: " ", count: width - taken) }
    var result = ""
    var used = 0
    for character in text {
      let more = columns(of: String(character))
      guard used + more < width else { break }
      result.append(character)
      used += more
    }
    return result + "…" + String(repeating: " ", count: max(0, width - used - 1))
  }

  /// After Unicode's East Asian Width: W and F are wide.
  private static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
